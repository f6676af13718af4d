/**
 * System calls timed by the processor's time stamp counter.
 *
 * JavaScript cannot read the counter, and a call for each reading would cost more than many a system
 * call. So both readings and the system call between them are one piece of machine code, in a page of
 * its own: what lies between them is the system call and nothing else.
 *
 * Sources: SDM volume 3, "Time-Stamp Counter"; prctl(2), PR_GET_TSC.
 */
import { readFileSync } from 'node:fs';
import { errnoText, isErrnoError } from './errno';
import { libc, systemCallAt, type SystemCallFunction } from './libc';
import { addressOf, HostMapping, Protection, protectMemory, withAddressOf } from './memoryMap';

const PAGE_BYTES = 4096;
const SYS_POLL = 7;
const PR_GET_TSC = 25;
const PR_TSC_ENABLE = 1;
const CLOCK_SOURCES = '/sys/devices/system/clocksource/clocksource0/available_clocksource';

/** How far the counter's frequency may be from what it is said to be, as a part of it. */
const TOLERANCE = 0.05;
/** Pauses of a millisecond that are timed until one agrees: something may run between two clocks. */
const ATTEMPTS = 8;

/** `long code(long number, long a, long b, long c)`: the system call, and its cycles as a double. */
function timingCode(cycles: bigint): Uint8Array {
  const code = Uint8Array.from(
    [
      [0xf3, 0x0f, 0x1e, 0xfa], //                   endbr64
      [0x49, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0], //       mov  r8, cycles
      [0x49, 0x89, 0xf9], //                         mov  r9, rdi       ; number
      [0x48, 0x89, 0xf7], //                         mov  rdi, rsi      ; a
      [0x48, 0x89, 0xd6], //                         mov  rsi, rdx      ; b
      [0x49, 0x89, 0xca], //                         mov  r10, rcx      ; c
      [0x0f, 0x31], //                               rdtsc
      [0x48, 0xc1, 0xe2, 0x20], //                   shl  rdx, 32
      [0x48, 0x09, 0xc2], //                         or   rdx, rax
      [0x4c, 0x89, 0xc8], //                         mov  rax, r9
      [0x49, 0x89, 0xd1], //                         mov  r9, rdx       ; the counter before
      [0x4c, 0x89, 0xd2], //                         mov  rdx, r10
      [0x0f, 0x05], //                               syscall            ; changes rax, rcx and r11
      [0x48, 0x89, 0xc7], //                         mov  rdi, rax      ; result
      [0x0f, 0x31], //                               rdtsc
      [0x48, 0xc1, 0xe2, 0x20], //                   shl  rdx, 32
      [0x48, 0x09, 0xd0], //                         or   rax, rdx
      [0x4c, 0x29, 0xc8], //                         sub  rax, r9
      [0xf2, 0x48, 0x0f, 0x2a, 0xc0], //             cvtsi2sd xmm0, rax
      [0xf2, 0x41, 0x0f, 0x11, 0x00], //             movsd [r8], xmm0
      [0x48, 0x89, 0xf8], //                         mov  rax, rdi
      [0xc3], //                                     ret
    ].flat(),
  );
  const CYCLES_OPERAND = 6;
  new DataView(code.buffer).setBigUint64(CYCLES_OPERAND, cycles, true);
  return code;
}

/** An ordinary buffer, whose address never changes. */
const cycles = new Float64Array(new ArrayBuffer(8));
let code: HostMapping | undefined;
let timed: SystemCallFunction | undefined;

function timedCall(): SystemCallFunction {
  if (timed !== undefined) return timed;
  code ??= new HostMapping({ length: PAGE_BYTES, doing: 'timing system calls' });
  code.bytes.set(timingCode(addressOf(cycles)));
  const { Read, Exec } = Protection;
  protectMemory(code.address, PAGE_BYTES, Read | Exec, 'timing system calls');
  timed = systemCallAt(code.address);
  return timed;
}

/**
 * Makes a system call of three integers and times it. Only where {@link timeStampCounterProblem} has
 * found none.
 *
 * @returns what the kernel returns: a result, or the negated error number
 */
export function timedSystemCall(number: number, a: number, b: number, c: number): number {
  // SAFETY: the code keeps to the C calling convention, and its page is never unmapped; the caller
  // passes arguments that the system call takes.
  return (timed ?? timedCall())(number, a, b, c);
}

/** Cycles of the counter that the last {@link timedSystemCall} took; negative if it was set back. */
export function timedCycles(): number {
  return cycles[0] ?? NaN;
}

/** What {@link timeStampCounterProblem} has found, by frequency. */
const found = new Map<number, string | undefined>();

/**
 * Why no time may be taken from the counter, for a message; undefined where it may. It is looked into
 * once for each frequency, for a millisecond or a few.
 *
 * @param hertz - the frequency that it is said to have
 */
export function timeStampCounterProblem(hertz: number): string | undefined {
  if (!found.has(hertz)) found.set(hertz, findProblem(hertz));
  return found.get(hertz);
}

function findProblem(hertz: number): string | undefined {
  if (process.arch !== 'x64') return 'this is no x86-64 host';
  if (isForbidden()) return 'this process may not read the time stamp counter';
  return kernelsDoubt() ?? codeProblem() ?? rateProblem(hertz);
}

/** Whether reading the counter would end the process. */
function isForbidden(): boolean {
  const mode = new Int32Array(1);
  // SAFETY: four writable bytes, which live until the call returns.
  const result = withAddressOf(mode, address => libc.prctl(PR_GET_TSC, Number(address)));
  return result < 0 || mode[0] !== PR_TSC_ENABLE;
}

/** The kernel gives up a counter that differs between processors, or stops in an idle one. */
function kernelsDoubt(): string | undefined {
  try {
    if (/\btsc\b/.test(readFileSync(CLOCK_SOURCES, 'latin1'))) return undefined;
    return 'the kernel does not trust the time stamp counter';
  } catch {
    return 'the kernel does not say whether the time stamp counter can be trusted';
  }
}

function codeProblem(): string | undefined {
  try {
    timedCall();
    return undefined;
  } catch (error) {
    if (!isErrnoError(error)) throw error;
    return `the code that reads it cannot be mapped: ${errnoText(error.errno)}`;
  }
}

/** Compares the counter with the monotonic clock. */
function rateProblem(hertz: number): string | undefined {
  let seen = NaN;
  for (let i = 0; i < ATTEMPTS; i++) {
    const start = performance.now();
    timedSystemCall(SYS_POLL, 0, 0, 1);
    seen = (timedCycles() / (performance.now() - start)) * 1e3;
    if (Math.abs(seen / hertz - 1) <= TOLERANCE) return undefined;
  }
  const [has, said] = [seen, hertz].map(each => `${(each / 1e6).toFixed(0)} MHz`);
  return `the time stamp counter runs at ${String(has)}, not at ${String(said)}`;
}
