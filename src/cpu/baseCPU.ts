/**
 * What every CPU model has: threads, ports, a place in its system, and the way in which one model
 * takes over from another.
 *
 * Source of the behaviour: gem5 `cpu/base.hh`, `cpu/base.cc`, `cpu/BaseCPU.py`.
 */
import { X86ThreadState } from '../arch/x86/index';
import { fatal, panic, type RequestorID } from '../base/index';
import type { MemoryMode, RequestPort, System } from '../mem/index';
import {
  add,
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  div,
  param,
  Parent,
  requestPort,
  vectorParam,
  type InstructionCounter,
  type ParamsOf,
  type Port,
} from '../sim/index';
import type { CpuProcess } from './cpuProcess';
import { BaseCPUStats, CommitStats } from './cpuStats';
import { ThreadContext } from './threadContext';

export const baseCPUSchema = defineSchema('BaseCPU', clockedObjectSchema, {
  description: 'Base class of all CPU models',
  abstract: true,
  params: {
    system: param.SimObject<System>('System', Parent.any, 'system that the CPU belongs to'),
    cpuId: param.Int(-1, 'number of the CPU, -1 for the next free one'),
    numThreads: param.Unsigned(1, 'hardware threads of the CPU', { outputName: 'numThreads' }),
    workload: vectorParam.SimObject<CpuProcess>('Process', [], 'process of each thread'),
    switchedOut: param.Bool(false, 'whether the CPU starts out of use, to be switched in later'),
  },
  ports: {
    icachePort: requestPort('instruction fetches'),
    dcachePort: requestPort('data accesses'),
  },
});

export type BaseCPUParams = ParamsOf<typeof baseCPUSchema>;

/** Base class of all CPU models. */
export abstract class BaseCPU extends ClockedObject implements InstructionCounter {
  static override readonly schema = baseCPUSchema;
  readonly system: System;
  readonly numThreads: number;
  /** The threads, by number. */
  readonly threads: readonly ThreadContext[];
  readonly baseStats: BaseCPUStats;
  /** Statistics of committed instructions, by thread. */
  readonly commitStats: readonly CommitStats[];
  /** The ids by which memory knows this CPU's fetches and data accesses. */
  readonly instRequestorId: RequestorID;
  readonly dataRequestorId: RequestorID;
  readonly #requestedId: number;
  #cpuId = -1;
  #switchedOut: boolean;

  constructor(params: BaseCPUParams) {
    super(params);
    const { system, numThreads, workload } = params;
    if (numThreads < 1) fatal(`${params.name}: a CPU has at least one thread`);
    if (workload.length !== 0 && workload.length !== numThreads) {
      fatal(
        `${params.name}: ${String(workload.length)} processes for ${String(numThreads)} threads; ` +
          'give the CPU one process for each of its threads',
      );
    }
    this.system = system;
    this.numThreads = numThreads;
    this.#requestedId = params.cpuId;
    this.#switchedOut = params.switchedOut;
    this.instRequestorId = system.getRequestorId(this, 'inst');
    this.dataRequestorId = system.getRequestorId(this, 'data');
    this.threads = Array.from(
      { length: numThreads },
      (_, id) => new ThreadContext(this, id, workload[id] ?? null, new X86ThreadState()),
    );
    this.baseStats = new BaseCPUStats(this.stats);
    this.commitStats = this.threads.map(
      thread => new CommitStats(this.stats, thread.threadId, this.baseStats.numCycles),
    );
    this.#setRateFormulas();
    this.simulation.addInstructionCounter(this);
  }

