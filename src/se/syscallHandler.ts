/** The form of system call handlers. */
import type { ProcessThread } from './processThread';

/**
 * Carries out one system call. Arguments are registers as signed 64-bit numbers, exact within ±2^53,
 * which covers every address that a program can have; an `int` is `argument | 0`.
 *
 * @returns the result, a negated error number, or one of the values of `syscallResult`.
 * @throws {SyscallFailure} as another way to end with an error number.
 */
export type SyscallHandler = (
  thread: ProcessThread,
  a0: number,
  a1: number,
  a2: number,
  a3: number,
  a4: number,
  a5: number,
) => number;

/** Handlers by the name of their call. */
export type SyscallGroup = Readonly<Record<string, SyscallHandler>>;

/** A size that a program passes: what reads as negative is larger than anything. */
export function sizeArgument(value: number): number {
  return value < 0 ? Infinity : value;
}
