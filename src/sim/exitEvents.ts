/**
 * Events that end the run. Source: gem5 `sim/sim_events.hh`, `sim/sim_events.cc`, `sim/sim_exit.hh`.
 */
import { MaxTick, panic, type Tick } from '../base/index';
import { Event, EventFlag, EventPriority } from './event';
import type { EventQueue } from './eventQueue';

/** Why a run ended, as scripts see it. */
export interface ExitEvent {
  /** gem5's text, such as 'exiting with last active thread context'. */
  readonly cause: string;
  /** Exit code of the guest or of the instruction that asked; 0 where there is none. */
  readonly code: number;
  /** The tick at which it happened. */
  readonly tick: Tick;
  /** gem5's accessor for `cause`. */
  getCause(): string;
  /** gem5's accessor for `code`. */
  getCode(): number;
}

/** Exits that come again: after each, the event schedules itself `period` ticks later. */
export interface ExitRepeat {
  readonly queue: EventQueue;
  /** In ticks, at least 1. */
  readonly period: Tick;
}

/** Ends the run at its tick, by default after everything else of that tick, and says why. */
export class GlobalSimLoopExitEvent extends Event {
  /** gem5's text for the reason, such as `m5_exit instruction encountered`. */
  readonly cause: string;
  /** Exit code of whoever asked, 0 where there is none. */
  readonly code: number;
  readonly #repeat: ExitRepeat | null;

  /**
   * @param priority - `Sim_Exit_Pri`, or `Minimum_Pri` to end before anything else of the tick
   * @throws {PanicError} when the period of `repeat` is not at least one tick
   */
  constructor(
    cause: string,
    code = 0,
    priority: number = EventPriority.Sim_Exit_Pri,
    repeat: ExitRepeat | null = null,
  ) {
    super(priority, EventFlag.IsExitEvent);
    if (repeat !== null && !(repeat.period >= 1)) {
      panic(`exit event '${cause}' cannot repeat every ${repeat.period} ticks`);
    }
    this.cause = cause;
    this.code = code;
    this.#repeat = repeat;
  }

  /** gem5's accessor for `cause`. */
  getCause(): string {
    return this.cause;
  }

  /** gem5's accessor for `code`. */
  getCode(): number {
    return this.code;
  }

  process(): void {
    const repeat = this.#repeat;
    if (repeat === null) return;
    const next = repeat.queue.curTick + repeat.period;
    if (next <= MaxTick) repeat.queue.schedule(this, next);
  }

  override description(): string {
    return 'global simulation loop exit';
  }
}

/**
 * Ends the run at tick `when`, after everything else of that tick.
 * @param repeat - in ticks: the run ends again, and again, this much later; 0 for once
 * @returns the event, which can be descheduled
 */
export function exitSimLoop(
  queue: EventQueue,
  cause: string,
  code = 0,
  when: Tick = queue.curTick,
  repeat: Tick = 0,
): GlobalSimLoopExitEvent {
  return scheduleExit(queue, cause, code, EventPriority.Sim_Exit_Pri, when, repeat);
}

/** Ends the run as soon as the present event is over, before anything else of the tick. */
export function exitSimLoopNow(
  queue: EventQueue,
  cause: string,
  code = 0,
  repeat: Tick = 0,
): GlobalSimLoopExitEvent {
  return scheduleExit(queue, cause, code, EventPriority.Minimum_Pri, queue.curTick, repeat);
}

function scheduleExit(
  queue: EventQueue,
  cause: string,
  code: number,
  priority: number,
  when: Tick,
  repeat: Tick,
): GlobalSimLoopExitEvent {
  const again = repeat === 0 ? null : { queue, period: repeat };
  const event = new GlobalSimLoopExitEvent(cause, code, priority, again);
  queue.schedule(event, when);
  return event;
}

/**
 * Ends the run from a queue that the run's loop does not serve itself: a queue of events by
 * instruction count. When it happens, the run ends at the present tick.
 */
export class LocalSimLoopExitEvent extends Event {
  readonly cause: string;
  readonly code: number;
  readonly #mainQueue: EventQueue;

  /** @param mainQueue - the queue that the event loop serves */
  constructor(mainQueue: EventQueue, cause: string, code = 0) {
    super(EventPriority.Sim_Exit_Pri, EventFlag.IsExitEvent);
    this.#mainQueue = mainQueue;
    this.cause = cause;
    this.code = code;
  }

  process(): void {
    exitSimLoop(this.#mainQueue, this.cause, this.code);
  }

  override description(): string {
    return 'simulation loop exit';
  }
}

/** Ends the run when the last of several such events has happened. */
export class CountedExitEvent extends Event {
  readonly cause: string;
  readonly #mainQueue: EventQueue;
  readonly #remaining: { count: number };

  /**
   * @param mainQueue - the queue that the event loop serves
   * @param remaining - how many are still to happen, at least 1; shared by all of them
   * @throws {PanicError} when none is
   */
  constructor(mainQueue: EventQueue, cause: string, remaining: { count: number }) {
    super(EventPriority.Sim_Exit_Pri);
    if (!(remaining.count > 0)) panic(`counted exit '${cause}' begins with ${remaining.count}`);
    this.#mainQueue = mainQueue;
    this.cause = cause;
    this.#remaining = remaining;
  }

  process(): void {
    if (--this.#remaining.count === 0) exitSimLoop(this.#mainQueue, this.cause);
  }

  override description(): string {
    return 'counted exit';
  }
}
