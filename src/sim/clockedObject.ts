/**
 * Objects that a clock drives.
 *
 * Source of the behaviour: gem5 `sim/clocked_object.hh`.
 */
import type { Cycles, Tick } from '../base/index';
import type { ClockDomain, ClockedMember } from './clockDomain';
import { Clocked } from './clocked';
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

/** An object that a clock drives. */
export abstract class ClockedObject extends SimObject implements ClockedMember {
  static override readonly schema = clockedObjectSchema;
  readonly clockDomain: ClockDomain;
  /** Its clock, for what asks so often that every call counts. */
  readonly clocked: Clocked;

  constructor(params: ClockedObjectParams) {
    super(params);
    this.clockDomain = params.clkDomain;
    this.clocked = new Clocked(this.eventQueue(), params.clkDomain);
    this.clockDomain.registerWithClockDomain(this);
  }

  /** Edges are multiples of the period only as long as the clock has never changed. */
  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('edgeTick', this.clockEdge());
    checkpoint.paramOut('edgeCycle', this.curCycle());
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.clocked.restore(checkpoint.number('edgeTick'), checkpoint.number('edgeCycle'));
  }

  /** The tick of the edge `cycles` periods after the first one at or after now. */
  clockEdge(cycles: Cycles = 0): Tick {
    return this.clocked.clockEdge(cycles);
  }

  /** The number of the cycle that begins at {@link clockEdge}. */
  curCycle(): Cycles {
    return this.clocked.curCycle();
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
    this.clocked.update();
    this.clockPeriodUpdated();
  }

  /** Hook: the clock is about to run at another period. */
  protected clockPeriodUpdated(): void {
    // Nothing by default.
  }
}
