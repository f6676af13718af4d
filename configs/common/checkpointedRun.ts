/** A run, and the checkpoints on its way (gem5's configs/common/Simulation.py). */
import { join } from 'node:path';
import * as m5 from 'mini-gem5';
import type { CheckpointOptions } from './checkpointOptions';

/** Simulates, and makes the checkpoints that the command line and the guest ask for. */
export class CheckpointedRun {
  readonly #options: CheckpointOptions;
  readonly #folder: string;
  #made = 0;

  /** @param outdir - the output directory */
  constructor(options: CheckpointOptions, outdir: string) {
    this.#options = options;
    this.#folder = options.checkpointDir ?? outdir;
  }

  get #mayMake(): boolean {
    return this.#made < this.#options.maxCheckpoints;
  }

  #make(): void {
    const { incrementalCheckpoints: incremental, maxCheckpoints } = this.#options;
    m5.checkpoint(join(this.#folder, 'cpt.%d'), { incremental });
    this.#made++;
    if (this.#made === maxCheckpoints) {
      console.log(`maximum ${String(maxCheckpoints)} checkpoints dropped`);
    }
  }

  /**
   * Simulates up to a tick, with the checkpoints that the guest asks for.
   * @param tick - Infinity for no limit
   * @returns why it ended, which a checkpoint never is
   */
  simulateTo(tick: number): m5.ExitEvent {
    for (;;) {
      const exit = m5.simulate(tick === Infinity ? undefined : Math.max(0, tick - m5.curTick()));
      if (exit.cause !== 'checkpoint') return exit;
      if (this.#mayMake) this.#make();
    }
  }

  /**
   * Simulates up to a tick, with the checkpoints of `--take-checkpoints` as well.
   * @param maxTick - Infinity for no limit
   * @returns why it ended
   */
  simulate(maxTick = Infinity): m5.ExitEvent {
    const { first = Infinity, period = Infinity } = this.#options.takeCheckpoints ?? {};
    let due = first;
    // After a restore those that lie in the past have been made.
    while (due < m5.curTick()) due += period;
    for (;;) {
      const exit = this.simulateTo(Math.min(this.#mayMake ? due : Infinity, maxTick));
      if (exit.cause !== 'simulate() limit reached' || m5.curTick() < due) return exit;
      if (this.#mayMake) this.#make();
      // A KVM CPU may come later than it was asked to, past more than one.
      while (due <= m5.curTick()) due += period;
      if (m5.curTick() >= maxTick) return exit;
    }
  }

  /** Makes the checkpoint of `--checkpoint-at-end`. */
  end(): void {
    if (this.#options.checkpointAtEnd) this.#make();
  }
}
