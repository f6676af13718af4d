/** What an operating system kernel knows about a thread of a program that it runs. */
import { RSP, type X86ThreadState } from '../arch/x86/index';
import type { ProcessState } from './processState';
import {
  maskHas,
  maskWith,
  NO_SIGNALS,
  precedes,
  type PendingSignal,
  type SignalMask,
} from './signals';

/** The stack on which signal handlers run, if the program has given one: otherwise of size 0. */
export interface SignalStack {
  readonly address: number;
  readonly size: number;
}

/** Flag of sigaltstack(2): there is no alternate stack. */
export const SS_DISABLE = 2;

/** A thread of a program, as its kernel sees it. */
export class ProcessThread {
  readonly process: ProcessState;
  /** The registers of the processor that runs it; others when another CPU takes over. */
  registers: X86ThreadState;
  readonly tid: number;
  /** Cleared and woken when the thread ends (set_tid_address(2)); 0: nothing. */
  clearChildTid = 0;
  /** Head of the list of robust futexes (set_robust_list(2)). */
  robustList = 0;
  blocked: SignalMask = NO_SIGNALS;
  /** What `blocked` will be again after rt_sigsuspend(2). */
  #blockedBefore: SignalMask | undefined;
  readonly pending: PendingSignal[] = [];
  signalStack: SignalStack = { address: 0, size: 0 };
  /** Components of the XSAVE area that the thread has used. */
  extendedFeatures = 0;
  /** After a call returned `SLEEP`: the tick at which it goes on, and what it then returns. */
  wakeTick = 0;
  wakeResult = 0;

  constructor(process: ProcessState, registers: X86ThreadState, tid: number) {
    this.process = process;
    this.registers = registers;
    this.tid = tid;
  }

  /** Whether the thread's stack pointer is on the alternate stack. */
  onSignalStack(): boolean {
    const { address, size } = this.signalStack;
    const pointer = this.registers.gprNumber(RSP);
    return size !== 0 && pointer > address && pointer <= address + size;
  }

  /** The set of waiting signals. */
  pendingMask(): SignalMask {
    return this.pending.reduce((mask, { signal }) => maskWith(mask, signal), NO_SIGNALS);
  }

  /** Whether a signal waits that is not blocked. */
  hasDeliverable(): boolean {
    return this.pending.some(({ signal }) => !maskHas(this.blocked, signal));
  }

  /** Takes the waiting signal that is not blocked and precedes all others; the oldest of its kind. */
  takeDeliverable(): PendingSignal | undefined {
    let first: PendingSignal | undefined;
    for (const pending of this.pending) {
      if (maskHas(this.blocked, pending.signal)) continue;
      if (first === undefined || precedes(pending.signal, first.signal)) first = pending;
    }
    if (first !== undefined) this.pending.splice(this.pending.indexOf(first), 1);
    return first;
  }

  /** Blocks other signals until {@link takeOriginalMask}. */
  suspendWith(mask: SignalMask): void {
    this.#blockedBefore = this.blocked;
    this.blocked = mask;
  }

  /** The set of signals to be blocked again after the handler that is about to run. */
  takeOriginalMask(): SignalMask {
    const mask = this.#blockedBefore ?? this.blocked;
    this.#blockedBefore = undefined;
    return mask;
  }
}
