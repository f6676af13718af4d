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
  /** After {@link update}: the first clock edge at or after now. */
  edge: Tick = 0;
  /** The number of the cycle that it begins. */
  private edgeCycle: Cycles = 0;

  constructor(queue: EventQueue, domain: ClockDomain) {
    this.queue = queue;
    this.domain = domain;
  }

  /** The tick of the edge `cycles` periods after the first one at or after now. */
  clockEdge(cycles: Cycles = 0): Tick {
    this.update();
    return this.edge + this.domain.period * cycles;
  }

  /** The number of the cycle that begins at {@link clockEdge}. */
  curCycle(): Cycles {
    this.update();
    return this.edgeCycle;
  }

  /** Goes on from an edge and the number of its cycle, which a checkpoint has. */
  restore(tick: Tick, cycle: Cycles): void {
    this.edge = tick;
    this.edgeCycle = cycle;
  }

  /** Brings {@link edge} up to date. To ask for it then is to ask without having an object made of it. */
  update(): void {
    if (this.edge < this.queue.curTick) this.advance();
  }

  private advance(): void {
    const { period } = this.domain;
    const cycles = Math.ceil((this.queue.curTick - this.edge) / period);
    this.edgeCycle += cycles;
    this.edge += cycles * period;
  }
}
