/**
 * Clock edges and cycles.
 *
 * Source of the behaviour: gem5 `sim/clocked_object.hh`, `Clocked`.
 */
import type { Cycles, Tick } from '../base/index';
import type { ClockDomain } from './clockDomain';
import type { EventQueue } from './eventQueue';

/**
 * The clock of one object. It counts cycles lazily: nothing happens at an edge by itself.
 *
 * An object of its own, and private by keyword: it is asked several times for each packet, by objects of
 * many classes, and stays the same to the engine whoever asks.
 */
export class Clocked {
  readonly domain: ClockDomain;
  private readonly queue: EventQueue;
  /** A clock edge at or before the next one, and the number of the cycle that it begins. */
  private edgeTick: Tick = 0;
  private edgeCycle: Cycles = 0;

  constructor(queue: EventQueue, domain: ClockDomain) {
    this.queue = queue;
    this.domain = domain;
  }

  /** The tick of the edge `cycles` periods after the first one at or after now. */
  clockEdge(cycles: Cycles = 0): Tick {
    if (this.edgeTick < this.queue.curTick) this.update();
    return this.edgeTick + this.domain.period * cycles;
  }

  /** The number of the cycle that begins at {@link clockEdge}. */
  curCycle(): Cycles {
    if (this.edgeTick < this.queue.curTick) this.update();
    return this.edgeCycle;
  }

  /** Goes on from an edge and the number of its cycle, which a checkpoint has. */
  restore(tick: Tick, cycle: Cycles): void {
    this.edgeTick = tick;
    this.edgeCycle = cycle;
  }

  /** Moves the remembered edge to the first one at or after the current tick. */
  private update(): void {
    const { period } = this.domain;
    const cycles = Math.ceil((this.queue.curTick - this.edgeTick) / period);
    this.edgeCycle += cycles;
    this.edgeTick += cycles * period;
  }
}
