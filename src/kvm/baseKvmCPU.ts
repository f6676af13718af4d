/**
 * A CPU whose instructions are executed by the host's processor, through KVM: the part that does not
 * depend on the architecture. Its state machine is in `cpuStatus.ts`.
 *
 * Sources of the behaviour: gem5 `cpu/kvm/base.hh`, `cpu/kvm/base.cc`.
 */
import { dprintf, panic } from '../base/index';
import { accessM5op } from '../cpu/index';
import type { Addr, DebugFlag, Tick } from '../base/index';
import { EventFunctionWrapper, EventPriority } from '../sim/index';
import type { BaseKvmCPUParams } from './baseKvmCPUSchema';
import { step, type KvmCpuStatus } from './cpuStatus';
import { Kvm, KvmIO, KvmRun } from './debugFlags';
import { describeExit, type IoExit, type MmioExit, type VcpuExit } from './exits';
import { KvmCPURun } from './kvmCpuRun';

/** What a CPU that is to drain waits for. */
const WHY_NOT_DRAINED: Readonly<Record<KvmCpuStatus, string>> = {
  Idle: '',
  Running: 'an interrupt or exception is on its way into the guest',
  RunningService: 'the guest has stopped for something that is to be done',
  RunningMMIOPending: 'an access of the guest waits for its response',
  RunningServiceCompletion: 'the guest is to be given the answer that it waits for',
};

/** A CPU under KVM: enters the guest, serves it, and keeps time. */
export abstract class BaseKvmCPU extends KvmCPURun {
  readonly #tickEvent: EventFunctionWrapper;
  #status: KvmCpuStatus = 'Idle';

  constructor(params: BaseKvmCPUParams) {
    super(params);
    const tick = (): void => {
      this.tick();
    };
    const { CPU_Tick_Pri } = EventPriority;
    this.#tickEvent = new EventFunctionWrapper(tick, `${params.name}.tick`, false, CPU_Tick_Pri);
  }

  get isRunning(): boolean {
    return this.#status !== 'Idle' && !this.waitedInKernel;
  }

  get isWaiting(): boolean {
    return this.#status !== 'Idle' && this.waitedInKernel;
  }

  /** What the CPU is doing. */
  get status(): KvmCpuStatus {
    return this.#status;
  }

