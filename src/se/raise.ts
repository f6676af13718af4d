/** Exceptions that a program's own instructions have caused, page faults aside. */
import { RFlags, RFLAGS, RIP, Vector } from '../arch/x86/index';
import { exceptionSignal, TRAP_BRKPT, type FaultContext } from './faultSignals';
import type { ProcessThread } from './processThread';
import { forceSignal } from './signalDelivery';
import { SyscallFailure } from './syscallFailure';

/** `int1`, which Linux takes for a breakpoint. */
const INT1 = 0xf1;

/** Lets an exception be what it is to a program. */
export function raise(thread: ProcessThread, trap: Omit<FaultContext, 'rip'>): void {
  const { vector, errorCode, address } = trap;
  const rip = thread.registers.gprNumber(RIP);
  const signal = exceptionSignal({ vector, errorCode, address, rip }, thread.registers.fpu);
  const isBreakpoint = vector === Vector.DB && isBehindInt1(thread, rip);
  forceSignal(thread, isBreakpoint ? { ...signal, code: TRAP_BRKPT } : signal);
}

/** Whether a debug exception is that of INT1, and none that RFLAGS.TF asked for. */
function isBehindInt1({ registers, process }: ProcessThread, rip: number): boolean {
  if ((registers.gprUint32(RFLAGS) & RFlags.TF) !== 0) return false;
  const byte = new Uint8Array(1);
  try {
    process.memory.copyIn(rip - 1, byte);
  } catch (error) {
    if (error instanceof SyscallFailure) return false;
    throw error;
  }
  return byte[0] === INT1;
}
