/** The tick at which runs end that have no limit of their own. Source: gem5 `sim/simulate.cc`. */
import { fatal, MaxTick, type Tick } from '../base/index';
import type { EventQueue } from './eventQueue';
import type { EventLoop } from './simulateLoop';

/** A limit that stays from run to run, unlike the limit of one call of `simulate()`. */
export class MaxTickLimit {
  readonly #queue: EventQueue;
  #tick: Tick = MaxTick;
  #run: EventLoop | null = null;

  /** @param queue - the queue that runs serve */
  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  /** Within a run the tick at which that ends at the latest, else the next one without a limit. */
  get tick(): Tick {
    return this.#run?.limit ?? this.#tick;
  }

  /**
   * Sets the limit, of the present run too.
   * @param tick - counted from tick 0; MaxTick for none
   * @throws {FatalError} when it is past, or no tick
   */
  set(tick: Tick): void {
    const now = this.#queue.curTick;
    if (!Number.isSafeInteger(tick) || tick < now) {
      fatal(`setMaxTick(${String(tick)}): not a tick from now (${String(now)}) on`);
    }
    this.#tick = tick;
    this.#run?.setLimit(tick);
  }

  /** A run begins. */
  begin(run: EventLoop): void {
    this.#run = run;
  }

  /** The run is over. */
  end(): void {
    this.#run = null;
  }
}
