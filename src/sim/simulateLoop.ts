// Interim version by the lead so that others can type-check; the event queue's author replaces it.
import { MaxTick, type Tick } from '../base/index';
import { GlobalSimLoopExitEvent } from './exitEvents';
import type { EventQueue } from './eventQueue';
export function runEventLoop(
  queue: EventQueue,
  limit: Tick,
  poll: () => boolean,
): GlobalSimLoopExitEvent {
  const end = new GlobalSimLoopExitEvent('simulate() limit reached', 0);
  queue.schedule(end, Math.min(limit, MaxTick));
  try {
    for (;;) {
      if (poll()) return new GlobalSimLoopExitEvent('user interrupt received', 0);
      const exit = queue.serviceOne();
      if (exit instanceof GlobalSimLoopExitEvent) return exit;
    }
  } finally {
    if (end.scheduled) queue.deschedule(end);
  }
}
