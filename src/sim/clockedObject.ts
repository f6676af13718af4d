/**
 * Objects that a clock drives.
 *
 * Source of the behaviour: gem5 `sim/clocked_object.hh`.
 */
import type { Cycles, Tick } from '../base/index';
import type { ClockDomain, ClockedMember } from './clockDomain';
import { param } from './params';
import { Parent } from './proxy';
import { defineSchema, type ParamsOf } from './schema';
import type { CheckpointIn, CheckpointOut } from './serializable';
import { SimObject, simObjectSchema } from './simObject';

/** What every object with a clock declares. */
export const clockedObjectSchema = defineSchema('ClockedObject', simObjectSchema, {
  description: 'Base class of the objects that a clock drives',
  abstract: true,
  params: {
    clkDomain: param.SimObject<ClockDomain>('ClockDomain', Parent.clkDomain, 'clock domain'),
  },
});

/** Parameters of a `ClockedObject`. */
export type ClockedObjectParams = ParamsOf<typeof clockedObjectSchema>;

/** An object that a clock drives. It counts cycles lazily: nothing happens at an edge by itself. */
export abstract class ClockedObject extends SimObject implements ClockedMember {
  static override readonly schema = clockedObjectSchema;
  readonly clockDomain: ClockDomain;
  /** A clock edge at or before the next one, and the number of the cycle that it begins. */
  #edgeTick: Tick = 0;
  #edgeCycle: Cycles = 0;

  constructor(params: ClockedObjectParams) {
    super(params);
    this.clockDomain = params.clkDomain;
    this.clockDomain.registerWithClockDomain(this);
  }

  /** Edges are multiples of the period only as long as the clock has never changed. */
  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    this.#update();
    checkpoint.paramOut('edgeTick', this.#edgeTick);
    checkpoint.paramOut('edgeCycle', this.#edgeCycle);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#edgeTick = checkpoint.number('edgeTick');
    this.#edgeCycle = checkpoint.number('edgeCycle');
  }

  /** Moves the remembered edge to the first one at or after the current tick. */
  #update(): void {
    const now = this.curTick();
    if (this.#edgeTick >= now) return;
    const cycles = Math.ceil((now - this.#edgeTick) / this.clockDomain.period);
    this.#edgeCycle += cycles;
    this.#edgeTick += cycles * this.clockDomain.period;
  }

  /** The tick of the edge `cycles` periods after the first one at or after now. */
  clockEdge(cycles: Cycles = 0): Tick {
    this.#update();
    return this.#edgeTick + this.clockDomain.period * cycles;
  }

  /** The number of the cycle that begins at {@link clockEdge}. */
  curCycle(): Cycles {
    this.#update();
    return this.#edgeCycle;
  }

  /** The tick of the edge after {@link clockEdge}: more than now, at most two periods ahead. */
  nextCycle(): Tick {
    return this.clockEdge(1);
  }

  /** Clock frequency in Hz. */
  frequency(): number {
    return this.simulation.ticksPerSecond / this.clockDomain.period;
  }

  /** Clock period in ticks. */
  clockPeriod(): Tick {
    return this.clockDomain.period;
  }

  /** The supply voltage, in volts. */
  voltage(): number {
    return this.clockDomain.voltage();
  }

  /** How many cycles cover `ticks`, rounded up. */
  ticksToCycles(ticks: Tick): Cycles {
    return Math.ceil(ticks / this.clockDomain.period);
  }

  /** How many ticks so many cycles take. */
  cyclesToTicks(cycles: Cycles): Tick {
    return this.clockDomain.period * cycles;
  }

  updateClockPeriod(): void {
    this.#update();
    this.clockPeriodUpdated();
  }

  /** Hook: the clock is about to run at another period. */
  protected clockPeriodUpdated(): void {
    // Nothing by default.
  }
}
