/**
 * What a KVM CPU has: a vCPU, the ports of a CPU, and the registers of its thread, which are either
 * here or in the vCPU. What it does with them is in `baseKvmCPU.ts`.
 *
 * Sources of the behaviour: gem5 `cpu/kvm/base.hh`, `cpu/kvm/base.cc`.
 */
import { dprintf, fatal, inform, panic, warn } from '../base/index';
import { BaseCPU, ExecEnable, type ThreadContext } from '../cpu/index';
import type { MemoryMode, SystemThreadContext } from '../mem/index';
import { EventFunctionWrapper } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import { baseKvmCPUSchema, type BaseKvmCPUParams } from './baseKvmCPUSchema';
import type { CoalescedRing } from './coalescedRing';
import { KvmTimer } from './debugFlags';
import { KvmCpuPort, KvmInstPort } from './kvmCpuPort';
import { KvmEngine, type KvmEngineParts } from './kvmEngine';
import { KvmVM, type KvmVMMember } from './kvmVM';
import type { VcpuPort } from './vcpu';

/** A CPU with one thread and a vCPU for it. */
export abstract class KvmCPUCore extends BaseCPU implements KvmVMMember {
  static override readonly schema = baseKvmCPUSchema;
  declare readonly params: BaseKvmCPUParams;

  readonly #dataPort: KvmCpuPort;
  readonly #instPort: KvmInstPort;
  readonly #restartEvent: EventFunctionWrapper;
  #vm: KvmVM | null = null;
  #vcpuID = -1;
  #engine: KvmEngine | null = null;
  /** Whether the vCPU has run since the thread's registers were brought here. */
  #kvmStateDirty = false;

