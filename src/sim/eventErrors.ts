/** What the event queue says when it is misused, and when an event throws. */
import { MaxTick, PanicError, SimError, type Tick } from '../base/index';
import type { Event } from './event';

/** Names an event in a message. */
function named(event: Event): string {
  return `event ${event.name()} (${event.description()})`;
}

/**
 * For an event that cannot be scheduled: it is scheduled already and `move` is false, or `when` is
 * in the past or no tick at all.
 */
export function cannotSchedule(event: Event, when: Tick, now: Tick, move: boolean): PanicError {
  const action = `${named(event)} cannot be scheduled`;
  if (event.scheduled && !move) {
    const other = `it is scheduled already, for tick ${event.when}`;
    return new PanicError(`${action} for tick ${when}: ${other}`);
  }
  return new PanicError(
    when < now && Number.isSafeInteger(when)
      ? `${action} in the past, at tick ${when}: it is tick ${now}`
      : `${action} at ${when}: a tick is a whole number from 0 to ${MaxTick}`,
  );
}

/** For an event that is not on this queue. */
export function notOnQueue(event: Event, queue: string, action: string): PanicError {
  const where = event.scheduled ? `it is on another queue than ${queue}` : 'it is not scheduled';
  return new PanicError(`${named(event)} cannot be ${action}: ${where}`);
}

/** Errors that name their event already: one thrown through several queues is told of once. */
const annotated = new WeakSet<SimError>();

/**
 * The error to throw when `process()` threw `error`. The simulator's own errors keep their type and
 * get the event added to their message; anything else becomes a panic with the error as its cause.
 */
export function eventFailure(error: unknown, event: Event, now: Tick): SimError {
  const place = `${named(event)} at tick ${now}`;
  if (error instanceof SimError) {
    if (!annotated.has(error)) error.message += ` [in ${place}]`;
    annotated.add(error);
    return error;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const frames = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  const stack = frames.filter(line => line.startsWith('    at '));
  const panicError = new PanicError(`${place} threw ${text}`, stack, { cause: error });
  annotated.add(panicError);
  return panicError;
}
