/** One forked child for each of many values: the same warmed-up simulation, gone on differently. */
import { fatal } from '../base/index';
import { ChildPool } from './childPool';
import { startChildTask, type ChildOutcome } from './childTask';
import type { ForkedChild } from './fork';
import type { ExitEvent, Simulation } from '../sim/index';

/** How to run children. */
export interface ForkEachOptions {
  /** How many children run at once; default: as many as the host has processors. */
  readonly parallel?: number;
  /** Milliseconds of host time that each may take; default: any. One that takes longer is killed. */
  readonly timeout?: number;
  /** Pattern of the children's output directories, as for `m5.fork`. */
  readonly outdir?: string;
  /** Gives child `i` random numbers of its own, from `randomSeed + i`; as for `m5.fork`. */
  readonly randomSeed?: number;
}

/** What came of one value. */
export type ForkEachOutcome<Value, Result> = ChildOutcome<Result> & {
  readonly value: Value;
  /** The child's output directory; empty when there was no child. */
  readonly outdir: string;
};

/** What is needed of the simulation that is forked. */
export interface ForkEachParts {
  readonly simulation: Simulation;
  /** Why its last run ended. */
  readonly lastExit: () => ExitEvent | undefined;
  /** Forks it, with this seed for the child's random numbers. */
  readonly fork: (outdir: string | undefined, randomSeed: number | undefined) => ForkedChild;
}

/**
 * Runs `body` for every value in a child of its own.
 * @returns what came of each, in the order of the values; in a child it never settles
 * @throws {FatalError} before `instantiate`
 */
export async function forkEach<Value, Result>(
  parts: ForkEachParts,
  values: readonly Value[],
  body: (value: Value, index: number) => Result | Promise<Result>,
  options: ForkEachOptions,
): Promise<ForkEachOutcome<Value, Result>[]> {
  if (parts.simulation.root === undefined) {
    fatal('m5.forkEach() needs a system; call m5.instantiate() first');
  }
  const { randomSeed } = options;
  const pool = new ChildPool(options);
  const runs = values.map(async (value, index) => {
    let outdir = '';
    const outcome = await pool.run<Result>(() =>
      startChildTask({
        simulation: parts.simulation,
        lastExit: parts.lastExit,
        fork: () => {
          const seed = randomSeed === undefined ? undefined : randomSeed + index;
          const child = parts.fork(options.outdir, seed);
          outdir = child.outdir;
          return child.pid;
        },
        body: () => body(value, index),
        timeout: pool.timeout,
      }),
    );
    return { ...outcome, value, outdir };
  });
  const outcomes = await Promise.all(runs);
  pool.dispose();
  return outcomes;
}
