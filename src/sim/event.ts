/**
 * Events: what happens at a tick. Source: gem5 `sim/eventq.hh`, `sim/eventq.cc`.
 */
import { debugFlag, dprintf, panic, type Tick } from '../base/index';

/** Traces what the event queues do: scheduled, rescheduled, descheduled, executed. */
export const EventDebug = debugFlag('Event', 'What the event queues schedule and execute');

/**
 * Which of the events of one tick comes first: the lower value. Names and values are gem5's; each
 * class of work has one place within a tick, so that what it reads is settled by then.
 */
export const EventPriority = {
  /** Before everything else. */
  Minimum_Pri: -128,
  /** Switching the trace on, so that it misses nothing of the tick. */
  Debug_Enable_Pri: -101,
  /** Breakpoints: after the trace is on, before anything they could miss. */
  Debug_Break_Pri: -100,
  /** Switching CPUs: before any CPU's tick, so that only one of the two ticks. */
  CPU_Switch_Pri: -31,
  /** Write-backs that were put off: before the ordinary ones. */
  Delayed_Writeback_Pri: -1,
  /** Everything without a reason to be elsewhere. */
  Default_Pri: 0,
  /** Changes of voltage and frequency dump statistics: after what they count. */
  DVFS_Update_Pri: 31,
  /** Checkpoints: before CPU ticks, so that restoring resumes at the same point. */
  Serialize_Pri: 32,
  /** CPU ticks: after the events that they depend on, such as write-backs. */
  CPU_Tick_Pri: 50,
  /** The end of a thread: after its CPU's last tick. */
  CPU_Exit_Pri: 64,
  /** Dumping and resetting statistics: after everything that counts. */
  Stat_Event_Pri: 90,
  /** Progress messages. */
  Progress_Event_Pri: 95,
  /** The end of the run: the tick is complete. */
  Sim_Exit_Pri: 100,
  /** After everything else. */
  Maximum_Pri: 127,
} as const;

/** Properties of an event; the values are gem5's. */
export const EventFlag = {
  /** To be skipped when its turn comes. Cleared then, and by deschedule and reschedule. */
  Squashed: 0x01,
  /** On a queue. Read only. */
  Scheduled: 0x02,
  /** Told when a queue takes hold of it and when it lets go: `acquireImpl`, `releaseImpl`. */
  Managed: 0x04,
  /** gem5's other name for `Managed`. */
  AutoDelete: 0x04,
  /** Ends the run: `serviceOne` returns it. */
  IsExitEvent: 0x10,
} as const;

/** The flags that an event's own class may change. */
const OwnFlags = EventFlag.Squashed | EventFlag.Managed | EventFlag.IsExitEvent;

/** Not an integer, so that the engine keeps the field as a floating-point number from the start. */
const Fraction = 0.5;

/** The part of {@link Event.queueState} that holds flags; the rest is the place in the queue. */
export const FlagMask = 0x3f;

/**
 * Something that happens once per scheduling. An event is made once and scheduled as often as
 * needed; it is on one queue at a time, and carries its own place there, so that scheduling
 * allocates nothing.
 *
 * Subclasses say in `process()` what happens. Most events are made by {@link EventFunctionWrapper}.
 */
export abstract class Event {
  /** Order within a tick, -128 to 127, lower first. See {@link EventPriority}. */
  readonly priority: number;

  /**
   * Flags, and above them (times 64) the place in the queue: 0 for none. The queue's alone.
   * @internal
   */
  queueState: number;
  /** The tick, the queue's alone. @internal */
  queueWhen: Tick = Fraction;
  /** Given by the queue when it first has to speak of the event, 0 before. @internal */
  instance = 0;

  /**
   * @param priority - order within a tick, -128 to 127
   * @param flags - any of `Squashed`, `Managed`, `IsExitEvent` of {@link EventFlag}
   * @throws {PanicError} when the priority is no whole number in that range
   */
  constructor(priority: number = EventPriority.Default_Pri, flags = 0) {
    // gem5 keeps eight bits of it. What is no number at all would upset the order of the queue.
    if ((priority << 24) >> 24 !== priority) {
      const { Minimum_Pri, Maximum_Pri } = EventPriority;
      panic(
        `event priority ${priority}: it is a whole number from ${Minimum_Pri} to ${Maximum_Pri}`,
      );
    }
    this.priority = priority;
    this.queueState = flags & OwnFlags;
    this.queueWhen = 0;
  }

