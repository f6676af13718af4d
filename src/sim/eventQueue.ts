// Interim version by the lead so that others can type-check; the event queue's author replaces it.
import { MaxTick, panic, type Tick } from '../base/index';
import type { Event } from './event';
export class EventQueue {
  readonly name: string;
  curTick: Tick = 0;
  #seq = 0;
  readonly #events: Event[] = [];
  constructor(name: string) {
    this.name = name;
  }
  schedule(event: Event, when: Tick): void {
    if (when < this.curTick) panic(`event scheduled in the past: ${event.name()}`);
    if (event.scheduled) panic(`event scheduled twice: ${event.name()}`);
    event.when = when;
    event.scheduled = true;
    event.seq = ++this.#seq;
    this.#events.push(event);
    this.#events.sort((a, b) => b.when - a.when || b.priority - a.priority || a.seq - b.seq);
  }
  deschedule(event: Event): void {
    if (!event.scheduled) panic(`event is not scheduled: ${event.name()}`);
    this.#events.splice(this.#events.indexOf(event), 1);
    event.scheduled = false;
    event.squashed = false;
  }
  reschedule(event: Event, when: Tick, always = false): void {
    if (event.scheduled) this.deschedule(event);
    else if (!always) panic(`event is not scheduled: ${event.name()}`);
    this.schedule(event, when);
  }
  serviceOne(): Event | null {
    const event = this.#events.pop() ?? panic('empty event queue');
    event.scheduled = false;
    if (event.squashed) {
      event.squashed = false;
      return null;
    }
    this.curTick = event.when;
    event.process();
    return event.isExitEvent() ? event : null;
  }
  nextTick(): Tick {
    return this.#events.at(-1)?.when ?? MaxTick;
  }
  empty(): boolean {
    return this.#events.length === 0;
  }
  setCurTick(tick: Tick): void {
    this.curTick = tick;
  }
}
