/** What a CPU needs of the program that it runs in syscall emulation. */
import type { SimObject } from '../sim/index';
import type { ThreadContext } from './threadContext';

/** A process, as a CPU sees it. */
export interface CpuProcess extends SimObject {
  /** Called once for each of the CPU's threads that runs it, in order of context id. */
  assignThreadContext(context: ThreadContext): void;
  /** A context of another CPU has taken the place of the one with the same id. */
  replaceThreadContext(context: ThreadContext): void;
}
