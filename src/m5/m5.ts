/**
 * What a script does with a tree: instantiate it, simulate, drain, and write statistics.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`, `python/m5/stats/__init__.py`.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { fatal, requireDebugFlags, type Tick } from '../base/index';
import {
  configIni,
  configJson,
  Simulation,
  TextWriter,
  type AnyNode,
  type CheckpointIn,
  type ExitEvent,
  type Root,
  type SimulateAsyncOptions,
  type Node,
} from '../sim/index';
import { NodeHost, reasonOf } from './nodeHost';

/** Names of the files that a run writes; an empty name leaves one out. */
export interface OutputFiles {
  stats: string;
  configIni: string;
  configJson: string;
}

/** Statistics of one simulation. */
export interface M5Stats {
  /** Appends all statistics to the stats file. */
  dump(): void;
  /** Sets all statistics back to zero. */
  reset(): void;
}

/** A simulation with its output directory. Scripts use the default one, whose methods `m5` exports. */
export class M5 {
  readonly host: NodeHost;
  readonly simulation: Simulation;
  readonly outputFiles: OutputFiles = {
    stats: 'stats.txt',
    configIni: 'config.ini',
    configJson: 'config.json',
  };
  readonly stats: M5Stats = {
    dump: () => {
      this.simulation.stats.dump();
    },
    reset: () => {
      this.simulation.stats.reset();
    },
  };
  #finished = false;

  /** @param outdir - the output directory; created when first written to. */
  constructor(outdir = 'm5out') {
    this.host = new NodeHost(outdir);
    this.simulation = new Simulation(this.host);
  }

  /**
   * Turns the tree below `root` into models, in gem5's order of calls, and writes the
   * configuration files once that has succeeded.
   * @param checkpoint - state to restore; without it the models start cold.
   * @throws {FatalError} naming the object and parameter that is wrong.
   */
  instantiate(root: Node<Root>, checkpoint?: CheckpointIn): void {
    requireDebugFlags();
    this.simulation.instantiate(root, checkpoint);
    this.#writeConfig(root);
  }

  /**
   * Simulates.
   * @param ticks - at most this long, in ticks; without it until something ends the run.
   * @returns why the run ended.
   */
  simulate(ticks?: Tick): ExitEvent {
    return this.simulation.simulate(ticks);
  }

  /**
   * Simulates like {@link simulate}, giving Node's event loop a turn every few milliseconds of host
   * time, for scripts that also serve, draw or wait.
   * @param options - `ticks` as for {@link simulate}; an aborted `signal` ends the run with the
   *   cause 'simulation aborted'.
   */
  simulateAsync(options: SimulateAsyncOptions = {}): Promise<ExitEvent> {
    return this.simulation.simulateAsync(options);
  }

  /** The present simulated time, in ticks. */
  curTick(): Tick {
    return this.simulation.curTick();
  }

  /** Brings every object to a state without outstanding work. The next run resumes. */
  drain(): void {
    this.simulation.drain();
  }

  /** Ends a session: writes the final statistics if anything was simulated, releases the host. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    try {
      if (this.simulation.started) this.stats.dump();
    } finally {
      this.simulation.dispose();
    }
  }

  #writeConfig(root: AnyNode): void {
    const { configIni: ini, configJson: json } = this.outputFiles;
    const { ticksPerSecond } = this.simulation;
    if (ini !== '') this.host.writeOutput(ini, configIni(root, ticksPerSecond));
    if (json !== '') {
      this.host.writeOutput(json, JSON.stringify(configJson(root, ticksPerSecond), null, 4) + '\n');
    }
    if (this.outputFiles.stats !== '') this.#startStatsFile(this.outputFiles.stats);
  }

  /** Every dump is appended to the file at once, so that nothing is lost however the run ends. */
  #startStatsFile(name: string): void {
    // An earlier run's statistics would pass for this one's until the first dump.
    this.host.writeOutput(name, '');
    const path = join(this.host.outputDirectory(), name);
    this.simulation.stats.addOutput(
      new TextWriter(chunk => {
        try {
          appendFileSync(path, chunk);
        } catch (error) {
          fatal(`cannot write '${path}': ${reasonOf(error)}`);
        }
      }),
    );
  }
}
