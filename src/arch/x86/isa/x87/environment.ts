/**
 * The environment of the x87 in memory: control, status and tag words, and pointers to the last instruction
 * and operand, which software cores do not keep. Source: SDM volume 1, 8.1.10.
 */
import { coreOffset } from '../coreLayout';
import type { X87Registers } from './x87Registers';

/** What moves it: with the registers, or without them. */
export type EnvironmentOperation = 'stEnvironment' | 'ldEnvironment' | 'stState' | 'ldState';

const WORDS = 7;
const REGISTERS = 8;
const REGISTER_BYTES = 10;
const CONTROL_BITS = 0x1f7f;
const ALL_EXCEPTIONS = 0x3f;
const SUMMARY = 0x8080;

/** Bytes of the environment; `size` is that of an operand: 2 or 4. */
export function environmentBytes(size: number, withRegisters: boolean): number {
  return WORDS * size + (withRegisters ? REGISTERS * REGISTER_BYTES : 0);
}

/** Two bits for a physical register: valid, zero, special, empty. */
function tagOf(registers: X87Registers, physical: number): number {
  const index = (physical - registers.top) & 7;
  if (registers.isEmpty(index)) return 3;
  const { kind, isDenormal } = registers.read(index);
  if (kind === 'zero') return 1;
  return kind === 'finite' && !isDenormal ? 0 : 2;
}

/** Between the registers and the words of the core, whose first says how large operands are. */
export function transferEnvironment(
  registers: X87Registers,
  view: DataView,
  operation: EnvironmentOperation,
): void {
  const size = view.getUint32(coreOffset.argument, true);
  const at = coreOffset.vectorArguments;
  if (operation.startsWith('st')) store(registers, view, at, size);
  else load(registers, view, at, size);
  const start = at + WORDS * size;
  if (operation === 'stState') {
    for (let i = 0; i < REGISTERS; i++) {
      const { significand, signExponent } = registers.readBits(i);
      view.setBigUint64(start + i * REGISTER_BYTES, significand, true);
      view.setUint16(start + i * REGISTER_BYTES + 8, signExponent, true);
    }
    registers.initialize();
  } else if (operation === 'ldState') {
    const { tags } = registers;
    for (let i = 0; i < REGISTERS; i++) {
      const place = start + i * REGISTER_BYTES;
      registers.writeBits(i, view.getBigUint64(place, true), view.getUint16(place + 8, true));
    }
    registers.tags = tags;
  }
}

function store(registers: X87Registers, view: DataView, at: number, size: number): void {
  let tags = 0;
  for (let i = 0; i < REGISTERS; i++) tags |= tagOf(registers, i) << (2 * i);
  const words = [registers.control, registers.status, tags, 0, 0, 0, 0];
  for (const [i, word] of words.entries()) {
    // What is above the words that have only 16 bits is ones.
    const isHalf = i < 3 || i === 6;
    if (size === 2) view.setUint16(at + i * 2, word, true);
    else view.setUint32(at + i * 4, isHalf ? (word | 0xffff0000) >>> 0 : word, true);
  }
  registers.control |= ALL_EXCEPTIONS;
  // Nothing that is masked is pending.
  registers.status &= ~SUMMARY;
}

function load(registers: X87Registers, view: DataView, at: number, size: number): void {
  const word = (i: number): number => view.getUint16(at + i * size, true);
  const control = (word(0) & CONTROL_BITS) | 0x40;
  const status = word(1) & ~SUMMARY;
  const pending = (status & ~control & ALL_EXCEPTIONS) !== 0;
  registers.control = control;
  registers.load(pending ? status | SUMMARY : status);
  let tags = 0;
  for (let i = 0; i < REGISTERS; i++) if (((word(2) >> (2 * i)) & 3) !== 3) tags |= 1 << i;
  registers.tags = tags;
}
