/**
 * An x86-64 CPU whose instructions are executed by the host's processor, through KVM.
 *
 * Sources of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc`, `arch/x86/kvm/X86KvmCPU.py`.
 */
import {
  CpuidFeature,
  dumpFpuRegs,
  dumpIntRegs,
  dumpSpecRegs,
  findCpuidLeaf,
  hasCpuidFeature,
  MpState,
  RegisterSet,
  registerSetNames,
  trapPort,
  XFeature,
  type CpuidLeaf,
  type DeliveryMode,
  type Interrupt,
  type UserFeatures,
  type X86ThreadState,
} from '../arch/x86/index';
import { dprintf, fatal, inform, panic, warn } from '../base/index';
import type { DebugFlag, Tick } from '../base/index';
import { BaseCPU } from '../cpu/index';
import { Workload } from '../mem/index';
import { defineSchema, param, type ParamsOf } from '../sim/index';
import type { Serializable } from '../sim/index';
import { kvmVcpuEvents } from './abiVcpu';
import { BaseKvmCPU } from './baseKvmCPU';
import { baseKvmCPUSchema } from './baseKvmCPUSchema';
import { KvmContext, KvmInt, KvmIO } from './debugFlags';
import type { IoExit } from './exits';
import { KvmUnavailableError } from './kvmError';
import { guestCpuid } from './guestCpuid';
import { PortAccess } from './portAccess';
import type { VcpuPort } from './vcpu';
import { dumpAll, dumpDebugRegs, dumpMSRs, dumpVCpuEvents, dumpXCRs, dumpXSave } from './x86Dump';
import { waitsForStartup, X86Interrupts, type InterruptedCPU } from './x86Interrupts';
import { X86StateSync } from './x86StateSync';

export const x86KvmCPUSchema = defineSchema('X86KvmCPU', baseKvmCPUSchema, {
  description: 'x86-64 CPU that KVM executes',
  params: {
    useXSave: param.Bool(true, 'carry the whole XSAVE area, not just x87 and SSE', {
      outputName: 'useXSave',
    }),
  },
});

/** Parameters of an `X86KvmCPU`. */
export type X86KvmCPUParams = ParamsOf<typeof x86KvmCPUSchema>;

/** State components that fit into the 4096 bytes of a thread's XSAVE area. */
const CARRIED_COMPONENTS =
  XFeature.X87 |
  XFeature.SSE |
  XFeature.AVX |
  XFeature.Opmask |
  XFeature.ZmmHi256 |
  XFeature.Hi16Zmm;

/** Longest run, in simulated seconds, while a drain waits for the guest to take what is on its way. */
const DRAIN_SECONDS = 1e-3;

const EVENTS_IN_FLIGHT = [
  kvmVcpuEvents.offset['exception.injected'],
  kvmVcpuEvents.offset['interrupt.injected'],
  kvmVcpuEvents.offset['nmi.injected'],
  kvmVcpuEvents.offset['nmi.pending'],
];

/** An x86-64 CPU under KVM. */
export class X86KvmCPU extends BaseKvmCPU {
  static override readonly schema = x86KvmCPUSchema;
  declare readonly params: X86KvmCPUParams;

  #sync: X86StateSync | null = null;
  #useXSave = false;
  readonly #ports: PortAccess;
  readonly #interrupts: X86Interrupts;
  /** Whether the local APIC is in the kernel, which then knows of every interrupt. */
  #kernelChip = false;
  readonly #mpState = new Uint8Array(4);

