/**
 * System calls about when and where a thread runs: on one processor, by the ordinary policy and with the
 * usual priority, and nothing else. Source: sched(7).
 */
import { Errno } from '../../host/index';
import type { ProcessThread } from '../processThread';
import type { SyscallGroup } from '../syscallHandler';

const MASK_SIZE = 8;
/** The time slice of the ordinary policy, as Linux tells it at 250 interrupts a second. */
const SLICE_NS = 4_000_000;

/** 0 when a number means the calling thread, else an error. */
function own({ process, tid }: ProcessThread, pid: number): number {
  return pid === 0 || pid === process.ids.pid || pid === tid ? 0 : -Errno.ESRCH;
}

/** As {@link own}, for the calls to which a negative number is nonsense. */
function ownOrNonsense(thread: ProcessThread, pid: number): number {
  return (pid | 0) < 0 ? -Errno.EINVAL : own(thread, pid);
}

function getAffinity(thread: ProcessThread, pid: number, size: number, address: number): number {
  if (size < MASK_SIZE || size % MASK_SIZE !== 0) return -Errno.EINVAL;
  const error = own(thread, pid);
  if (error !== 0) return error;
  thread.process.memory.writeInt64(address, 1);
  return MASK_SIZE;
}

function setAffinity(thread: ProcessThread, pid: number, size: number, address: number): number {
  const mask = new Uint8Array(Math.min(size >>> 0, MASK_SIZE)); // the kernel's size is unsigned
  thread.process.memory.copyIn(address, mask);
  const error = own(thread, pid);
  if (error !== 0) return error;
  // The only processor must be among them.
  return ((mask[0] ?? 0) & 1) === 0 ? -Errno.EINVAL : 0;
}

function getParam(thread: ProcessThread, pid: number, address: number): number {
  const error = ownOrNonsense(thread, pid);
  if (error === 0) thread.process.memory.writeInt32(address, 0);
  return error;
}

function getInterval(thread: ProcessThread, pid: number, address: number): number {
  const error = ownOrNonsense(thread, pid);
  if (error !== 0) return error;
  thread.process.memory.writeInt64(address, 0);
  thread.process.memory.writeInt64(address + 8, SLICE_NS);
  return 0;
}

/** Bounds of real-time priorities; the ordinary policies have none. */
function priorityLimit(policy: number, realTime: number): number {
  const FIFO = 1;
  const ROUND_ROBIN = 2;
  const ORDINARY: readonly number[] = [0, 3, 5];
  if (policy === FIFO || policy === ROUND_ROBIN) return realTime;
  return ORDINARY.includes(policy) ? 0 : -Errno.EINVAL;
}

const PRIO = { Process: 0, Group: 1, User: 2 } as const;

/** 0 where a priority is that of the program itself, else the negated error number. */
function checkTarget({ process }: ProcessThread, which: number, who: number): number {
  const { pid, pgid, uid } = process.ids;
  const own: Readonly<Record<number, number>> = {
    [PRIO.Process]: pid,
    [PRIO.Group]: pgid,
    [PRIO.User]: uid,
  };
  const id = own[which | 0];
  if (id === undefined) return -Errno.EINVAL;
  return (who | 0) === 0 || (who | 0) === id ? 0 : -Errno.ESRCH;
}

/** As the kernel returns it: 20 less the "nice" value. */
function getPriority(thread: ProcessThread, which: number, who: number): number {
  const error = checkTarget(thread, which, who);
  return error < 0 ? error : 20 - thread.process.nice;
}

/** Nicer is always allowed, the way back never. */
function setPriority(thread: ProcessThread, which: number, who: number, value: number): number {
  const error = checkTarget(thread, which, who);
  if (error < 0) return error;
  const nice = Math.max(-20, Math.min(value | 0, 19));
  if (nice < thread.process.nice) return -Errno.EACCES;
  thread.process.nice = nice;
  return 0;
}

/** Handlers of this group. */
export const schedulingCalls: SyscallGroup = {
  sched_yield: () => 0,
  sched_getaffinity: getAffinity,
  sched_setaffinity: setAffinity,
  sched_getscheduler: ownOrNonsense,
  sched_getparam: getParam,
  sched_rr_get_interval: getInterval,
  sched_get_priority_max: (_, policy) => priorityLimit(policy, 99),
  sched_get_priority_min: (_, policy) => priorityLimit(policy, 1),
  getpriority: getPriority,
  setpriority: setPriority,
};
