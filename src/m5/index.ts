/**
 * What a configuration script imports as `m5`: the face of the process's default simulation.
 *
 * ```ts
 * import * as m5 from 'mini-gem5';
 * import { Root, System } from 'mini-gem5/objects';
 * ```
 */
import { defaultM5 } from './defaultM5';
import type { M5Stats, M5Ticks } from './m5';
import type { Tick } from '../base/index';
import type { CheckpointIn, ExitEvent, Node, Root, SimulateAsyncOptions } from '../sim/index';

export {
  AddrRange,
  fatal,
  inform,
  MaxTick,
  panic,
  setLogLevel,
  SimError,
  warn,
} from '../base/index';
export type { LogLevel } from '../base/index';
export { NULL, Parent, Self, type ExitEvent } from '../sim/index';
export { debug, trace } from './debug';
export { configureDefault, defaultM5 } from './defaultM5';
export { M5, type M5Stats, type M5Ticks, type OutputFiles } from './m5';

/** Turns the tree below `root` into models and writes the configuration files. */
export function instantiate(root: Node<Root>, checkpoint?: CheckpointIn): void {
  defaultM5().instantiate(root, checkpoint);
}

/**
 * Simulates for at most `ticks`, or until something ends the run.
 * @returns why it ended.
 */
export function simulate(ticks?: Tick): ExitEvent {
  return defaultM5().simulate(ticks);
}

/**
 * Simulates as {@link simulate} does, giving Node's event loop a turn every few milliseconds.
 * @param options - `ticks` as for {@link simulate}, and an `AbortSignal` that ends the run.
 */
export function simulateAsync(options: SimulateAsyncOptions = {}): Promise<ExitEvent> {
  return defaultM5().simulateAsync(options);
}

/** The present simulated time, in ticks. */
export function curTick(): Tick {
  return defaultM5().curTick();
}

/** Brings every object to a state without outstanding work. */
export function drain(): void {
  defaultM5().drain();
}

/** Ends the present run, and later runs without a limit of their own, at this tick. */
export function setMaxTick(tick: Tick): void {
  defaultM5().setMaxTick(tick);
}

/** The tick at which the present run ends at the latest, else that of {@link setMaxTick}. */
export function getMaxTick(): Tick {
  return defaultM5().getMaxTick();
}

/** Ticks from now to {@link getMaxTick}. */
export function getTicksUntilMax(): Tick {
  return defaultM5().getTicksUntilMax();
}

/** Ends the run that is under way in so many ticks, with this cause. */
export function scheduleTickExitFromCurrent(ticks: Tick, cause?: string): void {
  defaultM5().scheduleTickExitFromCurrent(ticks, cause);
}

/** Ends the run that is under way at this tick, with this cause. */
export function scheduleTickExitAbsolute(tick: Tick, cause?: string): void {
  defaultM5().scheduleTickExitAbsolute(tick, cause);
}

/** Stops in a debugger at this tick, before anything else that happens then. */
export function schedBreak(tick: Tick): void {
  defaultM5().schedBreak(tick);
}

/** Writes what caches hold and memory does not into memory; it stays in the caches. */
export function memWriteback(): void {
  defaultM5().memWriteback();
}

/** Empties all caches, without writing anything. */
export function memInvalidate(): void {
  defaultM5().memInvalidate();
}

/** How long a tick of the default simulation is. */
export const ticks: M5Ticks = {
  setGlobalFrequency: frequency => {
    defaultM5().ticks.setGlobalFrequency(frequency);
  },
  fixGlobalFrequency: () => {
    defaultM5().ticks.fixGlobalFrequency();
  },
  fromSeconds: seconds => defaultM5().ticks.fromSeconds(seconds),
};

/** Statistics of the default simulation. */
export const stats: M5Stats = {
  dump: roots => {
    defaultM5().stats.dump(roots);
  },
  reset: () => {
    defaultM5().stats.reset();
  },
  periodicStatDump: period => {
    defaultM5().stats.periodicStatDump(period);
  },
  schedStatEvent: (dump, reset, when, repeat) => {
    defaultM5().stats.schedStatEvent(dump, reset, when, repeat);
  },
  addStatVisitor: url => {
    defaultM5().stats.addStatVisitor(url);
  },
};
