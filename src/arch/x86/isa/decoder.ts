/**
 * From bytes to an instruction: prefixes, REX, VEX, opcode, ModRM, SIB, displacement, immediates.
 * Source: SDM volume 2, chapter 2 and appendix A. 64-bit mode only.
 */
import { FS, GS } from '../registers';
import type { SegmentIndex } from '../registers';
import type { Encoding } from './definition';
import { sizeOf } from './operand';

/** Longest instruction in bytes. */
export const maxInstructionBytes = 15;

/** How decoding ended: `truncated` when more bytes are needed than there are. */
export type DecodeOutcome = 'ok' | 'invalid' | 'truncated' | 'too-long';

/** No register. */
export const noRegister = -1;
/** The base of an address that counts from the next instruction. */
export const ripRegister = 16;

/** Finds encodings by map and opcode. */
export class OpcodeTable {
  readonly #entries: (readonly Encoding[] | undefined)[] = [];

  constructor(encodings: Iterable<Encoding>) {
    const lists: Encoding[][] = [];
    for (const encoding of encodings) {
      for (let i = 0; i < encoding.opcodes; i++) {
        const key = keyOf(encoding.vex, encoding.map, encoding.opcode + i);
        (lists[key] ??= []).push(encoding);
      }
    }
    // What asks for more comes first: a mandatory prefix before any.
    const rank = ({ prefix }: Encoding): number => (prefix === 'any' ? 1 : 0);
    for (const list of lists)
      this.#entries.push((list as Encoding[] | undefined)?.sort((a, b) => rank(a) - rank(b)));
  }

  /** All encodings of an opcode; they agree on whether there is a ModRM byte. */
  find(vex: boolean, map: number, opcode: number): readonly Encoding[] | undefined {
    return this.#entries[keyOf(vex, map, opcode)];
  }
}

function keyOf(vex: boolean, map: number, opcode: number): number {
  return (vex ? 0x400 : 0) + map * 0x100 + opcode;
}

const vectorPlaces = 'VWUHLX';

/** Whether an encoding works on registers that AVX has to be enabled for. */
function needsAvx({ operands, definition }: Encoding): boolean {
  return definition.state === 'avx' || operands.some(({ place }) => vectorPlaces.includes(place));
}

function usesVectorIndex({ operands }: Encoding): boolean {
  return operands.some(({ place }) => place === 'X');
}

/** Decodes one instruction at a time; the fields describe the last one. */
export class Decoder {
  /** What it is; only after the outcome `ok`. */
  encoding!: Encoding;
  /** Bytes. */
  length = 0;
  /** Operand size in bytes: 2, 4 or 8. */
  operandSize = 4;
  /** REX.W or VEX.W. */
  w = false;
  vectorBytes = 16;
  /** The last of F2 and F3, or 0. */
  repeat = 0;
  lock = false;
  hasRex = false;
  /** Whether addresses are 32 bits. */
  address32 = false;
  /** FS, GS, or -1. */
  segment: SegmentIndex = -1;
  /** Register numbers as encoded, with their REX and VEX bits. */
  reg = 0;
  rm = 0;
  vvvv = 0;
  opcodeRegister = 0;
  /** Whether ModRM.rm is memory; the address is the sum of the next four. */
  isMemory = false;
  base = noRegister;
  index = noRegister;
  /** The register of an index that is a vector. */
  vectorIndex = 0;
  scale = 0;
  displacement = 0;
  /** The immediate, sign-extended from its size. */
  immediateLow = 0;
  immediateHigh = 0;
  /** The second immediate, of ENTER. */
  secondImmediate = 0;

  /** Whether the operating system has enabled AVX: XCR0 and CR4.OSXSAVE say so. */
  allowsAvx = true;

  readonly #table: OpcodeTable;
  #bytes: Uint8Array = new Uint8Array(0);
  #end = 0;
  #at = 0;
  #rex = 0;
  #operandPrefix = false;
  #vex = false;
  #map = 0;
  #vexPrefix = 0;
  #short = false;

  constructor(table: OpcodeTable) {
    this.#table = table;
  }

