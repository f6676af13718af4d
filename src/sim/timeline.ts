/**
 * The timeline of a simulation: what ran when, as a picture that Perfetto draws.
 *
 * Everything is shown twice, as `docs/timeline.md` says: by simulated time, where events take no
 * time and each object has a track, and by the host's time, where one track shows what called what
 * and how long it took.
 */
import type { Tick } from '../base/index';
import type { Event } from './event';
import {
  TraceEventWriter,
  type TimelineOutput,
  type TraceArguments,
  type Track,
} from './traceEventWriter';

/** What a timeline asks of its simulation. */
export interface TimelineContext {
  curTick(): Tick;
  /** Tick frequency in Hz; fixed by the time that ticks pass. */
  readonly ticksPerSecond: number;
  readonly host: {
    /** Monotonic host time in seconds. */
    seconds(): number;
  };
  /** The object of this full name, or undefined. */
  find(name: string): object | undefined;
  /** Every object, in the order in which tracks are to be shown. */
  readonly objects: readonly object[];
}

/** How an event is shown. */
export interface EventLabel {
  /** The track of its object. */
  readonly track: Track;
  /** What it is called there, such as `tick`. */
  readonly name: string;
  /** What it is called elsewhere, such as `system.cpu.tick`. */
  readonly fullName: string;
}

/** One turn of something that an object does for a while, such as a run of a guest. */
export interface TimelineSlice {
  /** Full name of the object. */
  readonly object: string;
  /** Which of the object's activities: names the track, after the object. */
  readonly activity: string;
  readonly name: string;
  /** How long it takes, in ticks; it begins at the present one. */
  readonly ticks: Tick;
  /** How long it took, in nanoseconds of host time; it ends now. */
  readonly hostNs: number;
  readonly args?: TraceArguments;
}

interface OpenState {
  readonly state: string;
  readonly sinceTick: Tick;
  readonly sinceNs: number;
}

const SimulatedTime = 1;
const HostTime = 2;
/** The name that {@link EventFunctionWrapper} appends. */
const WrapperSuffix = '.wrapped_function_event';

const microseconds = (ns: number): number => ns / 1000;

/** Records what happens and writes it at once: of what is over it keeps nothing. */
export class Timeline {
  readonly #context: TimelineContext;
  readonly #writer: TraceEventWriter;
  /** Host time 0: when the first thing happened. */
  #originSeconds = NaN;
  readonly #startTick: Tick;
  readonly #simulation: Track;
  readonly #eventLoop: Track;
  /** Of objects and their activities, by clock and name. */
  readonly #tracks = new Map<string, Track>();
  readonly #states = new Map<string, OpenState>();
  readonly #labels = new WeakMap<Event, EventLabel>();

  constructor(context: TimelineContext, output: TimelineOutput) {
    this.#context = context;
    this.#startTick = context.curTick();
    const writer = new TraceEventWriter(output);
    this.#writer = writer;
    writer.group(SimulatedTime, 'simulated time');
    writer.group(HostTime, 'host time');
    this.#simulation = writer.track(SimulatedTime, 'simulation', 0);
    this.#eventLoop = writer.track(HostTime, 'event loop', 0);
  }

