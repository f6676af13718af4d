/** Threads that wait in a system call. Source of the behaviour: signal(7), nanosleep(2). */
import { RAX, RIP } from '../arch/x86/index';
import { Errno } from '../host/index';
import type { ProcessThread } from './processThread';
import { ActionFlag, type SignalAction } from './signals';
import { SyscallFailure } from './syscallFailure';
import { RESTART } from './syscallResult';

/** Bytes of the `syscall` instruction. */
const SYSCALL_LENGTH = 2;

/** Lets a thread, which is behind a system call whose number RAX still has, make it again. */
export function repeatCall({ registers }: ProcessThread): void {
  registers.setGprNumber(RIP, registers.gprNumber(RIP) - SYSCALL_LENGTH);
}

/** Gives a thread whose `sleep` was just set the registers with which it goes on after it. */
export function beginSleep(thread: ProcessThread): void {
  const { sleep, registers } = thread;
  if (sleep === undefined) return;
  if (sleep.result === RESTART) repeatCall(thread);
  else registers.setGprNumber(RAX, sleep.result);
}

/** A signal handler is about to run: the call that waits ends, or begins anew after the handler. */
export function interruptSleep(thread: ProcessThread, action: SignalAction): void {
  const { sleep, registers } = thread;
  if (sleep === undefined) return;
  thread.endSleep();
  thread.deadline = undefined;
  const repeats = sleep.result === RESTART;
  if (repeats && sleep.restartable && (action.flags & ActionFlag.Restart) !== 0) return;
  if (repeats) registers.setGprNumber(RIP, registers.gprNumber(RIP) + SYSCALL_LENGTH);
  registers.setGprNumber(RAX, -Errno.EINTR);
  if (sleep.remainder !== 0) writeRemainder(thread, sleep.remainder, sleep.until);
}

function writeRemainder({ process }: ProcessThread, address: number, until: number): void {
  try {
    process.clock.sample(Math.max(0, until - process.clock.tick()));
    process.memory.writeInt64(address, process.clock.seconds);
    process.memory.writeInt64(address + 8, process.clock.nanoseconds);
  } catch (error) {
    // The address was the program's to get right, and the call has ended already.
    if (!(error instanceof SyscallFailure)) throw error;
  }
}
