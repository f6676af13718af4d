import type { CpuidFeatureBit, UserFeatures } from '../arch/x86/index';
import { fatal, panic } from '../base/index';
import type { Cycles, RequestorID, Tick } from '../base/index';
import type { MemoryMode, RequestPort, System } from '../mem/index';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  param,
  Parent,
  requestPort,
  serializeSection,
  unserializeFrom,
  vectorParam,
} from '../sim/index';
import type {
  CheckpointIn,
  CheckpointOut,
  InstructionCounter,
  ParamsOf,
  Port,
  SimObject,
} from '../sim/index';
import { CPUProgressEvent } from './cpuProgressEvent';
import { BaseCPUStats, CommitCPUStats } from './cpuStats';
import { CountedExitEvent, InstStopEvent } from './instStops';
import { ThreadContext } from './threadContext';
import type { ThreadContextCPU } from './threadContext';
import { requireProcesses, type ThreadProcess } from './threadProcess';

export const baseCPUSchema = defineSchema('BaseCPU', clockedObjectSchema, {
  description: 'Base class of every CPU model',
  abstract: true,
  params: {
    system: param.SimObject<System>('System', Parent.any, 'system that the CPU belongs to'),
    cpuId: param.Int(-1, 'number of the CPU; -1 gives it the next free one'),
    socketId: param.Unsigned(0, 'number of the socket that the CPU is in'),
    numThreads: param.Unsigned(1, 'number of hardware threads', { outputName: 'numThreads' }),
    workload: vectorParam.SimObject<SimObject & ThreadProcess>(
      'Process',
      [],
      'processes to run, one for each thread',
    ),
    syscallRetryLatency: param.Cycles(
      10000,
      'cycles before a system call that waits is tried again',
      {
        outputName: 'syscallRetryLatency',
      },
    ),
    doCheckpointInsts: param.Bool(true, 'whether programs may ask for checkpoints'),
    doStatisticsInsts: param.Bool(true, 'whether programs may ask for statistics'),
    maxInstsAllThreads: param.Counter(
      0,
      'end the run when all threads have committed so many instructions, 0 for never',
    ),
    maxInstsAnyThread: param.Counter(
      0,
      'end the run when a thread has committed so many instructions, 0 for never',
    ),
    simpointStartInsts: vectorParam.Counter([], 'instruction counts at which simpoints begin'),
    functionTrace: param.Bool(
      false,
      'whether a software CPU writes the functions that it enters to ftrace.NAME',
    ),
    functionTraceStart: param.Tick(0, 'tick at which the trace of functions begins'),
    progressInterval: param.Latency('0s', 'time between two messages of progress, 0 for none'),
    switchedOut: param.Bool(false, 'whether the CPU waits until it takes over from another'),
  },
  ports: {
    // A CPU that is switched out gets the connections of the one that it takes over from.
    icachePort: requestPort('fetches instructions', true),
    dcachePort: requestPort('reads and writes data', true),
  },
});

/** Parameters of every CPU. */
export type BaseCPUParams = ParamsOf<typeof baseCPUSchema>;

/**
 * What all CPU models have in common: threads and their contexts, ports, statistics, stops by
 * instruction count, and taking over from one another.
 *
 * A CPU that was `switchedOut` from the start has contexts that the system does not know; it gets a
 * place there by {@link takeOverFrom}.
 *
 * Source: gem5 `cpu/base.{hh,cc}`, `cpu/BaseCPU.py`.
 */
