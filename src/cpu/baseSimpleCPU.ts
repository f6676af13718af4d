/**
 * What the CPU models have in common that execute instructions in software, one after the other: a core,
 * the ports, statistics, and how programs get their system calls and exceptions answered.
 *
 * Source of the behaviour: gem5 `cpu/simple/base.{hh,cc}`.
 */
import {
  enableComponents,
  deliverException,
  Disassembler,
  enterSyscall,
  formatVirtual,
  Msr,
  RAX,
  RIP,
  softwareCpuid,
  softwareFeatures,
  Vector,
  XFeature,
  type BaseCore,
  type CoreMemoryOptions,
  type CoreStop,
  type CoreSurroundings,
  type CpuidFeatureBit,
  type LoggedAccess,
  type UserFeatures,
} from '../arch/x86/index';
import { fatal, panic, warn } from '../base/index';
import type { Cycles, NearestSymbol, Tick } from '../base/index';
import { requireCompilingChildren } from '../host/index';
import { RequestPort, Workload, type Packet } from '../mem/index';
import {
  defineSchema,
  EventFunctionWrapper,
  type CheckpointIn,
  type CheckpointOut,
  type ParamsOf,
} from '../sim/index';
import { AccessPackets } from './accessPackets';
import { BaseCPU, baseCPUSchema } from './baseCPU';
import { coreMemory } from './coreMemory';
import { withoutAvx512 } from './foreignState';
import type { CommitCPUStats } from './cpuStats';
import { FunctionTrace } from './functionTrace';
import { InstKindStats } from './instKindStats';
import { accessM5op } from './pseudoInst/m5opAccess';
import { TracedExecution } from './tracedExecution';
import type { ThreadContext } from './threadContext';

export const baseSimpleCPUSchema = defineSchema('BaseSimpleCPU', baseCPUSchema, {
  description: 'Base class of the CPUs that execute one instruction after the other',
  abstract: true,
});

/** Parameters of a `BaseSimpleCPU`. */
export type BaseSimpleCPUParams = ParamsOf<typeof baseSimpleCPUSchema>;

const SYSCALL_BYTES = 2;

/** Who takes what comes back to a port in timing mode. */
export interface PortReceiver {
  /** A response has come. @returns whether it is taken */
  recvTimingResp(pkt: Packet): boolean;
  /** A request that was refused may be sent again. */
  recvReqRetry(): void;
}

class SimpleCPUPort extends RequestPort {
  receiver: PortReceiver | null = null;

  override recvTimingResp(pkt: Packet): boolean {
    return this.receiver === null ? super.recvTimingResp(pkt) : this.receiver.recvTimingResp(pkt);
  }

  override recvReqRetry(): void {
    if (this.receiver === null) super.recvReqRetry();
    else this.receiver.recvReqRetry();
  }
}

/** The port of data hears of what others do to memory, as gem5's does; nothing here depends on it. */
class SimpleCPUDataPort extends SimpleCPUPort {
  override isSnooping(): boolean {
    return true;
  }

  override recvAtomicSnoop(): Tick {
    return 0;
  }

  override recvFunctionalSnoop(): void {
    // No data is held back here.
  }

  override recvTimingSnoopReq(): void {
    // Nor in timing mode.
  }
}

/** A CPU with one thread, executed in software. */
export abstract class BaseSimpleCPU<Core extends BaseCore = BaseCore> extends BaseCPU {
  static override readonly schema = baseSimpleCPUSchema;
  declare readonly params: BaseSimpleCPUParams;
  /** The only thread. */
  readonly thread: ThreadContext;
  protected readonly instPort: SimpleCPUPort;
  protected readonly dataPort: SimpleCPUPort;
  /** What is traced of the instructions. */
  protected readonly traced: TracedExecution;
  readonly #commit: CommitCPUStats;
  readonly #kinds: InstKindStats;
  #core: Core | null = null;
  #packets: AccessPackets | null = null;
  #generation = -1;
  /** What the time stamp counter of the thread is ahead of the CPU's cycles. */
  #timestampBase = 0n;
  #insts = 0;
  /** What RAX is when the instruction that executes a pseudo-instruction is complete. */
  #pseudoResult: bigint | null = null;

