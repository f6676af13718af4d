/**
 * Which signal each exception of the processor is to a program.
 *
 * Source: Linux `arch/x86/kernel/traps.c`, `arch/x86/mm/fault.c`; sigaction(2).
 */
import { formatVirtual, PageFaultError, Vector, vectorName } from '../arch/x86/index';
import type { FpuState } from '../arch/x86/index';
import { panic } from '../base/index';
import { STACK_GUARD, STACK_TOP, USER_END } from './layout';
import type { AccessKind, FaultOutcome } from './pageFaults';
import { SI_KERNEL, Signal, signalName, type PendingSignal } from './signals';

/** An exception, and where the program was. */
export interface FaultContext {
  readonly vector: number;
  readonly errorCode: number;
  /** The address that a page fault is about. */
  readonly address: number;
  readonly rip: number;
}

interface ExceptionMeaning {
  readonly signal: number;
  readonly code: number;
  readonly text: string;
}

const ILL_ILLOPN = 2;
const FPE_INTDIV = 1;
const FPE_FLTINV = 7;
/** Status bits of x87 and SSE, the first that is set and not masked counts, with their codes. */
const FLOATING_POINT: readonly (readonly [bits: number, code: number])[] = [
  [0x01, FPE_FLTINV],
  [0x04, 3],
  [0x08, 4],
  [0x12, 5],
  [0x20, 6],
];
const BUS_ADRALN = 1;
const BUS_ADRERR = 2;
const SEGV_MAPERR = 1;
const SEGV_ACCERR = 2;
/** Of SIGTRAP: a breakpoint, where INT1 is one. */
export const TRAP_BRKPT = 1;
const TRAP_TRACE = 2;

const EXCEPTIONS: Readonly<Record<number, ExceptionMeaning>> = {
  [Vector.DE]: { signal: Signal.SIGFPE, code: FPE_INTDIV, text: 'division error' },
  [Vector.DB]: { signal: Signal.SIGTRAP, code: TRAP_TRACE, text: 'debug exception' },
  [Vector.BP]: { signal: Signal.SIGTRAP, code: SI_KERNEL, text: 'breakpoint' },
  [Vector.OF]: { signal: Signal.SIGSEGV, code: SI_KERNEL, text: 'overflow trap' },
  [Vector.BR]: { signal: Signal.SIGSEGV, code: SI_KERNEL, text: 'bound range exceeded' },
  [Vector.UD]: { signal: Signal.SIGILL, code: ILL_ILLOPN, text: 'invalid instruction' },
  [Vector.NM]: { signal: Signal.SIGFPE, code: SI_KERNEL, text: 'no floating-point unit' },
  [Vector.NP]: { signal: Signal.SIGBUS, code: SI_KERNEL, text: 'segment not present' },
  [Vector.SS]: { signal: Signal.SIGBUS, code: SI_KERNEL, text: 'stack segment fault' },
  [Vector.GP]: { signal: Signal.SIGSEGV, code: SI_KERNEL, text: 'general protection fault' },
  [Vector.MF]: { signal: Signal.SIGFPE, code: FPE_FLTINV, text: 'x87 floating-point exception' },
  [Vector.AC]: { signal: Signal.SIGBUS, code: BUS_ADRALN, text: 'unaligned access' },
  [Vector.XM]: { signal: Signal.SIGFPE, code: FPE_FLTINV, text: 'SSE floating-point exception' },
};

/** What programs for 32 bits do, by the error code of the protection fault that it is here. */
const FOREIGN: Readonly<Record<number, string>> = {
  0x20: 'a jump to 32-bit code (segment 0x23), which is not executed here,',
  [0x80 * 8 + 2]: 'int $0x80, the system call of 32-bit programs, which is not emulated,',
};

/** What a floating-point exception of x87 or SSE was about, by the status and control words. */
function floatingPointCode(vector: number, fpu: FpuState): number | undefined {
  const unmasked =
    vector === Vector.XM ? fpu.mxcsr & ~(fpu.mxcsr >>> 7) : fpu.fsw & ~(fpu.fcw & 0x3f);
  return FLOATING_POINT.find(([bits]) => (unmasked & bits) !== 0)?.[1];
}

/**
 * The signal for an exception other than a page fault.
 * @param fpu - of the thread, which says more about floating-point exceptions.
 */
export function exceptionSignal(fault: FaultContext, fpu?: FpuState): PendingSignal {
  const { vector, errorCode, rip } = fault;
  const meaning = EXCEPTIONS[vector] ?? panic(`unexpected exception ${vectorName(vector)}`);
  const { signal } = meaning;
  const text = (vector === Vector.GP ? FOREIGN[errorCode] : undefined) ?? meaning.text;
  const numeric = fpu !== undefined && (vector === Vector.XM || vector === Vector.MF);
  const code = (numeric ? floatingPointCode(vector, fpu) : undefined) ?? meaning.code;
  const reason = `program killed by ${signalName(signal)}: ${text} at rip ${formatVirtual(rip)}`;
  // The address of a fault without one is that of the instruction; some have none.
  const address = code === SI_KERNEL || vector === Vector.AC ? 0 : rip;
  return { signal, code, address, vector, errorCode, reason };
}

/** How a page fault's error code says the page was touched. */
export function accessOf(errorCode: number): AccessKind {
  if ((errorCode & PageFaultError.InstructionFetch) !== 0) return 'execute';
  return (errorCode & PageFaultError.Write) !== 0 ? 'write' : 'read';
}

const ACCESS_TEXT: Readonly<Record<AccessKind, string>> = {
  read: 'read of',
  write: 'write to',
  execute: 'jump to',
};

/** The signal for a page fault that could not be resolved. */
export function pageFaultSignal(
  fault: FaultContext,
  outcome: Exclude<FaultOutcome, 'resolved' | 'out-of-memory'>,
  maxStackSize: number,
): PendingSignal {
  const { vector, errorCode, address, rip } = fault;
  const past = outcome === 'past-file';
  const signal = past ? Signal.SIGBUS : Signal.SIGSEGV;
  let code = SEGV_MAPERR;
  if (past) code = BUS_ADRERR;
  else if (outcome === 'denied') code = SEGV_ACCERR;
  const stackEnd = STACK_TOP - maxStackSize;
  let why = '';
  if (past) why = ' (past the end of the mapped file)';
  else if (address < stackEnd && address >= stackEnd - STACK_GUARD) {
    why = ` (the stack is full; maxStackSize is ${String(maxStackSize)} bytes)`;
  }
  const reason =
    `program killed by ${signalName(signal)}: ${ACCESS_TEXT[accessOf(errorCode)]} ` +
    `${formatVirtual(address)} at rip ${formatVirtual(rip)}${why}`;
  // Linux does not tell programs what of the kernel's memory is mapped.
  const kernels = address < 0 || address >= USER_END ? PageFaultError.Present : 0;
  return { signal, code, address, vector, errorCode: errorCode | kernels, reason };
}

/** Why a program ends that needs memory when there is none. */
export function outOfMemoryReason({ address, rip }: FaultContext, totalBytes: number): string {
  return (
    `program killed by SIGKILL: the system's ${String(totalBytes)} bytes of memory are used up ` +
    `(access to ${formatVirtual(address)} at rip ${formatVirtual(rip)})`
  );
}
