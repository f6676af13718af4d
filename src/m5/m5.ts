/**
 * What a script does with a tree: instantiate it, simulate, drain, and write statistics.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`, `python/m5/stats/__init__.py`.
 */
import { fatal, requireDebugFlags, type Tick } from '../base/index';
import { removeLeftovers } from '../checkpoint/index';
import { waitForChild, type ChildEnd, type ChildFate } from '../host/index';
import {
  exitSimLoop,
  Simulation,
  type AnyNode,
  type DrainLimits,
  type ExitEvent,
  type Root,
  type SimulateAsyncOptions,
  type Node,
} from '../sim/index';
import { Checkpoints, type CheckpointOptions, type M5Checkpoints } from './checkpoints';
import { writeConfigOutputs, type ConfigFiles } from './configOutputs';
import { scheduleBreak } from './debug';
import { forkSimulation, type ForkedChild, type ForkOptions } from './fork';
import { forkEach } from './forkEach';
import type { ForkEachOptions, ForkEachOutcome, ForkEachParts } from './forkEach';
import { ForkServer, type ForkServerOptions } from './forkServer';
import { NodeHost } from './nodeHost';
import { DefaultForkOutdir } from './outdirPattern';
import { StatsOutputs, type M5Stats } from './statsOutputs';
import { statValues, type StatValues } from './statValues';
import { switchCpus, type CpuPair } from './switchCpus';
import { ticksOf, type M5Ticks } from './ticks';

export type { CheckpointOptions, M5Checkpoints } from './checkpoints';
export type { M5Stats } from './statsOutputs';
export type { M5Ticks } from './ticks';

const TickExitReached = 'Tick exit reached';

