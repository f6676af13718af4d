/**
 * What a configuration script imports as `m5`: the face of the process's default simulation.
 *
 * ```ts
 * import * as m5 from 'mini-gem5';
 * import { Root, System } from 'mini-gem5/objects';
 * ```
 */
import { defaultM5 } from './defaultM5';
import type { M5Stats } from './m5';
import type { Tick } from '../base/index';
import type { CheckpointIn, ExitEvent, Node, Root, SimulateAsyncOptions } from '../sim/index';

export { AddrRange, fatal, inform, MaxTick, panic, SimError, warn } from '../base/index';
export { NULL, Parent, Self, type ExitEvent } from '../sim/index';
export { configureDefault, defaultM5 } from './defaultM5';
export { M5, type M5Stats, type OutputFiles } from './m5';

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