  constructor(params: X86KvmCPUParams) {
    super(params);
    this.#ports = new PortAccess((address, data, isWrite) =>
      this.doMMIOAccess(address, data, isWrite),
    );
    this.#interrupts = new X86Interrupts(this.#interruptedCPU());
  }

  #interruptedCPU(): InterruptedCPU {
    return {
      state: () => this.#state,
      vcpu: () => this.engine.vcpu,
      syncThreadState: () => this.syncThreadState(),
      completeAccess: this.completeAnswered.bind(this),
      pushNow: () => {
        if (KvmContext.enabled) this.#traceContext('to KVM', this.#state.dirty);
        this.#stateSync.pushByRequests();
      },
      suspend: () => this.thread.suspend(),
      noteDelivery: interrupt => this.#noteInterrupt(interrupt),
    };
  }

  override init(): void {
    super.init();
    const { kvm } = this.vm;
    const require = (present: boolean, capability: string): void => {
      if (present) return;
      const message = `${this.name()} needs ${capability}, which this kernel lacks; use another kernel`;
      throw new KvmUnavailableError('missing-capability', message);
    };
    require(kvm.capSetTSSAddress(), 'KVM_CAP_SET_TSS_ADDR');
    require(kvm.capExtendedCPUID(), 'KVM_CAP_EXT_CPUID');
    if (!kvm.capUserNMI()) warn('KVM: Missing capability (KVM_CAP_USER_NMI)');
    if (!kvm.capVCPUEvents()) warn('KVM: Missing capability (KVM_CAP_VCPU_EVENTS)');
    this.#useXSave = this.params.useXSave && kvm.capXSave();
    if (!this.params.useXSave)
      warn(`${this.name()}: AVX registers are not carried: useXSave is off`);
    else if (!this.#useXSave) warn(`${this.name()}: the kernel lacks KVM_CAP_XSAVE; AVX is lost`);
  }

  /** A processor that the guest has not started yet waits in the kernel, which starts it. */
  override startup(): void {
    super.startup();
    const isNew = !this.switchedOut() && this.thread.status() === 'Halted';
    if (this.#kernelChip && isNew && waitsForStartup(this.#state)) this.thread.activate();
  }

  protected override startVCPU(vcpu: VcpuPort): void {
    const { kvm } = this.vm;
    this.#kernelChip = this.vm.hasKernelIRQChip();
    vcpu.setCpuid(this.cpuid());
    this.#sync = new X86StateSync(this.thread.state, vcpu, {
      syncRegs: kvm.capSyncRegs(),
      xsave: this.#useXSave,
      xcrs: kvm.capXCRs(),
      debugRegs: kvm.capDebugRegs(),
      vcpuEvents: kvm.capVCPUEvents(),
      // Without an in-kernel chip every vCPU is runnable to the kernel, whatever it waits for.
      mpState: kvm.capMPState() && this.#kernelChip,
      lapic: this.#kernelChip,
      msrs: kvm.getSupportedMSRs(),
    });
    // With a chip in the kernel other processors can start this one before its own first entry,
    // which must not undo that.
    if (this.#kernelChip) this.#sync.pushByRequests();
  }

  /**
   * What the CPUID instruction answers the guest, where the host lets that be chosen: what KVM can
   * give it, all other CPU models of the system execute too, and is not KVM's own.
   */
  cpuid(): readonly CpuidLeaf[] {
    const models = this.simulation.objects.flatMap(object =>
      object instanceof BaseCPU && object.system === this.system ? [object.cpuidFeatures()] : [],
    );
    return guestCpuid(this.vm.kvm.getSupportedCPUID(), this.getVCpuID(), models);
  }

  override userFeatures(): UserFeatures {
    const leaves = this.cpuid();
    const components = findCpuidLeaf(leaves, 0xd)?.eax ?? 0;
    const hasXsave = this.#useXSave && hasCpuidFeature(leaves, CpuidFeature.xsave);
    return {
      fsgsbase: hasCpuidFeature(leaves, CpuidFeature.fsgsbase),
      xcr0: hasXsave ? components & CARRIED_COMPONENTS : 0,
    };
  }

  get #state(): X86ThreadState {
    return this.thread.state;
  }

  get #stateSync(): X86StateSync {
    return this.#sync ?? panic(`${this.name()} was used before it had a vCPU`);
  }

  // The thread's registers

  protected override get threadContextDirty(): boolean {
    return this.#state.dirty !== 0;
  }

  protected override updateKvmState(): void {
    if (KvmContext.enabled) this.#traceContext('to KVM', this.#state.dirty);
    this.#stateSync.push();
  }

  protected override updateThreadContext(): void {
    this.#stateSync.pullShared();
    if (KvmContext.enabled) this.#traceContext('from KVM', RegisterSet.All & ~this.#state.stale);
  }

  #traceContext(direction: string, sets: number): void {
    const names = registerSetNames(sets).join(' ');
    this.#trace(KvmContext, `${direction}: ${names}`);
  }

  /** All but the local APIC, whose timer runs on in the kernel. */
  protected override markThreadContextDirty(): void {
    this.#state.refresh(RegisterSet.All);
    this.#state.dirty = RegisterSet.All & ~RegisterSet.Lapic;
  }

  protected override fetchWholeState(): void {
    this.#state.refresh(RegisterSet.All);
  }

  protected override savedPart(): Serializable {
    return this.#ports;
  }

  override takeOverFrom(old: BaseCPU): void {
    super.takeOverFrom(old);
    this.#sync?.attach(this.#state);
  }

  override notifyFork(): void {
    super.notifyFork();
    this.#sync = null;
  }

  // Around an entry

  protected override beforeEntry(): void {
    const { entryHook } = this.#state;
    if (entryHook !== null) {
      this.syncThreadState();
      entryHook.beforeEntry(this.#state);
    }
  }

  protected override beforeRun(): void {
    this.#stateSync.beforeRun();
  }

  protected override afterExit(): void {
    const { entryHook } = this.#state;
    if (entryHook === null) return;
    this.syncThreadState();
    entryHook.afterExit(this.#state);
  }

  protected override waitsInKernel(): boolean {
    if (!this.#kernelChip) return false;
    this.engine.vcpu.read('mpState', this.#mpState);
    return this.#mpState[0] !== MpState.Runnable;
  }

  protected override archIsDrained(): boolean {
    const state = this.#state;
    if (state.entryHook?.inSupervisor(state) === true) return false;
    const events = state.bytesOf('events');
    return EVENTS_IN_FLIGHT.every(offset => events[offset] === 0);
  }

  protected override kvmRunDrain(): Tick {
    if (this.archIsDrained()) return this.kvmRun(0);
    const { vcpu } = this.engine;
    vcpu.setInterruptWindowRequest(true);
    try {
      return this.kvmRun(this.simulation.ticksPerSecond * DRAIN_SECONDS);
    } finally {
      vcpu.setInterruptWindowRequest(false);
    }
  }

  // Ports

  protected override handleKvmExitIO(exit: IoExit): Tick {
    const { port, isWrite, size, count } = exit;
    if (port === trapPort && isWrite && this.#state.entryHook !== null) return this.#trap();
    if (KvmIO.enabled) {
      const what = `${isWrite ? 'write' : 'read'} of ${String(count)} times ${String(size)} bytes`;
      this.#trace(KvmIO, `Handling ${what} at port 0x${port.toString(16)}`);
    }
    return this.#ports.serve(exit);
  }

  /** The program that is emulated has made a system call or caused an exception. */
  #trap(): Tick {
    const { workload } = this.system;
    if (!(workload instanceof Workload)) panic(`${this.name()}: nobody takes the guest's traps`);
    this.syncThreadState();
    workload.event(this.thread);
    return this.clockPeriod();
  }

  // Interrupts

  /**
   * Requests an interrupt, which the guest takes as soon as it can. A thread that waits in HLT, or
   * for a startup interrupt, is woken.
   * @param vector - 32 to 255; for `startup` the page below 1 MiB where the processor begins; else 0
   * @throws {FatalError} when there is no such vector, or the local APIC is in the kernel
   */
  requestInterrupt(vector: number, mode: DeliveryMode = 'fixed'): void {
    if (this.#kernelChip && mode !== 'nmi') {
      fatal(
        `${this.name()}: its local APIC is in the kernel, which takes no ${mode} interrupt from ` +
          'here; use setIRQLine() of the VM',
      );
    }
    const { interrupts } = this.#state;
    interrupts.request(vector, mode);
    if (this.thread.status() === 'Active') this.kick();
    else if (this.#canWake(mode)) this.wakeThread();
  }

  #canWake(mode: DeliveryMode): boolean {
    this.syncThreadState();
    if (waitsForStartup(this.#state)) return mode === 'startup';
    return this.thread.status() === 'Suspended' && this.#interrupts.hasDeliverable();
  }

  protected override deliverInterrupts(): void {
    this.#interrupts.deliver();
  }

  protected override hasDeliverableInterrupt(): boolean {
    if (!this.#state.interrupts.isPending) return false;
    this.syncThreadState();
    return this.#interrupts.hasDeliverable();
  }

  #noteInterrupt({ mode, vector }: Interrupt): void {
    this.kvmStats.numInterrupts.value++;
    if (KvmInt.enabled)
      this.#trace(KvmInt, `Delivering ${mode} interrupt, vector ${String(vector)}`);
  }

  #trace(flag: DebugFlag, text: string): void {
    dprintf(flag, this.curTick(), this.name(), text);
  }

  // Dumps

  override dumpLines(): string[] {
    this.syncThreadState();
    return dumpAll(this.#state);
  }

  /** Writes general registers to the log. */
  dumpIntRegs(): void {
    this.#dump(dumpIntRegs);
  }

  /** Writes segments, descriptor tables and control registers to the log. */
  dumpSpecRegs(): void {
    this.#dump(dumpSpecRegs);
  }

  /** Writes x87, SSE and AVX registers to the log. */
  dumpFpuRegs(): void {
    this.#dump(dumpFpuRegs);
  }

  /** Writes the XSAVE area to the log. */
  dumpXSave(): void {
    this.#dump(dumpXSave);
  }

  /** Writes extended control registers to the log. */
  dumpXCRs(): void {
    this.#dump(dumpXCRs);
  }

  /** Writes debug registers to the log. */
  dumpDebugRegs(): void {
    this.#dump(dumpDebugRegs);
  }

  /** Writes model-specific registers to the log. */
  dumpMSRs(): void {
    this.#dump(dumpMSRs);
  }

  /** Writes exceptions and interrupts on their way to the log. */
  dumpVCpuEvents(): void {
    this.#dump(dumpVCpuEvents);
  }

  #dump(lines: (state: X86ThreadState) => string[]): void {
    this.syncThreadState();
    for (const line of lines(this.#state)) inform(line);
  }
}