  constructor(params: BaseKvmCPUParams) {
    super(params);
    this.#checkParams();
    this.#dataPort = new KvmCpuPort(`${params.name}.dcache_port`, this);
    this.#instPort = new KvmInstPort(`${params.name}.icache_port`, this);
    this.#restartEvent = new EventFunctionWrapper(() => {
      this.engine.restart();
    }, `${params.name}.restart`);
  }

  #checkParams(): void {
    const { name, usePerf, usePerfOverflow, numThreads } = this.params;
    if (usePerfOverflow && !usePerf) {
      fatal(`${name}: usePerfOverflow needs usePerf; set both or neither`);
    }
    if (numThreads !== 1) {
      fatal(`${name}: a KVM CPU has one thread; set numThreads = 1 and add CPUs instead`);
    }
  }

  /** The VM. @throws {PanicError} before init() */
  get vm(): KvmVM {
    return this.#vm ?? panic(`${this.name()} has no VM yet`);
  }

  /** The only thread. */
  get thread(): ThreadContext {
    return super.getContext(0);
  }

  /** Lets the thread, which waits, run on. */
  protected wakeThread(): void {
    this.system.threads.wake(this.thread.contextId);
  }

  /** Number of the vCPU in its VM. */
  getVCpuID(): number {
    return this.#vcpuID;
  }

  abstract readonly isRunning: boolean;
  abstract readonly isWaiting: boolean;

  hasContext(context: SystemThreadContext): boolean {
    return !this.switchedOut() && context === this.thread;
  }

  override getDataPort(): KvmCpuPort {
    return this.#dataPort;
  }

  override getInstPort(): KvmInstPort {
    return this.#instPort;
  }

  override memoryMode(): MemoryMode {
    return 'atomic_noncaching';
  }

  /**
   * Checks that accesses go past all caches, of which the guest's own know nothing. In timing mode
   * devices take their time; there a KVM CPU and caches do not go together.
   *
   * @throws {FatalError} when they do not
   */
  override verifyMemoryMode(): void {
    if (!this.system.isTimingMode()) super.verifyMemoryMode();
  }

  override supportTakeOver(): boolean {
    return true;
  }

  override init(): void {
    const vm = this.system.getKvmVM();
    if (!(vm instanceof KvmVM)) {
      fatal(`${this.name()} needs a VM: set ${this.system.name()}.kvmVm = new KvmVM()`);
    }
    this.#vm = vm;
    this.#vcpuID = vm.allocVCPUID();
    vm.addMember(this);
    super.init();
  }

  override startup(): void {
    super.startup();
    if (ExecEnable.enabled && !this.switchedOut()) {
      warn(`${this.name()}: KVM shows no instructions to trace; use a software CPU for ExecEnable`);
    }
    this.#makeEngine();
    this.#scheduleRestart();
  }

  /** Has signals and timer set up by an event, and so on the thread that services events. */
  #scheduleRestart(): void {
    if (!this.#restartEvent.scheduled) this.schedule(this.#restartEvent, this.curTick());
  }

  /** Makes the vCPU. The VM maps its memory first if this is its first CPU. */
  #makeEngine(): void {
    this.vm.cpuStartup();
    const vcpu = this.createVCPU();
    if (KvmTimer.enabled) {
      dprintf(KvmTimer, this.curTick(), this.name(), `Simulated time is that of ${vcpu.clock}`);
    }
    const { name, hostFactor, hostFreq, usePerf, usePerfOverflow } = this.params;
    const ticksPerNs = this.simulation.ticksPerSecond / 1e9;
    this.#engine = new KvmEngine({
      ...{ name, vcpu, hostFactor, hostFreq, ticksPerNs, usePerf, usePerfOverflow },
      ring: this.#coalescedRing(vcpu),
      immediateExit: this.vm.kvm.capImmediateExit(),
      ...this.engineParts(),
    });
    this.startVCPU(vcpu);
  }

  /** Makes the vCPU; a test makes another. */
  protected createVCPU(): VcpuPort {
    return this.vm.createVCPU(this.#vcpuID);
  }

  /** What runs the vCPU; a test puts doubles there. */
  protected engineParts(): KvmEngineParts {
    return {};
  }

  #coalescedRing(vcpu: VcpuPort): CoalescedRing | null {
    if (!this.params.useCoalescedMMIO) return null;
    const page = this.vm.kvm.capCoalescedMMIO();
    if (page !== 0) return vcpu.coalescedRing(page);
    inform('KVM: Coalesced MMIO is not supported by the host');
    return null;
  }

  /** Whether there is a vCPU: from startup on, and not between a fork and the next run. */
  protected get hasEngine(): boolean {
    return this.#engine !== null;
  }

  /** The vCPU and what runs it. @throws {PanicError} when there is none */
  protected get engine(): KvmEngine {
    return this.#engine ?? panic(`${this.name()} was used before it had a vCPU`);
  }

  override drainResume(): void {
    if (this.switchedOut()) return;
    this.verifyMemoryMode();
    if (this.#engine === null) this.#makeEngine();
    this.#scheduleRestart();
  }

  /** In the child of a fork: a vCPU belongs to the process that made it. */
  override notifyFork(): void {
    this.#engine?.dispose();
    this.#engine = null;
  }

  /** What the architecture has besides the thread's registers. */
  protected abstract savedPart(): Serializable;

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    this.savedPart().serialize(checkpoint);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.savedPart().unserialize(checkpoint);
  }

  override dispose(): void {
    this.#engine?.dispose();
    this.#engine = null;
    super.dispose();
  }

  // The thread's registers

  /** Takes a new vCPU into use. */
  protected abstract startVCPU(vcpu: VcpuPort): void;
  /** Whether the thread was changed here since the vCPU last got it. */
  protected abstract get threadContextDirty(): boolean;
  /** Has the vCPU get the whole thread at the next entry; its registers are here. */
  protected abstract markThreadContextDirty(): void;
  /** Gives the vCPU what was changed in the thread. */
  protected abstract updateKvmState(): void;
  /** Brings the registers of a vCPU that has run here. */
  protected abstract updateThreadContext(): void;
  /** Brings all there is here, so that the vCPU is not needed any longer. */
  protected abstract fetchWholeState(): void;
  /** The thread's state as lines of text. */
  abstract dumpLines(): string[];

  override syncThreadState(_threadId = 0): void {
    if (!this.#kvmStateDirty) return;
    this.#checkDirtyFlags();
    this.updateThreadContext();
    this.#kvmStateDirty = false;
  }

  /** Notes that the vCPU has run, and so has newer registers. */
  protected markKvmStateDirty(): void {
    this.#kvmStateDirty = true;
  }

  /** Gives the vCPU what was changed in the thread. */
  protected syncKvmState(): void {
    if (!this.threadContextDirty) return;
    this.#checkDirtyFlags();
    this.updateKvmState();
  }

  #checkDirtyFlags(): void {
    if (this.#kvmStateDirty && this.threadContextDirty) {
      panic(`${this.name()}: the thread was changed while the vCPU had newer registers`);
    }
  }

  override getContext(threadId: number): ThreadContext {
    const context = super.getContext(threadId);
    this.syncThreadState();
    return context;
  }

  /** Writes the state of the thread to the log. */
  dump(): void {
    for (const line of this.dumpLines()) inform(line);
  }

  /** Every access in timing mode has been answered. */
  abstract finishMMIOPending(): void;
}
