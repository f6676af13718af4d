// Interim version by the lead so that others can type-check; the event queue's author replaces it.
import { Event, EventPriority } from './event';
export class GlobalSimLoopExitEvent extends Event {
  readonly cause: string;
  readonly code: number;
  constructor(cause: string, code = 0) {
    super(EventPriority.Sim_Exit_Pri);
    this.cause = cause;
    this.code = code;
  }
  process(): void {
    // Ends the loop by what it is.
  }
  override isExitEvent(): boolean {
    return true;
  }
}
