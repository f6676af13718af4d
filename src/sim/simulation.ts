/**
 * One simulation: its event queue, objects, statistics and drain state. Nothing of it is global,
 * so that two simulations in one process never meet.
 *
 * Source of the behaviour: gem5 `python/m5/simulate.py`, `sim/simulate.cc`.
 */
import { describeValue, fatal, MaxTick, panic, type Tick } from '../base/index';
import { DrainManager } from './drain';
import { drainSystem, FinishedDrain, type DrainLimits } from './drainLoop';
import { EventQueue } from './eventQueue';
import { exitSimLoop, GlobalSimLoopExitEvent, type ExitEvent } from './exitEvents';
import { connectPorts, createModels } from './instantiate';
import { totalsOf, type InstructionCounter } from './instructionCounter';
import type { AnyNode } from './node';
import { MaxTickLimit } from './maxTick';
import { isNode, nodeState } from './nodeState';
import { PendingRequests } from './pendingRequests';
import { RandomStreams } from './randomStreams';
import { settleTree } from './resolveProxies';
import { serializeStats } from './savedStats';
import { restoreTree, serializeTree } from './savedTree';
import type { CheckpointIn, CheckpointOut } from './serializable';
import type { SimObject } from './simObject';
import type { SimulationHost } from './simulationHost';
import { EventLoop, runEventLoop, UserInterrupt, type SimulateAsyncOptions } from './simulateLoop';
import { exitEvent, SimulationGlobals } from './simulationGlobals';
import { bindStatHierarchy } from './statHierarchy';
import { scheduleStatEvent } from './statEvents';
import { StatsRegistry } from './stats/index';
import { TickFrequency } from './tickFrequency';
import { Timeline } from './timeline';
import type { TimelineOutput, TraceArguments } from './traceEventWriter';
import { TracedEventLoop } from './tracedEventLoop';

const Aborted = 'simulation aborted';
/** Exit code after Ctrl-C: what a shell gives for SIGINT. */
const InterruptedStatus = 130;
/** Host time between two turns of the host's own event loop. */
const SliceSeconds = 0.005;

/** A simulation from its tree of objects to its last tick. */
export class Simulation {
  readonly host: SimulationHost;
  /** How long a tick is; fixed by {@link instantiate}. */
  readonly tickFrequency = new TickFrequency();
  readonly eventQueue = new EventQueue('MainEventQueue-0');
  /** Ends runs that have no limit of their own. */
  readonly maxTick = new MaxTickLimit(this.eventQueue);
  readonly drainManager: DrainManager;
  /** Where models get their random numbers from. */
  readonly random = new RandomStreams();
  readonly stats: StatsRegistry;
  /** What models and programs want to happen at a later tick. */
  readonly requests = new PendingRequests(this.eventQueue, () => this.stats);
  /** What is saved besides the objects. */
  readonly globals = new SimulationGlobals(() => this.objectsInTreeOrder());
  readonly #objects: SimObject[] = [];
  readonly #byName = new Map<string, SimObject>();
  readonly #counters: InstructionCounter[] = [];
  #root: AnyNode | undefined;
  #instantiated = false;
  #started = false;
  #running = false;
  #disposed = false;
  #timeline: Timeline | null = null;

