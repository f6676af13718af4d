/** Events of a script's own. Source: gem5 `python/m5/event.py`. */
import { inspect } from 'node:util';
import { fatal } from '../base/index';
import { EventFunctionWrapper, EventPriority, type Event, type EventQueue } from '../sim/index';
import { defaultM5 } from './defaultM5';

/** Events of the default simulation. */
export const event = {
  /**
   * Makes an event that calls a function.
   * @param callback - what happens; the run is under way meanwhile, so it must not simulate
   * @param priority - order within a tick, -128 to 127; see `EventPriority` of `mini-gem5/model`
   * @throws {FatalError} when it is no function, or the priority no whole number in that range
   */
  create: (callback: () => void, priority: number = EventPriority.Default_Pri): Event => {
    if (typeof callback !== 'function') {
      fatal(`m5.event.create() takes a function, not ${inspect(callback)}`);
    }
    const { Minimum_Pri, Maximum_Pri } = EventPriority;
    if (!Number.isInteger(priority) || priority < Minimum_Pri || priority > Maximum_Pri) {
      fatal(
        `m5.event.create() takes a priority from ${String(Minimum_Pri)} to ` +
          `${String(Maximum_Pri)}, not ${inspect(priority)}`,
      );
    }
    return new EventFunctionWrapper(callback, 'script', false, priority);
  },
  /** The event queue, on which it is scheduled. */
  get mainq(): EventQueue {
    return defaultM5().simulation.eventQueue;
  },
};