export abstract class BaseCPU
  extends ClockedObject
  implements ThreadContextCPU, InstructionCounter
{
  static override readonly schema = baseCPUSchema;

  declare readonly params: BaseCPUParams;
  readonly system: System;
  /** Threads of this CPU, by number. */
  readonly threadContexts: readonly ThreadContext[];
  readonly socketId: number;
  readonly instRequestorId: RequestorID;
  readonly dataRequestorId: RequestorID;
  /** Cycles before a system call that has to wait is tried again. */
  readonly syscallRetryLatency: Cycles;
  readonly baseStats: BaseCPUStats;
  /** Statistics of each thread. */
  readonly commitStats: readonly CommitCPUStats[];
  /** One that waits to take over has no thread to restore. */
  override readonly mayStartFresh: boolean;
  readonly #cpuId: number;
  /** When statistics began, unless they go on from those of a checkpoint. */
  #statsSince: Tick = 0;
  #switchedOut: boolean;

  /** @throws {FatalError} when processes and threads do not match. */
  constructor(params: BaseCPUParams) {
    super(params);
    const { numThreads, workload, system } = params;
    this.system = system;
    this.socketId = params.socketId;
    this.syscallRetryLatency = params.syscallRetryLatency;
    this.#switchedOut = params.switchedOut;
    this.mayStartFresh = params.switchedOut;
    this.#cpuId = params.cpuId === -1 ? this.#nextCpuId() : params.cpuId;
    this.instRequestorId = system.getRequestorId(this, 'inst');
    this.dataRequestorId = system.getRequestorId(this, 'data');
    if (workload.length !== 0 && workload.length !== numThreads) {
      fatal(
        `${params.name} has ${String(numThreads)} threads and ${String(workload.length)} processes; ` +
          'set workload to one process for each thread',
      );
    }
    if (numThreads !== 1 && !system.multiThread) {
      fatal(
        `${params.name} has ${String(numThreads)} threads; set multiThread of ${system.name()}`,
      );
    }
    this.threadContexts = Array.from(
      { length: numThreads },
      (_, i) => new ThreadContext(this, i, workload[i] ?? null),
    );
    this.baseStats = new BaseCPUStats(this.stats);
    const { numCycles } = this.baseStats;
    this.commitStats = this.threadContexts.map(
      ({ threadId }) => new CommitCPUStats(this.stats, threadId, numCycles),
    );
    this.baseStats.setInsts(this.commitStats.map(({ numInsts }) => numInsts));
    this.simulation.addInstructionCounter(this);
  }

  #nextCpuId(): number {
    return this.simulation.objects.filter(object => object instanceof BaseCPU && object !== this)
      .length;
  }

  /** Number of the CPU: what replaces it has the same. */
  cpuId(): number {
    return this.#cpuId;
  }

  /** Whether another CPU has taken over from this one, or it has never run. */
  switchedOut(): boolean {
    return this.#switchedOut;
  }

  /** One that is switched out has left its threads to another. */
  override get mayBeLeftOut(): boolean {
    return this.#switchedOut;
  }

  /** The memory mode that the model works in. */
  abstract memoryMode(): MemoryMode;

  /** Whether accesses to memory go past all caches, so that these must hold nothing that memory has not. */
  bypassesCaches(): boolean {
    return this.memoryMode() === 'atomic_noncaching';
  }

  /** Whether the model can take over from another one and be taken over from. */
  supportTakeOver(): boolean {
    return false;
  }

  /**
   * Checks that the system's memory mode is one that the model works in.
   *
   * @throws {FatalError} when it is not.
   */
  verifyMemoryMode(): void {
    const mode = this.system.getMemoryMode();
    if (mode !== this.memoryMode()) {
      fatal(
        `${this.name()} needs the memory mode '${this.memoryMode()}', but ` +
          `${this.system.name()} has '${mode}'; set memMode`,
      );
    }
  }

  /** Instructions that the CPU has committed since it was made, in all threads; never reset. */
  abstract totalInsts(): number;

  /** As {@link totalInsts}, for micro-operations where the model has them. */
  abstract totalOps(): number;

  /** The port that fetches instructions. */
  abstract getInstPort(): RequestPort;

  /** The port that reads and writes data. */
  abstract getDataPort(): RequestPort;

  abstract syncThreadState(threadId: number): void;

  abstract betweenInstructions(threadId: number): boolean;

  abstract userFeatures(): UserFeatures;

  /**
   * The CPUID features whose instructions the model executes; null for all that the host has. A CPU on
   * hardware shows its guest only what all models of the system execute, or it could not be switched.
   */
  cpuidFeatures(): readonly CpuidFeatureBit[] | null {
    return null;
  }

  override getPort(name: string, index: number): Port {
    if (name === 'icachePort') return this.getInstPort();
    if (name === 'dcachePort') return this.getDataPort();
    return super.getPort(name, index);
  }

  override init(): void {
    super.init();
    this.#scheduleStops();
    if (this.#switchedOut) return;
    requireProcesses(this, this.params.workload.length);
    this.#requireConnection('icachePort', this.getInstPort());
    this.#requireConnection('dcachePort', this.getDataPort());
    this.registerThreadContexts();
    this.verifyMemoryMode();
  }

  #requireConnection(property: string, port: RequestPort): void {
    if (port.isConnected) return;
    fatal(
      `port ${port.name()} is not connected; assign it a port, such as ` +
        `${this.name()}.${property} = ${this.system.name()}.membus.cpuSidePorts`,
    );
  }

  #scheduleStops(): void {
    const { maxInstsAnyThread, maxInstsAllThreads, simpointStartInsts } = this.params;
    if (maxInstsAnyThread !== 0) this.scheduleInstStopAnyThread(maxInstsAnyThread);
    this.scheduleSimpointsInstStop(simpointStartInsts);
    if (maxInstsAllThreads !== 0) {
      const cause = 'all threads reached the max instruction count';
      const remaining = { count: this.threadContexts.length };
      for (const context of this.threadContexts) {
        const event = new CountedExitEvent(this.simulation, cause, remaining);
        context.scheduleInstCountEvent(event, maxInstsAllThreads);
      }
    }
  }

  override startup(): void {
    super.startup();
    if (!this.simulation.stats.keepsAtStart) this.#statsSince = this.curTick();
    const { progressInterval } = this.params;
    if (progressInterval !== 0) new CPUProgressEvent(this, progressInterval);
  }

  /** Makes the system know the contexts, and their processes their contexts. */
  protected registerThreadContexts(): void {
    for (const context of this.threadContexts) {
      this.system.registerThreadContext(context);
      context.process?.assignThreadContext(context);
    }
  }

  /** The context of a thread. @throws {PanicError} when there is none. */
  getContext(threadId: number): ThreadContext {
    return (
      this.threadContexts[threadId] ?? panic(`${this.name()} has no thread ${String(threadId)}`)
    );
  }

  /** Cycles that a thread has waited on this CPU when it is activated. */
  protected waitedCycles({ lastSuspend }: ThreadContext): Cycles {
    return this.ticksToCycles(this.curTick() - Math.max(lastSuspend, this.#statsSince));
  }

  activateContext(_threadId: number): void {
    // A model begins to run here.
  }

  suspendContext(_threadId: number): void {
    // A model stops here.
  }

  haltContext(_threadId: number): void {
    // A model stops here.
  }

  /** Makes the model forget translations and whatever else it remembers of memory's layout. */
  flushTLBs(): void {
    // A model without any has nothing to do.
  }

  /**
   * Ends the run when a thread has committed so many instructions, counted from now.
   *
   * @param cause What the exit event says.
   */
  scheduleInstStop(threadId: number, insts: number, cause: string): void {
    const now = this.getCurrentInstCount(threadId);
    const event = new InstStopEvent(this.simulation, cause);
    this.getContext(threadId).scheduleInstCountEvent(event, now + insts);
  }

  /** Ends the run when any thread has committed so many instructions, counted from now. */
  scheduleInstStopAnyThread(insts: number): void {
    for (const { threadId } of this.threadContexts) {
      this.scheduleInstStop(threadId, insts, 'a thread reached the max instruction count');
    }
  }

  /** Ends the run at each of these instruction counts of thread 0, counted from now. */
  scheduleSimpointsInstStop(counts: readonly number[]): void {
    for (const insts of counts) this.scheduleInstStop(0, insts, 'simpoint starting point found');
  }

  /** Instructions that a thread has committed, by this CPU's count. */
  getCurrentInstCount(threadId: number): number {
    return this.getContext(threadId).getCurrentInstCount();
  }

  /** Leaves the threads to another CPU. The simulation is drained. */
  switchOut(): void {
    if (this.#switchedOut) panic(`${this.name()} is switched out already`);
    this.#switchedOut = true;
    this.flushTLBs();
  }

  /**
   * Takes over threads and ports of a CPU that was switched out. The simulation is drained.
   *
   * @throws {FatalError} when the two do not fit; see {@link checkReplaces}
   */
  takeOverFrom(old: BaseCPU): void {
    if (old === this || !this.#switchedOut || !old.switchedOut()) {
      panic(`${this.name()} can take over only while it and the other CPU are switched out`);
    }
    this.checkReplaces(old);
    this.#switchedOut = false;
    for (const [i, context] of this.threadContexts.entries()) {
      context.takeOverFrom(old.getContext(i));
      this.system.replaceThreadContext(context, context.contextId);
      context.process?.replaceThreadContext(context);
    }
    this.getInstPort().takeOverFrom(old.getInstPort());
    this.getDataPort().takeOverFrom(old.getDataPort());
  }

  /**
   * Checks that the CPU could take the place of another one.
   *
   * @throws {FatalError} when the two do not fit: other numbers of threads, other processes, or another
   *   `cpuId`
   */
  checkReplaces(old: BaseCPU): void {
    const pair = `${this.name()} cannot take over from ${old.name()}`;
    if (old.threadContexts.length !== this.threadContexts.length) {
      fatal(`${pair}: set numThreads of both to the same number`);
    }
    if (old.cpuId() !== this.cpuId()) {
      const ids = `${String(this.cpuId())} and ${String(old.cpuId())}`;
      fatal(`${pair}: set cpuId of both to the same number (they are ${ids})`);
    }
    for (const { process, threadId } of this.threadContexts) {
      if (process !== old.getContext(threadId).process) {
        fatal(`${pair}: set workload of both to the same processes`);
      }
    }
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    if (this.#switchedOut) return;
    for (const context of this.threadContexts) {
      serializeSection(checkpoint, `xc.${String(context.threadId)}`, context);
    }
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    if (this.#switchedOut) return;
    for (const context of this.threadContexts) {
      const { sectionName, contextId } = context;
      const elsewhere = checkpoint.sectionExists(sectionName)
        ? undefined
        : this.system.threads.savedSection(contextId);
      unserializeFrom(checkpoint, elsewhere ?? sectionName, context);
    }
  }
}