  /** What happens. At this point the event is on no queue, so it may schedule itself again. */
  abstract process(): void;

  /** The tick it is scheduled for, or was last; 0 at first. */
  get when(): Tick {
    return this.queueWhen;
  }

  /** Whether it is on a queue. */
  get scheduled(): boolean {
    return (this.queueState & ~FlagMask) !== 0;
  }

  /** Whether it will be skipped when its turn comes. */
  get squashed(): boolean {
    return (this.queueState & EventFlag.Squashed) !== 0;
  }

  /**
   * Has the event skipped when its turn comes: time does not advance to it, and nothing happens.
   * Cheap, but it keeps its place until then; `deschedule` takes it off the queue.
   */
  squash(): void {
    this.queueState |= EventFlag.Squashed;
  }

  /** Whether the run ends when it has happened. */
  isExitEvent(): boolean {
    return (this.queueState & EventFlag.IsExitEvent) !== 0;
  }

  /** Whether it is told of being held by a queue. */
  isManaged(): boolean {
    return (this.queueState & EventFlag.Managed) !== 0;
  }

  /** gem5's other name for `isManaged`. */
  isAutoDelete(): boolean {
    return this.isManaged();
  }

  /** Names the event, with the object that it belongs to, in messages. */
  name(): string {
    return `Event_${String(this.instance)}`;
  }

  /** The kind of event, a few words for the trace. */
  description(): string {
    return 'generic';
  }

  /** Its flags, `Scheduled` among them. See {@link EventFlag}. */
  protected getFlags(): number {
    return (this.queueState & FlagMask) | (this.scheduled ? EventFlag.Scheduled : 0);
  }

  /** Whether any of these flags is set. */
  protected isFlagSet(flags: number): boolean {
    return (this.getFlags() & flags) !== 0;
  }

  /** Sets those of the flags that a class may change; the others are left alone. */
  protected setFlags(flags: number): void {
    this.queueState |= flags & OwnFlags;
  }

  /** Clears those of the flags that a class may change; all of them by default. */
  protected clearFlags(flags: number = OwnFlags): void {
    this.queueState &= ~(flags & OwnFlags);
  }

  /** A queue took hold of this managed event. */
  protected acquireImpl(): void {
    // Nothing to count: the queue's own reference keeps the event alive.
  }

  /**
   * A queue let go of this managed event: it was descheduled or has happened. It may be scheduled
   * again by now; where it is not, a subclass that pools its events takes this one back.
   */
  protected releaseImpl(): void {
    // Nothing to free: an event that nobody holds is collected.
  }

  /** Called by the queue when it takes a managed event. @internal */
  acquire(): void {
    this.acquireImpl();
  }

  /** Called by the queue when it lets go of a managed event. @internal */
  release(): void {
    this.releaseImpl();
  }

  /**
   * Writes the trace line of something done with the event.
   * @param action - `scheduled`, `rescheduled`, `descheduled` or `executed`
   * @param now - the present tick
   */
  trace(action: string, now: Tick): void {
    const text = `${this.description()} ${String(this.instance)} ${action} @ ${String(this.when)}`;
    dprintf(EventDebug, now, this.name(), text);
  }
}

/** An event that calls a function. */
export class EventFunctionWrapper extends Event {
  readonly #callback: () => void;
  readonly #name: string;

  /**
   * @param callback - what happens
   * @param name - the object that it belongs to
   * @param del - for a managed event: see `Managed` of {@link EventFlag}
   * @param priority - order within a tick, -128 to 127
   */
  constructor(
    callback: () => void,
    name: string,
    del = false,
    priority: number = EventPriority.Default_Pri,
  ) {
    super(priority, del ? EventFlag.Managed : 0);
    this.#callback = callback;
    this.#name = name;
  }

  process(): void {
    this.#callback();
  }

  override name(): string {
    return `${this.#name}.wrapped_function_event`;
  }

  override description(): string {
    return 'EventFunctionWrapped';
  }
}
