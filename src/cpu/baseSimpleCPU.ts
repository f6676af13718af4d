/**
 * What the CPU models have in common that execute instructions in software, one after the other: a core,
 * the ports, statistics, and how programs get their system calls and exceptions answered.
 *
 * Source of the behaviour: gem5 `cpu/simple/base.{hh,cc}`.
 */
import {
  deliverException,
  Disassembler,
  enterSyscall,
  formatVirtual,
  RIP,
  SoftwareCore,
  softwareCpuid,
  softwareFeatures,
  Vector,
  type CoreStop,
  type CpuidFeatureBit,
  type UserFeatures,
} from '../arch/x86/index';
import { fatal, panic, warn } from '../base/index';
import type { NearestSymbol } from '../base/index';
import { RequestPort, Workload } from '../mem/index';
import { defineSchema, EventFunctionWrapper, type ParamsOf } from '../sim/index';
import { BaseCPU, baseCPUSchema } from './baseCPU';
import { FunctionTrace } from './functionTrace';
import { TracedExecution } from './tracedExecution';
import type { ThreadContext } from './threadContext';

export const baseSimpleCPUSchema = defineSchema('BaseSimpleCPU', baseCPUSchema, {
  description: 'Base class of the CPUs that execute one instruction after the other',
  abstract: true,
});

/** Parameters of a `BaseSimpleCPU`. */
export type BaseSimpleCPUParams = ParamsOf<typeof baseSimpleCPUSchema>;

/** Bytes of the memory's reserve that a core takes: eight CPUs have room. */
const CORE_BYTES = 8 * 1024 * 1024;
const SYSCALL_BYTES = 2;

class SimpleCPUPort extends RequestPort {}

/** A CPU with one thread, executed in software. */
export abstract class BaseSimpleCPU extends BaseCPU {
  static override readonly schema = baseSimpleCPUSchema;
  declare readonly params: BaseSimpleCPUParams;
  readonly #instPort: SimpleCPUPort;
  readonly #dataPort: SimpleCPUPort;
  readonly #traced: TracedExecution;
  #core: SoftwareCore | null = null;
  #generation = -1;
  #insts = 0;

  /** @throws {FatalError} when it has more than one thread */
  constructor(params: BaseSimpleCPUParams) {
    super(params);
    if (params.numThreads !== 1) {
      fatal(`${params.name} has one thread; set numThreads = 1 and add CPUs instead`);
    }
    this.#instPort = new SimpleCPUPort(`${params.name}.icache_port`, this);
    this.#traced = new TracedExecution(this);
    this.#dataPort = new SimpleCPUPort(`${params.name}.dcache_port`, this);
  }

  override getInstPort(): RequestPort {
    return this.#instPort;
  }

  override getDataPort(): RequestPort {
    return this.#dataPort;
  }

  override totalInsts(): number {
    return this.#insts;
  }

  /** An instruction is one operation here. */
  override totalOps(): number {
    return this.#insts;
  }

  override supportTakeOver(): boolean {
    return true;
  }

  /** The only thread. */
  get thread(): ThreadContext {
    return this.getContext(0);
  }

  override syncThreadState(_threadId: number): void {
    // Between runs the registers are where everybody looks for them.
  }

  override userFeatures(): UserFeatures {
    return { fsgsbase: true, xcr0: 0 };
  }

  override cpuidFeatures(): readonly CpuidFeatureBit[] {
    return softwareFeatures;
  }

  override init(): void {
    super.init();
    this.#core = this.#makeCore();
  }

  override startup(): void {
    super.startup();
    const { functionTrace, functionTraceStart } = this.params;
    if (!functionTrace) return;
    const begin = (): void => {
      const directory = this.simulation.host.makeOutputDirectory();
      const find = (address: number): NearestSymbol | null =>
        this.thread.process?.symbolAt(address) ?? null;
      this.#traced.functions = new FunctionTrace(directory, this.name(), functionTraceStart, find);
    };
    if (functionTraceStart <= this.curTick()) begin();
    else this.schedule(new EventFunctionWrapper(begin, this.name(), true), functionTraceStart);
  }