  constructor(host: SimulationHost) {
    this.host = host;
    const onDrained = (): void => void exitSimLoop(this.eventQueue, FinishedDrain);
    this.drainManager = new DrainManager(onDrained, () => this.curTick());
    this.stats = new StatsRegistry({
      curTick: () => this.curTick(),
      frequency: () => this.ticksPerSecond,
      hostSeconds: () => host.seconds(),
      hostMemory: () => host.memoryKiB(),
      ...totalsOf(this.#counters),
    });
  }

  /** The present simulated time, in ticks. */
  curTick(): Tick {
    return this.eventQueue.curTick;
  }

  /** Tick frequency in Hz: one tick is a picosecond, as gem5's default. */
  get ticksPerSecond(): number {
    return this.tickFrequency.hertz;
  }

  /** Fixes the tick frequency, and says so the first time. */
  fixTickFrequency(): void {
    if (this.tickFrequency.fix()) return;
    this.host.print(`Global frequency set at ${String(this.ticksPerSecond)} ticks per second`);
  }

  /**
   * The queue that objects with this `eventqIndex` use.
   * @throws {FatalError} for any but queue 0, the only one.
   */
  eventQueueAt(index: number): EventQueue {
    if (index !== 0) fatal(`event queue ${String(index)} does not exist: there is one queue, 0`);
    return this.eventQueue;
  }

  /** Whether the first run has begun. */
  get started(): boolean {
    return this.#started;
  }

  /** Every model, in order of construction. */
  get objects(): readonly SimObject[] {
    return this.#objects;
  }

  /** The root of the configuration, once instantiated. */
  get root(): AnyNode | undefined {
    return this.#root;
  }

  /** What records this simulation, or null; see {@link startTimeline}. */
  get timeline(): Timeline | null {
    return this.#timeline;
  }

  /**
   * Records from now on what runs when, until the simulation is disposed of.
   * @param output - taken over
   * @throws {PanicError} within a run, or when that is being done already
   */
  startTimeline(output: TimelineOutput): void {
    if (this.#running) panic('the timeline was started within a run');
    if (this.#timeline !== null) panic('the timeline was started twice');
    this.#timeline = new Timeline(this, output);
  }

  /** In the child of a fork: leaves the timeline to the parent, without writing to it. */
  abandonTimeline(): void {
    this.#timeline = null;
  }

  /**
   * Does something that the timeline shows as a phase, such as `drain` or `checkpoint`.
   * @param args - details to show
   * @returns what `body` does
   */
  phase<Result>(name: string, body: () => Result, args: TraceArguments = {}): Result {
    const timeline = this.#timeline;
    if (timeline === null) return body();
    timeline.begin(name, args);
    try {
      return body();
    } finally {
      timeline.end();
    }
  }

  /** Called by the constructor of every model. */
  addObject(object: SimObject): void {
    this.#objects.push(object);
    this.#byName.set(object.name(), object);
    this.drainManager.register(object);
  }

  /** Forgets the models from number `first` on: their constructors have failed half-way. */
  discardObjects(first: number): void {
    for (const object of this.#objects.splice(first)) {
      this.#byName.delete(object.name());
      this.drainManager.unregister(object);
    }
  }

  /** Called by the constructor of every CPU. */
  addInstructionCounter(counter: InstructionCounter): void {
    this.#counters.push(counter);
  }

  /** The model of this full name, or undefined. */
  find(name: string): SimObject | undefined {
    return this.#byName.get(name);
  }

  /**
   * Turns the tree below `root` into models.
   * @param checkpoint - state to restore; without it the models start cold.
   * @param restoresStats - whether statistics go on from those of the checkpoint; otherwise they begin
   *   at zero with the first run.
   * @throws {FatalError} naming what is wrong with the tree.
   */
  instantiate(root: AnyNode, checkpoint?: CheckpointIn, restoresStats = false): void {
    if (this.#instantiated) fatal('instantiate() was called before; it can be called once');
    if (!isNode(root) || nodeState(root).schema.type !== 'Root') {
      fatal('instantiate() needs the Root object; put the system into new Root({ system })');
    }
    this.#instantiated = true;
    this.#root = root;
    this.stats.keepsAtStart = restoresStats;
    this.phase('instantiate', () => {
      this.#makeModels(root, checkpoint);
    });
  }

  /** The life cycle of the models from their construction to their state. */
  #makeModels(root: AnyNode, checkpoint: CheckpointIn | undefined): void {
    this.fixTickFrequency();
    settleTree(root);
    const objects = createModels(root, this);
    connectPorts(root);
    for (const object of objects) object.init();
    this.stats.root.mergeStatGroup(root.simObject().stats);
    bindStatHierarchy(root);
    this.stats.regStats();
    for (const object of objects) object.regProbePoints();
    for (const object of objects) object.regProbeListeners();
    this.stats.enable();
    if (checkpoint === undefined) {
      for (const object of objects) object.initState();
    } else {
      this.drainManager.preCheckpointRestore();
      restoreTree(objects, checkpoint, this.stats);
    }
  }

  /**
   * Runs the event loop.
   * @param ticks - at most this long, in ticks, counted from now; the limit ends with the call.
   *   Without it the run goes on to {@link maxTick}.
   * @returns why the run ended.
   */
  simulate(ticks?: Tick): ExitEvent {
    return this.#prepareRun() ?? this.#run(this.#limitAfter(ticks));
  }

  #limitAfter(ticks: Tick | undefined): Tick {
    // A run with a limit of its own may have gone beyond.
    if (ticks === undefined) return Math.max(this.maxTick.tick, this.curTick());
    if (!Number.isSafeInteger(ticks) || ticks < 0) {
      fatal(`simulate(${describeValue(ticks)}): give a number of ticks, from 0 to 2^53 - 1`);
    }
    return Math.min(this.curTick() + ticks, MaxTick);
  }

  /** Starts or resumes the objects. @returns an exit event that an earlier drain kept */
  #prepareRun(): ExitEvent | undefined {
    if (!this.#instantiated) fatal('m5.instantiate(root) must be called before m5.simulate()');
    if (this.#disposed) panic('simulate() called on a simulation that was disposed of');
    if (this.#running) fatal('simulate() called while the simulation is running');
    this.#start();
    if (this.drainManager.isDrained()) {
      this.phase('drain resume', () => {
        this.drainManager.resume();
      });
    }
    return this.globals.heldExits.shift();
  }

  /** First run only: the last call of every object's life cycle, then statistics from zero or on. */
  #start(): void {
    if (this.#started) return;
    this.phase('startup', () => {
      for (const object of this.objectsInTreeOrder()) object.startup();
    });
    this.stats.begin();
    this.#started = true;
  }

  /** The models of the tree: parents first, children sorted by name. */
  objectsInTreeOrder(): SimObject[] {
    return (
      this.#root?.descendants().map(node => nodeState(node).simObject ?? panic('no model')) ?? []
    );
  }

  #run(limit: Tick): ExitEvent {
    const loop = this.#beginRun(limit);
    try {
      return this.#exit(runEventLoop(loop));
    } finally {
      this.#endRun();
    }
  }

  #beginRun(limit: Tick): EventLoop {
    const loop = this.#newLoop(limit);
    this.#timeline?.begin('simulate');
    this.#running = true;
    this.maxTick.begin(loop);
    this.host.beginRun();
    return loop;
  }

  #endRun(): void {
    this.host.endRun();
    this.maxTick.end();
    this.#running = false;
    this.#timeline?.end();
    this.#timeline?.flush();
  }

  #newLoop(limit: Tick): EventLoop {
    const { eventQueue } = this;
    return this.#timeline === null
      ? new EventLoop(eventQueue, limit, this.#lookAtHost)
      : new TracedEventLoop(eventQueue, limit, this.#lookAtHost, this.#timeline);
  }

  /** What signals ask for; whether they ask for an end. */
  readonly #lookAtHost = (): boolean => {
    const action = this.host.takeStatRequest();
    if (action !== null) {
      const now = { when: this.curTick(), repeat: 0 };
      scheduleStatEvent(this.eventQueue, this.stats, action, now);
    }
    return this.host.interrupted();
  };

  /** Whether a run is under way. */
  get running(): boolean {
    return this.#running;
  }

  #exit(event: GlobalSimLoopExitEvent): ExitEvent {
    const { cause } = event;
    const code = cause === UserInterrupt ? InterruptedStatus : event.code;
    this.#timeline?.instant('exit', cause, { code });
    return exitEvent(cause, code, this.curTick());
  }

