/**
 * A run timer that counts the guest's cycles instead of time: what the host does in between does not
 * shorten a run.
 *
 * Source of the behaviour: gem5 `cpu/kvm/timer.cc` (PerfKvmTimer).
 */
import type { Tick } from '../base/index';
import type { PerfCounter } from '../host/index';
import { BaseKvmTimer, MIN_ENTRIES, MIN_HOST_CYCLES, type HostTimeParams } from './kvmTimer';

/** How a {@link PerfKvmTimer} is made. */
export interface PerfKvmTimerOptions extends HostTimeParams {
  /** Host time of an entry that runs nothing, in nanoseconds. */
  readonly entryNs: number;
}

/** Ends KVM_RUN when a counter of cycles overflows. */
export class PerfKvmTimer extends BaseKvmTimer {
  readonly #cycles: PerfCounter;
  readonly #entryNs: number;

  /** @param cycles - a counter of cycles that sends the kick's signal; it leads the others */
  constructor(cycles: PerfCounter, options: PerfKvmTimerOptions) {
    super(options);
    this.#cycles = cycles;
    this.#entryNs = options.entryNs;
  }

  override arm(ticks: Tick): void {
    this.#cycles.setPeriod(this.hostCycles(ticks));
    this.#cycles.start();
  }

  override disarm(): void {
    this.#cycles.stop();
  }

  /** The counter belongs to somebody else. */
  override dispose(): void {}

  protected override calcResolution(): Tick {
    return Math.max(
      this.ticksFromHostCycles(MIN_HOST_CYCLES),
      this.ticksFromHostNs(MIN_ENTRIES * this.#entryNs),
    );
  }
}
