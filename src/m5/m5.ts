/**
 * What a script does with a tree: instantiate it, simulate, drain, and write statistics.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`, `python/m5/stats/__init__.py`.
 */
import { fatal, requireDebugFlags, type Tick } from '../base/index';
import { removeLeftovers } from '../checkpoint/index';
import {
  exitSimLoop,
  Simulation,
  type DrainLimits,
  type ExitEvent,
  type Root,
  type SimulateAsyncOptions,
  type Node,
} from '../sim/index';
import { Checkpoints, type CheckpointOptions, type M5Checkpoints } from './checkpoints';
import { writeConfigOutputs, type ConfigFiles } from './configOutputs';
import { scheduleBreak } from './debug';
import { NodeHost } from './nodeHost';
import { StatsOutputs, type M5Stats } from './statsOutputs';
import { ticksOf, type M5Ticks } from './ticks';

export type { CheckpointOptions, M5Checkpoints } from './checkpoints';
export type { M5Stats } from './statsOutputs';
export type { M5Ticks } from './ticks';

const TickExitReached = 'Tick exit reached';

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
    dvfsDot: '',
    jsonStats: 'stats.json',
  };
  /** How long a tick is. */
  readonly ticks: M5Ticks;
  readonly #stats: StatsOutputs;
  readonly #checkpoints: Checkpoints;
  #finished = false;

  /** @param outdir - the output directory; created when first written to. */
  constructor(outdir = 'm5out') {
    this.host = new NodeHost(outdir);
    this.simulation = new Simulation(this.host);
    this.ticks = ticksOf(this.simulation);
    this.#stats = new StatsOutputs(this.simulation, this.host);
    this.#checkpoints = new Checkpoints(this.simulation);
  }

  /** Statistics of the simulation. */
  get stats(): M5Stats {
    return this.#stats;
  }

  /** Counters of the simulation's checkpoints. */
  get checkpoints(): M5Checkpoints {
    return this.#checkpoints;
  }

  /**
   * Turns the tree below `root` into models, in gem5's order of calls, and writes the
   * configuration files once that has succeeded.
   * @param checkpointDirectory - a checkpoint to restore; without it the models start cold.
   * @throws {FatalError} naming the object and parameter that is wrong.
   * @throws {CheckpointError} naming what is wrong with the checkpoint, and where.
   */
  instantiate(root: Node<Root>, checkpointDirectory?: string): void {
    requireDebugFlags();
    this.host.listenForStatRequests();
    removeLeftovers(this.host.outputDirectory());
    const checkpoint =
      checkpointDirectory === undefined ? undefined : this.#checkpoints.open(checkpointDirectory);
    this.simulation.instantiate(root, checkpoint);
    this.#stats.updateEvents();
    this.#catchUp();
    writeConfigOutputs(this.host, root, this.simulation.ticksPerSecond, this.outputFiles);
    const { stats, jsonStats } = this.outputFiles;
    if (stats !== '') this.#stats.addStatVisitor(stats);
    if (jsonStats !== '') this.#stats.addStatVisitor(`json://${jsonStats}`);
  }

  /** What was scheduled for a time before the one that a checkpoint has set happens at once. */
  #catchUp(): void {
    const { eventQueue } = this.simulation;
    const now = this.curTick();
    const late = [...eventQueue.pending()].filter(event => event.when < now);
    // Of equals the last to be scheduled happens first.
    for (const event of late.reverse()) eventQueue.reschedule(event, now);
  }

  /**
   * Simulates.
   * @param ticks - at most this long, in ticks; without it until something ends the run, or to
   *   {@link setMaxTick}.
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

  /**
   * Ends the present run, and later runs without a limit of their own, at a tick.
   * @param tick - counted from tick 0; MaxTick for no limit
   * @throws {FatalError} when it is past, or no tick
   */
  setMaxTick(tick: Tick): void {
    this.simulation.maxTick.set(tick);
  }

  /** The tick at which the present run ends at the latest, else that of {@link setMaxTick}. */
  getMaxTick(): Tick {
    return this.simulation.maxTick.tick;
  }

  /** Ticks from now to {@link getMaxTick}. */
  getTicksUntilMax(): Tick {
    return this.getMaxTick() - this.curTick();
  }

  /**
   * Ends the run that is under way in so many ticks.
   * @param ticks - counted from now
   * @param cause - what the run's exit event says
   * @throws {FatalError} when it is no number of ticks
   */
  scheduleTickExitFromCurrent(ticks: Tick, cause = TickExitReached): void {
    this.scheduleTickExitAbsolute(this.curTick() + ticks, cause);
  }

  /**
   * Ends the run that is under way at a tick.
   * @param tick - counted from tick 0
   * @param cause - what the run's exit event says
   * @throws {FatalError} when it is past, or no tick
   */
  scheduleTickExitAbsolute(tick: Tick, cause = TickExitReached): void {
    this.#requireFuture('a tick exit', tick);
    exitSimLoop(this.simulation.eventQueue, cause, 0, tick);
  }

  /**
   * Stops in a debugger at a tick, before anything else that happens then.
   * @param tick - counted from tick 0
   * @throws {FatalError} when it is past, or no tick
   */
  schedBreak(tick: Tick): void {
    this.#requireFuture('a breakpoint', tick);
    scheduleBreak(this.simulation.eventQueue, tick);
  }

  #requireFuture(what: string, tick: Tick): void {
    if (Number.isSafeInteger(tick) && tick >= this.curTick()) return;
    fatal(`${what} cannot be at tick ${String(tick)}: now is tick ${String(this.curTick())}`);
  }

  /** Writes what caches hold and memory does not into memory, of all objects; it stays in caches. */
  memWriteback(): void {
    for (const object of this.simulation.objectsInTreeOrder()) object.memWriteback();
  }

  /** Empties all caches, without writing anything. */
  memInvalidate(): void {
    for (const object of this.simulation.objectsInTreeOrder()) object.memInvalidate();
  }

  /**
   * Brings every object to a state without outstanding work. The next run resumes.
   * @param limits - how long it may take: `ticks` of simulated time, `hostSeconds`
   * @throws {FatalError} when it does not end, naming the objects that have not drained, and why
   */
  drain(limits?: DrainLimits): void {
    this.simulation.drain(limits);
  }

  /**
   * Saves the whole simulation to a directory, and leaves it drained; the next run resumes.
   * @param directory - `%d` in it stands for the tick. A checkpoint of this name is replaced.
   * @returns the directory's absolute path
   * @throws {SimError} when something cannot be saved, before anything is written, or when it cannot
   *   be written; then nothing is left of it
   */
  checkpoint(directory: string, options: CheckpointOptions = {}): string {
    return this.#checkpoints.write(directory, options);
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
