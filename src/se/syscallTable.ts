/**
 * The table of system calls, by number.
 *
 * Source of the behaviour: gem5 `arch/x86/linux/syscall_tbl64.cc`, `sim/syscall_desc.cc`.
 */
import { debugFlag, dprintf, panic, warnOnce } from '../base/index';
import { Errno, errnoName } from '../host/index';
import type { ProcessThread } from './processThread';
import { SyscallFailure } from './syscallFailure';
import type { SyscallGroup, SyscallHandler } from './syscallHandler';
import { syscallName, syscallNumber } from './syscallNames';
import { attributeCalls } from './syscalls/attributes';
import { directoryCalls } from './syscalls/directories';
import { fileCalls } from './syscalls/files';
import { memoryCalls } from './syscalls/memory';
import { miscCalls } from './syscalls/misc';
import { pathCalls } from './syscalls/paths';
import { pipeCalls } from './syscalls/pipes';
import { pollingCalls } from './syscalls/polling';
import { processCalls } from './syscalls/process';
import { schedulingCalls } from './syscalls/scheduling';
import { signalCalls } from './syscalls/signals';
import { timeCalls } from './syscalls/time';
import { timerCalls } from './syscalls/timers';
import { RESTART } from './syscallResult';

const SyscallVerbose = debugFlag('SyscallVerbose', 'System calls with their arguments and results');

const GROUPS: readonly SyscallGroup[] = [
  memoryCalls,
  fileCalls,
  pathCalls,
  directoryCalls,
  attributeCalls,
  pipeCalls,
  pollingCalls,
  processCalls,
  schedulingCalls,
  signalCalls,
  timeCalls,
  timerCalls,
  miscCalls,
];

/** Handlers by number; `undefined` where a call is not offered. */
const TABLE: readonly (SyscallHandler | undefined)[] = buildTable();

function buildTable(): (SyscallHandler | undefined)[] {
  const table: (SyscallHandler | undefined)[] = [];
  for (const group of GROUPS) {
    for (const [name, handler] of Object.entries(group)) {
      const number = syscallNumber(name) ?? panic(`there is no system call ${name}`);
      while (table.length <= number) table.push(undefined);
      if (table[number] !== undefined) panic(`two handlers for the system call ${name}`);
      table[number] = handler;
    }
  }
  return table;
}

/** Names of the system calls that are offered, in order of their numbers. */
export function offeredSyscalls(): string[] {
  return TABLE.flatMap((handler, number) => (handler === undefined ? [] : [syscallName(number)]));
}

/**
 * Carries out a system call for a thread. Arguments as {@link SyscallHandler} takes them.
 * @param number - the call's number, as the program gave it.
 * @returns the result, a negated error number, or a value of `syscallResult`.
 */
export function doSyscall(
  thread: ProcessThread,
  number: number,
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  a4: number,
  a5: number,
): number {
  const handler = TABLE[number];
  let result: number;
  if (handler === undefined) {
    result = notOffered(thread, number);
  } else {
    try {
      result = handler(thread, a0, a1, a2, a3, a4, a5);
    } catch (error) {
      if (!(error instanceof SyscallFailure)) throw error;
      result = -error.errno;
    }
  }
  if (result > RESTART) thread.deadline = undefined;
  if (SyscallVerbose.enabled) trace(thread, number, [a0, a1, a2, a3, a4, a5], result);
  return result;
}

function notOffered({ process }: ProcessThread, number: number): number {
  const name = syscallName(number);
  warnOnce(
    `${process.name} ${name}`,
    `${process.name}: the system call ${name} (${String(number)}) is not emulated; ` +
      'the program is told ENOSYS',
  );
  return -Errno.ENOSYS;
}

function trace(
  { process, tid }: ProcessThread,
  number: number,
  values: readonly number[],
  result: number,
): void {
  const text = values.map(value => (value < 0 ? String(value) : `0x${value.toString(16)}`));
  dprintf(
    SyscallVerbose,
    process.clock.tick(),
    process.name,
    `T${String(tid)} : ${syscallName(number)}(${text.join(', ')}) = ${outcomeOf(result)}`,
  );
}

/** As strace(1) shows it, with a question mark where the program gets no result. */
function outcomeOf(result: number): string {
  if (result >= 0) return String(result);
  return result > RESTART ? errnoName(-result) : '?';
}
