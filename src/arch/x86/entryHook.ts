import type { X86ThreadState } from './threadState';

/**
 * What a CPU that runs a thread on hardware calls around each run (KVM_RUN), if the thread has one
 * (`state.entryHook`):
 *
 * ```ts
 * state.entryHook?.beforeEntry(state); // may send the thread through supervisor code first
 * pushDirtyRegisters(); run(); pullRegisters();
 * state.entryHook?.afterExit(state);   // before anybody looks at the registers
 * ```
 *
 * That is all a CPU does to make the processor forget changed page tables. A model that interprets
 * instructions and keeps its own translations watches {@link EntryHook.pageTableGeneration} instead.
 */
export interface EntryHook {
  /** Grows whenever a processor may have to forget something of the thread's page tables. */
  readonly pageTableGeneration: number;

  /** The thread is about to run. May change registers; sets `state.dirty` as every change does. */
  beforeEntry(state: X86ThreadState): void;

  /** The thread has stopped, for whatever reason, and its regs and sregs are in the state block. */
  afterExit(state: X86ThreadState): void;

  /**
   * Whether the thread stopped inside supervisor code, on its way to a trap: its registers are then
   * not the program's. A CPU that drains runs it on (some microseconds) until this is false.
   */
  inSupervisor(state: X86ThreadState): boolean;
}
