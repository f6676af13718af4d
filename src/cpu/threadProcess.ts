import type { ThreadContext } from './threadContext';

/** What a CPU needs of the process whose thread it runs (syscall emulation's `Process`). */
export interface ThreadProcess {
  /** Full name of the process object, for messages. */
  name(): string;
  /**
   * A thread context runs this process. Called while the CPU initialises, when the system knows the
   * context already; the process activates it when its program is loaded.
   */
  assignThreadContext(context: ThreadContext): void;
  /** Another CPU has taken the thread over: this context has the same id as the one before. */
  replaceThreadContext(context: ThreadContext): void;
}
