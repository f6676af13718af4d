/**
 * A CPU that executes an instruction at a time, whose fetches, loads and stores are packets that take the
 * time that the memory system takes for them; everything else takes none. Its states are in
 * `timingStatus.ts`.
 *
 * Source of the behaviour: gem5 `cpu/simple/timing.{hh,cc}`.
 */
import {
  SteppedCore,
  type CoreMemoryOptions,
  type CoreStop,
  type CoreSurroundings,
  type LoggedAccess,
} from '../arch/x86/index';
import { panic } from '../base/index';
import type { Cycles } from '../base/index';
import { MemCmd, Packet, Request, RequestFlag, type MemoryMode } from '../mem/index';
import { defineSchema, EventFunctionWrapper, EventPriority } from '../sim/index';
import type { CheckpointIn, CheckpointOut, DrainManager, EventQueue, ParamsOf } from '../sim/index';
import type { BaseCPU } from './baseCPU';
import { BaseSimpleCPU, baseSimpleCPUSchema } from './baseSimpleCPU';
import { warnOfCache } from './cacheWarning';
import { InstructionLock } from './instructionLock';
import { statusName, step, TimingStatus, type TimingStatusName } from './timingStatus';

export const timingSimpleCPUSchema = defineSchema('TimingSimpleCPU', baseSimpleCPUSchema, {
  description: 'Executes an instruction at a time, with memory that takes its time',
  modelName: 'TimingSimpleCPU',
});

/** Parameters of a `TimingSimpleCPU`. */
export type TimingSimpleCPUParams = ParamsOf<typeof timingSimpleCPUSchema>;

const { Idle, Running, Faulting, IcacheRetry, IcacheWaitResponse } = TimingStatus;
const { DcacheRetry, DcacheWaitResponse } = TimingStatus;
// Bound here once: every use of an imported name is a look-up in the other module.
const FetchCmd = MemCmd.ReadReq;
const FetchFlags = RequestFlag.INST_FETCH;
const FetchBytes = SteppedCore.fetchBytes;

/** The timing CPU model. */
export class TimingSimpleCPU extends BaseSimpleCPU<SteppedCore> {
  static override readonly schema = timingSimpleCPUSchema;
  #status: TimingStatus = Idle;
  #previousCycle: Cycles = 0;
  readonly #fetchEvent: EventFunctionWrapper;
  /** Fetches at the present tick, behind the end of the run that an instruction count brings. */
  readonly #resumeEvent: EventFunctionWrapper;
  /** A fetch, or an access, is complete: at the clock edge behind its response. */
  readonly #fetchedEvent: EventFunctionWrapper;
  readonly #accessedEvent: EventFunctionWrapper;
  readonly #lock: InstructionLock;
  readonly #fetchRequest: Request;
  readonly #fetchPacket: Packet;
  readonly #events: EventQueue;
  readonly #drains: DrainManager;
  /** Whether the instruction has done all but its stores. */
  #isDone = false;
  /** The access that is read; null while one is written. */
  #reading: LoggedAccess | null = null;

  constructor(params: TimingSimpleCPUParams) {
    super(params);
    const { name } = params;
    const event = (what: string, body: () => void, priority?: number): EventFunctionWrapper =>
      new EventFunctionWrapper(body, `${name}.${what}`, false, priority);
    this.#fetchEvent = event('fetch', () => this.#fetch());
    this.#resumeEvent = event('resume', () => this.#fetch(), EventPriority.Sim_Exit_Pri + 1);
    this.#fetchedEvent = event('fetched', () => this.#completeFetch());
    this.#accessedEvent = event('accessed', () => this.#completeAccess());
    this.#lock = new InstructionLock(this, access => this.#accessLocked(access));
    this.#events = this.eventQueue();
    this.#drains = this.simulation.drainManager;
    this.#fetchRequest = new Request(0, 0, 0, this.instRequestorId);
    this.#fetchPacket = new Packet(this.#fetchRequest, FetchCmd);
    this.instPort.receiver = {
      recvTimingResp: pkt => this.#fetchArrived(pkt),
      recvReqRetry: () => this.#retryFetch(),
    };
    this.dataPort.receiver = {
      recvTimingResp: pkt => this.#accessArrived(pkt),
      recvReqRetry: () => this.#retryAccess(),
    };
  }

  protected override makeCore(
    memory: CoreMemoryOptions,
    surroundings: CoreSurroundings,
  ): SteppedCore {
    return new SteppedCore(memory, surroundings);
  }

