/**
 * Signals of the calling thread: which are blocked, which are pending, and sending them.
 *
 * A signal that stays blocked never runs a handler, so no JavaScript ever runs in signal context;
 * what it is good for is ending a system call that unblocks it while it waits (`KVM_RUN`).
 */
import { Errno, ErrnoError } from './errno';
import { lastErrno, libc } from './libc';
import { SignalSet } from './signalSet';

const SIG_BLOCK = 0;
const SIG_UNBLOCK = 1;
const SIG_SETMASK = 2;

/** The real-time signals that a program may use; the C library keeps the first few for itself. */
export function realTimeSignals(): { readonly first: number; readonly last: number } {
  // SAFETY: no arguments.
  const first = libc.sigrtmin();
  // SAFETY: no arguments.
  const last = libc.sigrtmax();
  return { first, last };
}

/** Changes the thread's mask and returns the one before. */
function changeMask(how: number, set: SignalSet, doing: string): SignalSet {
  const old = new SignalSet();
  // SAFETY: both sets are 128 bytes, as large as sigset_t.
  const errno = libc.pthread_sigmask(how, set.bytes, old.bytes); // returns it, leaves errno alone
  if (errno !== 0) throw new ErrnoError({ call: 'pthread_sigmask', errno, doing });
  return old;
}

/** Blocks signals in the calling thread, in addition to those blocked. @returns the mask before */
export function blockSignals(set: SignalSet): SignalSet {
  return changeMask(SIG_BLOCK, set, 'blocking signals');
}

/** Lets signals through to the calling thread again. @returns the mask before */
export function unblockSignals(set: SignalSet): SignalSet {
  return changeMask(SIG_UNBLOCK, set, 'unblocking signals');
}

/** Makes a set the calling thread's mask. @returns the mask before */
export function setSignalMask(set: SignalSet): SignalSet {
  return changeMask(SIG_SETMASK, set, 'setting the signal mask');
}

/** The signals that the calling thread blocks. */
export function signalMask(): SignalSet {
  return changeMask(SIG_BLOCK, new SignalSet(), 'reading the signal mask');
}

/** The blocked signals that wait for the calling thread or the process. */
export function pendingSignals(): SignalSet {
  const set = new SignalSet();
  // SAFETY: 128 writable bytes, as large as sigset_t.
  const result = libc.sigpending(set.bytes);
  if (result < 0) {
    throw new ErrnoError({ call: 'sigpending', errno: lastErrno(), doing: 'reading signals' });
  }
  return set;
}

const noTime = new Uint8Array(16);

/**
 * Takes one pending signal away, without waiting and without running its handler. Allocates
 * nothing.
 *
 * @param set - the signals meant; they should be blocked
 * @returns the signal taken, 0 when none of them was pending
 * @throws {ErrnoError} when the kernel refuses
 */
export function takePendingSignal(set: SignalSet): number {
  // SAFETY: a 128-byte set, no information wanted, a 16-byte timespec of zero.
  const signal = libc.sigtimedwait(set.bytes, null, noTime);
  if (signal > 0) return signal;
  const errno = lastErrno();
  if (errno === Errno.EAGAIN) return 0;
  throw new ErrnoError({ call: 'sigtimedwait', errno, doing: 'dropping a pending signal' });
}

/** The kernel's number of the calling thread. */
export function threadId(): number {
  // SAFETY: no arguments.
  return libc.gettid();
}

/** The kernel's number of this process; unlike `process.pid`, right also after a fork. */
export function processId(): number {
  // SAFETY: no arguments.
  return libc.getpid();
}

/**
 * Sends a signal to one thread of this process. `process.kill` on the own process is no substitute:
 * Node runs its exit hooks first where no JavaScript handler is installed for the signal.
 *
 * @param thread - what {@link threadId} returns there
 * @throws {ErrnoError} ESRCH when the thread is gone, EAGAIN when too many signals are pending
 */
export function signalThread(thread: number, signal: number): void {
  const process = processId();
  // SAFETY: integers only; the kernel checks that the thread belongs to this process.
  const result = libc.tgkill(process, thread, signal);
  if (result < 0) {
    const doing = `sending signal ${String(signal)} to thread ${String(thread)}`;
    throw new ErrnoError({ call: 'tgkill', errno: lastErrno(), doing });
  }
}
