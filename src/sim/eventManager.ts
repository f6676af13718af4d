// Interim version by the lead so that others can type-check; the event queue's author replaces it.
import { MaxTick, type Tick } from '../base/index';
import type { Event } from './event';
import type { EventQueue } from './eventQueue';
export class EventManager {
  readonly #queue: EventQueue;
  constructor(queue: EventQueue) {
    this.#queue = queue;
  }
  eventQueue(): EventQueue {
    return this.#queue;
  }
  curTick(): Tick {
    return this.#queue.curTick;
  }
  schedule(event: Event, when: Tick): void {
    this.#queue.schedule(event, when);
  }
  deschedule(event: Event): void {
    this.#queue.deschedule(event);
  }
  reschedule(event: Event, when: Tick, always = false): void {
    this.#queue.reschedule(event, when, always);
  }
  setCurTick(tick: Tick): void {
    this.#queue.setCurTick(tick);
  }
  wakeupEventQueue(_when: Tick = MaxTick): void {
    // Nothing.
  }
}
