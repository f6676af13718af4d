/** Source: gem5 `sim/eventq.hh`, `EventManager`. */
import type { Tick } from '../base/index';
import type { Event } from './event';
import type { EventQueue } from './eventQueue';

/** Something that schedules events, all on one queue. Base class of `SimObject`. */
export class EventManager {
  readonly #queue: EventQueue;

  /** @param queue - the queue, or another manager of it */
  constructor(queue: EventQueue | EventManager) {
    this.#queue = queue instanceof EventManager ? queue.eventQueue() : queue;
  }

  /** The queue. */
  eventQueue(): EventQueue {
    return this.#queue;
  }

  /** The present tick. */
  curTick(): Tick {
    return this.#queue.curTick;
  }

  /** Schedules an event that is on no queue; see `EventQueue.schedule`. */
  schedule(event: Event, when: Tick): void {
    this.#queue.schedule(event, when);
  }

  /** Takes an event off the queue; see `EventQueue.deschedule`. */
  deschedule(event: Event): void {
    this.#queue.deschedule(event);
  }

  /** Moves an event to another tick; see `EventQueue.reschedule`. */
  reschedule(event: Event, when: Tick, always = false): void {
    this.#queue.reschedule(event, when, always);
  }

  /**
   * Schedules an event from outside the event loop, from a callback of a timer, a socket or a
   * signal; see `EventQueue.asyncSchedule`.
   */
  asyncSchedule(event: Event, when?: Tick): void {
    this.#queue.asyncSchedule(event, when);
  }

  /** Sets the present tick; see `EventQueue.setCurTick`. */
  setCurTick(tick: Tick): void {
    this.#queue.setCurTick(tick);
  }

  /** Asks for the event loop's attention; see `EventQueue.wakeup`. */
  wakeupEventQueue(when?: Tick): void {
    this.#queue.wakeup(when);
  }
}
