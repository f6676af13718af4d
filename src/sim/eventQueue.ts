/**
 * The event queue. Source of the behaviour: gem5 `sim/eventq.hh`, `sim/eventq.cc`.
 *
 * Order of service: tick, then priority, then last scheduled first; so an event scheduled for the
 * present tick and priority runs next, and rescheduling puts on top.
 *
 * The next few events are a sorted list (`NearEvents`), all later ones a timing wheel
 * (`TimingWheel`): few pending events, the common case, cost a short walk, many cost a constant.
 * `near.end` is the border. Measurements: `bench/eventQueue.ts`.
 *
 * One pass per simulated event: this file, `nearEvents.ts` and `timingWheel.ts` are hot. Their
 * members are private by keyword, not by `#`, whose checks count towards what the engine compiles
 * as one piece; what is rare is in a method of its own.
 */
import { MaxTick, panic, type PanicError, type SimError, type Tick } from '../base/index';
import { EventDebug, EventFlag, FlagMask, type Event } from './event';
import { cannotSchedule, eventFailure, notOnQueue } from './eventErrors';
import { NearEvents } from './nearEvents';
import { TimingWheel } from './timingWheel';

// Bound here once: every use of an imported name is a look-up in the other module.
const Trace = EventDebug;
const LastTick = MaxTick;
const StateFlags = FlagMask;
const { Squashed, Managed } = EventFlag;

/** Place of an event that waits at the door; no slot of the wheel has this number. */
const DoorPlace = 2 ** 25 - 1;
/** How many events of the wheel are looked at together. */
const Together = 16;
/** Not an integer, so that the engine keeps the field as a floating-point number from the start. */
const Fraction = 0.5;

/** Events in the order of their ticks, and the present tick. */
export class EventQueue {
  /** Names the queue in messages. */
  readonly name: string;
  /**
   * Set when something outside wants the loop's attention after the event being served; the loop
   * clears it. See {@link EventQueue.wakeup}.
   */
  attention = false;
  private tick: Tick = Fraction;
  /** What `reschedule` was asked for. */
  private asked: Tick = Fraction;
  private readonly near = new NearEvents();
  private readonly wheel = new TimingWheel();
  /** What `refill` read last; it reads only to have the events in the caches. @internal */
  touched = Fraction;
  private readonly door: Event[] = [];
  private instances = 0;

  constructor(name: string) {
    this.name = name;
    this.tick = 0;
  }

  /** The present tick. */
  get curTick(): Tick {
    return this.tick;
  }

  /**
   * Sets the present tick, and does nothing else: events that are due by then stay.
   * @throws {PanicError} when it is not a tick
   */
  setCurTick(tick: Tick): void {
    if (!Number.isSafeInteger(tick) || tick < 0) this.refuseTick(tick);
    this.tick = tick;
  }

  /**
   * Schedules an event that is on no queue.
   * @param when - from the present tick on
   * @throws {PanicError} naming the event when it is scheduled already, or `when` is in the past or
   *   no tick
   */
  schedule(event: Event, when: Tick): void {
    if (
      !(when >= this.tick && when <= LastTick && Math.floor(when) === when) ||
      event.queueState !== 0 ||
      Trace.enabled
    ) {
      this.scheduleSpecial(event, when);
      return;
    }
    // As in `insert`: the engine compiles a whole pass over an event into one piece of code, as long
    // as that is small enough.
    event.queueWhen = when;
    if (when >= this.near.end) this.wheel.link(this.wheel.take(event, 0));
    else if (this.near.link(this.near.take(event, 0))) this.shortenNear();
  }

  /**
   * Takes an event off the queue.
   * @throws {PanicError} naming the event when it is not on this queue
   */
  deschedule(event: Event): void {
    const state = event.queueState;
    const place = state >> 6;
    if (place < 0) this.removeNear(event, -place, 'descheduled');
    else this.removeFar(event, place, 'descheduled');
    event.queueState = state & StateFlags & ~Squashed;
    if (Trace.enabled) this.trace(event, 'descheduled');
    if ((state & Managed) !== 0) event.release();
  }

  /**
   * Moves an event to another tick, on top of what is there, and undoes a `squash`.
   * @param when - from the present tick on
   * @param always - whether the event may be on no queue; it is then scheduled
   * @throws {PanicError} naming the event when it is not on this queue, or `when` is in the past or
   *   no tick
   */
  reschedule(event: Event, when: Tick, always?: boolean): void {
    // So small that it is compiled into every caller, which then need not make an object of the tick.
    this.asked = when;
    this.rescheduleAsAsked(event, always);
  }

  /**
   * Serves the next event: time advances to it, and it happens. A squashed one is only taken off.
   * @returns the event if it ends the run, else null
   * @throws {PanicError} when nothing is pending
   * @throws {SimError} what the event threw, with the event named; see `eventFailure`
   */
  serviceOne(): Event | null {
    const near = this.near;
    const cell = near.head ?? this.refill();
    const event = cell.event!;
    const when = cell.when;
    near.unlinkFirst(cell);
    near.free(cell);
    const flags = event.queueState & StateFlags;
    event.queueState = flags;
    if (flags !== 0 || Trace.enabled) return this.serveSpecial(event, when, flags);
    this.tick = when;
    try {
      event.process();
    } catch (error) {
      throw this.failure(error, event);
    }
    return null;
  }

