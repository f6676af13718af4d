/** What is left when an instruction has run: registers, vectors and memory, and how two of these differ. */
import { FS, GS, RFLAGS, RFlags, xsaveLayout, type X86ThreadState } from '../../src/arch/x86/index';
import { encodedGpr } from '../../src/arch/x86/isa/coreLayout';
import { registerWord } from './lockstepSlots';

/** An outcome: views of where it lies. */
export interface Outcome {
  /** What stopped it, and where. */
  readonly stop: string;
  /** A block of registers (lockstepSlots.ts). */
  readonly registers: Buffer;
  readonly xsave: Buffer;
  readonly memory: Buffer;
}

/** What need not be the same. */
export interface Tolerance {
  /** Bits of RFLAGS. */
  readonly flags: number;
  /** Bits of MXCSR. */
  readonly mxcsr: number;
  /** Whether a page fault may be about another address. */
  readonly faultAddress?: boolean;
  /** Whether registers of the x87 may be next to each other, and C1 and PE differ. */
  readonly lastPlace?: boolean;
  /** What may be anything after a fault. */
  readonly afterFault: 'x87' | 'memory' | null;
}

/** All has to be the same. */
export const noTolerance: Tolerance = { flags: 0, mxcsr: 0, afterFault: null };

/** FS base, GS base and RFLAGS in a block of registers. */
export const FS_BASE = 0;
export const GS_BASE = 1;
export const FLAGS = 2;
const FLAGS_AT = FLAGS * 8;
/** Parts of the XSAVE area that instructions determine: the control words, and registers. */
const parts: readonly (readonly [name: string, start: number, bytes: number])[] = [
  ['fcw', xsaveLayout.fcw, 2],
  ['fsw', xsaveLayout.fsw, 2],
  ['ftw', xsaveLayout.ftw, 1],
  ...each(8, i => [`st${String(i)}`, xsaveLayout.st + i * 16, 10]),
  ...each(16, i => [`xmm${String(i)}`, xsaveLayout.xmm + i * 16, 16]),
  ...each(16, i => [`ymm${String(i)} upper half`, xsaveLayout.ymmHigh + i * 16, 16]),
];

function each(
  count: number,
  part: (i: number) => readonly [string, number, number],
): (readonly [string, number, number])[] {
  return Array.from({ length: count }, (_, i) => part(i));
}

const sameBytes = (a: Buffer, b: Buffer, start: number, bytes: number): boolean =>
  a.compare(b, start, start + bytes, start, start + bytes) === 0;

const registerNames = ['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'];
const nameOf = (i: number): string => registerNames[i] ?? `r${String(i)}`;

function maskedFlags(registers: Buffer, ignored: number): number {
  return registers.readUInt32LE(FLAGS_AT) & ~(ignored | RFlags.TF | RFlags.RF);
}

/** Whether two outcomes are the same: quick, since nearly all are. */
export function areSame(host: Outcome, software: Outcome, tolerance: Tolerance): boolean {
  const { registers: a, xsave: x } = host;
  const { registers: b, xsave: y } = software;
  const excused = host.stop.startsWith('done') ? null : tolerance.afterFault;
  return (
    maskedStop(host, tolerance) === maskedStop(software, tolerance) &&
    maskedFlags(a, tolerance.flags) === maskedFlags(b, tolerance.flags) &&
    sameBytes(a, b, 0, FLAGS_AT) &&
    sameBytes(a, b, FLAGS_AT + 8, a.length - FLAGS_AT - 8) &&
    maskedMxcsr(x, tolerance.mxcsr) === maskedMxcsr(y, tolerance.mxcsr) &&
    sameBytes(x, y, xsaveLayout.xmm, 256) &&
    sameBytes(x, y, xsaveLayout.ymmHigh, 256) &&
    (excused === 'x87' || sameX87(x, y, tolerance.lastPlace === true)) &&
    (excused === 'memory' || host.memory.equals(software.memory))
  );
}

/** C1, the exception for what is not exact, and the summary of what is to be raised. */
const FSW_NOT_EXACT = 0x82a0;

function sameX87(a: Buffer, b: Buffer, lastPlace: boolean): boolean {
  const { fcw, fsw, ftw, st } = xsaveLayout;
  const status = (area: Buffer): number =>
    area.readUInt16LE(fsw) & ~(lastPlace ? FSW_NOT_EXACT : 0);
  if (!sameBytes(a, b, fcw, 2) || status(a) !== status(b) || !sameBytes(a, b, ftw, 1)) return false;
  for (let at = st; at < st + 128; at += 16) {
    if (sameBytes(a, b, at, 10)) continue;
    if (!lastPlace || !areNext(a, b, at)) return false;
  }
  return true;
}

/** Whether two numbers of 80 bits are next to each other. */
function areNext(a: Buffer, b: Buffer, at: number): boolean {
  const whole = (area: Buffer): bigint =>
    (BigInt(area.readUInt16LE(at + 8)) << 63n) | (area.readBigUInt64LE(at) & (2n ** 63n - 1n));
  const distance = whole(a) - whole(b);
  return distance === 1n || distance === -1n;
}

function maskedStop({ stop }: Outcome, { faultAddress }: Tolerance): string {
  return faultAddress === true ? stop.replace(/ about [^,]*/, '') : stop;
}

const maskedMxcsr = (xsave: Buffer, ignored: number): number =>
  xsave.readUInt32LE(xsaveLayout.mxcsr) & ~ignored;

/** Makes a block of a thread's registers, at a word of an array. */
export function keepRegisters(state: X86ThreadState, into: BigUint64Array, at: number): void {
  into[at + FS_BASE] = state.segment(FS).base;
  into[at + GS_BASE] = state.segment(GS).base;
  into[at + FLAGS] = state.gpr(RFLAGS);
  for (let i = 0; i < 16; i++) into[at + registerWord[i]!] = state.gpr(encodedGpr[i]!);
}

/** What differs, a line each; of memory, the first bytes that do. */
export function differences(host: Outcome, software: Outcome, tolerance: Tolerance): string[] {
  const lines: string[] = [];
  const note = (name: string, a: string, b: string): void => {
    if (a !== b) lines.push(`${name}: host ${a}, software ${b}`);
  };
  const hex = (value: number | bigint): string => value.toString(16);
  note('stop', maskedStop(host, tolerance), maskedStop(software, tolerance));
  const flags = ({ registers }: Outcome): string => hex(maskedFlags(registers, tolerance.flags));
  note('flags', flags(host), flags(software));
  const mxcsr = ({ xsave }: Outcome): string => hex(maskedMxcsr(xsave, tolerance.mxcsr));
  note('mxcsr', mxcsr(host), mxcsr(software));
  const words = [
    ...each(16, i => [nameOf(i), registerWord[i]! * 8, 8]),
    ...[['fsBase', 0, 8] as const, ['gsBase', 8, 8] as const],
  ];
  for (const [name, at] of words) {
    note(
      name,
      hex(host.registers.readBigUInt64LE(at)),
      hex(software.registers.readBigUInt64LE(at)),
    );
  }
  const text = ({ xsave }: Outcome, start: number, bytes: number): string =>
    Buffer.from(xsave.subarray(start, start + bytes))
      .reverse()
      .toString('hex');
  for (const [name, start, bytes] of parts) {
    note(name, text(host, start, bytes), text(software, start, bytes));
  }
  const at = host.memory.findIndex((byte, i) => byte !== software.memory[i]);
  const piece = ({ memory }: Outcome): string => memory.subarray(at, at + 16).toString('hex');
  if (at >= 0) note(`memory+${hex(at)}`, piece(host), piece(software));
  return lines;
}