  #setRateFormulas(): void {
    const [first, ...others] = this.commitStats.map(stats => stats.numInsts);
    if (first === undefined) return;
    const insts = others.reduce(add, add(first, 0));
    this.baseStats.cpi.set(div(this.baseStats.numCycles, insts));
    this.baseStats.ipc.set(div(insts, this.baseStats.numCycles));
  }

  /** The port for instruction fetches. */
  abstract getInstPort(): RequestPort;

  /** The port for data accesses. */
  abstract getDataPort(): RequestPort;

  /** How this model wants the memory system to be used. */
  abstract memoryMode(): MemoryMode;

  /** Whether `m5.switchCpus` can bring this model in and out. */
  supportTakeOver(): boolean {
    return true;
  }

  /** Number of the CPU in its system, from 0. Known from init() on. */
  cpuId(): number {
    return this.#cpuId;
  }

  /** Whether the CPU is out of use. */
  switchedOut(): boolean {
    return this.#switchedOut;
  }

  /** The context of one of the CPU's threads, with its registers up to date. */
  getContext(threadId: number): ThreadContext {
    return this.thread(threadId);
  }

  /** One of the CPU's threads. */
  protected thread(threadId: number): ThreadContext {
    return this.threads[threadId] ?? panic(`${this.name()} has no thread ${String(threadId)}`);
  }

  override getPort(name: string, index: number): Port {
    if (name === 'icachePort') return this.getInstPort();
    if (name === 'dcachePort') return this.getDataPort();
    return super.getPort(name, index);
  }

  override init(): void {
    super.init();
    this.#cpuId = this.#requestedId >= 0 ? this.#requestedId : this.#nextCpuId();
    if (this.#switchedOut) return;
    this.verifyMemoryMode();
    for (const thread of this.threads) {
      this.system.registerThreadContext(thread);
      thread.process?.assignThreadContext(thread);
    }
  }

  /** CPUs that ask for no number get the smallest free one, in order of construction. */
  #nextCpuId(): number {
    const cpus = this.simulation.objects.filter(object => object instanceof BaseCPU);
    const taken = new Set(
      cpus.filter(cpu => cpu.system === this.system).flatMap(cpu => [cpu.cpuId(), cpu.#requestedId]),
    );
    let id = 0;
    while (taken.has(id)) id++;
    return id;
  }

  /** @throws {FatalError} when the memory system is in a mode that this model cannot use. */
  verifyMemoryMode(): void {
    const mode = this.system.getMemoryMode();
    if (mode === this.memoryMode()) return;
    fatal(
      `${this.name()} needs the memory system in mode '${this.memoryMode()}', not '${mode}'; ` +
        `set ${this.system.name()}.memMode = '${this.memoryMode()}'`,
    );
  }

  /** A thread begins to run. */
  abstract activateContext(threadId: number): void;

  /** A thread begins to wait. */
  abstract suspendContext(threadId: number): void;

  /** A thread has ended. Like waiting, but for ever. */
  haltContext(threadId: number): void {
    this.suspendContext(threadId);
  }

  /** Something has happened that a waiting thread may want to see. */
  abstract wakeup(threadId: number): void;

  abstract totalInsts(): number;

  abstract totalOps(): number;

  /** Takes the CPU out of use; the system is drained. */
  switchOut(): void {
    if (this.#switchedOut) panic(`${this.name()} is switched out already`);
    this.#switchedOut = true;
  }

  /**
   * Takes the place of another CPU, which is switched out: its threads, with their registers where
   * they lie, its number and the peers of its ports.
   */
  takeOverFrom(old: BaseCPU): void {
    if (!this.#switchedOut) panic(`${this.name()} cannot take over: it is in use`);
    if (old.numThreads !== this.numThreads) {
      fatal(
        `${this.name()} cannot take over from ${old.name()}: they have ${String(this.numThreads)} ` +
          `and ${String(old.numThreads)} threads`,
      );
    }
    this.#switchedOut = false;
    this.#cpuId = old.cpuId();
    for (const thread of this.threads) {
      thread.takeOverFrom(old.thread(thread.threadId));
      this.system.replaceThreadContext(thread, thread.contextId);
    }
    this.getInstPort().takeOverFrom(old.getInstPort());
    this.getDataPort().takeOverFrom(old.getDataPort());
  }
}
