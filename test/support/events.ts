/** Builders for tests of the event queue. */
import {
  Event,
  EventFunctionWrapper,
  EventLoop,
  EventQueue,
  runEventLoop,
  type GlobalSimLoopExitEvent,
} from '../../src/sim/index';

/** Runs the event loop of a queue until an exit event. */
export function runQueue(
  queue: EventQueue,
  limit: number,
  interrupted: () => boolean = () => false,
): GlobalSimLoopExitEvent {
  return runEventLoop(new EventLoop(queue, limit, interrupted));
}

/** A queue, and events on it that write their names into `log` when they happen. */
export class EventLog {
  readonly queue = new EventQueue('queue');
  readonly log: string[] = [];

  /** An event that is not scheduled. */
  event(name: string, priority = 0, then: () => void = () => undefined): EventFunctionWrapper {
    return new EventFunctionWrapper(
      () => {
        this.log.push(name);
        then();
      },
      name,
      false,
      priority,
    );
  }

  /** An event that is scheduled. */
  at(when: number, name: string, priority = 0, then?: () => void): EventFunctionWrapper {
    const event = this.event(name, priority, then);
    this.queue.schedule(event, when);
    return event;
  }

  /** Serves all that is pending, and says what happened. */
  serveAll(): string[] {
    while (!this.queue.empty()) this.queue.serviceOne();
    return this.log;
  }
}

/** An event that counts, and lets tests at the protected parts of events. */
export class CountingEvent extends Event {
  processed = 0;
  acquired = 0;
  released = 0;

  process(): void {
    this.processed++;
  }

  protected override acquireImpl(): void {
    this.acquired++;
  }

  protected override releaseImpl(): void {
    this.released++;
  }

  flags(): number {
    return this.getFlags();
  }

  change(set: number, clear: number): void {
    this.setFlags(set);
    this.clearFlags(clear);
  }
}
