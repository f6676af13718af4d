/**
 * Draining a simulation: rounds of asking and running until every object has drained.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`. Unlike there, exit events that happen
 * meanwhile are kept, and a drain that does not end is an error that says who is in the way.
 */
import { fatal, MaxTick, type Tick } from '../base/index';
import type { DrainManager } from './drain';
import type { ExitEvent } from './exitEvents';
import type { EventQueue } from './eventQueue';
import { LimitReached, UserInterrupt } from './simulateLoop';

/** Cause of the exit event by which the drain manager says that all are done. */
export const FinishedDrain = 'Finished drain';

/** How long a drain may take. */
export interface DrainLimits {
  /** Simulated time, in ticks, counted from now; default: no limit. */
  readonly ticks?: Tick;
  /** Host time; default: no limit. */
  readonly hostSeconds?: number;
}

/** What draining needs of a simulation. */
export interface DrainContext {
  readonly drainManager: DrainManager;
  readonly eventQueue: EventQueue;
  /** Exit events for later. */
  readonly heldExits: ExitEvent[];
  /** Monotonic host time in seconds. */
  seconds(): number;
  /** Runs until a tick, or until `pause` says so: then null. */
  run(until: Tick, pause: () => boolean): ExitEvent | null;
  /** Does something that a timeline shows. */
  phase<Result>(name: string, body: () => Result, args?: Readonly<Record<string, number>>): Result;
  /** Notes on a timeline who is draining. */
  note(objects: string): void;
}

/**
 * Drains. When it fails, the objects that have drained go on.
 * @throws {FatalError} naming who has not drained and why: after the limits, when nothing is left to
 *   happen, or when the user has asked twice for an end
 */
export function drainSystem(context: DrainContext, limits: DrainLimits): void {
  const { drainManager, eventQueue } = context;
  const untilTick = Math.min(eventQueue.curTick + (limits.ticks ?? MaxTick), MaxTick);
  const untilSeconds = context.seconds() + (limits.hostSeconds ?? Infinity);
  try {
    for (let round = 1; ; round++) {
      const done = context.phase('drain round', () => runRound(context, untilTick, untilSeconds), {
        round,
      });
      if (done) return;
    }
  } catch (error) {
    drainManager.abandon();
    throw error;
  }
}

/** Asks every object to drain, and waits for those that take time. @returns whether that was all */
function runRound(context: DrainContext, untilTick: Tick, untilSeconds: number): boolean {
  const { drainManager, eventQueue, heldExits } = context;
  if (drainManager.tryDrain()) return true;
  context.note(undrained(drainManager));
  let interrupts = 0;
  for (;;) {
    if (eventQueue.empty()) fail(drainManager, 'nothing is scheduled');
    const exit = context.run(untilTick, () => context.seconds() >= untilSeconds);
    if (exit === null) fail(drainManager, 'the host time for it has run out');
    if (exit.cause === FinishedDrain) return false;
    if (exit.cause === LimitReached) fail(drainManager, 'the ticks for it have run out');
    heldExits.push(exit);
    if (exit.cause === UserInterrupt && ++interrupts > 1) fail(drainManager, 'interrupted');
  }
}

function fail(manager: DrainManager, why: string): never {
  fatal(`cannot drain (${why}); these have not drained: ${undrained(manager)}`);
}

function undrained(manager: DrainManager): string {
  return manager
    .undrained()
    .map(object => {
      const reason = object.whyNotDrained?.() ?? '';
      return reason === '' ? object.name() : `${object.name()} (${reason})`;
    })
    .join(', ');
}
