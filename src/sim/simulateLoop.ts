/**
 * The event loop of one `simulate()` call. Source of the behaviour: gem5 `sim/simulate.cc`; unlike
 * there, the limit belongs to the call and leaves with it.
 */
import { panic, type Tick } from '../base/index';
import { GlobalSimLoopExitEvent, LocalSimLoopExitEvent } from './exitEvents';
import type { Event } from './event';
import type { EventQueue } from './eventQueue';

/** Cause of the exit at the limit. */
export const LimitReached = 'simulate() limit reached';
/** Cause of the exit that the user asked for. */
export const UserInterrupt = 'user interrupt received';

/** How long and until when `simulateAsync` runs. */
export interface SimulateAsyncOptions {
  /** At most this long, in ticks, counted from now. */
  readonly ticks?: Tick;
  /** Ends the run when it is aborted. */
  readonly signal?: { readonly aborted: boolean };
}

/** At most so many events are served between two looks at the host. */
export const EventsPerPoll = 64;
/** An interrupted tick that is not complete after so many looks more never will be. */
const PollsForTick = 64;

/**
 * A run of the event loop that can be left and resumed: `runSlice` until it returns an exit event,
 * then `close`.
 */
export class EventLoop {
  readonly #queue: EventQueue;
  readonly #interrupted: () => boolean;
  readonly #limit: GlobalSimLoopExitEvent;
  #interrupt: GlobalSimLoopExitEvent | null = null;
  #pollsSinceInterrupt = 0;

  /**
   * @param limit - the tick at which the run ends at the latest, after everything that happens at
   *   that tick; MaxTick for no limit
   * @param interrupted - looks at the host: whether the user asks for an end; called every few events.
   *   The run then ends when the present tick is complete.
   * @throws {PanicError} when the limit is in the past
   */
  constructor(queue: EventQueue, limit: Tick, interrupted: () => boolean) {
    this.#queue = queue;
    this.#interrupted = interrupted;
    this.#limit = new GlobalSimLoopExitEvent(LimitReached);
    queue.schedule(this.#limit, limit);
  }

  /** The tick at which the run ends at the latest. */
  get limit(): Tick {
    return this.#limit.when;
  }

  /** Changes the limit of this run. @throws {PanicError} when it is in the past */
  setLimit(tick: Tick): void {
    // Not scheduled where it has just ended the run.
    this.#queue.reschedule(this.#limit, tick, true);
  }

  /**
   * Serves events.
   * @param pause - whether to return for now; called every few events
   * @returns the event that ended the run, or null when `pause` said so
   * @throws {SimError} what an event threw, with the event named
   * @throws {PanicError} when the next event lies in the past, after a wrong `setCurTick`
   */
  runSlice(pause: () => boolean): GlobalSimLoopExitEvent | null {
    const queue = this.#queue;
    for (;;) {
      queue.attention = false;
      queue.handleAsyncInsertions();
      const end = this.#checkInterrupt();
      if (end !== null) return end;
      if (queue.isBehind()) this.#refusePast();
      const ending = this.serve(queue);
      if (ending !== null) return ending;
      if (pause()) return null;
    }
  }

  /** Serves a few events: at most {@link EventsPerPoll}, and until the queue wants attention. */
  protected serve(queue: EventQueue): GlobalSimLoopExitEvent | null {
    let events = EventsPerPoll;
    do {
      const exit = queue.serviceOne();
      if (exit !== null) {
        const ending = endingOf(exit);
        if (ending !== null) return ending;
      }
    } while (--events > 0 && !queue.attention);
    return null;
  }

  /** Takes what belongs to this run off the queue. To be called however the run ended. */
  close(): void {
    for (const event of [this.#limit, this.#interrupt]) {
      if (event?.scheduled === true) this.#queue.deschedule(event);
    }
  }

  /** Looks whether the user wants an end; the exit event if the run must end at this very point. */
  #checkInterrupt(): GlobalSimLoopExitEvent | null {
    const queue = this.#queue;
    if (this.#interrupt !== null) {
      if (++this.#pollsSinceInterrupt < PollsForTick) return null;
      // Events keep scheduling others for the present tick: it will not be complete.
      return this.#interrupt;
    }
    if (!this.#interrupted()) return null;
    this.#interrupt = new GlobalSimLoopExitEvent(UserInterrupt);
    queue.schedule(this.#interrupt, queue.curTick);
    return null;
  }

  #refusePast(): never {
    const queue = this.#queue;
    const [first] = queue.pending();
    panic(
      `${first?.name() ?? 'an event'} is scheduled for tick ${queue.nextTick()}, ` +
        `but queue ${queue.name} is at tick ${queue.curTick} already`,
    );
  }
}

/**
 * The exit event to return for one that was served; null where another is on its way.
 * @throws {PanicError} for one that says no cause
 */
export function endingOf(exit: Event): GlobalSimLoopExitEvent | null {
  if (exit instanceof GlobalSimLoopExitEvent) return exit;
  if (exit instanceof LocalSimLoopExitEvent) return null;
  panic(`exit event ${exit.name()} has no cause: it is not a GlobalSimLoopExitEvent`);
}

/**
 * Runs an event loop until an exit event, and closes it.
 * @returns the event that ended the run: at the limit, and so when nothing is left to happen, one
 *   with the cause {@link LimitReached}
 * @throws {SimError} what an event threw, with the event named
 */
export function runEventLoop(loop: EventLoop): GlobalSimLoopExitEvent {
  try {
    for (;;) {
      const exit = loop.runSlice(() => false);
      if (exit !== null) return exit;
    }
  } finally {
    loop.close();
  }
}
