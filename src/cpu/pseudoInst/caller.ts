/** Who executes a pseudo-instruction. */
import { MaxTick, panic, warnOnce, type Tick } from '../../base/index';
import type { System } from '../../mem/index';
import type { Simulation } from '../../sim/index';
import { BaseCPU } from '../baseCPU';
import type { ThreadContext } from '../threadContext';

const NS_PER_SECOND = 1e9;

/** A thread, and what of its surroundings pseudo-instructions work on. */
export class Caller {
  readonly context: ThreadContext;
  readonly cpu: BaseCPU;
  readonly system: System;
  readonly simulation: Simulation;

  /** @throws {PanicError} when the thread belongs to no CPU model */
  constructor(context: ThreadContext) {
    const { cpu } = context;
    if (!(cpu instanceof BaseCPU)) panic(`${cpu.name()} is no CPU`);
    this.context = context;
    this.cpu = cpu;
    this.system = cpu.system;
    this.simulation = cpu.simulation;
  }

  /** Ticks in a nanosecond. */
  get ticksPerNs(): number {
    return this.simulation.ticksPerSecond / NS_PER_SECOND;
  }

  /** Nanoseconds in whole ticks, rounded up, at most {@link MaxTick}. */
  ticksFromNs(ns: bigint): Tick {
    return Math.min(Math.ceil(Number(ns) * this.ticksPerNs), MaxTick);
  }

  /**
   * The tick that is so many nanoseconds away.
   * @param what - for a message
   * @returns undefined, with a warning, when it is beyond the end of time
   */
  tickAfter(ns: bigint, what: string): Tick | undefined {
    const distance = Math.ceil(Number(ns) * this.ticksPerNs);
    return this.within(this.simulation.curTick() + distance, what);
  }

  /** A tick that there is, or undefined with a warning. */
  within(tick: Tick, what: string): Tick | undefined {
    if (tick < MaxTick) return tick;
    warnOnce(
      `${this.cpu.name()} ${what}`,
      `${this.cpu.name()}: ${what} is asked for so late that it never happens`,
    );
    return undefined;
  }
}

/**
 * What a pseudo-instruction does. Arguments and result are unsigned 64-bit numbers.
 * @returns the result, or undefined when it has none
 */
export type PseudoOp = (caller: Caller, args: readonly bigint[]) => bigint | undefined;
