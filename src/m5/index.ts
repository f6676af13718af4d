/**
 * What a configuration script imports as `m5`: the face of the process's default simulation.
 *
 * ```ts
 * import * as m5 from 'mini-gem5';
 * import { Root, System } from 'mini-gem5/objects';
 * ```
 */
import type { ChildEnd } from '../host/index';
import { defaultM5 } from './defaultM5';
import type { ForkOptions } from './fork';
import type { ForkEachOptions, ForkEachOutcome } from './forkEach';
import type { ForkServer, ForkServerOptions } from './forkServer';
import type { CheckpointOptions, M5Checkpoints, M5Stats, M5Ticks, RestoreOptions } from './m5';
import type { Tick } from '../base/index';
import type {
  AnyNode,
  DrainLimits,
  ExitEvent,
  Node,
  Root,
  SimulateAsyncOptions,
} from '../sim/index';
import type { CpuPair } from './switchCpus';

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
export { event } from './event';
export { NULL, Parent, Self, type ExitEvent } from '../sim/index';
export { debug, trace } from './debug';
export { ForkError, type ChildEnd, type ForkRefusal } from '../host/index';
export { kvmProblem } from '../kvm/index';
export { configureDefault, defaultM5 } from './defaultM5';
export type { ChildError, ChildExit, ChildOutcome, ChildReport } from './childTask';
export type { ForkOptions } from './fork';
export type { ForkEachOptions, ForkEachOutcome } from './forkEach';
export type { ForkServer, ForkServerOptions } from './forkServer';
export {
  M5,
  type CheckpointOptions,
  type M5Checkpoints,
  type M5Stats,
  type M5Ticks,
  type OutputFiles,
  type RestoreOptions,
} from './m5';
export type { NodeHost, OutputFile } from './nodeHost';
export type { StatValues } from './statValues';
export type { CpuPair } from './switchCpus';
export { CheckpointError } from '../checkpoint/index';

/**
 * Turns the tree below `root` into models and writes the configuration files.
 * @param checkpointDirectory - a checkpoint to restore; without it the models start cold.
 * @param options - `restoreStats`: whether statistics go on from where they were saved; default: they
 *   begin at zero with the first run, as in gem5.
 */
export function instantiate(
  root: Node<Root>,
  checkpointDirectory?: string,
  options?: RestoreOptions,
): void {
  defaultM5().instantiate(root, checkpointDirectory, options);
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

/**
 * Brings every object to a state without outstanding work.
 * @param limits - how long it may take: `ticks` of simulated time, `hostSeconds`
 */
export function drain(limits?: DrainLimits): void {
  defaultM5().drain(limits);
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

/**
 * Has CPUs take over from others, as `M5.switchCpus` says.
 * @param system - the system of all of them
 * @param pairs - `[oldCpu, newCpu]`; new ones were made with `switchedOut: true`
 * @param verbose - whether to print that it happens
 */
export function switchCpus(system: AnyNode, pairs: readonly CpuPair[], verbose?: boolean): void {
  defaultM5().switchCpus(system, pairs, verbose);
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

/**
 * Splits the simulation into two processes that go on from the same point, as `M5.fork` says.
 * @param outdir - pattern of the child's output directory; by default `m5out.f0`, `m5out.f1`, …
 * @returns the child's process number; 0 in the child.
 */
export function fork(outdir?: string, options?: ForkOptions): number {
  return defaultM5().fork(outdir, options);
}

/**
 * Runs `body` for every value in a forked child of its own, as `M5.forkEach` says.
 * @returns what came of each value, in their order. In a child it never settles.
 */
export function forkEach<Value, Result>(
  values: readonly Value[],
  body: (value: Value, index: number) => Result | Promise<Result>,
  options?: ForkEachOptions,
): Promise<ForkEachOutcome<Value, Result>[]> {
  return defaultM5().forkEach(values, body, options);
}

/** Gives every request on a Unix socket to a forked child of its own, as `M5.serveForks` says. */
export function serveForks(
  body: (request: unknown) => unknown,
  options: ForkServerOptions,
): ForkServer {
  return defaultM5().serveForks(body, options);
}

/** Waits for the end of a process that {@link fork} has made, while Node's event loop goes on. */
export function waitForChild(pid: number): Promise<ChildEnd> {
  return defaultM5().waitForChild(pid);
}

/**
 * Saves the whole simulation to a directory; the next run goes on.
 * @param directory - `%d` in it stands for the tick. A checkpoint of this name is replaced.
 * @param options - `incremental`: only what has changed since the last one
 * @returns the directory's absolute path
 */
export function checkpoint(directory: string, options?: CheckpointOptions): string {
  return defaultM5().checkpoint(directory, options);
}

/** What the command line has set, as gem5's `m5.options`. */
export const options = {
  /** The output directory, an absolute path. */
  get outdir(): string {
    return defaultM5().host.outputDirectory();
  },
};

/**
 * Writes a checkpoint of this moment while the simulation runs on, as `M5.checkpointInBackground` says.
 * @returns its directory, once it is complete.
 */
export function checkpointInBackground(
  directory: string,
  options?: CheckpointOptions,
): Promise<string> {
  return defaultM5().checkpointInBackground(directory, options);
}

/** Counters of the checkpoints of the default simulation. */
export const checkpoints: M5Checkpoints = {
  get ckptCount() {
    return defaultM5().checkpoints.ckptCount;
  },
  get ckptMaxCount() {
    return defaultM5().checkpoints.ckptMaxCount;
  },
  set ckptMaxCount(count) {
    defaultM5().checkpoints.ckptMaxCount = count;
  },
  get ckptPrevCount() {
    return defaultM5().checkpoints.ckptPrevCount;
  },
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
