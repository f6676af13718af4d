/**
 * Run timers: they end KVM_RUN after the host time that a number of ticks is worth.
 *
 * Source of the behaviour: gem5 `cpu/kvm/timer.hh`, `cpu/kvm/timer.cc`.
 */
import type { Tick } from '../base/index';
import { monotonicResolution, PosixTimer } from '../host/index';

/** Fewer host cycles than these are not worth an entry into the guest. */
export const MIN_HOST_CYCLES = 1000;

/**
 * A run is at least so many times as long as an entry that runs nothing, or the timer would fire
 * before the guest has executed an instruction, over and over. An entry that does run the guest costs
 * some three to five times as much, where page tables have to be built far more.
 */
export const MIN_ENTRIES = 20;

/**
 * Longest host time, in nanoseconds, that a guest runs without a look at the outside. It bounds how
 * long a signal goes unnoticed that arrives between the last look and the entry.
 */
const MAX_SLICE_NS = 100_000_000;

/** How host time relates to simulated time. */
export interface HostTimeParams {
  /** Simulated seconds for each second of host time. */
  readonly hostFactor: number;
  /** Period of the host's clock in ticks, by which host time is counted in cycles. */
  readonly hostFreq: Tick;
  /** Ticks in a nanosecond of simulated time. */
  readonly ticksPerNs: number;
}

/** Conversions between host time and ticks, and what every run timer does. */
export abstract class BaseKvmTimer {
  readonly #hostFactor: number;
  readonly #hostFreq: Tick;
  readonly #ticksPerNs: number;
  #resolution: Tick | undefined;

  /** @param options - how host time relates to simulated time */
  constructor({ hostFactor, hostFreq, ticksPerNs }: HostTimeParams) {
    this.#hostFactor = hostFactor;
    this.#hostFreq = hostFreq;
    this.#ticksPerNs = ticksPerNs;
  }

  /**
   * Makes KVM_RUN come back after about this many ticks.
   * @param now - host time in nanoseconds, for callers who have just looked
   */
  abstract arm(ticks: Tick, now?: number): void;
  /** Makes sure that the timer does not fire any more; a signal already sent stays pending. */
  abstract disarm(): void;
  /** Releases the timer. A second call does nothing. */
  abstract dispose(): void;
  protected abstract calcResolution(): Tick;

  /** Shortest time, in ticks, that is worth arming. */
  resolution(): Tick {
    this.#resolution ??= this.calcResolution();
    return this.#resolution;
  }

  /** Ticks that this many host cycles are worth. */
  ticksFromHostCycles(cycles: number): Tick {
    return Math.floor(cycles * this.#hostFactor * this.#hostFreq);
  }

  /** Ticks that this many nanoseconds of host time are worth. */
  ticksFromHostNs(nanoseconds: number): Tick {
    return Math.floor(nanoseconds * this.#hostFactor * this.#ticksPerNs);
  }

  /** Host cycles that pass in this many ticks. */
  hostCycles(ticks: Tick): number {
    return Math.floor(ticks / (this.#hostFreq * this.#hostFactor));
  }

  /** Nanoseconds of host time that pass in this many ticks. */
  hostNs(ticks: Tick): number {
    return ticks / (this.#ticksPerNs * this.#hostFactor);
  }

  /** Host cycles in this many nanoseconds of host time. */
  hostCyclesFromNs(nanoseconds: number): number {
    return Math.floor((nanoseconds * this.#ticksPerNs) / this.#hostFreq);
  }
}

/** The part of a host timer that run timers need. */
export interface OneShotTimer {
  /** Starts the timer afresh: it sends its signal in this many nanoseconds. */
  arm(nanoseconds: number): void;
  disarm(): void;
  dispose(): void;
}

/** What a {@link PosixKvmTimer} is made of. */
export interface PosixKvmTimerOptions extends HostTimeParams {
  /** The signal that ends KVM_RUN, blocked in the thread and not blocked in the vCPU's mask. */
  readonly signal: number;
  /** Kernel number of the thread that runs the vCPU. */
  readonly thread: number;
  /** Host time of an entry that runs nothing, in nanoseconds. */
  readonly entryNs: number;
  /** Default: a POSIX timer of the monotonic clock. */
  readonly timer?: OneShotTimer;
  /** Host time in nanoseconds. Default: the monotonic clock. */
  readonly now?: () => number;
}

/** Host time in nanoseconds, from an arbitrary moment on. */
export const monotonicNanoseconds = (): number => performance.now() * 1e6;

/**
 * A run timer on a POSIX timer. Setting one is a system call, and a guest that exits every few
 * microseconds would pay it twice each time. So a timer that already fires early enough is left as
 * it is, and one that is no longer wanted is left to fire: an exit too many now and then is cheaper.
 */
export class PosixKvmTimer extends BaseKvmTimer {
  readonly #timer: OneShotTimer;
  readonly #now: () => number;
  readonly #entryNs: number;
  /** When the kernel's timer fires, in host nanoseconds; in the past when it is not running. */
  #firesAt = -Infinity;

  constructor(options: PosixKvmTimerOptions) {
    super(options);
    this.#timer = options.timer ?? new PosixTimer(options.signal, options.thread);
    this.#now = options.now ?? monotonicNanoseconds;
    this.#entryNs = options.entryNs;
  }

  override arm(ticks: Tick, now = this.#now()): void {
    const latest = now + Math.min(this.hostNs(ticks), MAX_SLICE_NS);
    if (this.#firesAt > now && this.#firesAt <= latest) return;
    this.#timer.arm(latest - now);
    this.#firesAt = latest;
  }

  override disarm(): void {
    if (this.#firesAt <= this.#now()) return;
    this.#timer.disarm();
    this.#firesAt = -Infinity;
  }

  override dispose(): void {
    this.#timer.dispose();
  }

  protected override calcResolution(): Tick {
    return Math.max(
      // One more, so that arming the resolution never rounds to no time at all.
      this.ticksFromHostNs(monotonicResolution()) + 1,
      this.ticksFromHostCycles(MIN_HOST_CYCLES),
      this.ticksFromHostNs(MIN_ENTRIES * this.#entryNs),
    );
  }
}