/** How to restore a checkpoint. */
export interface RestoreOptions {
  /** Whether statistics go on from where they were saved; default: they begin at zero. */
  readonly restoreStats?: boolean;
}

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
  #forks = 0;
  #lastExit: ExitEvent | undefined;
  #finished = false;

  /** @param outdir - the output directory; created when first written to. */
  constructor(outdir = 'm5out') {
    this.host = new NodeHost(outdir);
    this.simulation = new Simulation(this.host);
    this.ticks = ticksOf(this.simulation);
    this.#stats = new StatsOutputs(this.simulation, this.host);
    this.#checkpoints = new Checkpoints(this.simulation);
  }

  /** All statistics as they are now, by the names of `stats.txt`. Nothing counts as dumped by it. */
  statValues(): StatValues {
    return statValues(this.simulation);
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
   * @param options - `restoreStats`: whether statistics go on from where they were saved. Without it
   *   they begin at zero with the first run, as in gem5.
   * @throws {FatalError} naming the object and parameter that is wrong.
   * @throws {CheckpointError} naming what is wrong with the checkpoint, and where.
   */
  instantiate(root: Node<Root>, checkpointDirectory?: string, options: RestoreOptions = {}): void {
    requireDebugFlags();
    this.host.listenForStatRequests();
    removeLeftovers(this.host.outputDirectory());
    const checkpoint =
      checkpointDirectory === undefined ? undefined : this.#checkpoints.open(checkpointDirectory);
    this.simulation.instantiate(root, checkpoint, options.restoreStats);
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
    this.#lastExit = this.simulation.simulate(ticks);
    return this.#lastExit;
  }

  /**
   * Simulates like {@link simulate}, giving Node's event loop a turn every few milliseconds of host
   * time, for scripts that also serve, draw or wait.
   * @param options - `ticks` as for {@link simulate}; an aborted `signal` ends the run with the
   *   cause 'simulation aborted'.
   */
  async simulateAsync(options: SimulateAsyncOptions = {}): Promise<ExitEvent> {
    this.#lastExit = await this.simulation.simulateAsync(options);
    return this.#lastExit;
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

  /**
   * Has CPUs take over from others: drains, switches, and sets the memory mode that the new ones need.
   * Registers and memory stay where they are; the next run goes on at the next instruction.
   * @param system - the system of all of them
   * @param pairs - `[oldCpu, newCpu]`; new ones were made with `switchedOut: true`, the `cpuId` and the
   *   `workload` of the old
   * @param verbose - whether to print that it happens, as gem5 does
   * @throws {FatalError} naming the CPU that cannot take part, and why; nothing has changed then
   */
  switchCpus(system: AnyNode, pairs: readonly CpuPair[], verbose = true): void {
    if (verbose) this.host.print('switching cpus');
    switchCpus(this, system, pairs);
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

  /**
   * Splits the simulation into two, which go on from the same point in two processes. The next run
   * resumes, in both. KVM goes on in both.
   * @param outdir - pattern of the child's output directory: `%(parent)s` is the parent's,
   *   `%(fork_seq)i` the number of forks before this one, `%(pid)i` the child's process number.
   * @returns the child's process number; 0 in the child.
   * @throws {ForkError} when the host cannot fork; nothing has changed then.
   * @throws {FatalError} when the simulation cannot be forked now: before `instantiate`, within a run,
   *   when it cannot be drained, or when an object says so.
   */
  fork(outdir = DefaultForkOutdir, options: ForkOptions = {}): number {
    return this.#fork(outdir, options, 'wait').pid;
  }

  #fork(outdir: string, options: ForkOptions, fate: ChildFate): ForkedChild {
    const { configIni, configJson, configDot, configSvg } = this.outputFiles;
    const child = forkSimulation({
      ...{ simulation: this.simulation, host: this.host, outdir, options, fate },
      copies: [configIni, configJson, configDot, configSvg],
      sequence: this.#forks,
    });
    if (child.pid !== 0) this.#forks++;
    return child;
  }

  /** @param fate - what becomes of the children when this process exits first */
  #childParts(fate: ChildFate): ForkEachParts {
    return {
      simulation: this.simulation,
      lastExit: () => this.#lastExit,
      fork: (outdir = DefaultForkOutdir, randomSeed) =>
        this.#fork(outdir, randomSeed === undefined ? {} : { randomSeed }, fate),
    };
  }

  /**
   * Writes a checkpoint of this moment while the simulation runs on: a forked child does it, so that
   * the pause is that of a fork. The process does not exit before it is written.
   * @param directory - as for {@link checkpoint}.
   * @param options - as for {@link checkpoint}; the last checkpoint is the last one that is complete.
   * @returns the directory, once the checkpoint is complete.
   * @throws {ForkError} `FatalError` as {@link fork} does; a checkpoint that could not be written
   *   rejects the promise, and nothing is left of it.
   */
  checkpointInBackground(directory: string, options: CheckpointOptions = {}): Promise<string> {
    return this.#checkpoints.writeInBackground(directory, options, this.#childParts('wait'));
  }

  /**
   * Runs `body` for every value in a child of its own, which goes on from where this simulation is.
   * Children that crash, are killed or take too long are reported, and the others go on.
   * @param body - what a child does; what it returns is copied to this process, as `structuredClone`
   *   copies, and the child ends.
   * @returns what came of each value, in their order. In a child it never settles.
   * @throws {FatalError} when an option is wrong.
   */
  forkEach<Value, Result>(
    values: readonly Value[],
    body: (value: Value, index: number) => Result | Promise<Result>,
    options: ForkEachOptions = {},
  ): Promise<ForkEachOutcome<Value, Result>[]> {
    return forkEach(this.#childParts('kill'), values, body, options);
  }

  /**
   * Listens on a Unix socket and gives every request, one line of JSON, to a child of its own, which
   * goes on from where this simulation is. The answer, one line of JSON, is what `forkEach` says of a
   * child. SIGINT and SIGTERM end it, once the requests that were taken are answered.
   * @param body - what a child does with a request; what it returns is the answer's `result`.
   * @throws {FatalError} when an option is wrong or the socket cannot be made.
   */
  serveForks(body: (request: unknown) => unknown, options: ForkServerOptions): ForkServer {
    return new ForkServer(this.#childParts('kill'), body, options);
  }

  /**
   * Waits for the end of a process that {@link fork} has made, while Node's event loop goes on.
   * @throws {FatalError} when it is not one of this process.
   */
  waitForChild(pid: number): Promise<ChildEnd> {
    return waitForChild(pid);
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
