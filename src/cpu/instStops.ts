import { Event, EventPriority } from '../sim/index';
import type { Simulation } from '../sim/index';

/**
 * Ends the run when it happens. On a queue by instruction count it makes the simulation stop at the
 * present tick. Source: gem5 `sim/sim_events.hh`, `LocalSimLoopExitEvent`.
 */
export class InstStopEvent extends Event {
  readonly #simulation: Simulation;
  readonly #cause: string;

  constructor(simulation: Simulation, cause: string) {
    super(EventPriority.Sim_Exit_Pri);
    this.#simulation = simulation;
    this.#cause = cause;
  }

  process(): void {
    this.#simulation.exitSimLoop(this.#cause);
  }

  override description(): string {
    return 'instruction count reached';
  }
}

/**
 * Ends the run when the last of several has happened. Source: gem5 `sim/sim_events.hh`,
 * `CountedExitEvent`.
 */
export class CountedExitEvent extends Event {
  readonly #simulation: Simulation;
  readonly #cause: string;
  readonly #remaining: { count: number };

  /** @param remaining How many are still to happen; shared by all of them. */
  constructor(simulation: Simulation, cause: string, remaining: { count: number }) {
    super(EventPriority.Sim_Exit_Pri);
    this.#simulation = simulation;
    this.#cause = cause;
    this.#remaining = remaining;
  }

  process(): void {
    this.#remaining.count--;
    if (this.#remaining.count === 0) this.#simulation.exitSimLoop(this.#cause);
  }

  override description(): string {
    return 'counted exit';
  }
}
