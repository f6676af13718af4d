/**
 * What a simulation does around a fork of its process. Source of the behaviour: gem5
 * `python/m5/simulate.py` (fork), `sim/drain.hh` (notifyFork).
 */
import { fatal } from '../base/index';
import type { Drainable } from './drain';
import type { Simulation } from './simulation';

/**
 * Makes a simulation ready to be forked: drains it, and has each object save what only this process
 * can read.
 * @throws {FatalError} when the simulation cannot be forked now, saying why
 */
export function prepareFork(simulation: Simulation): void {
  if (simulation.root === undefined) {
    fatal('m5.instantiate(root) must be called before m5.fork()');
  }
  if (simulation.running) {
    fatal('m5.fork() was called while the simulation is running; end the run first');
  }
  simulation.drain();
  if (!simulation.drainManager.isDrained()) fatal('m5.fork(): the drain was interrupted');
  for (const object of simulation.objectsInTreeOrder()) object.prepareFork();
}

/**
 * In the child of a fork: has every object leave to the parent what is the parent's.
 * @param seed - gives every source of random numbers a new sequence; without it they go on as in the
 *   parent
 */
export function notifyFork(simulation: Simulation, seed?: number): void {
  simulation.stats.notifyFork();
  const objects = simulation.objectsInTreeOrder();
  for (const object of objects) object.notifyFork();
  simulation.drainManager.notifyFork(new Set<Drainable>(objects));
  if (seed !== undefined) simulation.random.reseed(seed);
}
