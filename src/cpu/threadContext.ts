import {
  dumpThreadState,
  serializeThreadState,
  unserializeThreadState,
  X86ThreadState,
} from '../arch/x86/index';
import type { UserFeatures } from '../arch/x86/index';
import { dprintf, panic } from '../base/index';
import type { ContextID, Tick } from '../base/index';
import type { SystemThreadContext, ThreadStatus } from '../mem/index';
import { EventQueue } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Event, EventManager, Serializable } from '../sim/index';
import { Context } from './debugFlags';
import type { ThreadProcess } from './threadProcess';

/** What a thread context needs of the CPU that it belongs to. */
export interface ThreadContextCPU extends EventManager {
  name(): string;
  /** The thread has become active. */
  activateContext(threadId: number): void;
  /** The thread has been suspended. */
  suspendContext(threadId: number): void;
  /** The thread has halted. */
  haltContext(threadId: number): void;
  /**
   * Brings the thread's registers up to date. A CPU that keeps them elsewhere while it runs (in a
   * vCPU) fetches those that every trap needs; the rest follow when they are looked at.
   */
  syncThreadState(threadId: number): void;
  /**
   * Whether the thread stands between two instructions, so that it may go on elsewhere: what it has
   * stopped for, if it did, is served and completed.
   */
  betweenInstructions(threadId: number): boolean;
  /** What the model offers to programs beyond what every x86-64 processor has. */
  userFeatures(): UserFeatures;
}

/** Statuses by their numbers in checkpoints. */
const statuses: readonly ThreadStatus[] = ['Active', 'Suspended', 'Halting', 'Halted'];

/**
 * A hardware thread as the rest of the system sees it: its registers, whether it runs, and which
 * process it runs. Its id in the system stays when another CPU takes over, and so does the object that
 * holds its registers.
 *
 * Source: gem5 `cpu/thread_context.hh`, `cpu/simple_thread.hh`.
 */
export class ThreadContext implements SystemThreadContext, Serializable {
  readonly cpu: ThreadContextCPU;
  /** Which of the CPU's threads this is, from 0. */
  readonly threadId: number;
  /** The process whose thread this is; null where none is emulated (a bare machine). */
  readonly process: ThreadProcess | null;
  /**
   * Events by instruction count: their `when` counts committed instructions of this thread. They stay
   * with the CPU when another takes over.
   */
  readonly instEvents: EventQueue;

  #contextId: ContextID = -1;
  #lastActivate: Tick = 0;
  #lastSuspend: Tick = 0;
  #status: ThreadStatus = 'Halted';
  #state: X86ThreadState;

  constructor(cpu: ThreadContextCPU, threadId: number, process: ThreadProcess | null) {
    this.cpu = cpu;
    this.threadId = threadId;
    this.process = process;
    this.instEvents = new EventQueue(`${cpu.name()}.inst_events${String(threadId)}`);
    this.#state = new X86ThreadState();
  }

  /** Its number in the system, -1 before the CPU has registered it. */
  get contextId(): ContextID {
    return this.#contextId;
  }

  get sectionName(): string {
    return `${this.cpu.name()}.xc.${String(this.threadId)}`;
  }

  setContextId(id: ContextID): void {
    this.#contextId = id;
  }

  /**
   * The registers, up to date. Ask once per visit, not once per register: a CPU that keeps them
   * elsewhere fetches them here. After the visit they belong to the CPU again.
   */
  registers(): X86ThreadState {
    this.cpu.syncThreadState(this.threadId);
    return this.#state;
  }

  /** The object that holds the registers, which the CPU may not have brought up to date. */
  get state(): X86ThreadState {
    return this.#state;
  }

  /** Whether the thread may be made to go on elsewhere; see the CPU's answer. */
  betweenInstructions(): boolean {
    return this.cpu.betweenInstructions(this.threadId);
  }

  /** What the CPU model offers to programs beyond what every x86-64 processor has. */
  get userFeatures(): UserFeatures {
    return this.cpu.userFeatures();
  }

  status(): ThreadStatus {
    return this.#status;
  }

  /** Sets the status without telling the CPU: for restoring and taking over. */
  setStatus(status: ThreadStatus): void {
    this.#status = status;
  }

  /** The tick at which the thread has last begun to run. */
  get lastActivate(): Tick {
    return this.#lastActivate;
  }

  /** The tick at which the thread has last begun to wait. */
  get lastSuspend(): Tick {
    return this.#lastSuspend;
  }

  activate(): void {
    if (this.#status === 'Active') return;
    this.#trace('activate');
    this.#lastActivate = this.cpu.curTick();
    this.#status = 'Active';
    this.cpu.activateContext(this.threadId);
  }

  suspend(): void {
    if (this.#status === 'Suspended') return;
    this.#trace('suspend');
    this.#lastActivate = this.#lastSuspend = this.cpu.curTick();
    this.#status = 'Suspended';
    this.cpu.suspendContext(this.threadId);
  }

  /** Ends the thread. */
  halt(): void {
    if (this.#status === 'Halted') return;
    this.#trace('halt');
    this.#status = 'Halted';
    this.cpu.haltContext(this.threadId);
  }

  /** Lets an event happen when the thread has committed so many instructions, counted from the start. */
  scheduleInstCountEvent(event: Event, count: number): void {
    this.instEvents.schedule(event, count);
  }

  descheduleInstCountEvent(event: Event): void {
    this.instEvents.deschedule(event);
  }

  /** Committed instructions as of the last time that instruction events were serviced. */
  getCurrentInstCount(): number {
    return this.instEvents.curTick;
  }

  /**
   * Takes the place of another CPU's context: its id, its status and its registers. The other gets this
   * one's in exchange and is halted, so that it can take over again one day.
   */
  takeOverFrom(old: ThreadContext): void {
    const state = old.registers();
    state.detachSource();
    old.#state = this.#state;
    this.#state = state;
    this.#status = old.#status;
    this.#lastActivate = this.#lastSuspend = this.cpu.curTick();
    old.#status = 'Halted';
    this.#contextId = old.#contextId;
  }

  /** The registers as lines of text, for a `panic`. */
  dump(): string[] {
    return dumpThreadState(this.registers());
  }

  serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('_status', statuses.indexOf(this.#status));
    checkpoint.paramOut('lastActivate', this.#lastActivate);
    checkpoint.paramOut('lastSuspend', this.#lastSuspend);
    serializeThreadState(this.registers(), checkpoint);
  }

  unserialize(checkpoint: CheckpointIn): void {
    const number = checkpoint.number('_status');
    this.#status = statuses[number] ?? panic(`a thread has the unknown status ${String(number)}`);
    this.#lastActivate = checkpoint.number('lastActivate');
    this.#lastSuspend = checkpoint.number('lastSuspend');
    unserializeThreadState(this.#state, checkpoint);
  }

  #trace(text: string): void {
    if (Context.enabled) {
      const { cpu } = this;
      dprintf(Context, cpu.curTick(), cpu.name(), `${text} contextId ${String(this.#contextId)}`);
    }
  }
}