  /**
   * Simulates as {@link simulate} does, giving the host's own event loop a turn every few
   * milliseconds of host time.
   * @returns why the run ended: 'simulation aborted' when the signal asked for it.
   */
  async simulateAsync({ ticks, signal }: SimulateAsyncOptions = {}): Promise<ExitEvent> {
    const held = this.#prepareRun();
    if (held !== undefined) return held;
    const loop = this.#beginRun(this.#limitAfter(ticks));
    try {
      for (;;) {
        if (signal?.aborted === true) return this.#exit(new GlobalSimLoopExitEvent(Aborted));
        const end = this.host.seconds() + SliceSeconds;
        const event = loop.runSlice(() => this.host.seconds() >= end);
        if (event !== null) return this.#exit(event);
        await this.host.yield();
      }
    } finally {
      loop.close();
      this.#endRun();
    }
  }

  /**
   * Ends the run.
   * @param cause - gem5's text for the reason.
   * @param code - what the exit event says besides: an exit code, or a number of a piece of work.
   * @param when - the tick at which to end, now by default.
   * @param repeat - in ticks: the run ends again, and again, this much later; 0 for once.
   */
  exitSimLoop(cause: string, code = 0, when: Tick = this.curTick(), repeat: Tick = 0): void {
    this.requests.exit(cause, code, when, repeat);
  }

  /**
   * Drains the system. Exit events seen meanwhile are kept and returned by later runs.
   * @param limits - how long it may take
   * @throws {FatalError} when it does not end, naming the objects that have not drained, and why
   */
  drain(limits: DrainLimits = {}): void {
    if (this.drainManager.isDrained()) return;
    if (this.#running) fatal('drain() called while the simulation is running');
    const { drainManager, eventQueue, host } = this;
    const { heldExits } = this.globals;
    this.phase('drain', () => {
      drainSystem(
        {
          ...{ drainManager, eventQueue, heldExits },
          seconds: () => host.seconds(),
          run: (until, pause) => this.#runFor(until, pause),
          phase: (name, body, args) => this.phase(name, body, args),
          note: objects => this.#timeline?.instant('drain', 'draining', { objects }),
        },
        limits,
      );
    });
  }

  /** Runs until a tick, or until `pause` says so: then null. */
  #runFor(until: Tick, pause: () => boolean): ExitEvent | null {
    this.#start();
    const loop = this.#beginRun(until);
    try {
      const event = loop.runSlice(pause);
      return event === null ? null : this.#exit(event);
    } finally {
      loop.close();
      this.#endRun();
    }
  }

  /**
   * Saves every object. The system is drained.
   * @param checkpoint - takes the state, and borrows the memory until it is written
   * @throws {SimError} when an object has something that cannot be saved
   */
  serializeAll(checkpoint: CheckpointOut): void {
    if (!this.drainManager.isDrained()) panic('only a drained system can be saved');
    const objects = this.objectsInTreeOrder();
    serializeTree(objects, checkpoint);
    serializeStats(this.stats, objects, checkpoint);
  }

  /** Releases what the host lent to the objects, last made first. Further calls do nothing. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    try {
      for (const object of [...this.#objects].reverse()) object.dispose();
    } finally {
      this.#timeline?.close();
      this.#timeline = null;
    }
  }
}
