/** System calls about signals. Source of the behaviour: sigaction(2) and kin, signal(7). */
import { Errno } from '../../host/index';
import type { ProcessState } from '../processState';
import { SS_DISABLE, type ProcessThread } from '../processThread';
import { restoreFromFrame, SIGNAL_INFO_SIZE, writeSignalInfo } from '../signalFrame';
import { sendSignal } from '../signalDelivery';
import {
  maskUnion,
  maskWithout,
  readMask,
  SIGNAL_COUNT,
  signalName,
  Signal,
  UNBLOCKABLE,
  type SignalMask,
} from '../signals';
import { StructWriter } from '../structWriter';
import type { SyscallGroup } from '../syscallHandler';
import { REGISTERS_SET, RESTART } from '../syscallResult';
import { deadlineOf, readTimespec } from './time';

/** Bytes of a signal set as the kernel counts them. */
const SET_SIZE = 8;
const HOW = { Block: 0, Unblock: 1, Set: 2 } as const;
const SI_USER = 0;
const SI_TKILL = -6;
const SS_ONSTACK = 1;
/** Smallest alternate stack (`MINSIGSTKSZ`). */
const SMALLEST_STACK = 2048;
const ACTION_SIZE = 32;

const struct = new StructWriter(ACTION_SIZE);

function writeMask(process: ProcessState, address: number, mask: SignalMask): void {
  struct.u32(0, mask.low).u32(4, mask.high);
  process.memory.copyOut(address, struct.bytes, SET_SIZE);
}

function rtSigaction(
  { process }: ProcessThread,
  signal: number,
  action: number,
  oldAction: number,
  setSize: number,
): number {
  const changeable = signal !== Signal.SIGKILL && signal !== Signal.SIGSTOP;
  if (setSize !== SET_SIZE || !(signal >= 1 && signal <= SIGNAL_COUNT)) return -Errno.EINVAL;
  if (action !== 0 && !changeable) return -Errno.EINVAL;
  const before = process.signalActions.get(signal);
  if (action !== 0) {
    process.signalActions.set(signal, {
      handler: process.memory.readInt64(action),
      flags: process.memory.readInt32(action + 8),
      restorer: process.memory.readInt64(action + 16),
      mask: readMask(process.memory, action + 24),
    });
  }
  if (oldAction !== 0) {
    struct
      .begin(ACTION_SIZE)
      .i64(0, before.handler)
      .i64(8, before.flags >>> 0)
      .i64(16, before.restorer)
      .u32(24, before.mask.low)
      .u32(28, before.mask.high);
    process.memory.copyOut(oldAction, struct.bytes, ACTION_SIZE);
  }
  return 0;
}

function rtSigprocmask(
  thread: ProcessThread,
  how: number,
  set: number,
  oldSet: number,
  setSize: number,
): number {
  const { process } = thread;
  if (setSize !== SET_SIZE) return -Errno.EINVAL;
  const before = thread.blocked;
  if (set !== 0) {
    const mask = readMask(process.memory, set);
    let blocked: SignalMask;
    if (how === HOW.Block) blocked = maskUnion(before, mask);
    else if (how === HOW.Unblock) blocked = maskWithout(before, mask);
    else if (how === HOW.Set) blocked = mask;
    else return -Errno.EINVAL;
    thread.blocked = maskWithout(blocked, UNBLOCKABLE);
  }
  if (oldSet !== 0) writeMask(process, oldSet, before);
  return 0;
}