  override dispose(): void {
    this.#traced.functions?.close();
    super.dispose();
  }

  #makeCore(): SoftwareCore {
    const stores = this.system.physicalMemory.getBackingStore().filter(store => store.inAddrMap);
    const [store] = stores;
    if (store === undefined || stores.length > 1) {
      return fatal(`${this.name()} needs a system whose memory is one range of addresses`);
    }
    const { wasmMemory, reserve, range } = store;
    if (wasmMemory === null || reserve === null) {
      return fatal(
        `${this.name()} needs memory that generated code can address: at most 4032MiB, neither ` +
          'shared nor without reserve',
      );
    }
    const base = reserve.take(CORE_BYTES);
    if (base < 0) fatal(`${this.name()}: a system has room for eight CPUs of this kind`);
    return new SoftwareCore(
      {
        ...{ wasm: wasmMemory, base, bytes: CORE_BYTES },
        ...{ guestStart: range.start, guestBytes: range.size },
      },
      {
        cpuid: softwareCpuid(this.cpuId()),
        processor: this.cpuId(),
        timestampAfter: instructions => BigInt(this.curCycle() + this.#traced.done + instructions),
      },
    );
  }

  /** What executes instructions. @throws {PanicError} before `init` */
  get core(): SoftwareCore {
    return this.#core ?? panic(`${this.name()} was used before it was initialised`);
  }

  /** Executes instructions of the thread, at most so many. `core.executed` says how many it were. */
  protected execute(instructions: number): CoreStop {
    const { core, thread } = this;
    if (core.state !== thread.state) {
      core.attach(thread.state);
      this.#generation = this.#currentGeneration();
    } else if (this.#generation !== this.#currentGeneration()) {
      this.#generation = this.#currentGeneration();
      core.forget();
    }
    const stop = this.#traced.isOn ? this.#traced.run(instructions) : core.run(instructions);
    this.countInsts(core.executed);
    return stop;
  }

  #currentGeneration(): number {
    return this.thread.state.entryHook?.pageTableGeneration ?? 0;
  }

  /** Notes that instructions have been committed. */
  protected countInsts(count: number): void {
    this.#insts += count;
    const [stats] = this.commitStats;
    if (stats === undefined) return;
    stats.numInsts.value += count;
    stats.numOps.value += count;
  }

  /** Has the operating system answer what execution stopped for. */
  protected serve(stop: CoreStop): void {
    const { core, thread } = this;
    const { state } = thread;
    const { workload } = this.system;
    if (!(workload instanceof Workload)) panic(`${this.name()}: nobody answers the program`);
    this.#traced.served(stop);
    if (stop === 'exception') {
      if (core.exception.vector === Vector.UD) this.#warnOfUndefined();
      deliverException(state, core.memory, core.exception);
    } else if (stop === 'syscall') {
      this.countInsts(1);
      enterSyscall(state, state.gprNumber(RIP) + SYSCALL_BYTES);
    }
    workload.event(thread);
    core.noteForeignStores();
  }

  /** Says which instruction it is that this model does not have, or that does not exist. */
  #warnOfUndefined(): void {
    const rip = this.thread.state.gprNumber(RIP);
    const bytes = this.core.codeBytes(rip);
    // `ud2` is meant.
    if (bytes[0] === 0x0f && bytes[1] === 0x0b) return;
    const text = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');
    const meaning = new Disassembler().disassemble(bytes, BigInt(rip))?.text ?? 'no instruction';
    const where = `${this.name()}: undefined instruction at ${formatVirtual(rip)}`;
    warn(`${where}: ${text} (${meaning})`);
  }

  override switchOut(): void {
    super.switchOut();
    this.#core?.detach();
  }

  override flushTLBs(): void {
    const core = this.#core;
    if (core !== null && core.state !== null) core.forget();
  }
}