  /** Decodes what is at the start of `bytes`, of which `available` are there. */
  decode(bytes: Uint8Array, available: number): DecodeOutcome {
    this.#start(bytes, available);
    this.#prefixes();
    let opcode = this.#byte();
    if ((opcode === 0xc4 || opcode === 0xc5) && !this.#short) {
      if (!this.#readVex(opcode)) return this.#failure();
      opcode = this.#byte();
    } else if (opcode === 0x0f) {
      opcode = this.#escape();
    }
    const outcome = this.#operands(opcode);
    if (this.#short || outcome !== 'ok') return this.#failure();
    this.length = this.#at;
    return 'ok';
  }

  #failure(): DecodeOutcome {
    if (!this.#short) return 'invalid';
    return this.#end === maxInstructionBytes ? 'too-long' : 'truncated';
  }

  #start(bytes: Uint8Array, available: number): void {
    this.#bytes = bytes;
    this.#end = Math.min(available, maxInstructionBytes);
    this.#at = 0;
    this.#short = false;
    this.#rex = 0;
    this.#operandPrefix = false;
    this.#vex = false;
    this.#map = 0;
    this.#vexPrefix = 0;
    this.w = false;
    this.vectorBytes = 16;
    this.repeat = 0;
    this.lock = false;
    this.hasRex = false;
    this.address32 = false;
    this.segment = -1;
    this.isMemory = false;
    this.vvvv = 0;
  }

  #byte(): number {
    if (this.#at >= this.#end) {
      this.#short = true;
      return 0;
    }
    return this.#bytes[this.#at++] ?? 0;
  }

  #prefixes(): void {
    for (; ; this.#at++) {
      const byte = this.#bytes[this.#at] ?? 0;
      if (this.#at >= this.#end) return;
      if ((byte & 0xf0) === 0x40) {
        this.#rex = byte;
        continue;
      }
      if (byte === 0x66) this.#operandPrefix = true;
      else if (byte === 0x67) this.address32 = true;
      else if (byte === 0xf2 || byte === 0xf3) this.repeat = byte;
      else if (byte === 0xf0) this.lock = true;
      else if (byte === 0x64) this.segment = FS;
      else if (byte === 0x65) this.segment = GS;
      else if (byte !== 0x2e && byte !== 0x36 && byte !== 0x3e && byte !== 0x26) break;
      // REX counts only right before the opcode.
      this.#rex = 0;
    }
    this.hasRex = this.#rex !== 0;
    this.w = (this.#rex & 8) !== 0;
  }

  /** @returns false when prefixes stand before VEX that may not */
  #readVex(first: number): boolean {
    if (this.hasRex || this.#operandPrefix || this.lock || this.repeat !== 0) return false;
    this.#vex = true;
    const second = this.#byte();
    let last = second;
    this.#map = 1;
    this.#rex = (second & 0x80) === 0 ? 4 : 0;
    if (first === 0xc4) {
      this.#map = second & 0x1f;
      this.#rex = (~second >> 5) & 7;
      last = this.#byte();
      this.w = (last & 0x80) !== 0;
    }
    this.vvvv = (~last >> 3) & 15;
    this.vectorBytes = (last & 4) === 0 ? 16 : 32;
    this.#vexPrefix = last & 3;
    return this.#map >= 1 && this.#map <= 3;
  }

  #escape(): number {
    this.#map = 1;
    const second = this.#byte();
    if (second === 0x38) this.#map = 2;
    else if (second === 0x3a) this.#map = 3;
    else return second;
    return this.#byte();
  }