  /** @throws {FatalError} when it has more than one thread */
  constructor(params: BaseSimpleCPUParams) {
    super(params);
    if (params.numThreads !== 1) {
      fatal(`${params.name} has one thread; set numThreads = 1 and add CPUs instead`);
    }
    this.thread = this.getContext(0);
    this.instPort = new SimpleCPUPort(`${params.name}.icache_port`, this);
    this.dataPort = new SimpleCPUDataPort(`${params.name}.dcache_port`, this);
    this.traced = new TracedExecution(this);
    const [commit] = this.commitStats;
    if (commit === undefined) panic(`${params.name} has no thread`);
    this.#commit = commit;
    this.#kinds = new InstKindStats(this.stats, commit, 0);
  }

  override getInstPort(): RequestPort {
    return this.instPort;
  }

  override getDataPort(): RequestPort {
    return this.dataPort;
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

  override syncThreadState(_threadId: number): void {
    this.#core?.settle();
  }

  override userFeatures(): UserFeatures {
    return { fsgsbase: true, xcr0: XFeature.X87 | XFeature.SSE | XFeature.AVX };
  }

  override cpuidFeatures(): readonly CpuidFeatureBit[] {
    return softwareFeatures;
  }

  override init(): void {
    super.init();
    this.#core = this.makeCore(coreMemory(this.system, this.name()), {
      cpuid: softwareCpuid(this.cpuId()),
      processor: this.cpuId(),
      timestampAfter: instructions => this.#timestampAfter(this.traced.done + instructions),
    });
    this.#packets = new AccessPackets({
      ...{ port: this.dataPort, requestorId: this.dataRequestorId },
      ...{ lineBytes: this.system.cacheLineSize(), data: this.#core.memory.bytes },
      isMemory: address => this.system.isMemAddr(address),
    });
  }

  override startup(): void {
    super.startup();
    const { functionTrace, functionTraceStart } = this.params;
    if (!functionTrace) return;
    const begin = (): void => this.#traceFunctions(functionTraceStart);
    if (functionTraceStart <= this.curTick()) begin();
    else this.schedule(new EventFunctionWrapper(begin, this.name(), true), functionTraceStart);
  }

  #traceFunctions(from: Tick): void {
    const directory = this.simulation.host.makeOutputDirectory();
    const find = (address: number): NearestSymbol | null =>
      this.thread.process?.symbolAt(address) ?? null;
    this.traced.functions = new FunctionTrace(directory, this.name(), from, find);
  }

  // The time stamp counter

  #timestampAfter(cycles: Cycles): bigint {
    return BigInt.asUintN(64, this.#timestampBase + BigInt(this.curCycle() + cycles));
  }

  /** Counts on from what the thread's counter was when it came here, or was saved. */
  #continueTimestamp(): void {
    if (this.switchedOut()) return;
    this.#timestampBase = this.thread.state.msr(Msr.TSC) - BigInt(this.curCycle());
  }

  /** Leaves the counter where whoever has the thread next looks for it. */
  #saveTimestamp(): void {
    if (!this.switchedOut()) this.thread.state.setMsr(Msr.TSC, this.#timestampAfter(0));
  }

  override serialize(checkpoint: CheckpointOut): void {
    this.#saveTimestamp();
    super.serialize(checkpoint);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#continueTimestamp();
  }

  override dispose(): void {
    this.traced.functions?.close();
    super.dispose();
  }

  /** Makes what executes the thread. */
  protected abstract makeCore(memory: CoreMemoryOptions, surroundings: CoreSurroundings): Core;

  /** What executes instructions. @throws {PanicError} before `init` */
  get core(): Core {
    return this.#core ?? panic(`${this.name()} was used before it was initialised`);
  }

  /** Has the core execute this thread, by the page tables as they are now. To be called before it runs. */
  protected prepareCore(): void {
    const { core, thread } = this;
    const { state } = thread;
    if (core.state !== state) {
      // A program that comes from a KVM CPU may have seen AVX in a processor whose CPUID KVM leaves as
      // it is, though nothing was switched on for it.
      if (thread.process !== null) enableComponents(state, this.userFeatures().xcr0);
      core.attach(state);
      this.#generation = this.#currentGeneration();
    } else if (this.#generation !== this.#currentGeneration()) {
      this.#generation = this.#currentGeneration();
      core.forget();
    }
  }

  #currentGeneration(): number {
    return this.thread.state.entryHook?.pageTableGeneration ?? 0;
  }

  /** Notes what the core has executed. */
  protected countExecuted(): void {
    const { core } = this;
    this.#countInsts(core.executed);
    this.#kinds.add(core);
  }

  #countInsts(count: number): void {
    this.#insts += count;
    this.#commit.numInsts.value += count;
    this.#commit.numOps.value += count;
  }

  /** Executes the pseudo-instruction that an access stands for. @returns false when it stands for none */
  protected executePseudoInst(access: LoggedAccess, isWrite: boolean): boolean {
    const { m5opRange } = this.system;
    if (!m5opRange.contains(access.address)) return false;
    const { buffer, bytes } = access;
    const data = this.core.memory.bytes.subarray(buffer, buffer + bytes);
    const { state } = this.thread;
    const before = state.gpr(RAX);
    accessM5op(this.thread, access.address - m5opRange.start, data, isWrite);
    // A load is executed once more with its bytes, and may have its address in RAX.
    const result = state.gpr(RAX);
    if (isWrite || result === before) return true;
    state.setGpr(RAX, before);
    this.#pseudoResult = result;
    return true;
  }

  /** An instruction is complete: now the result of its pseudo-instruction shows. */
  protected completePseudoInst(): void {
    if (this.#pseudoResult === null) return;
    this.thread.state.setGpr(RAX, this.#pseudoResult);
    this.#pseudoResult = null;
  }

  /** Accesses of the thread as packets. */
  protected get packets(): AccessPackets {
    return this.#packets ?? panic(`${this.name()} was used before it was initialised`);
  }

  /** Has the operating system answer what execution stopped for. */
  protected serve(stop: CoreStop): void {
    const { core, thread } = this;
    const state = thread.registers();
    const { workload } = this.system;
    if (!(workload instanceof Workload)) panic(`${this.name()}: nobody answers the program`);
    this.traced.served(stop);
    if (stop === 'exception') {
      if (core.exception.vector === Vector.UD) this.#warnOfUndefined();
      deliverException(state, core.memory, core.exception);
    } else if (stop === 'syscall') {
      this.#countInsts(1);
      enterSyscall(state, state.gprNumber(RIP) + SYSCALL_BYTES);
    }
    workload.event(thread);
    core.noteForeignStores();
  }

  /** Says which instruction it is that this model does not have, or that does not exist. */
  #warnOfUndefined(): void {
    const rip = this.thread.state.gprNumber(RIP);
    const bytes = this.core.codeBytes(rip);
    // `ud2` is meant, and gem5's instruction for pseudo-instructions is answered.
    if (bytes[0] === 0x0f && (bytes[1] === 0x0b || bytes[1] === 0x04)) return;
    const text = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');
    const meaning = new Disassembler().disassemble(bytes, BigInt(rip))?.text ?? 'no instruction';
    const where = `${this.name()}: undefined instruction at ${formatVirtual(rip)}`;
    const advice =
      bytes[0] === 0x62 ? `; keep the program from AVX-512: --env ${withoutAvx512}` : '';
    warn(`${where}: ${text} (${meaning})${advice}`);
  }

  /** @throws {ForkError} when generated code could not be compiled in the child */
  override prepareFork(): void {
    super.prepareFork();
    requireCompilingChildren();
  }

  /** In the child of a fork: what it does belongs into its own output directory. */
  override notifyFork(): void {
    super.notifyFork();
    if (this.traced.functions === null) return;
    this.traced.functions.close();
    this.#traceFunctions(this.curTick());
  }

  override switchOut(): void {
    this.#saveTimestamp();
    super.switchOut();
    this.#core?.detach();
  }

  override takeOverFrom(old: BaseCPU): void {
    super.takeOverFrom(old);
    this.#continueTimestamp();
  }

  override flushTLBs(): void {
    const core = this.#core;
    if (core !== null && core.state !== null) core.forget();
  }
}
