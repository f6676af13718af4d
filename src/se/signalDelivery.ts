/** Sending signals to a program, and what they do to it. Source of the behaviour: signal(7). */
import { warnOnce } from '../base/index';
import type { ProcessThread } from './processThread';
import { enterHandler } from './signalFrame';
import { interruptSleep } from './sleep';
import {
  ActionFlag,
  FIRST_REAL_TIME_SIGNAL,
  ignoredByDefault,
  maskHas,
  maskUnion,
  maskWith,
  NO_SIGNALS,
  SIG_DFL,
  SIG_IGN,
  Signal,
  signalName,
  stopsByDefault,
  type PendingSignal,
} from './signals';
import { SyscallFailure } from './syscallFailure';

/**
 * Makes a signal wait for a thread; of each kind but the real-time ones, one waits at most. One that
 * would be ignored is lost at once, and disturbs no call that waits.
 */
export function sendSignal(thread: ProcessThread, pending: PendingSignal): void {
  const { handler } = thread.process.signalActions.get(pending.signal);
  const ignored = handler === SIG_IGN || (handler === SIG_DFL && ignoredByDefault(pending.signal));
  if (ignored && !maskHas(thread.blocked, pending.signal)) return;
  const waits = thread.pending.some(({ signal }) => signal === pending.signal);
  if (waits && pending.signal < FIRST_REAL_TIME_SIGNAL) return;
  thread.pending.push(pending);
}

/**
 * Sends a signal that the thread's own instruction has caused: if it is blocked or ignored the program
 * dies, since the instruction cannot be passed.
 */
export function forceSignal(thread: ProcessThread, pending: PendingSignal): void {
  const { handler } = thread.process.signalActions.get(pending.signal);
  const blocked = maskHas(thread.blocked, pending.signal);
  if (blocked || handler === SIG_DFL || handler === SIG_IGN) kill(thread, pending);
  else thread.pending.unshift(pending);
}

function kill(thread: ProcessThread, { signal, reason }: PendingSignal): void {
  thread.process.end ??= { kind: 'signal', signal, reason };
}

/**
 * Delivers the signals that wait and are not blocked. To be called whenever the thread is about to run
 * on, its registers being those it will run with.
 * @returns whether a handler runs next.
 */
export function deliverSignals(thread: ProcessThread): boolean {
  let handled = false;
  while (thread.process.end === undefined) {
    const pending = thread.takeDeliverable();
    if (pending === undefined) break;
    handled = deliver(thread, pending) || handled;
  }
  return handled;
}

/** Returns whether a handler runs next. */
function deliver(thread: ProcessThread, pending: PendingSignal): boolean {
  const { process } = thread;
  const { signal } = pending;
  const action = process.signalActions.get(signal);
  if (action.handler === SIG_IGN) return false;
  if (action.handler === SIG_DFL) {
    if (ignoredByDefault(signal)) return false;
    if (stopsByDefault(signal)) {
      warnOnce(
        `${process.name} ${String(signal)}`,
        `${process.name}: the program sent itself ${signalName(signal)}; there is nobody to ` +
          'continue a stopped program, so it goes on',
      );
      return false;
    }
    kill(thread, pending);
    return false;
  }
  interruptSleep(thread, action);
  try {
    enterHandler(thread, action, pending);
  } catch (error) {
    if (!(error instanceof SyscallFailure)) throw error;
    const reason = `program killed by SIGSEGV: no room on the stack for a ${signalName(signal)} handler`;
    kill(thread, { ...pending, signal: Signal.SIGSEGV, reason });
    return false;
  }
  const itself =
    (action.flags & ActionFlag.NoDefer) === 0 ? maskWith(NO_SIGNALS, signal) : NO_SIGNALS;
  thread.blocked = maskUnion(maskUnion(thread.blocked, action.mask), itself);
  if ((action.flags & ActionFlag.ResetHand) !== 0) {
    process.signalActions.set(signal, { ...action, handler: SIG_DFL });
  }
  return true;
}
