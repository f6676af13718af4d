/**
 * What a KVM CPU has while it has a vCPU: the vCPU itself, and the timer and signal that end its
 * runs.
 */
import { panic } from '../base/index';
import { threadId } from '../host/index';
import type { CoalescedRing } from './coalescedRing';
import { GuestCounters, type RunCounters } from './guestCounters';
import { KickSignal, type Kick } from './kickSignal';
import { KvmRunner } from './kvmRunner';
import {
  monotonicNanoseconds,
  PosixKvmTimer,
  type BaseKvmTimer,
  type HostTimeParams,
} from './kvmTimer';
import { PerfKvmTimer } from './perfKvmTimer';
import type { VcpuPort } from './vcpu';

/** How an engine is made. */
export interface KvmEngineOptions extends HostTimeParams {
  readonly vcpu: VcpuPort;
  /** The coalesced ring, if it is to be used. */
  readonly ring: CoalescedRing | null;
  /** Whether the kernel honours `immediate_exit`. */
  readonly immediateExit: boolean;
  /** Whether to count what the guest executes, and whether to bound runs by that; default: not. */
  readonly usePerf?: boolean;
  readonly usePerfOverflow?: boolean;
  /** Name of the CPU, for messages. */
  readonly name?: string;
  /** Makes the counters. Default: those of the processor. */
  readonly makeCounters?: (kick: Kick) => GuestCounters;
  /** Takes hold of the signal that ends a run. Default: the real one. */
  readonly makeKick?: () => Kick;
  /** Makes the run timer. Default: a POSIX timer. */
  readonly makeTimer?: (kick: Kick, entryNs: number) => BaseKvmTimer;
  /** Host time in nanoseconds. Default: the monotonic clock. */
  readonly now?: () => number;
}

/** What a test replaces to have time and signals in its hands. */
export type KvmEngineParts = Pick<
  KvmEngineOptions,
  'makeKick' | 'makeTimer' | 'makeCounters' | 'now'
>;

/** What an entry is assumed to cost where it cannot be timed, in nanoseconds. */
const UNTIMED_ENTRY_NS = 5000;

/** Entries that are timed; the fastest counts. */
const TIMED_ENTRIES = 8;

/** Owns a vCPU and what runs it. */
export class KvmEngine {
  readonly vcpu: VcpuPort;
  readonly ring: CoalescedRing | null;
  readonly #options: KvmEngineOptions;
  #kick: Kick | null = null;
  #timer: BaseKvmTimer | null = null;
  #counters: GuestCounters | null = null;
  #runner: KvmRunner | null = null;

  constructor(options: KvmEngineOptions) {
    this.#options = options;
    this.vcpu = options.vcpu;
    this.ring = options.ring;
  }

  /**
   * Sets up signals and timer. To be called on the thread that will run the vCPU; again when that
   * may have become another one.
   */
  restart(): void {
    const { vcpu, immediateExit, usePerf = false, now = monotonicNanoseconds } = this.#options;
    this.#timer?.dispose();
    this.#counters?.dispose();
    const kick = this.#options.makeKick?.() ?? new KickSignal();
    vcpu.setSignalMask(kick.guestMask);
    const counters = usePerf ? this.#makeCounters(kick) : null;
    this.#counters = counters;
    const timer = this.#makeTimer(kick, counters);
    const timerDrivesCounters = timer instanceof PerfKvmTimer;
    this.#kick = kick;
    this.#timer = timer;
    const common = { vcpu, timer, kick, immediateExit, now };
    this.#runner = new KvmRunner({ ...common, counters, timerDrivesCounters });
  }

  #makeCounters(kick: Kick): GuestCounters {
    const { makeCounters, name = 'a KVM CPU' } = this.#options;
    return makeCounters?.(kick) ?? new GuestCounters(name, kick);
  }

  #makeTimer(kick: Kick, counters: GuestCounters | null): BaseKvmTimer {
    const { vcpu, immediateExit, usePerfOverflow = false } = this.#options;
    const { hostFactor, hostFreq, ticksPerNs } = this.#options;
    const { makeTimer, now = monotonicNanoseconds } = this.#options;
    const entryNs = immediateExit ? entryCost(vcpu, now) : UNTIMED_ENTRY_NS;
    if (usePerfOverflow && counters !== null) {
      return new PerfKvmTimer(counters.cycles, { hostFactor, hostFreq, ticksPerNs, entryNs });
    }
    if (makeTimer !== undefined) return makeTimer(kick, entryNs);
    const { signal, thread } = kick;
    return new PosixKvmTimer({ hostFactor, hostFreq, ticksPerNs, signal, thread, entryNs });
  }

  /** What enters the guest. @throws {PanicError} before the first {@link restart} */
  get runner(): KvmRunner {
    return this.#runner ?? panic('a vCPU was run before its thread was set up');
  }

  /** What ends runs. @throws {PanicError} before the first {@link restart} */
  get timer(): BaseKvmTimer {
    return this.#timer ?? panic('a vCPU was run before its thread was set up');
  }

  /** What counts the guest's instructions; null where nobody does. */
  get counters(): RunCounters | null {
    return this.#counters;
  }

  /** Whether the guest can be entered. */
  get isReady(): boolean {
    return this.#runner !== null;
  }

  /** Whether the calling thread is not the one that runs the vCPU. */
  get runsElsewhere(): boolean {
    return this.#kick !== null && this.#kick.thread !== threadId();
  }

  /** Ends the run in progress, or else the next. Nothing happens before the first run. */
  kick(): void {
    this.#kick?.send();
  }

  /** Lets no timer fire any more while the guest does not run. */
  stop(): void {
    this.#timer?.disarm();
    this.#kick?.discard();
  }

  /** Gives everything back. A second call does nothing. */
  dispose(): void {
    this.#timer?.dispose();
    this.#counters?.dispose();
    this.vcpu.dispose();
  }
}

/** Host time of an entry that runs nothing, in nanoseconds. */
function entryCost(vcpu: VcpuPort, now: () => number): number {
  let fastest = Infinity;
  vcpu.setImmediateExit(true);
  try {
    for (let i = 0; i < TIMED_ENTRIES; i++) {
      const start = now();
      vcpu.run();
      fastest = Math.min(fastest, now() - start);
    }
  } finally {
    vcpu.setImmediateExit(false);
  }
  return fastest;
}