  /** Host time since the first thing happened, in whole nanoseconds. */
  hostNs(): number {
    const seconds = this.#context.host.seconds();
    if (Number.isNaN(this.#originSeconds)) this.#originSeconds = seconds;
    return Math.floor((seconds - this.#originSeconds) * 1e9);
  }

  #now(): number {
    return this.#microseconds(this.#context.curTick());
  }

  /** Simulated time as the format wants it. */
  #microseconds(ticks: Tick): number {
    return ticks / (this.#context.ticksPerSecond / 1e6);
  }

  /** How an event is shown. To be asked before it happens, since it may not exist afterwards. */
  label(event: Event): EventLabel {
    let label = this.#labels.get(event);
    if (label === undefined) {
      label = this.#makeLabel(event);
      this.#labels.set(event, label);
    }
    return label;
  }

  #makeLabel(event: Event): EventLabel {
    const given = event.name();
    if (given === `Event_${event.instance}`) {
      const name = event.description();
      return { track: this.#simulation, name, fullName: name };
    }
    const fullName = given.endsWith(WrapperSuffix) ? given.slice(0, -WrapperSuffix.length) : given;
    for (let end = fullName.length; end > 0; end = fullName.lastIndexOf('.', end - 1)) {
      const object = fullName.slice(0, end);
      if (this.#context.find(object) === undefined) continue;
      const name = fullName.slice(end + 1);
      const track = this.#track(SimulatedTime, object);
      return { track, name: name === '' ? event.description() : name, fullName };
    }
    return { track: this.#simulation, name: fullName, fullName };
  }

  /**
   * An event has happened.
   * @param tick - when it did
   * @param startNs - {@link hostNs} when it began
   */
  event({ track, name, fullName }: EventLabel, tick: Tick, startNs: number): void {
    const duration = microseconds(this.hostNs() - startNs);
    const time = this.#microseconds(tick);
    this.#writer.instant(track, 'event', name, time, { tick, hostUs: duration });
    const start = microseconds(startNs);
    this.#writer.slice(this.#eventLoop, 'event', fullName, start, duration, { tick });
  }

  /** An object has done something for a while. */
  slice({ object, activity, name, ticks, hostNs, args = {} }: TimelineSlice): void {
    const tick = this.#context.curTick();
    const track = this.#track(SimulatedTime, object, activity);
    const duration = this.#microseconds(ticks);
    const hostUs = microseconds(hostNs);
    this.#writer.slice(track, activity, name, this.#now(), duration, { tick, hostUs, ...args });
    const start = microseconds(this.hostNs() - hostNs);
    this.#writer.slice(this.#eventLoop, activity, name, start, hostUs, { object, tick, ...args });
  }

  /**
   * An object goes from one state to another.
   * @param from - what it was in since its last change, or since the timeline began
   */
  stateChange(object: string, from: string, to: string): void {
    if (from === to) return;
    const open = this.#states.get(object);
    this.#writeState(object, open ?? { state: from, sinceTick: this.#startTick, sinceNs: 0 });
    const sinceTick = this.#context.curTick();
    this.#states.set(object, { state: to, sinceTick, sinceNs: this.hostNs() });
  }

  #writeState(object: string, { state, sinceTick, sinceNs }: OpenState): void {
    const start = this.#microseconds(sinceTick);
    const duration = this.#microseconds(this.#context.curTick() - sinceTick);
    const simulated = this.#track(SimulatedTime, object, 'status');
    this.#writer.slice(simulated, 'status', state, start, duration, { tick: sinceTick });
    const host = this.#track(HostTime, object, 'status');
    const hostUs = microseconds(this.hostNs() - sinceNs);
    this.#writer.slice(host, 'status', state, microseconds(sinceNs), hostUs, { tick: sinceTick });
  }

  /** A phase of the run begins, such as `simulate` or `drain`. Phases lie inside one another. */
  begin(name: string, args: TraceArguments = {}): void {
    const tick = this.#context.curTick();
    this.#writer.begin(this.#simulation, 'phase', name, this.#now(), { tick, ...args });
    const start = microseconds(this.hostNs());
    this.#writer.begin(this.#eventLoop, 'phase', name, start, { tick, ...args });
  }

  /** The phase that began last is over. */
  end(args: TraceArguments = {}): void {
    this.#writer.end(this.#simulation, this.#now(), args);
    this.#writer.end(this.#eventLoop, microseconds(this.hostNs()), args);
  }

  /** Something happened to the simulation as a whole, such as the end of a run. */
  instant(category: string, name: string, args: TraceArguments = {}): void {
    const tick = this.#context.curTick();
    this.#writer.instant(this.#simulation, category, name, this.#now(), { tick, ...args });
    const time = microseconds(this.hostNs());
    this.#writer.instant(this.#eventLoop, category, name, time, { tick, ...args });
  }

  /** Hands on what is held back, so that it is not lost when the process is killed. */
  flush(): void {
    this.#writer.flush();
  }

  /** Writes the states that last until now. Nothing may be recorded any more. */
  close(): void {
    for (const [object, open] of this.#states) this.#writeState(object, open);
    this.#writer.close();
  }

  #track(clock: typeof SimulatedTime | typeof HostTime, object: string, activity = ''): Track {
    const name = activity === '' ? object : `${object} ${activity}`;
    const key = `${clock} ${name}`;
    let track = this.#tracks.get(key);
    if (track === undefined) {
      const { objects } = this.#context;
      const model = this.#context.find(object);
      const place = model === undefined ? objects.length : objects.indexOf(model);
      track = this.#writer.track(clock, name, place + 1);
      this.#tracks.set(key, track);
    }
    return track;
  }
}
