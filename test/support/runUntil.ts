import type { Simulation } from '../../src/sim/index';

/** A millisecond, in ticks. */
const STEP = 1e9;
const PATIENCE_MS = 60_000;

/**
 * Simulates a millisecond at a time, or so many ticks, until something is so. On a busy host a guest may
 * not execute a single instruction in a given time.
 */
export function runUntil(simulation: Simulation, isSo: () => boolean, step = STEP): void {
  const deadline = performance.now() + PATIENCE_MS;
  while (!isSo()) {
    const { cause } = simulation.simulate(step);
    if (isSo()) return;
    if (cause !== 'simulate() limit reached') throw new Error(`the run ended: ${cause}`);
    if (performance.now() > deadline) throw new Error('it did not come about');
  }
}
