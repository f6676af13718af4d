/** System calls about the process and its thread. Source of the behaviour: man-pages section 2. */
import { FS, GS } from '../../arch/x86/index';
import { Errno } from '../../host/index';
import { USER_END } from '../layout';
import type { ProcessThread } from '../processThread';
import { StructWriter } from '../structWriter';
import type { SyscallGroup, SyscallHandler } from '../syscallHandler';
import { BLOCKED, ENDED } from '../syscallResult';
import { readTimespec, sleepFor } from './time';

const ARCH = { SetGs: 0x1001, SetFs: 0x1002, GetFs: 0x1003, GetGs: 0x1004 } as const;

const PR = { SetName: 15, GetName: 16, GetDumpable: 3, SetDumpable: 4 } as const;
const COMM_SIZE = 16;

const RLIMIT = { Stack: 3, NoFile: 7 } as const;
const RLIMIT_COUNT = 16;
/** `RLIM_INFINITY`, as a signed number. */
const NO_LIMIT = -1;

const FUTEX = { Wait: 0, Wake: 1, Requeue: 3, WaitBitset: 9, WakeBitset: 10 } as const;
const FUTEX_COMMAND = 0x7f;
const FUTEX_CLOCK_REALTIME = 256;

const struct = new StructWriter(128);

function exit(thread: ProcessThread, status: number): number {
  thread.process.end = { kind: 'exit', status: status & 0xff };
  return ENDED;
}

function archPrctl({ process, registers }: ProcessThread, code: number, address: number): number {
  const segment = registers.segment(code === ARCH.SetFs || code === ARCH.GetFs ? FS : GS);
  switch (code) {
    case ARCH.SetFs:
    case ARCH.SetGs:
      if (address < 0 || address >= USER_END) return -Errno.EPERM;
      segment.base = BigInt(address);
      return 0;
    case ARCH.GetFs:
    case ARCH.GetGs:
      process.memory.writeInt64(address, Number(segment.base));
      return 0;
    default:
      return -Errno.EINVAL;
  }
}

function prctl({ process }: ProcessThread, option: number, argument: number): number {
  switch (option | 0) {
    case PR.SetName: {
      const bytes = new Uint8Array(COMM_SIZE);
      process.memory.copyIn(argument, bytes);
      const end = bytes.indexOf(0);
      process.comm = Buffer.from(bytes.subarray(0, end < 0 ? COMM_SIZE - 1 : end)).toString();
      return 0;
    }
    case PR.GetName:
      struct.begin(COMM_SIZE).text(0, process.comm, COMM_SIZE);
      process.memory.copyOut(argument, struct.bytes, COMM_SIZE);
      return 0;
    case PR.GetDumpable:
      return 1;
    case PR.SetDumpable:
      return argument === 0 || argument === 1 ? 0 : -Errno.EINVAL;
    default:
      return -Errno.EINVAL;
  }
}

interface ResourceLimit {
  readonly soft: number;
  readonly hard: number;
}

function limitOf({ process }: ProcessThread, resource: number): ResourceLimit {
  const { space, files } = process;
  if (resource === RLIMIT.NoFile) return { soft: files.limit, hard: files.hardLimit };
  const limit = resource === RLIMIT.Stack ? space.maxStackSize : NO_LIMIT;
  return { soft: limit, hard: limit };
}

function prlimit(
  thread: ProcessThread,
  pid: number,
  resource: number,
  newLimit: number,
  oldLimit: number,
): number {
  const { process } = thread;
  if (pid !== 0 && pid !== process.ids.pid) return -Errno.ESRCH;
  const kind = resource | 0;
  if (kind < 0 || kind >= RLIMIT_COUNT) return -Errno.EINVAL;
  const limit = limitOf(thread, kind);
  if (oldLimit !== 0) {
    struct.begin(16).i64(0, limit.soft).i64(8, limit.hard);
    process.memory.copyOut(oldLimit, struct.bytes, 16);
  }
  if (newLimit === 0) return 0;
  const soft = process.memory.readInt64(newLimit);
  const hard = process.memory.readInt64(newLimit + 8);
  const within = (value: number): boolean => limit.hard < 0 || (value >= 0 && value <= limit.hard);
  if (hard >= 0 && (soft < 0 || soft > hard)) return -Errno.EINVAL;
  if (!within(soft) || !within(hard)) return -Errno.EPERM;
  // The other limits stay what they are: nothing here would come up against lower ones.
  if (kind === RLIMIT.NoFile) {
    process.files.limit = soft;
    process.files.hardLimit = hard;
  }
  return 0;
}

