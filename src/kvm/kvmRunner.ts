/**
 * Entering the guest for a bounded time, and measuring how long it ran.
 *
 * Simulated time is the time spent inside KVM_RUN, by the time stamp counter (decision 11), as in gem5.
 */
import type { Tick } from '../base/index';
import type { VcpuExit } from './exits';
import type { Kick } from './kickSignal';
import type { RunCounters } from './guestCounters';
import type { BaseKvmTimer } from './kvmTimer';
import type { VcpuPort } from './vcpu';

/**
 * A run that the time stamp counter says was longer, in nanoseconds, or took negative time, was more
 * likely one in which the counter was set: the machine slept, or moved to another host.
 */
const PLAUSIBLE_NS = 1e9;

/** What a runner is made of. */
export interface KvmRunnerOptions {
  readonly vcpu: VcpuPort;
  readonly timer: BaseKvmTimer;
  readonly kick: Kick;
  /** Whether the kernel honours `immediate_exit`. */
  readonly immediateExit: boolean;
  /** Counts what the guest executes; null where nobody does. */
  readonly counters: RunCounters | null;
  /** Whether the timer starts and stops the counters, being one of them. */
  readonly timerDrivesCounters: boolean;
  /** Host time in nanoseconds, for the timer and for runs that the counter does not time. */
  readonly now: () => number;
}

/** Runs one vCPU. */
export class KvmRunner {
  /** Host time that the last run took, in nanoseconds; 0 for a half entry. */
  hostNs = 0;
  /** Instructions that the last run executed, about; 0 where nobody counts them. */
  instructions = 0;
  readonly #vcpu: VcpuPort;
  readonly #timer: BaseKvmTimer;
  readonly #kick: Kick;
  readonly #immediateExit: boolean;
  readonly #counters: RunCounters | null;
  readonly #timerDrivesCounters: boolean;
  readonly #now: () => number;

  constructor(options: KvmRunnerOptions) {
    this.#vcpu = options.vcpu;
    this.#timer = options.timer;
    this.#kick = options.kick;
    this.#immediateExit = options.immediateExit;
    this.#counters = options.counters;
    this.#timerDrivesCounters = options.timerDrivesCounters;
    this.#now = options.now;
  }

  /**
   * Runs the guest until it wants something, a signal arrives, or its time is up.
   * @param ticks - at least the timer's resolution
   * @returns why it stopped; borrowed
   */
  run(ticks: Tick): VcpuExit {
    const counters = this.#counters;
    if (counters !== null) return this.#runCounted(ticks, counters);
    const start = this.#now();
    this.#timer.arm(ticks, start);
    const exit = this.#vcpu.run();
    this.hostNs = this.#elapsedNs(start);
    // The signal stays pending when it ends a run.
    if (exit.kind === 'interrupted') this.#kick.discard();
    return exit;
  }

  #runCounted(ticks: Tick, counters: RunCounters): VcpuExit {
    const before = counters.instructions();
    const start = this.#now();
    this.#timer.arm(ticks, start);
    if (!this.#timerDrivesCounters) counters.start();
    const exit = this.#vcpu.run();
    this.hostNs = this.#elapsedNs(start);
    if (this.#timerDrivesCounters) this.#timer.disarm();
    else counters.stop();
    this.instructions = counters.instructions() - before;
    // A counter sends a signal for each period, also between the end of the run and its own.
    while (this.#kick.discard());
    return exit;
  }

  /** Host time of the run that has just ended. @param start - when it began, by the monotonic clock */
  #elapsedNs(start: number): number {
    const { runNs } = this.#vcpu;
    return runNs >= 0 && runNs < PLAUSIBLE_NS ? runNs : this.#now() - start;
  }

  /**
   * Lets a vCPU that waits in the kernel look whether it need not any longer, and does not wait with
   * it.
   */
  poll(): VcpuExit {
    this.hostNs = 0;
    this.instructions = 0;
    // Unlike `immediate_exit`, a signal lets KVM take what has come for the vCPU first.
    this.#kick.send();
    const exit = this.#vcpu.run();
    this.#kick.discard();
    return exit;
  }

  /**
   * Enters KVM without running the guest: it finishes what is pending, such as the delivery of what
   * a device answered.
   */
  halfEntry(): VcpuExit {
    this.hostNs = 0;
    this.instructions = 0;
    if (!this.#immediateExit) return this.poll();
    this.#vcpu.setImmediateExit(true);
    try {
      return this.#vcpu.run();
    } finally {
      this.#vcpu.setImmediateExit(false);
    }
  }
}
