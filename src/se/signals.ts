/**
 * Signals of a program: what each does, which are blocked, which wait.
 *
 * Source of the behaviour: signal(7), sigaction(2).
 */
import type { UserMemory } from './userMemory';

/** Signal numbers of x86-64 Linux that the simulator itself raises or treats specially. */
export const Signal = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

/** The highest signal number. */
export const SIGNAL_COUNT = 64;

const NAMES = new Map<number, string>(Object.entries(Signal).map(([name, n]) => [n, name]));

/** `SIGSEGV`, `SIGRT35`. */
export function signalName(signal: number): string {
  return NAMES.get(signal) ?? `SIGRT${String(signal)}`;
}

/** Special handler addresses. */
export const SIG_DFL = 0;
export const SIG_IGN = 1;

/** A set of signals, as its two halves: bit n of the low one is signal n + 1. */
export interface SignalMask {
  readonly low: number;
  readonly high: number;
}

/** The empty set. */
export const NO_SIGNALS: SignalMask = { low: 0, high: 0 };

/** Whether a set holds a signal. */
export function maskHas(mask: SignalMask, signal: number): boolean {
  const bit = signal - 1;
  return (((bit < 32 ? mask.low : mask.high) >>> (bit & 31)) & 1) !== 0;
}

/** The set with one signal more. */
export function maskWith(mask: SignalMask, signal: number): SignalMask {
  const bit = signal - 1;
  return bit < 32
    ? { low: mask.low | (1 << bit), high: mask.high }
    : { low: mask.low, high: mask.high | (1 << (bit & 31)) };
}

/** A set as a program has it in memory. @throws {SyscallFailure} EFAULT */
export function readMask(memory: UserMemory, address: number): SignalMask {
  return { low: memory.readInt32(address), high: memory.readInt32(address + 4) };
}

/** Everything in either set. */
export function maskUnion(a: SignalMask, b: SignalMask): SignalMask {
  return { low: a.low | b.low, high: a.high | b.high };
}

/** Everything in `a` that is not in `b`. */
export function maskWithout(a: SignalMask, b: SignalMask): SignalMask {
  return { low: a.low & ~b.low, high: a.high & ~b.high };
}

/** SIGKILL and SIGSTOP, which can be neither blocked nor handled. */
export const UNBLOCKABLE: SignalMask = maskWith(
  maskWith(NO_SIGNALS, Signal.SIGKILL),
  Signal.SIGSTOP,
);

/** What a program wants done about a signal. */
export interface SignalAction {
  /** Address of the handler, {@link SIG_DFL} or {@link SIG_IGN}. */
  readonly handler: number;
  /** `SA_*` bits. */
  readonly flags: number;
  /** Where the handler returns to. */
  readonly restorer: number;
  /** Blocked, besides the signal itself, while the handler runs. */
  readonly mask: SignalMask;
}

/** Bits of {@link SignalAction.flags}. */
export const ActionFlag = {
  SigInfo: 0x4,
  Restorer: 0x0400_0000,
  OnStack: 0x0800_0000,
  Restart: 0x1000_0000,
  NoDefer: 0x4000_0000,
  ResetHand: 0x8000_0000,
} as const;

const DEFAULT_ACTION: SignalAction = { handler: SIG_DFL, flags: 0, restorer: 0, mask: NO_SIGNALS };

/** What happens to a program without a handler. */
export function ignoredByDefault(signal: number): boolean {
  return (
    signal === Signal.SIGCHLD ||
    signal === Signal.SIGURG ||
    signal === Signal.SIGWINCH ||
    signal === Signal.SIGCONT
  );
}

/** Whether a signal's default is to stop the program, which only a shell could start again. */
export function stopsByDefault(signal: number): boolean {
  return signal >= Signal.SIGSTOP && signal <= Signal.SIGTTOU;
}

/** What a program has arranged for each signal. */
export class SignalActions {
  readonly #actions = new Map<number, SignalAction>();

  get(signal: number): SignalAction {
    return this.#actions.get(signal) ?? DEFAULT_ACTION;
  }

  set(signal: number, action: SignalAction): void {
    this.#actions.set(signal, action);
  }

  /** Every action that is not the default. */
  entries(): IterableIterator<[number, SignalAction]> {
    return this.#actions.entries();
  }
}

/** The first real-time signal: from here on, every one that is sent is kept. */
export const FIRST_REAL_TIME_SIGNAL = 32;

const SYNCHRONOUS: ReadonlySet<number> = new Set([
  Signal.SIGSEGV,
  Signal.SIGBUS,
  Signal.SIGILL,
  Signal.SIGTRAP,
  Signal.SIGFPE,
  Signal.SIGSYS,
]);

/** Whether a signal is delivered before another: those of faults first, then lower numbers. */
export function precedes(signal: number, other: number): boolean {
  const urgent = SYNCHRONOUS.has(signal);
  return urgent === SYNCHRONOUS.has(other) ? signal < other : urgent;
}

/** `si_code` of signals that the kernel itself sends. */
export const SI_KERNEL = 0x80;

/** A signal that waits to be delivered. */
export interface PendingSignal {
  readonly signal: number;
  /** `si_code`: why it was sent. */
  readonly code: number;
  /** `si_addr` of a fault, otherwise 0. */
  readonly address: number;
  /** Of a fault: the exception's number and its error code. */
  readonly vector?: number;
  readonly errorCode?: number;
  /** One line for the user, should the signal end the program. */
  readonly reason: string;
}
