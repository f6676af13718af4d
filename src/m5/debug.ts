/** Debug flags, trace and breakpoints, as scripts use them. Source: gem5 `python/m5/debug.py`. */
import { url } from 'node:inspector';
import {
  allFlags,
  fatal,
  findFlag,
  setDebugActivate,
  setDebugFlags,
  setDebugIgnore,
  setTracing,
  warn,
  type AnyDebugFlag,
  type Tick,
} from '../base/index';
import { EventFunctionWrapper, EventPriority, type EventQueue } from '../sim/index';

/** The debug flags. They belong to the process, not to one simulation. */
export const debug = {
  /** Every flag there is, sorted by name. */
  flags: (): readonly AnyDebugFlag[] => allFlags(),
  /**
   * The flag of that name, to be switched by its `enable()` and `disable()`.
   * @throws {FatalError} when there is none
   */
  flag: (name: string): AnyDebugFlag => findFlag(name) ?? fatal(`invalid debug flag '${name}'`),
  /**
   * Switches flags as `--debug-flags` does: names with commas; `-NAME` switches off.
   * @throws {FatalError} when a name is no flag
   */
  setFlags: (list: string): void => {
    setDebugFlags(list);
  },
};

/** What the flags that are on write. It belongs to the process, not to one simulation. */
export const trace = {
  /** Writes from now on. It does at first, unless `--debug-start` says otherwise. */
  enable: (): void => {
    setTracing(true);
  },
  /** Writes nothing from now on; the flags keep their settings. */
  disable: (): void => {
    setTracing(false);
  },
  /**
   * Writes lines of these objects only; of all when there are none.
   * @param objects - names, or their beginnings up to a dot, in which a part may be `*`
   */
  activate: (...objects: readonly string[]): void => {
    setDebugActivate(objects);
  },
  /** Writes no lines of these objects. @param objects - as for `activate` */
  ignore: (...objects: readonly string[]): void => {
    setDebugIgnore(objects);
  },
};

/** Stops in the debugger that watches this process, if one does. */
function breakHere(tick: Tick): void {
  if (url() === undefined) {
    warn(`breakpoint at tick ${tick}: no debugger; start it with NODE_OPTIONS=--inspect-brk`);
    return;
  }
  // eslint-disable-next-line no-debugger -- what the user asked for
  debugger;
}

/** Stops in the debugger at a tick, before anything else that happens then. */
export function scheduleBreak(queue: EventQueue, tick: Tick): void {
  const event = new EventFunctionWrapper(
    () => {
      breakHere(tick);
    },
    'debug_break',
    false,
    EventPriority.Debug_Break_Pri,
  );
  queue.schedule(event, tick);
}