  /**
   * Serves every event up to and including tick `when`, which becomes the present one. For queues
   * of events by instruction count, whose "ticks" are instructions.
   */
  serviceEvents(when: Tick): void {
    while (this.nextTick() <= when && !this.empty()) this.serviceOne();
    this.setCurTick(when);
  }

  /** The next event, null when there is none. */
  getHead(): Event | null {
    if (this.empty()) return null;
    const cell = this.near.head ?? this.refill();
    return cell.event;
  }

  /** The tick of the next event; MaxTick when there is none. */
  nextTick(): Tick {
    const { head } = this.near;
    if (head !== null) return head.when;
    return this.wheel.count === 0 ? LastTick : this.refill().when;
  }

  /** Whether the next event lies in the past, after a wrong `setCurTick`. */
  isBehind(): boolean {
    // Not by `nextTick`, which would make an object of the tick.
    const { head } = this.near;
    if (head !== null) return head.when < this.tick;
    return this.wheel.count !== 0 && this.refill().when < this.tick;
  }

  /** Whether nothing is pending. Events at the door of `asyncSchedule` do not count yet. */
  empty(): boolean {
    return this.near.head === null && this.wheel.count === 0;
  }

  /**
   * The door for whatever lives outside the event loop: callbacks of timers, sockets and signals.
   * The event waits there until the loop, between two events, lets everything at the door in; what
   * came first is then served first among equals.
   * @param when - when it is to happen; the tick at which it is let in, if that is later
   * @throws {PanicError} naming the event when it is scheduled already or `when` is not a tick
   */
  asyncSchedule(event: Event, when: Tick = this.tick): void {
    if (!Number.isSafeInteger(when) || when < 0 || event.scheduled) {
      throw this.refusal(event, when, false);
    }
    event.queueWhen = when;
    event.queueState |= DoorPlace << 6;
    this.door.push(event);
    if (event.isManaged()) event.acquire();
    this.wakeup(when);
  }

  /** Lets in what waits at the door of `asyncSchedule`. The event loop calls it. */
  handleAsyncInsertions(): void {
    // The last goes in first: of equals, what goes in last is served first.
    for (let event = this.door.pop(); event !== undefined; event = this.door.pop()) {
      event.queueWhen = Math.max(event.when, this.tick);
      this.insert(event, event.queueState & StateFlags);
      if (Trace.enabled) this.trace(event, 'scheduled');
    }
  }

  /**
   * Asks the loop to look at the door and at the host's signals after the present event instead of
   * some events later. A queue that is driven by a foreign scheduler overrides it to be run again.
   * @param _when - the tick from which on the loop is needed; MaxTick for now
   */
  wakeup(_when: Tick = MaxTick): void {
    this.attention = true;
  }

  /** The pending events in the order in which they would be served. Do not change it meanwhile. */
  *pending(): Generator<Event> {
    yield* this.near.inOrder();
    yield* this.wheel.inOrder();
  }

  /** What is pending, in order of service, as text of several lines. */
  dump(): string {
    const bar = '='.repeat(60);
    const lines = [bar, `EventQueue Dump  (cycle ${this.tick})`, '-'.repeat(60)];
    const describe = (event: Event, state: string): void => {
      this.known(event);
      const squashed = event.squashed ? ', squashed' : '';
      lines.push(`Event ${event.name()} (${event.description()})`);
      lines.push(`${state} ${event.when}, priority ${event.priority}${squashed}`);
    };
    for (const event of this.pending()) describe(event, 'Scheduled for');
    for (const event of this.door) describe(event, 'At the door, for');
    if (lines.length === 3) lines.push('<No Events>');
    return [...lines, bar, ''].join('\n');
  }

  /**
   * Puts an event in whose tick is set: a tick is handed on inside an event, cell or slot, because as
   * an argument of a call that is not inlined it would be an object on the heap.
   */
  private insert(event: Event, flags: number): void {
    if (event.queueWhen >= this.near.end) this.wheel.link(this.wheel.take(event, flags));
    else if (this.near.link(this.near.take(event, flags))) this.shortenNear();
  }

  private removeNear(event: Event, id: number, action: string): void {
    const cell = this.near.find(id, event);
    if (cell === null) throw this.missing(event, action);
    this.near.remove(cell);
  }

  private removeFar(event: Event, place: number, action: string): void {
    if (place === DoorPlace && this.door.includes(event)) {
      this.door.splice(this.door.indexOf(event), 1);
      return;
    }
    if (place === 0 || !this.wheel.holds(place, event)) {
      throw this.missing(event, action);
    }
    this.wheel.remove(place);
    if (this.wheel.count === 0) this.near.end = Infinity;
  }

