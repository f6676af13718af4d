/**
 * The face of one hardware thread: what it executes for, and whether it does.
 *
 * Source of the behaviour: gem5 `cpu/thread_context.hh`, `cpu/simple_thread.cc`.
 */
import type { X86ThreadState } from '../arch/x86/index';
import { InvalidContextID, type ContextID } from '../base/index';
import type { System, SystemThreadContext, ThreadStatus } from '../mem/index';
import type { BaseCPU } from './baseCPU';
import type { CpuProcess } from './cpuProcess';

/** A thread of a CPU. It keeps its context id when another CPU takes it over. */
export class ThreadContext implements SystemThreadContext {
  /** The CPU that has this thread. */
  readonly cpu: BaseCPU;
  /** Number of the thread within its CPU. */
  readonly threadId: number;
  /** What it runs in syscall emulation; null in a full system. */
  process: CpuProcess | null;
  /** The registers. A CPU that takes over uses the same block, where it lies. */
  state: X86ThreadState;
  #contextId: ContextID = InvalidContextID;
  #status: ThreadStatus = 'Halted';

  constructor(cpu: BaseCPU, threadId: number, process: CpuProcess | null, state: X86ThreadState) {
    this.cpu = cpu;
    this.threadId = threadId;
    this.process = process;
    this.state = state;
  }

  /** The system that the thread belongs to. */
  get system(): System {
    return this.cpu.system;
  }

  /** Its number in the system; -1 before the CPU registered it. */
  get contextId(): ContextID {
    return this.#contextId;
  }

  setContextId(id: ContextID): void {
    this.#contextId = id;
  }

  status(): ThreadStatus {
    return this.#status;
  }

  /** Sets the status without telling the CPU: for taking over and restoring. */
  setStatus(status: ThreadStatus): void {
    this.#status = status;
  }

  /** Lets the thread run from the next clock edge on. */
  activate(): void {
    if (this.#status === 'Active') return;
    this.#status = 'Active';
    this.cpu.activateContext(this.threadId);
  }

  /** Lets the thread wait until it is activated. */
  suspend(): void {
    if (this.#status === 'Suspended') return;
    this.#status = 'Suspended';
    this.cpu.suspendContext(this.threadId);
  }

  /** Ends the thread. */
  halt(): void {
    if (this.#status === 'Halted') return;
    this.#status = 'Halted';
    this.cpu.haltContext(this.threadId);
  }

  /** Becomes what another CPU's thread was, which ends. The new CPU is told when it resumes. */
  takeOverFrom(old: ThreadContext): void {
    this.process = old.process;
    this.state = old.state;
    this.#contextId = old.contextId;
    this.#status = old.#status;
    old.#status = 'Halted';
    this.process?.replaceThreadContext(this);
  }
}
