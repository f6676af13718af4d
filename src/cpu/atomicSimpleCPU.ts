/**
 * A CPU that executes an instruction each cycle, and whose memory answers at once.
 *
 * Between two events nothing can observe it, so it executes all instructions up to the next one in one
 * go; every count, and the tick of everything that can be seen, is as if it had not.
 *
 * Source of the behaviour: gem5 `cpu/simple/atomic.{hh,cc}`.
 */
import { panic } from '../base/index';
import {
  SoftwareCore,
  type CoreMemoryOptions,
  type CoreStop,
  type CoreSurroundings,
  type LoggedAccess,
} from '../arch/x86/index';
import type { MemoryMode } from '../mem/index';
import { defineSchema, EventFunctionWrapper, EventPriority, type ParamsOf } from '../sim/index';
import { BaseSimpleCPU, baseSimpleCPUSchema, type BaseSimpleCPUParams } from './baseSimpleCPU';

export const atomicSimpleCPUSchema = defineSchema('AtomicSimpleCPU', baseSimpleCPUSchema, {
  description: 'Executes an instruction each cycle, with memory that answers at once',
  modelName: 'AtomicSimpleCPU',
});

/** Parameters of an `AtomicSimpleCPU`. */
export type AtomicSimpleCPUParams = ParamsOf<typeof atomicSimpleCPUSchema>;

/** Instructions after which the event loop gets a look at the world outside, and V8 a chance to optimise. */
const LONGEST_RUN = 200_000;

/**
 * - `Idle`: no thread to run; no event is scheduled.
 * - `Running`: the next event executes instructions.
 * - `Service`: the next event answers what the last instructions stopped for.
 */
type Status = 'Idle' | 'Running' | 'Service';

/** The atomic CPU model. */
export class AtomicSimpleCPU extends BaseSimpleCPU<SoftwareCore> {
  static override readonly schema = atomicSimpleCPUSchema;
  #status: Status = 'Idle';
  #stop: CoreStop = 'budget';
  readonly #tickEvent: EventFunctionWrapper;
  /** Goes on at the present tick, behind the end of the run that an instruction count may bring. */
  readonly #resumeEvent: EventFunctionWrapper;

  constructor(params: BaseSimpleCPUParams) {
    super(params);
    const { CPU_Tick_Pri, Sim_Exit_Pri } = EventPriority;
    const name = `${params.name}.tick`;
    this.#tickEvent = new EventFunctionWrapper(() => this.#tick(), name, false, CPU_Tick_Pri);
    const run = (): void => this.#run();
    this.#resumeEvent = new EventFunctionWrapper(run, name, false, Sim_Exit_Pri + 1);
  }

  override memoryMode(): MemoryMode {
    return 'atomic';
  }

  /** It executes in memory itself. */
  override bypassesCaches(): boolean {
    return true;
  }

  protected override makeCore(
    memory: CoreMemoryOptions,
    surroundings: CoreSurroundings,
  ): SoftwareCore {
    return new SoftwareCore(memory, surroundings);
  }

  override betweenInstructions(_threadId: number): boolean {
    return this.#status !== 'Service';
  }

  #tick(): void {
    if (this.drainState() === 'Draining' && this.#isDrained()) {
      this.#goIdle();
      this.signalDrainDone();
      return;
    }
    const { instEvents } = this.thread;
    const count = this.totalInsts();
    if (instEvents.nextTick() <= count) {
      instEvents.serviceEvents(count);
      this.schedule(this.#resumeEvent, this.curTick());
      return;
    }
    this.#run();
  }

  #run(): void {
    if (this.#status === 'Service') {
      this.#serve();
      return;
    }
    const stop = this.execute(this.#budget());
    const { executed } = this.core;
    this.#addCycles(executed);
    this.thread.instEvents.setCurTick(this.totalInsts());
    if (stop === 'budget') {
      this.#scheduleTick(executed);
      return;
    }
    this.#stop = stop;
    this.#status = 'Service';
    if (executed === 0) this.#serve();
    else this.#scheduleTick(executed);
  }

  /** Executes instructions of the thread, at most so many. `core.executed` says how many it were. */
  protected execute(instructions: number): CoreStop {
    const { core, traced } = this;
    this.prepareCore();
    const stop = traced.isOn ? traced.run(core, instructions) : core.run(instructions);
    this.countExecuted();
    return stop;
  }