  #operands(opcode: number): DecodeOutcome {
    const candidates = this.#table.find(this.#vex, this.#map, opcode);
    const [first] = candidates ?? [];
    if (candidates === undefined || first === undefined) return 'invalid';
    const modrm = first.hasModrm ? this.#byte() : -1;
    const encoding = this.#choose(candidates, modrm);
    if (encoding === null) return 'invalid';
    this.encoding = encoding;
    if (encoding.definition.ignoresSegment === true) this.segment = -1;
    this.opcodeRegister = (opcode & 7) | ((this.#rex & 1) << 3);
    this.#setOperandSize(encoding);
    if (modrm >= 0) this.#readModrm(modrm);
    this.#readImmediates(encoding);
    if (this.#vex && !this.allowsAvx && needsAvx(encoding)) return 'invalid';
    if (usesVectorIndex(encoding) && !this.#setVectorIndex(modrm)) return 'invalid';
    if (this.lock && !this.#mayLock(encoding)) return 'invalid';
    const usesVvvv = encoding.operands.some(({ place }) => place === 'H' || place === 'B');
    return this.#vex && !usesVvvv && this.vvvv !== 0 ? 'invalid' : 'ok';
  }

  /** Whether nobody else may access its memory operand between its read and its write. */
  get isLocked(): boolean {
    return this.lock || (this.isMemory && this.encoding.definition.lock === 'always');
  }

  #mayLock({ definition, operands }: Encoding): boolean {
    const place = operands[0]?.place;
    return definition.lock !== undefined && this.isMemory && (place === 'E' || place === 'M');
  }

  #choose(candidates: readonly Encoding[], modrm: number): Encoding | null {
    const prefix = this.#mandatoryPrefix();
    const l = this.vectorBytes === 32 ? 1 : 0;
    const w = this.w ? 1 : 0;
    for (const each of candidates) {
      if (each.prefix !== 'any' && each.prefix !== prefix) continue;
      if (each.reg >= 0 && each.reg !== ((modrm >> 3) & 7)) continue;
      if (each.mod !== null && (each.mod === 'reg') !== modrm >= 0xc0) continue;
      if (each.modrmByte >= 0 && each.modrmByte !== modrm) continue;
      if (each.l !== null && each.l !== l) continue;
      if (each.w !== null && each.w !== w) continue;
      if (each.rexB && (this.#rex & 1) === 0) continue;
      return each;
    }
    return null;
  }

  #mandatoryPrefix(): string {
    if (this.#vex) return ['NP', '66', 'F3', 'F2'][this.#vexPrefix] ?? 'NP';
    if (this.repeat !== 0) return this.repeat === 0xf2 ? 'F2' : 'F3';
    return this.#operandPrefix ? '66' : 'NP';
  }

  #setOperandSize({ definition: { size } }: Encoding): void {
    if (this.w || size === 'always64') this.operandSize = 8;
    else if (this.#operandPrefix) this.operandSize = 2;
    else this.operandSize = size === 'default64' ? 8 : 4;
  }

  #readModrm(modrm: number): void {
    const mod = modrm >> 6;
    this.reg = ((modrm >> 3) & 7) | ((this.#rex & 4) << 1);
    this.rm = (modrm & 7) | ((this.#rex & 1) << 3);
    this.isMemory = mod !== 3;
    if (!this.isMemory) return;
    this.base = this.rm;
    this.index = noRegister;
    this.scale = 0;
    if ((modrm & 7) === 4) this.#readSib(mod);
    else if (mod === 0 && (modrm & 7) === 5) this.base = ripRegister;
    const wide = mod === 2 || (mod === 0 && this.base < 0) || this.base === ripRegister;
    this.displacement = wide ? this.#int32() : mod === 1 ? (this.#byte() << 24) >> 24 : 0;
  }

  /** The index of a gather is a vector. @returns whether it, the mask and the target are three registers */
  #setVectorIndex(modrm: number): boolean {
    this.index = noRegister;
    this.#setImmediate(this.scale);
    this.scale = 0;
    const { reg, vvvv, vectorIndex } = this;
    return (modrm & 7) === 4 && reg !== vvvv && reg !== vectorIndex && vvvv !== vectorIndex;
  }

  #readSib(mod: number): void {
    const sib = this.#byte();
    const index = ((sib >> 3) & 7) | ((this.#rex & 2) << 2);
    this.vectorIndex = index;
    this.index = index === 4 ? noRegister : index;
    this.scale = sib >> 6;
    this.base = (sib & 7) | ((this.#rex & 1) << 3);
    if (mod === 0 && (sib & 7) === 5) this.base = noRegister;
  }

  #int32(): number {
    const low = this.#byte() | (this.#byte() << 8);
    return low | (this.#byte() << 16) | (this.#byte() << 24);
  }

  #readImmediates({ operands }: Encoding): void {
    let first = true;
    for (const operand of operands) {
      const { place, size } = operand;
      if (place === 'number') this.#setImmediate(operand.number);
      else if (place === 'F') this.#setImmediate(this.rm & 7);
      else if (place === 'O') this.#readOffset();
      else if (place === 'I' || place === 'J' || place === 'L') {
        const bytes = sizeOf(size === 'x' || place === 'L' ? 'b' : size, this);
        if (first) this.#readImmediate(bytes);
        else this.secondImmediate = this.#byte();
        first = false;
      }
    }
  }

  #readImmediate(bytes: number): void {
    if (bytes === 1) this.#setImmediate((this.#byte() << 24) >> 24);
    else if (bytes === 2) this.#setImmediate(((this.#byte() | (this.#byte() << 8)) << 16) >> 16);
    else this.#setImmediate(this.#int32());
    if (bytes === 8) this.immediateHigh = this.#int32();
  }

  #setImmediate(value: number): void {
    this.immediateLow = value;
    this.immediateHigh = value >> 31;
  }

  /** An absolute address: memory without registers, the address in the immediate. */
  #readOffset(): void {
    this.isMemory = true;
    this.#readImmediate(this.address32 ? 4 : 8);
    if (this.address32) this.immediateHigh = 0;
    this.base = noRegister;
    this.index = noRegister;
    this.displacement = 0;
  }
}
