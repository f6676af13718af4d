/** The event loop of a run whose timeline is recorded. */
import type { Tick } from '../base/index';
import type { EventQueue } from './eventQueue';
import type { GlobalSimLoopExitEvent } from './exitEvents';
import { endingOf, EventLoop, EventsPerPoll } from './simulateLoop';
import type { Timeline } from './timeline';

/** Serves events as {@link EventLoop} does, and measures each. */
export class TracedEventLoop extends EventLoop {
  readonly #timeline: Timeline;

  constructor(queue: EventQueue, limit: Tick, interrupted: () => boolean, timeline: Timeline) {
    super(queue, limit, interrupted);
    this.#timeline = timeline;
  }

  protected override serve(queue: EventQueue): GlobalSimLoopExitEvent | null {
    let events = EventsPerPoll;
    do {
      const exit = this.#serveOne(queue);
      const ending = exit === null ? null : endingOf(exit);
      if (ending !== null) return ending;
    } while (--events > 0 && !queue.attention);
    return null;
  }

  #serveOne(queue: EventQueue): ReturnType<EventQueue['serviceOne']> {
    const event = queue.getHead();
    if (event === null || event.squashed) return queue.serviceOne();
    const timeline = this.#timeline;
    const label = timeline.label(event);
    const tick = event.when;
    const start = timeline.hostNs();
    try {
      return queue.serviceOne();
    } finally {
      timeline.event(label, tick, start);
    }
  }
}
