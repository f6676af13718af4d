/**
 * Counting what a guest executes with the performance counters of the processor.
 *
 * Sources of the behaviour: gem5 `cpu/kvm/perfevent.hh`, `cpu/kvm/base.cc` (setupCounters,
 * setupInstStop).
 */
import { FatalError } from '../base/index';
import { isErrnoError, PerfCounter, PerfHardware, PerfType } from '../host/index';
import type { ErrnoError } from '../host/index';
import type { Kick } from './kickSignal';

/** What a CPU needs of the counters; a test puts a double in their place. */
export interface RunCounters {
  /** Lets the counters run, before the guest does. */
  start(): void;
  /** Stops them. */
  stop(): void;
  /** Instructions that the guest has executed since the counters were made. */
  instructions(): number;
  /** Ends the run after so many more instructions, about; Infinity for never. */
  stopAfter(instructions: number): void;
  dispose(): void;
}

/** Which counters are used. */
export interface CounterSource {
  readonly type: number;
  readonly cycles: number;
  readonly instructions: number;
  /** Whether only the guest counts. */
  readonly excludeHost: boolean;
}

/** The processor's counters, of the guest alone. */
const HARDWARE: CounterSource = {
  type: PerfType.Hardware,
  cycles: PerfHardware.CpuCycles,
  instructions: PerfHardware.Instructions,
  excludeHost: true,
};

/** Cycles and instructions of the thread that runs a vCPU. To be made by that thread. */
export class GuestCounters implements RunCounters {
  readonly #cycles: PerfCounter;
  readonly #instructions: PerfCounter;
  #period = Infinity;

  /**
   * @param name - of the CPU, for messages
   * @param source - default: the processor's counters
   * @throws {FatalError} when this machine has no counters, or they may not be used
   */
  constructor(name: string, { signal, thread }: Kick, source: CounterSource = HARDWARE) {
    const { type, cycles, instructions, excludeHost } = source;
    const common = { type, excludeHost, sampling: true };
    this.#cycles = openCounter(name, () => new PerfCounter({ ...common, config: cycles }));
    try {
      const group = this.#cycles;
      const options = { ...common, config: instructions, group };
      this.#instructions = openCounter(name, () => new PerfCounter(options));
      this.#instructions.signalOnOverflow(signal, thread);
      this.#cycles.signalOnOverflow(signal, thread);
    } catch (error) {
      this.#cycles.dispose();
      throw error;
    }
  }

  /** The counter of cycles, which leads the other. */
  get cycles(): PerfCounter {
    return this.#cycles;
  }

  start(): void {
    this.#cycles.start();
  }

  stop(): void {
    this.#cycles.stop();
  }

  instructions(): number {
    return this.#instructions.read();
  }

  stopAfter(instructions: number): void {
    if (instructions === Infinity && this.#period === Infinity) return;
    this.#instructions.setPeriod(instructions);
    this.#period = instructions;
  }

  dispose(): void {
    this.#instructions.dispose();
    this.#cycles.dispose();
  }
}

function openCounter(name: string, open: () => PerfCounter): PerfCounter {
  try {
    return open();
  } catch (error) {
    throw isErrnoError(error) ? counterFailure(name, error) : error;
  }
}

/** Why counters cannot be used, and what to do about it; `error` itself where nothing is known. */
export function counterFailure(name: string, error: ErrnoError): Error {
  const without =
    'set usePerf = false (cycles then follow host time, instructions are not counted)';
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
      return new FatalError(
        `${name}: the performance counters may not be used: write 1 to ` +
          `/proc/sys/kernel/perf_event_paranoid, or ${without}`,
      );
    case 'ENOENT':
    case 'ENODEV':
    case 'EOPNOTSUPP':
      return new FatalError(
        `${name}: this machine has no performance counters, as many virtual machines; ${without}`,
      );
    default:
      return error;
  }
}