function sigaltstack(thread: ProcessThread, stack: number, oldStack: number): number {
  const { process, signalStack } = thread;
  let flags = 0;
  if (signalStack.size === 0) flags = SS_DISABLE;
  else if (thread.onSignalStack()) flags = SS_ONSTACK;
  if (stack !== 0) {
    if (flags === SS_ONSTACK) return -Errno.EPERM;
    const address = process.memory.readInt64(stack);
    const newFlags = process.memory.readInt32(stack + 8);
    const size = process.memory.readInt64(stack + 16);
    if (newFlags === SS_DISABLE) {
      thread.signalStack = { address: 0, size: 0 };
    } else {
      if ((newFlags & ~SS_ONSTACK) !== 0) return -Errno.EINVAL;
      if (size >= 0 && size < SMALLEST_STACK) return -Errno.ENOMEM;
      thread.signalStack = { address, size };
    }
  }
  if (oldStack !== 0) {
    struct.begin(24).i64(0, signalStack.address).u32(8, flags).i64(16, signalStack.size);
    process.memory.copyOut(oldStack, struct.bytes, 24);
  }
  return 0;
}

function send(thread: ProcessThread, signal: number, code: number): number {
  if (!(signal >= 0 && signal <= SIGNAL_COUNT)) return -Errno.EINVAL;
  if (signal === 0) return 0;
  const name = signalName(signal);
  const reason = `program killed by ${name}, which it sent to itself`;
  sendSignal(thread, { signal, code, address: 0, reason });
  return 0;
}

function toOurselves({ process }: ProcessThread, pid: number): boolean {
  const { ids } = process;
  return pid === ids.pid || pid === 0 || pid === -ids.pgid || pid === -1;
}

/** Waits for a signal that a handler takes. */
function waitForSignal(thread: ProcessThread): number {
  return thread.sleepUntil(Infinity, { result: -Errno.EINTR });
}

function rtSigtimedwait(
  thread: ProcessThread,
  set: number,
  info: number,
  timeout: number,
  setSize: number,
): number {
  if (setSize !== SET_SIZE) return -Errno.EINVAL;
  const { process } = thread;
  const awaits = maskWithout(readMask(process.memory, set), UNBLOCKABLE);
  const time = timeout === 0 ? Infinity : readTimespec(process, timeout);
  if (time < 0) return -Errno.EINVAL;
  const pending = thread.takePending(awaits);
  if (pending !== undefined) {
    const bytes = new Uint8Array(SIGNAL_INFO_SIZE);
    writeSignalInfo(new DataView(bytes.buffer), pending, process);
    if (info !== 0) process.memory.copyOut(info, bytes);
    return pending.signal;
  }
  const deadline = deadlineOf(thread, time);
  if (deadline <= process.clock.tick()) return -Errno.EAGAIN;
  return thread.sleepUntil(deadline, { result: RESTART, awaits });
}

/** Handlers of this group. */
export const signalCalls: SyscallGroup = {
  rt_sigaction: rtSigaction,
  rt_sigprocmask: rtSigprocmask,
  rt_sigreturn: thread => {
    restoreFromFrame(thread);
    return REGISTERS_SET;
  },
  rt_sigpending: (thread, set, setSize) => {
    if (setSize !== SET_SIZE) return -Errno.EINVAL;
    writeMask(thread.process, set, thread.pendingMask());
    return 0;
  },
  rt_sigsuspend: (thread, set, setSize) => {
    if (setSize !== SET_SIZE) return -Errno.EINVAL;
    thread.suspendWith(maskWithout(readMask(thread.process.memory, set), UNBLOCKABLE));
    return waitForSignal(thread);
  },
  rt_sigtimedwait: rtSigtimedwait,
  pause: waitForSignal,
  sigaltstack,
  kill: (thread, pid, signal) =>
    toOurselves(thread, pid | 0) ? send(thread, signal | 0, SI_USER) : -Errno.ESRCH,
  tkill: (thread, tid, signal) =>
    (tid | 0) === thread.tid ? send(thread, signal | 0, SI_TKILL) : -Errno.ESRCH,
  tgkill: (thread, pid, tid, signal) =>
    (pid | 0) === thread.process.ids.pid && (tid | 0) === thread.tid
      ? send(thread, signal | 0, SI_TKILL)
      : -Errno.ESRCH,
};