  /** Instructions that end before the next event, or at the next instruction count that is an event. */
  #budget(): number {
    const now = this.curTick();
    const ticks = this.eventQueue().nextTick() - now;
    const beforeEvent = Math.max(1, Math.ceil(ticks / this.clockPeriod()));
    const beforeCount = this.thread.instEvents.nextTick() - this.totalInsts();
    return Math.min(beforeEvent, beforeCount, LONGEST_RUN);
  }

  #serve(): void {
    this.#addCycles(1);
    this.#status = 'Running';
    if (this.#stop === 'access') this.#access();
    else this.serve(this.#stop);
    this.thread.instEvents.setCurTick(this.totalInsts());
    this.#scheduleTick(1);
  }

  /** Executes the instruction that accesses what is not memory. */
  #access(): void {
    const { accesses } = this.core;
    accesses.begin();
    let stop = this.core.run(1);
    while (stop === 'access') {
      this.#store();
      const { wanted } = accesses;
      if (wanted === null) {
        // A step of a repeated instruction is stored.
        accesses.begin();
      } else {
        this.#send(wanted, false);
        wanted.isReady = true;
        accesses.beginAgain();
      }
      stop = this.core.run(1);
    }
    const isDone = stop === 'budget' || (stop === 'exception' && this.core.exception.isTrap);
    if (isDone) this.#store();
    accesses.end();
    this.completePseudoInst();
    if (isDone && this.traced.isOn) this.traced.completed(this.curTick());
    this.countExecuted();
    if (stop !== 'budget') this.serve(stop);
  }

  #store(): void {
    const { accesses } = this.core;
    for (let store = accesses.takeStore(); store !== null; store = accesses.takeStore()) {
      this.#send(store, true);
    }
  }

  #send(access: LoggedAccess, isWrite: boolean): void {
    if (this.executePseudoInst(access, isWrite)) return;
    this.packets.doAtomic(access, isWrite, this.thread.contextId);
  }

  #addCycles(cycles: number): void {
    this.baseStats.numCycles.value += cycles;
  }

  #scheduleTick(cycles: number): void {
    // A thread that was suspended and activated while it was served has its tick already.
    if (this.#status === 'Idle' || this.#tickEvent.scheduled) return;
    this.schedule(this.#tickEvent, this.clockEdge(cycles));
  }

  override activateContext(_threadId: number): void {
    if (this.#status !== 'Idle') panic(`${this.name()} was activated in state ${this.#status}`);
    this.#addCycles(this.waitedCycles(this.thread));
    this.#status = 'Running';
    this.#scheduleTick(0);
  }

  override suspendContext(_threadId: number): void {
    this.#goIdle();
    if (this.drainState() === 'Draining') this.signalDrainDone();
  }

  override haltContext(threadId: number): void {
    this.suspendContext(threadId);
  }

  #goIdle(): void {
    if (this.#tickEvent.scheduled) this.deschedule(this.#tickEvent);
    if (this.#resumeEvent.scheduled) this.deschedule(this.#resumeEvent);
    this.#status = 'Idle';
  }

  override drain(): 'Draining' | 'Drained' {
    if (this.switchedOut() || this.#status === 'Idle') return 'Drained';
    if (!this.#isDrained()) return 'Draining';
    this.#goIdle();
    return 'Drained';
  }

  /** See {@link Drainable.whyNotDrained}. */
  whyNotDrained(): string {
    if (this.#status === 'Idle') return '';
    if (this.#status === 'Service') return 'an exception is to be served';
    return `it has executed instructions up to tick ${String(this.#tickEvent.when)}`;
  }

  /** Whether the time of all executed instructions has come, and nothing is known but in here. */
  #isDrained(): boolean {
    if (this.#tickEvent.scheduled && this.#tickEvent.when > this.clockEdge()) return false;
    // What else is to be served will be met again: RIP is still at it.
    const isTrap = this.#stop === 'exception' && this.core.exception.isTrap;
    return this.#status !== 'Service' || !isTrap;
  }

  override drainResume(): void {
    super.drainResume();
    if (this.switchedOut()) return;
    this.verifyMemoryMode();
    if (this.thread.status() !== 'Active') return;
    this.#status = 'Running';
    this.#scheduleTick(0);
  }
}