  private rescheduleAsAsked(event: Event, always = false): void {
    const when = this.asked;
    if (!(when >= this.tick && when <= LastTick && Math.floor(when) === when)) {
      throw this.refusal(event, when, true);
    }
    const state = event.queueState;
    const place = state >> 6;
    const isNear = when < this.near.end;
    if (place < 0) {
      if (this.near.find(-place, event) === null) throw this.missing(event, 'rescheduled');
      event.queueWhen = when;
      event.queueState = state & ~Squashed;
      if (!isNear) this.moveFar(event, -place);
      else if (this.near.move(-place, event)) this.shortenNear();
    } else if (place > 0 && !isNear && this.wheel.holds(place, event)) {
      event.queueWhen = when;
      event.queueState = state & ~Squashed;
      this.wheel.move(place, event);
    } else {
      if (place > 0) this.removeFar(event, place, 'rescheduled');
      else if (!always) throw this.missing(event, 'rescheduled');
      event.queueWhen = when;
      this.insert(event, state & StateFlags & ~Squashed);
      if (place === 0 && (state & Managed) !== 0) event.acquire();
    }
    if (Trace.enabled) this.trace(event, 'rescheduled');
  }

  /** Has an event of the list in the wheel, in the place of its new tick. */
  private moveFar(event: Event, id: number): void {
    this.removeNear(event, id, 'rescheduled');
    this.wheel.link(this.wheel.take(event, event.queueState & StateFlags));
  }

  /** Puts the later part of a long list into the wheel. */
  private shortenNear(): void {
    const rest = this.near.cut();
    if (rest === null) return;
    const wheel = this.wheel;
    // The present tick is as good a base as any that is early enough; after setCurTick() or a
    // squashed event there may be earlier events.
    const base = Math.min(this.tick, rest.when);
    if (wheel.count === 0 || rest.when < wheel.base) wheel.rebase(base);
    this.near.giveUp(rest, event => {
      wheel.link(wheel.take(event, event.queueState & StateFlags));
    });
  }

  /** Fetches the next events from the wheel into the empty list; returns the first cell. */
  private refill(): NonNullable<NearEvents['head']> {
    const near = this.near;
    const wheel = this.wheel;
    if (wheel.count === 0) panic(`queue ${this.name} is empty: there is no event to serve`);
    const found = wheel.collect();
    near.end = wheel.horizon;
    near.startFilling();
    for (let start = 0; start < found; start += Together) {
      const stop = Math.min(start + Together, found);
      // First a look at each: when many are pending, each is a miss of the caches, and misses that
      // do not wait for one another overlap.
      let sum = 0;
      for (let i = start; i < stop; i++) {
        const event = wheel.eventAt(wheel.batch[i]!);
        sum += event.queueState + event.queueWhen;
      }
      this.touched = sum;
      for (let i = start; i < stop; i++) {
        const slot = wheel.batch[i]!;
        const event = wheel.eventAt(slot);
        const when = wheel.whenAt(slot);
        wheel.forget(slot);
        const cell = near.takeWithoutTick(event, event.queueState & StateFlags);
        // From the slot, not from the event, where it is an object by itself: another miss.
        cell.when = when;
        near.append(cell);
      }
    }
    return near.head ?? panic('the timing wheel lost its events');
  }

  /** `schedule` for events with flags, when tracing, and when something is wrong. */
  private scheduleSpecial(event: Event, when: Tick): void {
    const flags = event.queueState;
    const isTick = when >= this.tick && when <= LastTick && Math.floor(when) === when;
    if (!isTick || event.scheduled) throw this.refusal(event, when, false);
    event.queueWhen = when;
    this.insert(event, flags);
    if ((flags & Managed) !== 0) event.acquire();
    if (Trace.enabled) this.trace(event, 'scheduled');
  }

  /** The rest of `serviceOne` for events with flags, and when tracing. */
  private serveSpecial(event: Event, when: Tick, flags: number): Event | null {
    if ((flags & Squashed) !== 0) {
      event.queueState = flags & ~Squashed;
      if ((flags & Managed) !== 0) event.release();
      return null;
    }
    this.tick = when;
    if (Trace.enabled) this.trace(event, 'executed');
    try {
      event.process();
    } catch (error) {
      throw this.failure(error, event);
    }
    if (event.isExitEvent()) return event;
    if (event.isManaged()) event.release();
    return null;
  }

  /** Gives an event that is to be named its number, if it has none. */
  private known(event: Event): Event {
    if (event.instance === 0) event.instance = ++this.instances;
    return event;
  }

  private failure(error: unknown, event: Event): SimError {
    return eventFailure(error, this.known(event), this.tick);
  }

  private refusal(event: Event, when: Tick, move: boolean): PanicError {
    return cannotSchedule(this.known(event), when, this.tick, move);
  }

  private refuseTick(tick: Tick): never {
    return panic(`queue ${this.name}: ${tick} is not a tick`);
  }

  private missing(event: Event, action: string): PanicError {
    return notOnQueue(this.known(event), this.name, action);
  }

  private trace(event: Event, action: string): void {
    this.known(event).trace(action, this.tick);
  }
}
