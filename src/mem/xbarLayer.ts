/**
 * The layers of a crossbar: who may use the way to one destination, and who waits. Source: gem5
 * `mem/xbar.{hh,cc}`.
 */
import { dprintf, panic } from '../base/index';
import type { Tick } from '../base/index';
import {
  div,
  EventFunctionWrapper,
  Formula,
  Scalar,
  StatFlag,
  StatGroup,
  unit,
} from '../sim/index';
import type { ClockedObject, Drainable, EventQueue, Port } from '../sim/index';
import { BaseXBarFlag } from './xbarFlags';

/**
 * What a layer does:
 *
 * - `Idle`: nothing;
 * - `Busy`: passes a packet on, until its release;
 * - `Retry`: has told a waiting port to send again, within the same tick.
 */
type LayerState = 'Idle' | 'Busy' | 'Retry';

/** The way to one destination port, used by one source port at a time. */
export class XBarLayer<Source extends Port> implements Drainable {
  readonly #xbar: ClockedObject;
  readonly #events: EventQueue;
  readonly #name: string;
  readonly #sendRetry: (port: Source) => void;
  readonly #releaseEvent: EventFunctionWrapper;
  readonly #occupancy: Scalar;
  /** Who was refused, in the order of asking. */
  readonly #waitingForLayer: Source[] = [];
  /** Whose packet the destination refused. */
  #waitingForPeer: Source | null = null;
  #state: LayerState = 'Idle';
  /** While it is busy: until when. The event for it is only scheduled when somebody waits for it. */
  #busyUntil: Tick = 0;
  /** Whether {@link #busyUntil} is known: the destination has taken or refused the packet. */
  #hasEnd = false;

  /**
   * @param name - within the crossbar, such as `reqLayer0`
   * @param sendRetry - tells a source port that it may send again
   */
  constructor(xbar: ClockedObject, name: string, sendRetry: (port: Source) => void) {
    this.#xbar = xbar;
    this.#events = xbar.eventQueue();
    this.#name = `${xbar.name()}.${name}`;
    this.#sendRetry = sendRetry;
    this.#releaseEvent = new EventFunctionWrapper(() => {
      this.#release();
    }, this.#name);
    const stats = new StatGroup(xbar.stats, name);
    this.#occupancy = new Scalar(
      stats,
      'occupancy',
      unit.Tick,
      'ticks that the layer was busy',
    ).flags(StatFlag.nozero);
    const { simTicks } = xbar.simulation.stats.rootStats;
    new Formula(stats, 'utilization', unit.Ratio, 'share of the time that the layer was busy')
      .precision(1)
      .flags(StatFlag.nozero)
      .set(div(this.#occupancy, simTicks));
    xbar.simulation.drainManager.register(this);
  }

  name(): string {
    return this.#name;
  }

  /**
   * Asks for the layer. Whoever gets it must say at once whether the packet went through.
   *
   * @returns false when it is taken; the port is told to retry in its turn
   */
  tryTiming(source: Source): boolean {
    this.#rest();
    if (this.#state === 'Busy' || this.#waitingForPeer !== null) {
      if (this.#waitingForLayer.includes(source)) panic(`${source.name()} waits for two packets`);
      this.#waitingForLayer.push(source);
      this.#awaitRelease();
      return false;
    }
    this.#state = 'Busy';
    return true;
  }

  /** The packet went through and takes the layer until a tick. */
  succeededTiming(until: Tick): void {
    // So small that it is compiled into every caller, which then need not make an object of the tick.
    this.#busyUntil = until;
    this.#occupy();
  }

  /** The destination refused the packet of this port, which the layer now waits for. */
  failedTiming(source: Source, until: Tick): void {
    this.#waitingForPeer = source;
    this.#busyUntil = until;
    this.#occupy();
  }

  /** The destination can take a packet again. */
  recvRetry(): void {
    if (this.#waitingForPeer === null)
      panic(`${this.#name} gets a retry that it has not asked for`);
    // Its turn came before that of all who wait for the layer.
    this.#waitingForLayer.unshift(this.#waitingForPeer);
    this.#waitingForPeer = null;
    this.#rest();
    if (this.#state === 'Idle') this.#retryWaiting();
    else this.#awaitRelease();
  }

  /** The layer is taken until the tick that was noted. */
  #occupy(): void {
    if (this.#state !== 'Busy') panic(`${this.#name} is used without having been asked for`);
    this.#hasEnd = true;
    if (this.#waitingForLayer.length > 0) this.#awaitRelease();
    this.#occupancy.value += this.#busyUntil - this.#events.curTick;
    if (BaseXBarFlag.enabled) this.#trace();
  }

  #trace(): void {
    const now = this.#events.curTick;
    const span = `from tick ${String(now)} to ${String(this.#busyUntil)}`;
    dprintf(BaseXBarFlag, now, this.#name, `The crossbar layer is now busy ${span}`);
  }

  /** Notes that the last packet has passed, where no event says so. */
  #rest(): void {
    if (!this.#hasEnd || this.#events.curTick < this.#busyUntil) return;
    if (this.#releaseEvent.scheduled) return;
    this.#state = 'Idle';
    this.#hasEnd = false;
  }

  /** Has an event say when the last packet has passed. */
  #awaitRelease(): void {
    if (!this.#hasEnd || this.#releaseEvent.scheduled) return;
    this.#events.schedule(this.#releaseEvent, this.#busyUntil);
  }

  #release(): void {
    this.#hasEnd = false;
    this.#state = 'Idle';
    if (this.#waitingForLayer.length > 0) {
      if (this.#waitingForPeer === null) this.#retryWaiting();
    } else if (this.#waitingForPeer === null) {
      this.#xbar.simulation.drainManager.signalDrainDone(this);
    }
  }

  #retryWaiting(): void {
    const source = this.#waitingForLayer.shift() ?? panic(`${this.#name} retries nobody`);
    this.#state = 'Retry';
    this.#sendRetry(source);
    // A port may have nothing to send any more; the layer rests until the next clock edge.
    if (this.#isRetrying()) {
      this.#state = 'Busy';
      this.#busyUntil = this.#xbar.clockEdge();
      this.#occupy();
    }
  }

  #isRetrying(): boolean {
    return this.#state === 'Retry';
  }

  drain(): 'Draining' | 'Drained' {
    this.#rest();
    if (this.#state === 'Idle') return 'Drained';
    this.#awaitRelease();
    return 'Draining';
  }

  whyNotDrained(): string {
    if (this.#state === 'Idle') return '';
    const waiting = this.#waitingForLayer.length;
    const others = waiting === 0 ? '' : `, ${String(waiting)} more wait for it`;
    if (this.#releaseEvent.scheduled) {
      return `a packet goes through until tick ${String(this.#releaseEvent.when)}${others}`;
    }
    return `a packet was refused by its receiver${others}`;
  }

  drainResume(): void {
    // Nothing has stopped.
  }

  notifyFork(): void {
    // Nothing is shared with the parent.
  }
}
