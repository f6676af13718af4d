/**
 * Splitting a simulation into two. Source of the behaviour: gem5 `python/m5/simulate.py` (fork).
 */
import { resolve } from 'node:path';
import { fatal } from '../base/index';
import { adoptChild, forkProcess, requireForkable, type ChildFate } from '../host/index';
import { notifyFork, prepareFork, type Simulation } from '../sim/index';
import type { NodeHost } from './nodeHost';
import { expandOutdir } from './outdirPattern';

/** How to fork. */
export interface ForkOptions {
  /**
   * Gives every source of random numbers in the child a new sequence, which depends on this number.
   * Without it they go on as they would have in the parent.
   */
  readonly randomSeed?: number;
}

/** What a fork needs to know of the simulation that is split. */
export interface ForkParts {
  readonly simulation: Simulation;
  readonly host: NodeHost;
  /** Files of the output directory that the child gets copies of. */
  readonly copies: readonly string[];
  /** Pattern of the child's output directory. */
  readonly outdir: string;
  /** How many children this process has had. */
  readonly sequence: number;
  readonly options: ForkOptions;
  /** What becomes of the child when this process exits first. */
  readonly fate: ChildFate;
}

/** A child, and where it writes. */
export interface ForkedChild {
  /** The child's process number; 0 in the child. */
  readonly pid: number;
  readonly outdir: string;
}

/**
 * Forks.
 * @returns the child, in both processes
 * @throws {ForkError} when the host cannot fork; `FatalError` when the simulation cannot
 */
export function forkSimulation(parts: ForkParts): ForkedChild {
  const { simulation, host, outdir, sequence, options } = parts;
  requireForkable();
  const names = { parent: host.outputDirectory(), fork_seq: sequence };
  if (resolve(expandOutdir(outdir, { ...names, pid: 0 })) === names.parent) {
    fatal(`output directory '${outdir}' is the parent's own; a child needs another`);
  }
  prepareFork(simulation);
  host.prepareFork();
  const pid = forkProcess();
  const childNames = { ...names, pid: pid === 0 ? process.pid : pid };
  const childOutdir = resolve(expandOutdir(outdir, childNames));
  if (pid === 0) {
    simulation.abandonTimeline();
    host.moveOutputs(childOutdir, parts.copies);
    notifyFork(simulation, options.randomSeed);
  } else {
    adoptChild(pid, parts.fate);
  }
  return { pid, outdir: childOutdir };
}
