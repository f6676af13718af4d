/** Dumps and resets of statistics as events. Source: gem5 `sim/stat_control.cc`. */
import { MaxTick, type Tick } from '../base/index';
import { EventFunctionWrapper, EventPriority } from './event';
import type { EventQueue } from './eventQueue';
import type { StatsRegistry } from './stats/index';

/** What is to happen to all statistics. */
export interface StatAction {
  /** Whether to write them. */
  readonly dump: boolean;
  /** Whether to set them back to zero, after they were written. */
  readonly reset: boolean;
}

/** When it is to happen. */
export interface StatTime {
  readonly when: Tick;
  /** In ticks: again, and again, this much later; 0 for once. */
  readonly repeat: Tick;
  /** Called when it has happened and will not again. */
  readonly onOver?: () => void;
}

/**
 * Dumps or resets statistics at a tick, after everything else that counts in it.
 * @returns the event, which can be descheduled
 */
export function scheduleStatEvent(
  queue: EventQueue,
  stats: StatsRegistry,
  { dump, reset }: StatAction,
  { when, repeat, onOver }: StatTime,
): EventFunctionWrapper {
  const event = new EventFunctionWrapper(
    () => {
      if (dump) stats.dump();
      if (reset) stats.reset();
      const next = queue.curTick + repeat;
      if (repeat > 0 && next <= MaxTick) queue.schedule(event, next);
      else onOver?.();
    },
    'stats',
    false,
    EventPriority.Stat_Event_Pri,
  );
  queue.schedule(event, when);
  return event;
}