  override startup(): void {
    super.startup();
    // Unless statistics go on, cycles before a restore are not this run's.
    if (!this.simulation.stats.keepsAtStart) this.#previousCycle = this.curCycle();
    if (!this.switchedOut()) this.#warnOfCaches();
  }

  /** The operating system that is emulated works in memory itself. */
  #warnOfCaches(): void {
    if (this.thread.process === null) return;
    for (const port of [this.instPort, this.dataPort]) warnOfCache(this.name(), port);
  }

  override memoryMode(): MemoryMode {
    return 'timing';
  }

  /** What the CPU is doing. */
  get status(): TimingStatusName {
    return statusName(this.#status);
  }

  /** What is only fetched has changed nothing yet. */
  override betweenInstructions(_threadId: number): boolean {
    return this.#status !== DcacheRetry && this.#status !== DcacheWaitResponse;
  }

  #moveTo(status: TimingStatus): void {
    this.#status = step(this.#status, status);
  }

  #updateCycles(): void {
    const now = this.clocked.curCycle();
    this.baseStats.numCycles.value += now - this.#previousCycle;
    this.#previousCycle = now;
  }

  // Fetching

  #fetch(): void {
    if (this.#status === Faulting) this.#moveTo(Running);
    this.prepareCore();
    this.core.beginFetch();
    this.#fetchWord();
  }

  /** Sends for the next word of the instruction. */
  #fetchWord(): void {
    const { core } = this;
    const address = core.fetchAddress();
    if (address < 0) {
      this.#answer('exception');
      return;
    }
    const request = this.#fetchRequest;
    request.set(address, FetchBytes, FetchFlags, this.instRequestorId);
    request.contextId = this.thread.contextId;
    this.#fetchPacket.reuse(request, FetchCmd);
    this.#fetchPacket.dataStatic(core.memory.bytes, core.fetchTarget);
    const taken = this.instPort.sendTimingReq(this.#fetchPacket);
    this.#moveTo(taken ? IcacheWaitResponse : IcacheRetry);
    this.#updateCycles();
  }

  #retryFetch(): void {
    if (this.instPort.sendTimingReq(this.#fetchPacket)) this.#moveTo(IcacheWaitResponse);
  }

  #fetchArrived(pkt: Packet): boolean {
    if (pkt.isError()) this.#fetchFailed(pkt);
    this.#events.schedule(this.#fetchedEvent, this.clocked.clockEdge());
    return true;
  }

  #fetchFailed(pkt: Packet): never {
    return panic(`${this.name()}: instruction fetch failed: ${pkt.toString()}`);
  }

  /** What the instruction waited for is here. @returns whether it goes on: its thread may have ended */
  #goesOn(): boolean {
    this.#moveTo(Running);
    this.#updateCycles();
    if (this.thread.status() !== 'Halted') return true;
    this.#advance();
    return false;
  }

  #completeFetch(): void {
    if (!this.#goesOn()) return;
    const { core } = this;
    if (!core.isAtFetched) {
      // A signal has sent the program elsewhere meanwhile.
      this.#advance();
      return;
    }
    const outcome = core.decodeFetched();
    if (outcome === 'truncated') this.#fetchWord();
    else if (outcome !== 'ok') this.#answer('exception');
    else {
      if (this.traced.isOn) this.traced.begin(this.curTick());
      this.#execute(core.step());
    }
  }

  // Executing

  /** Goes on where the core has stopped. */
  #execute(stop: CoreStop): void {
    if (stop !== 'access' && stop !== 'budget') {
      if (stop === 'exception' && this.core.exception.isTrap) this.countExecuted();
      this.#answer(stop);
      return;
    }
    this.#isDone = stop === 'budget';
    this.#continue();
  }

  /** The next access, or the end of the instruction. Stores come before what is read after them. */
  #continue(): void {
    const { accesses } = this.core;
    const store = accesses.takeStore();
    if (store !== null) {
      this.#access(store, true);
    } else if (this.#isDone) {
      this.#commit();
    } else if (accesses.wanted !== null) {
      this.#access(accesses.wanted, false);
    } else {
      // A step of a repeated instruction is stored; its registers are those of the next step.
      this.#execute(this.core.step());
    }
  }

  #access(access: LoggedAccess, isWrite: boolean): void {
    this.#reading = isWrite ? null : access;
    if (this.executePseudoInst(access, isWrite)) {
      this.#moveTo(DcacheWaitResponse);
      this.schedule(this.#accessedEvent, this.clockEdge(1));
      return;
    }
    if (this.core.isLocked && !this.#lock.isHeld && !this.#lock.acquire(access, this.packets)) {
      this.#moveTo(DcacheRetry);
      return;
    }
    const taken = this.packets.begin(access, isWrite, this.thread.contextId);
    this.#moveTo(taken ? DcacheWaitResponse : DcacheRetry);
  }

  /** The lock that an access has waited for is there. */
  #accessLocked(access: LoggedAccess): void {
    const isWrite = this.#reading === null;
    if (!this.packets.begin(access, isWrite, this.thread.contextId)) return;
    this.#moveTo(DcacheWaitResponse);
  }

  #retryAccess(): void {
    if (this.packets.send()) this.#moveTo(DcacheWaitResponse);
  }

  #accessArrived(pkt: Packet): boolean {
    if (this.packets.received(pkt)) {
      this.#events.schedule(this.#accessedEvent, this.clocked.clockEdge());
    }
    return true;
  }

  #completeAccess(): void {
    if (!this.#goesOn()) return;
    const access = this.#reading;
    if (access === null) {
      this.#continue();
      return;
    }
    access.isReady = true;
    this.#execute(this.core.stepAgain());
  }

  /** The instruction is complete. */
  #commit(): void {
    this.completePseudoInst();
    this.countExecuted();
    if (this.traced.isOn) this.traced.completed(this.curTick());
    if (this.core.traps) this.#answer('exception');
    else this.#advance();
  }

  /** The operating system answers what the program has stopped for. */
  #answer(stop: CoreStop): void {
    this.#moveTo(Faulting);
    this.serve(stop);
    this.#advance();
  }

  /** Goes on with the next instruction, unless there is a reason to stop here. */
  #advance(): void {
    if (this.#lock.isHeld) this.#lock.release(this.packets);
    const isDraining = this.#drains.state !== 'Running' && this.drainState() === 'Draining';
    if (isDraining || this.thread.status() !== 'Active') {
      this.#moveTo(Idle);
      if (isDraining) this.signalDrainDone();
      return;
    }
    const { instEvents } = this.thread;
    const insts = this.totalInsts();
    if (instEvents.nextTick() <= insts) {
      instEvents.serviceEvents(insts);
      this.schedule(this.#resumeEvent, this.curTick());
      return;
    }
    instEvents.setCurTick(insts);
    if (this.#status === Faulting) this.schedule(this.#fetchEvent, this.clockEdge());
    else this.#fetch();
  }

  // Threads, draining, switching

  override activateContext(_threadId: number): void {
    // One that waited for less than its instruction just goes on.
    if (this.#status !== Idle) return;
    this.#moveTo(Running);
    this.schedule(this.#fetchEvent, this.clockEdge());
  }

  override suspendContext(_threadId: number): void {
    // In the middle of an instruction, that is completed first; see #advance.
    if (this.#cancelFetch()) this.#moveTo(Idle);
  }

  override haltContext(threadId: number): void {
    this.suspendContext(threadId);
  }

  /** @returns whether the CPU was between two instructions, with the next fetch still to come */
  #cancelFetch(): boolean {
    for (const event of [this.#fetchEvent, this.#resumeEvent]) {
      if (!event.scheduled) continue;
      this.deschedule(event);
      return true;
    }
    return false;
  }

  override drain(): 'Draining' | 'Drained' {
    if (this.switchedOut() || this.#status === Idle) return 'Drained';
    if (!this.#cancelFetch()) return 'Draining';
    this.#moveTo(Idle);
    return 'Drained';
  }

  override drainResume(): void {
    super.drainResume();
    if (this.switchedOut()) return;
    this.verifyMemoryMode();
    if (this.thread.status() !== 'Active') return;
    this.#moveTo(Running);
    this.schedule(this.#fetchEvent, this.nextCycle());
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('previousCycle', this.#previousCycle);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    // Other models do not have it.
    const isSaved = checkpoint.has('previousCycle');
    this.#previousCycle = isSaved ? checkpoint.number('previousCycle') : this.curCycle();
  }

  override switchOut(): void {
    super.switchOut();
    if (this.#status !== Idle) panic(`${this.name()}: switched out in state ${this.status}`);
    this.#updateCycles();
  }

  override takeOverFrom(old: BaseCPU): void {
    super.takeOverFrom(old);
    this.#previousCycle = this.curCycle();
    this.#warnOfCaches();
  }
}