  /** A function, because what is called in between changes the answer. */
  #isIdle(): boolean {
    return this.#status === 'Idle';
  }

  #moveTo(status: KvmCpuStatus): void {
    this.simulation.timeline?.stateChange(this.name(), this.#status, status);
    this.#status = step(this.#status, status);
  }

  // The architecture's part

  /** Called before an entry; may change the thread's registers. */
  protected abstract beforeEntry(): void;
  /** Called when the vCPU has been given everything, right before it runs. */
  protected abstract beforeRun(): void;
  /** Called after an entry; may bring the thread's registers here. */
  protected abstract afterExit(): void;
  /** Serves an access to a port. @returns ticks that it takes */
  protected abstract handleKvmExitIO(exit: IoExit): Tick;
  /** Whether nothing is on its way into the guest, by registers that are here. */
  protected abstract archIsDrained(): boolean;
  /** Gives the guest what interrupts it, before an entry; may suspend the thread instead. */
  protected abstract deliverInterrupts(): void;
  /** Whether an interrupt is there that the guest takes at once. */
  protected abstract hasDeliverableInterrupt(): boolean;

  // Running

  /** Serves the guest, or enters it until the next event or until it wants something. */
  protected tick(): void {
    let delay: Tick;
    switch (this.#status) {
      case 'RunningService':
        delay = this.#handleKvmExit();
        break;
      case 'Running':
      case 'RunningServiceCompletion':
        delay = this.#enter();
        break;
      case 'Idle':
      case 'RunningMMIOPending':
        panic(`${this.name()}: tick in state ${this.#status}`);
    }
    if (this.#tryDrain()) this.#moveTo('Idle');
    this.#scheduleTick(delay);
  }

  #enter(): Tick {
    const { alwaysSyncTC } = this.params;
    this.beforeEntry();
    if (alwaysSyncTC) {
      this.syncThreadState();
      this.markThreadContextDirty();
    }
    const draining = this.drainState() === 'Draining';
    if (!draining) this.deliverInterrupts();
    // An interrupt may have suspended the thread.
    if (this.#isIdle()) return 0;
    this.syncKvmState();
    this.beforeRun();
    if (KvmRun.enabled) this.#trace(KvmRun, 'Entering KVM...');
    const delay = draining ? this.kvmRunDrain() : this.kvmRun(this.ticksToNextEvent());
    this.markKvmStateDirty();
    // A store of the coalesced ring may have suspended it.
    if (this.#isIdle()) return delay;
    if (alwaysSyncTC) this.syncThreadState();
    this.afterExit();
    if (KvmRun.enabled) this.#trace(KvmRun, `Exit: ${this.exit.kind}`);
    if (this.exit.kind === 'interrupted') {
      this.kvmStats.numExitSignal.value++;
      this.#moveTo('Running');
    } else {
      this.#moveTo('RunningService');
    }
    this.serviceInstEvents();
    return delay;
  }

  #scheduleTick(delay: Tick): void {
    if (this.#status === 'Idle' || this.#status === 'RunningMMIOPending') return;
    // A thread that was suspended and activated while it was served has its tick already.
    if (this.#tickEvent.scheduled) return;
    this.schedule(this.#tickEvent, this.clockEdge(this.ticksToCycles(delay)));
  }

  // What the guest wants

  #handleKvmExit(): Tick {
    const { exit, kvmStats } = this;
    switch (exit.kind) {
      case 'io':
        kvmStats.numIO.value++;
        return this.#afterIO(this.handleKvmExitIO(exit));
      case 'mmio':
        kvmStats.numMMIO.value++;
        return this.#afterAccess(this.#handleMmio(exit));
      case 'hlt':
        kvmStats.numHalt.value++;
        // What came while the guest was on its way here must not be slept over.
        if (this.hasDeliverableInterrupt()) this.#moveTo('Running');
        else this.thread.suspend();
        return 0;
      case 'irq-window-open':
      case 'interrupted':
        this.#moveTo('Running');
        return 0;
      case 'hypercall':
        kvmStats.numHypercalls.value++;
        return this.#unexpected(exit);
      case 'shutdown':
      case 'unknown':
      case 'exception':
      case 'fail-entry':
      case 'internal-error':
      case 'system-event':
      case 'debug':
      case 'unsupported':
        return this.#unexpected(exit);
    }
  }

  #unexpected(exit: VcpuExit): never {
    panic(`${this.name()}: ${describeExit(exit)}`, this.dumpLines());
  }

  #handleMmio(exit: MmioExit): Tick {
    const { address, data, isWrite } = exit;
    if (KvmIO.enabled) {
      const what = isWrite ? 'write' : 'read';
      const where = `0x${address.toString(16)}, ${String(data.length)} bytes`;
      this.#trace(KvmIO, `Handling MMIO ${what} at ${where}`);
    }
    if (this.system.m5opRange.contains(address)) return this.#pseudoInst(address, data, isWrite);
    return this.doMMIOAccess(address, data, isWrite);
  }

  /** The guest executes a pseudo-instruction: the address says which, a load gets the result. */
  #pseudoInst(address: Addr, data: Uint8Array, isWrite: boolean): Tick {
    this.syncThreadState();
    accessM5op(this.thread, address - this.system.m5opRange.start, data, isWrite);
    this.#completeAccess();
    return this.clockPeriod();
  }

  /**
   * Lets the vCPU finish the instruction at once. The thread may wait from now on, and a checkpoint
   * made meanwhile would otherwise have it execute the instruction again. Or the operation may have
   * changed page tables: then the next entry leads elsewhere first.
   */
  #completeAccess(): void {
    this.syncKvmState();
    this.engine.runner.halfEntry();
    this.markKvmStateDirty();
  }

  /** Completes an access that was answered, if no entry has yet, and brings the registers here. */
  protected completeAnswered(): void {
    if (this.#status === 'RunningServiceCompletion') this.#completeAccess();
    this.syncThreadState();
  }

  /** A device may have suspended the thread, which is to wait behind its instruction. */
  #afterIO(delay: Tick): Tick {
    const isWaiting = this.#status === 'Idle' && this.thread.status() === 'Suspended';
    if (isWaiting && this.thread.process === null) this.#completeAccess();
    return this.#afterAccess(delay);
  }

  /** Waits for answers in timing mode; else the guest can have its answer at the next entry. */
  #afterAccess(delay: Tick): Tick {
    // The access may have suspended the thread, or ended it, or even let it run again.
    if (this.#status === 'RunningService') {
      this.#moveTo(this.getDataPort().isBusy ? 'RunningMMIOPending' : 'RunningServiceCompletion');
    }
    return delay;
  }

  /** The last access in timing mode was answered. */
  finishMMIOPending(): void {
    if (this.#status === 'RunningMMIOPending') {
      this.#moveTo('RunningServiceCompletion');
      if (this.thread.status() === 'Active') this.schedule(this.#tickEvent, this.nextCycle());
      else {
        this.#completeAccess();
        this.#moveTo('Idle');
      }
    }
    // Only a drain waits for the answer to a store of the coalesced ring.
    if (this.#isIdle()) this.#tryDrain();
  }

  // Threads

  override betweenInstructions(_threadId: number): boolean {
    return this.#status === 'Idle' || this.#status === 'Running';
  }

  override activateContext(_threadId: number): void {
    if (Kvm.enabled) this.#trace(Kvm, 'ActivateContext');
    // Woken before the access that it waits behind was answered, it goes on then.
    if (this.#status === 'RunningMMIOPending') return;
    this.#requireIdle('activated');
    this.baseStats.numCycles.value += this.waitedCycles(this.thread);
    this.schedule(this.#tickEvent, this.clockEdge(0));
    this.#moveTo('Running');
  }

  override suspendContext(_threadId: number): void {
    if (Kvm.enabled) this.#trace(Kvm, 'SuspendContext');
    if (this.#status === 'Idle' || this.#status === 'RunningMMIOPending') return;
    if (this.#tickEvent.scheduled) this.deschedule(this.#tickEvent);
    this.#moveTo('Idle');
  }

  override haltContext(threadId: number): void {
    this.suspendContext(threadId);
  }

  /** Something has happened that the thread may want to see: ends its waiting. */
  wakeup(_threadId = 0): void {
    this.kick();
    if (this.thread.status() === 'Suspended') this.wakeThread();
  }

  /** Ends the run of the guest that is in progress, if one is. */
  kick(): void {
    // On the vCPU's own thread the guest does not run now, and must not be stopped later.
    if (this.hasEngine && this.engine.runsElsewhere) this.engine.kick();
  }

  // Draining, switching, forking

  override drain(): 'Draining' | 'Drained' {
    if (this.switchedOut()) return 'Drained';
    switch (this.#status) {
      case 'Running':
        if (!this.#isDrained()) return 'Draining';
        if (this.#tickEvent.scheduled) this.deschedule(this.#tickEvent);
        this.#moveTo('Idle');
        break;
      case 'Idle':
        if (this.getDataPort().isBusy) return 'Draining';
        break;
      case 'RunningService':
      case 'RunningServiceCompletion':
      case 'RunningMMIOPending':
        return 'Draining';
    }
    if (this.hasEngine) {
      this.syncThreadState();
      this.fetchWholeState();
      this.engine.stop();
    }
    return 'Drained';
  }

  /** See {@link Drainable.whyNotDrained}. */
  whyNotDrained(): string {
    if (this.getDataPort().isBusy) return 'an access of the guest waits for its response';
    return WHY_NOT_DRAINED[this.#status];
  }

  #isDrained(): boolean {
    if (this.getDataPort().isBusy) return false;
    this.syncThreadState();
    return this.archIsDrained();
  }

  #tryDrain(): boolean {
    if (this.drainState() !== 'Draining') return false;
    if (this.#status !== 'Idle' && this.#status !== 'Running') return false;
    if (!this.#isDrained()) return false;
    this.signalDrainDone();
    return true;
  }

  override drainResume(): void {
    super.drainResume();
    if (this.switchedOut() || this.thread.status() !== 'Active') return;
    this.schedule(this.#tickEvent, this.nextCycle());
    this.#moveTo('Running');
  }

  override notifyFork(): void {
    this.#requireIdle('forked');
    super.notifyFork();
  }

  override switchOut(): void {
    super.switchOut();
    this.#requireIdle('switched out');
  }

  #requireIdle(what: string): void {
    if (this.#status !== 'Idle') panic(`${this.name()}: ${what} in state ${this.#status}`);
  }

  #trace(flag: DebugFlag, text: string): void {
    dprintf(flag, this.curTick(), this.name(), text);
  }
}
