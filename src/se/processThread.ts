/** What an operating system kernel knows about a thread of a program that it runs. */
import { RSP, type X86ThreadState } from '../arch/x86/index';
import { MaxTick, type Tick } from '../base/index';
import type { TimerClock } from './intervalTimers';
import type { ProcessState } from './processState';
import {
  maskHas,
  maskWith,
  NO_SIGNALS,
  precedes,
  type PendingSignal,
  type SignalMask,
} from './signals';
import { SLEEP } from './syscallResult';

/** The stack on which signal handlers run, if the program has given one: otherwise of size 0. */
export interface SignalStack {
  readonly address: number;
  readonly size: number;
}

/** How a thread waits, and how it goes on. Plain data. */
export interface ThreadSleep {
  /** Tick at which the wait began. */
  readonly since: Tick;
  /** Tick at which it ends by itself; `Infinity`: never. */
  readonly until: Tick;
  /** What the call returns then; `RESTART`: it is made again and sees what has changed. */
  readonly result: number;
  /** After a handler that was set up with `SA_RESTART` the call is made again. */
  readonly restartable: boolean;
  /** Signals that end the wait although they are blocked. */
  readonly awaits: SignalMask;
  /** Where a call that a handler interrupts puts the time that was left; 0: nowhere. */
  readonly remainder: number;
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
  /** What `blocked` will be again after a call that waits with other signals blocked. */
  blockedBefore: SignalMask | undefined;
  readonly pending: PendingSignal[] = [];
  signalStack: SignalStack = { address: 0, size: 0 };
  /** Components of the XSAVE area that the thread has used. */
  extendedFeatures = 0;
  /** Set while the thread waits, and until the next time it is looked at. */
  sleep: ThreadSleep | undefined;
  /** Ticks that the thread has waited altogether, without the wait under way. */
  sleptTicks: Tick = 0;
  /** When a call that is made again and again gives up; `undefined` before its first attempt. */
  deadline: Tick | undefined;

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

  /** Blocks other signals until {@link takeOriginalMask}; a call made again changes nothing. */
  suspendWith(mask: SignalMask): void {
    this.blockedBefore ??= this.blocked;
    this.blocked = mask;
  }

  /** The set of signals to be blocked again after the handler that is about to run. */
  takeOriginalMask(): SignalMask {
    const mask = this.blockedBefore ?? this.blocked;
    this.blockedBefore = undefined;
    return mask;
  }

  /** Says how the thread waits. Returns `SLEEP`, for the call that makes it wait. */
  sleepUntil(until: Tick, how: SleepEnd): number {
    const since = this.process.clock.tick();
    const { result, restartable = false, awaits = NO_SIGNALS, remainder = 0 } = how;
    const end = until < MaxTick ? until : Infinity;
    this.sleep = { since, until: end, result, restartable, awaits, remainder };
    return SLEEP;
  }

  /** The oldest waiting signal of a set, blocked or not; it waits no more. */
  takePending(mask: SignalMask): PendingSignal | undefined {
    const index = this.pending.findIndex(({ signal }) => maskHas(mask, signal));
    return index < 0 ? undefined : this.pending.splice(index, 1)[0];
  }

  /** Whether a signal has come that the thread waits for. */
  hasAwaited(): boolean {
    const awaits = this.sleep?.awaits ?? NO_SIGNALS;
    return this.pending.some(({ signal }) => maskHas(awaits, signal));
  }

  /** The wait is over. */
  endSleep(): void {
    this.sleptTicks = this.#slept();
    this.sleep = undefined;
  }

  #slept(): Tick {
    const { sleep } = this;
    if (sleep === undefined) return this.sleptTicks;
    return this.sleptTicks + Math.min(this.process.clock.tick(), sleep.until) - sleep.since;
  }

  /** The clocks of the thread's timers. */
  timerClock(): TimerClock {
    const now = this.process.clock.tick();
    return { now, cpuNow: now - this.#slept(), awake: Math.max(now, this.sleep?.until ?? 0) };
  }

  /** The tick at which a timer of the program expires next. */
  nextTimer(): Tick {
    const { timers } = this.process;
    if (!timers.active) return Infinity;
    const next = timers.next(this.timerClock());
    return next < MaxTick ? next : Infinity;
  }

  /** Milliseconds that the thread may wait for the host: until then time stands still for it. */
  patience(): number {
    const { clock } = this.process;
    return Math.max(0, clock.milliseconds(this.nextTimer() - clock.tick()));
  }
}

/** How a wait ends; see {@link ThreadSleep}. */
export type SleepEnd = Pick<ThreadSleep, 'result'> &
  Partial<Pick<ThreadSleep, 'restartable' | 'awaits' | 'remainder'>>;