function futex(
  thread: ProcessThread,
  address: number,
  operation: number,
  value: number,
  timeout: number,
): number {
  const { process } = thread;
  const command = operation & FUTEX_COMMAND;
  const now = process.memory.readInt32(address);
  switch (command) {
    case FUTEX.Wake:
    case FUTEX.WakeBitset:
    case FUTEX.Requeue:
      // The only thread there is does not wait while it wakes others.
      return 0;
    case FUTEX.Wait:
    case FUTEX.WaitBitset: {
      if (now !== (value | 0)) return -Errno.EAGAIN;
      if (timeout === 0) return BLOCKED;
      const time = readTimespec(process, timeout);
      if (time < 0) return -Errno.EINVAL;
      if (command === FUTEX.Wait) return sleepFor(thread, time, { result: -Errno.ETIMEDOUT });
      const { clock } = process;
      const byDate = (operation & FUTEX_CLOCK_REALTIME) !== 0;
      const left = Math.max(0, time - (byDate ? clock.date() : clock.elapsed()));
      return sleepFor(thread, left, { result: -Errno.ETIMEDOUT });
    }
    default:
      return -Errno.ENOSYS;
  }
}

const id =
  (read: (thread: ProcessThread) => number): SyscallHandler =>
  thread =>
    read(thread);

/** `getresuid` and `getresgid`. */
function threeIds(read: (thread: ProcessThread) => readonly number[]): SyscallHandler {
  return (thread, ...addresses) => {
    read(thread).forEach((value, i) => {
      thread.process.memory.writeInt32(addresses[i] ?? 0, value);
    });
    return 0;
  };
}

/** Changing an id to what it is already is granted, anything else is not. */
function keepsIds(read: (thread: ProcessThread) => readonly number[]): SyscallHandler {
  return (thread, ...wanted) => {
    const present = read(thread);
    const kept = present.every((value, i) => wanted[i] === value || ((wanted[i] ?? 0) | 0) === -1);
    return kept ? 0 : -Errno.EPERM;
  };
}

/** Handlers of this group. */
export const processCalls: SyscallGroup = {
  exit,
  exit_group: exit,
  arch_prctl: archPrctl,
  prctl,
  set_tid_address: (thread, address) => {
    thread.clearChildTid = address;
    return thread.tid;
  },
  set_robust_list: (thread, address, size) => {
    const HEAD_SIZE = 24;
    if (size !== HEAD_SIZE) return -Errno.EINVAL;
    thread.robustList = address;
    return 0;
  },
  // C libraries do without: they see a kernel from before 2018 here.
  rseq: () => -Errno.ENOSYS,
  membarrier: () => -Errno.ENOSYS,
  // As a kernel without NUMA.
  mbind: () => -Errno.ENOSYS,
  get_mempolicy: () => -Errno.ENOSYS,
  set_mempolicy: () => -Errno.ENOSYS,
  prlimit64: prlimit,
  getrlimit: (thread, resource, address) => prlimit(thread, 0, resource, 0, address),
  setrlimit: (thread, resource, address) => prlimit(thread, 0, resource, address, 0),
  futex,
  getpid: id(t => t.process.ids.pid),
  getppid: id(t => t.process.ids.ppid),
  gettid: id(t => t.tid),
  getuid: id(t => t.process.ids.uid),
  geteuid: id(t => t.process.ids.euid),
  getgid: id(t => t.process.ids.gid),
  getegid: id(t => t.process.ids.egid),
  getpgrp: id(t => t.process.ids.pgid),
  getpgid: ({ process }, pid) =>
    pid === 0 || pid === process.ids.pid ? process.ids.pgid : -Errno.ESRCH,
  getsid: ({ process }, pid) =>
    pid === 0 || pid === process.ids.pid ? process.ids.pgid : -Errno.ESRCH,
  getresuid: threeIds(({ process: { ids } }) => [ids.uid, ids.euid, ids.euid]),
  getresgid: threeIds(({ process: { ids } }) => [ids.gid, ids.egid, ids.egid]),
  setuid: keepsIds(({ process: { ids } }) => [ids.uid]),
  setgid: keepsIds(({ process: { ids } }) => [ids.gid]),
  setreuid: keepsIds(({ process: { ids } }) => [ids.uid, ids.euid]),
  setregid: keepsIds(({ process: { ids } }) => [ids.gid, ids.egid]),
  setresuid: keepsIds(({ process: { ids } }) => [ids.uid, ids.euid, ids.euid]),
  setresgid: keepsIds(({ process: { ids } }) => [ids.gid, ids.egid, ids.egid]),
  getgroups: () => 0,
  setpgid: ({ process: { ids } }, pid, group) => {
    if (pid !== 0 && pid !== ids.pid) return -Errno.ESRCH;
    return group === 0 || group === ids.pgid ? 0 : -Errno.EPERM;
  },
  setgroups: () => -Errno.EPERM,
  // It leads a process group already.
  setsid: () => -Errno.EPERM,
  personality: (_, persona) => (persona === 0 || (persona | 0) === -1 ? 0 : -Errno.EINVAL),
  getcpu: ({ process }, cpu, node) => {
    if (cpu !== 0) process.memory.writeInt32(cpu, 0);
    if (node !== 0) process.memory.writeInt32(node, 0);
    return 0;
  },
  // There are no children.
  wait4: () => -Errno.ECHILD,
  waitid: () => -Errno.ECHILD,
};
