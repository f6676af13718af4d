// Interim version by the lead so that others can type-check; the event queue's author replaces it.
import type { Tick } from '../base/index';
export const EventPriority = {
  Minimum_Pri: -128,
  Debug_Enable_Pri: -101,
  Debug_Break_Pri: -100,
  CPU_Switch_Pri: -31,
  Delayed_Writeback_Pri: -1,
  Default_Pri: 0,
  DVFS_Update_Pri: 31,
  Serialize_Pri: 32,
  CPU_Tick_Pri: 50,
  CPU_Exit_Pri: 64,
  Stat_Event_Pri: 90,
  Progress_Event_Pri: 95,
  Sim_Exit_Pri: 100,
  Maximum_Pri: 127,
} as const;
export abstract class Event {
  readonly priority: number;
  when: Tick = 0;
  scheduled = false;
  squashed = false;
  seq = 0;
  constructor(priority: number = EventPriority.Default_Pri) {
    this.priority = priority;
  }
  abstract process(): void;
  name(): string {
    return 'event';
  }
  description(): string {
    return 'generic';
  }
  isExitEvent(): boolean {
    return false;
  }
  squash(): void {
    this.squashed = true;
  }
}
export class EventFunctionWrapper extends Event {
  readonly #callback: () => void;
  readonly #name: string;
  constructor(
    callback: () => void,
    name: string,
    _del = false,
    priority: number = EventPriority.Default_Pri,
  ) {
    super(priority);
    this.#callback = callback;
    this.#name = name;
  }
  process(): void {
    this.#callback();
  }
  override name(): string {
    return `${this.#name}.wrapped_function_event`;
  }
}
