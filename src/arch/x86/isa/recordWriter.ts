/** Records, written from decoded instructions and read again. */
import { FS, GS, RBP, RSP } from '../registers';
import {
  coreOffset,
  encodedGpr,
  gprOffset,
  segmentBaseOffset,
  stOffset,
  xmmOffset,
} from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { noRegister, ripRegister, type Decoder } from './decoder';
import type { Form } from './form';
import type { Handler } from './interpreter';
import type { OperandSpec } from './operand';
import { recordOffset as at, recordOperands } from './record';

const two32 = 2 ** 32;

/** Makes a direct jump lead to a record. */
export function chainRecord(memory: CoreMemory, record: number, target: number): void {
  memory.u32[(record + at.operand) >>> 2] = target;
}

/** Writes records of one core. */
export class RecordWriter {
  readonly #memory: CoreMemory;

  constructor(memory: CoreMemory) {
    this.#memory = memory;
  }

  handler(record: number): number {
    return this.#memory.u16[(record + at.handler) >>> 1] ?? 0;
  }

  /** Address of the instruction behind a record's. */
  nextRip(record: number): number {
    const { i32, u32 } = this.#memory;
    const word = (record + at.nextRip) >>> 2;
    return (i32[word + 1] ?? 0) * two32 + (u32[word] ?? 0);
  }

  /** Copies the address behind a record's instruction. @param word - where to, in words of 4 bytes */
  goBehind(record: number, word: number): void {
    const { i32 } = this.#memory;
    const next = (record + at.nextRip) >>> 2;
    i32[word] = i32[next] ?? 0;
    i32[word + 1] = i32[next + 1] ?? 0;
  }

  /** Address of a record's instruction. */
  ripOf(record: number): number {
    return this.nextRip(record) - (this.#memory.bytes[record + at.length] ?? 0);
  }

  /** The immediate, which is within ±2^31 for jumps. */
  immediate(record: number): number {
    return this.#memory.i32[(record + at.immediate) >>> 2] ?? 0;
  }

  /** Whether an instruction's access to memory is one to the stack segment. */
  usesStack(record: number, { addressing, definition }: Form): boolean {
    if (addressing === 'none') return definition.repeats !== true;
    const pointer = (offset: number): number =>
      (this.#memory.u32[(record + offset) >>> 2] ?? 0) - this.#memory.base;
    const base = pointer(at.base);
    // The base of a segment may have the place of an index.
    const index = addressing === 'index' ? pointer(at.index) : 0;
    const inIndex = index === segmentBaseOffset(FS) || index === segmentBaseOffset(GS);
    const bySegment = inIndex || addressing === 'segment' || addressing === 'segment32';
    return !bySegment && (base === gprOffset(RSP) || base === gprOffset(RBP));
  }

  /** Writes what is no instruction; `rip` is where execution goes on, `target` the record there, or 0. */
  pseudo(record: number, handler: number, rip: number, target: number): void {
    const { u16, u32, bytes } = this.#memory;
    u16[(record + at.handler) >>> 1] = handler;
    u16[(record + at.left) >>> 1] = 0;
    u32[(record + at.operand) >>> 2] = target;
    bytes[record + at.length] = 0;
    u32[(record + at.immediate) >>> 2] = 0;
    this.#writeRip(record, rip);
  }

  /** Writes the instruction that was decoded last. @param next - address of the one behind it */
  write(record: number, decoder: Decoder, { number, form, kinds }: Handler, next: number): void {
    const { u16, u32, i32, bytes } = this.#memory;
    u16[(record + at.handler) >>> 1] = number;
    bytes[record + at.kinds] = kinds;
    for (let slot = 0; slot < recordOperands; slot++) u32[((record + at.operand) >>> 2) + slot] = 0;
    this.#writeAddress(record, decoder, form);
    this.#writeRegisters(record, decoder, form);
    // The base of a segment that has the place of an index is taken as it is.
    bytes[record + at.scale] = decoder.index === noRegister ? 0 : decoder.scale;
    bytes[record + at.length] = decoder.length;
    i32[(record + at.immediate) >>> 2] = decoder.immediateLow;
    i32[(record + at.immediate + 4) >>> 2] = decoder.immediateHigh;
    this.#writeRip(record, next);
  }

  #writeRip(record: number, rip: number): void {
    const word = (record + at.nextRip) >>> 2;
    this.#memory.u32[word] = rip;
    this.#memory.i32[word + 1] = Math.floor(rip / two32);
  }

  #writeAddress(record: number, decoder: Decoder, { addressing, operands }: Form): void {
    const { u32, i32, base } = this.#memory;
    const pointer = (register: number): number => {
      if (register === noRegister) return base + coreOffset.zero;
      if (register === ripRegister) return record + at.nextRip;
      return base + gprOffset(encodedGpr[register] ?? 0);
    };
    if (operands.some(({ kind }) => kind === 'second-immediate')) {
      i32[(record + at.displacement) >>> 2] = decoder.secondImmediate;
    }
    if (addressing === 'none') return;
    const absolute = decoder.encoding.operands.some(({ place }) => place === 'O');
    u32[(record + at.base) >>> 2] = absolute ? record + at.immediate : pointer(decoder.base);
    u32[(record + at.index) >>> 2] = pointer(decoder.index);
    i32[(record + at.displacement) >>> 2] = decoder.displacement;
    if (decoder.segment < 0 || addressing !== 'index') return;
    u32[(record + at.index) >>> 2] = base + segmentBaseOffset(decoder.segment);
  }

  #writeRegisters(record: number, decoder: Decoder, form: Form): void {
    const { u32 } = this.#memory;
    for (const [i, spec] of decoder.encoding.operands.entries()) {
      const slot = form.operands[i]?.slot ?? -1;
      if (slot < 0) continue;
      const offset = slot < recordOperands ? at.operand + slot * 4 : at.index;
      const size = form.operands[i]?.size ?? 0;
      u32[(record + offset) >>> 2] = this.#memory.base + registerOffset(decoder, spec, size);
    }
  }
}

function registerOffset(decoder: Decoder, { place, number }: OperandSpec, size: number): number {
  const hasRex = decoder.hasRex || decoder.encoding.vex;
  if (place === 'V') return xmmOffset(decoder.reg);
  if (place === 'W' || place === 'U') return xmmOffset(decoder.rm);
  if (place === 'H') return xmmOffset(destination(decoder));
  if (place === 'L') return xmmOffset((decoder.immediateLow >> 4) & 15);
  if (place === 'X') return xmmOffset(decoder.vectorIndex);
  if (place === 'P') return stOffset(decoder.reg & 7);
  if (place === 'Q' || place === 'N') return stOffset(decoder.rm & 7);
  if (place === 'G') return gpr(decoder.reg, size, hasRex);
  if (place === 'Z') return gpr(decoder.opcodeRegister, size, hasRex);
  if (place === 'B') return gpr(decoder.vvvv, size, hasRex);
  return gpr(place === 'fixed' ? number : decoder.rm, size, hasRex);
}

/** Without VEX the register that an instruction writes is one that it reads. */
function destination({ encoding, vvvv, reg, rm }: Decoder): number {
  if (encoding.vex) return vvvv;
  return encoding.operands[0]?.place === 'V' ? reg : rm;
}

/** Without REX the byte registers 4 to 7 are AH, CH, DH and BH. */
function gpr(number: number, size: number, hasRex: boolean): number {
  if (size === 1 && !hasRex && number >= 4) return gprOffset(encodedGpr[number - 4] ?? 0) + 1;
  return gprOffset(encodedGpr[number] ?? 0);
}
