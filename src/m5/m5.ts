/**
 * What a script does with a tree: instantiate it, simulate, drain, and write statistics.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`, `python/m5/stats/__init__.py`.
 */
import { requireDebugFlags, type Tick } from '../base/index';
import {
  Simulation,
  type CheckpointIn,
  type ExitEvent,
  type Root,
  type SimulateAsyncOptions,
  type Node,
} from '../sim/index';
import { writeConfigOutputs, type ConfigFiles } from './configOutputs';
import { NodeHost } from './nodeHost';
import { StatsOutputs, type M5Stats } from './statsOutputs';

export type { M5Stats } from './statsOutputs';

/** Names of the files that a run writes; an empty name leaves one out. */
export interface OutputFiles extends ConfigFiles {
  /** Statistics as text, or where `M5Stats.addStatVisitor` says. */
  stats: string;
  /** Statistics as JSON: those of the latest dump. */
  jsonStats: string;
}

/** A simulation with its output directory. Scripts use the default one, whose methods `m5` exports. */
export class M5 {
  readonly host: NodeHost;
  readonly simulation: Simulation;
  readonly outputFiles: OutputFiles = {
    stats: 'stats.txt',
    configIni: 'config.ini',
    configJson: 'config.json',
    configDot: 'config.dot',
    configSvg: '',
    jsonStats: 'stats.json',
  };
  readonly #stats: StatsOutputs;
  #finished = false;

  /** @param outdir - the output directory; created when first written to. */
  constructor(outdir = 'm5out') {
    this.host = new NodeHost(outdir);
    this.simulation = new Simulation(this.host);
    this.#stats = new StatsOutputs(this.simulation, this.host);
  }

  /** Statistics of the simulation. */
  get stats(): M5Stats {
    return this.#stats;
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
    this.#stats.updateEvents();
    writeConfigOutputs(this.host, root, this.simulation.ticksPerSecond, this.outputFiles);
    const { stats, jsonStats } = this.outputFiles;
    if (stats !== '') this.#stats.addStatVisitor(stats);
    if (jsonStats !== '') this.#stats.addStatVisitor(`json://${jsonStats}`);
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
}
