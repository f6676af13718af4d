/** Random instructions, made from the tables that define them, with operands that are worth trying. */
import type { Random } from '../../src/base/index';
import { Decoder, OpcodeTable } from '../../src/arch/x86/isa/decoder';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import type { OperandSpec } from '../../src/arch/x86/isa/operand';

/** Where the memory operands of random instructions may lie. */
export interface MemoryWindow {
  readonly start: number;
  readonly bytes: number;
}

/** An instruction, and what registers have to hold for its address to make sense. */
export interface RandomInstruction {
  readonly bytes: readonly number[];
  /** Registers by their encoded number. */
  readonly registers: ReadonlyMap<number, bigint>;
  /** The vector register that is an index, or -1. */
  readonly vectorIndex: number;
  /** The base of the segment that its address counts from, and which it is. */
  readonly segment: { readonly prefix: number; readonly base: bigint };
}

const RSP = 4;
const mandatoryBytes: Readonly<Record<string, number>> = { 66: 0x66, F2: 0xf2, F3: 0xf3 };

/** Segments that do not count, sizes and repetitions that an instruction may not have, REX out of place. */
const redundantPrefixes: readonly (readonly number[])[] = [
  ...[[0x2e], [0x36], [0x3e], [0x26], [0x66], [0xf2], [0xf3], [0x4f, 0x3e], [0x48, 0x66]],
];

/** Makes instructions of given encodings. */
export class InstructionMaker {
  readonly #random: Random;
  readonly #decoder = new Decoder(new OpcodeTable(instructionSet));
  #window: MemoryWindow = { start: 0, bytes: 1 };
  #isShort = false;
  #segment = 0;
  #segmentBase = 0n;

  constructor(random: Random) {
    this.#random = random;
  }

  #below(limit: number): number {
    return this.#random.nextInt(0, limit - 1);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)]!;
  }

  make(encoding: Encoding, window: MemoryWindow): RandomInstruction {
    this.#window = window;
    const registers = new Map<number, bigint>();
    const tail: number[] = [];
    let rex = this.#below(16);
    if (encoding.w !== null) rex = (rex & 7) | (encoding.w << 3);
    if (encoding.rexB) rex |= 1;
    let modrm = -1;
    let vectorIndex = -1;
    this.#choosePrefixes();
    if (encoding.hasModrm) {
      modrm = this.#modrm(encoding);
      if (encoding.operands.some(({ place }) => place === 'X')) {
        vectorIndex = this.#below(16);
        modrm = (modrm & 0xf8) | 4;
      }
      if (modrm < 0xc0) {
        const address = this.#address(modrm, rex, registers, vectorIndex);
        ({ modrm, rex } = address);
        tail.push(...address.bytes);
      }
    }
    const immediates = encoding.operands.flatMap(operand => this.#immediate(operand, encoding));
    const opcode = encoding.opcode + (encoding.opcodes === 8 ? this.#below(8) : 0);
    const prefixes = encoding.vex ? [] : this.#prefixes(encoding, modrm);
    const operandPrefix = prefixes.includes(0x66);
    const size = this.#operandSize(encoding, operandPrefix, rex);
    const cut = immediates.flatMap(([code, values]) =>
      values.slice(0, this.#immediateBytes(code, size)),
    );
    const ofAddress = modrm >= 0 && modrm < 0xc0 ? this.#addressPrefixes() : [];
    const bytes = encoding.vex
      ? [...ofAddress, ...this.#vex(encoding, rex), opcode]
      : [
          ...ofAddress,
          ...prefixes,
          ...this.#rex(encoding, rex),
          ...this.#escape(encoding.map),
          opcode,
        ];
    if (modrm >= 0) bytes.push(modrm);
    const all = [...bytes, ...tail, ...cut];
    const segment = { prefix: ofAddress.length > 0 ? this.#segment : 0, base: this.#segmentBase };
    return { bytes: this.#withRedundant(encoding, all), registers, vectorIndex, segment };
  }

  /** Now and then with a prefix before it that leaves it the same instruction. */
  #withRedundant(encoding: Encoding, bytes: readonly number[]): readonly number[] {
    if (this.#below(8) !== 0 || bytes.length > 12) return bytes;
    const more = [...this.#pick(redundantPrefixes), ...bytes];
    const isSame =
      this.#decoder.decode(Uint8Array.from(more), more.length) === 'ok' &&
      this.#decoder.encoding === encoding &&
      this.#decoder.length === more.length;
    return isSame ? more : bytes;
  }

  /** Now and then addresses of 32 bits, and such that count from FS or GS. */
  #choosePrefixes(): void {
    this.#isShort = this.#below(16) === 0;
    this.#segment = this.#below(16) === 0 ? this.#pick([0x64, 0x65]) : 0;
    this.#segmentBase = this.#segment === 0 ? 0n : BigInt(this.#below(0x800_0000));
  }

  #addressPrefixes(): number[] {
    return [...(this.#isShort ? [0x67] : []), ...(this.#segment === 0 ? [] : [this.#segment])];
  }

  /** A register's value for an address: of 32 bits, the upper half is anything. */
  #addressRegister(value: bigint): bigint {
    if (!this.#isShort) return BigInt.asUintN(64, value);
    return BigInt.asUintN(32, value) | (BigInt(this.#random.next32()) << 32n);
  }

  #modrm({ reg, mod, modrmByte, operands }: Encoding): number {
    if (modrmByte >= 0) return modrmByte;
    let byte = this.#below(256);
    if (reg >= 0) byte = (byte & 0xc7) | (reg << 3);
    const registerOnly =
      mod === 'reg' ||
      operands.some(({ place }) => place === 'R' || place === 'U' || place === 'N');
    const memoryOnly = mod === 'mem' || operands.some(({ place }) => place === 'M');
    if (registerOnly) byte |= 0xc0;
    else if (memoryOnly && byte >= 0xc0) byte &= 0x3f | (this.#below(3) << 6);
    return byte;
  }

  /** Chooses an address in the window, and registers that give it. */
  #address(
    first: number,
    rexBits: number,
    registers: Map<number, bigint>,
    vectorIndex: number,
  ): { modrm: number; rex: number; bytes: number[] } {
    let modrm = first;
    let rex = rexBits;
    // Half of them lie where vectors may.
    const place = this.#below(this.#window.bytes);
    const target = BigInt(this.#window.start + (this.#below(2) === 0 ? place : place & ~31));
    let mod = modrm >> 6;
    if (mod === 0 && (modrm & 7) === 5) {
      // Relative to RIP: the window is out of reach of a fixed displacement, so take a byte one.
      modrm = (modrm & 0x3f) | 0x40;
      mod = 1;
    }
    const bytes: number[] = [];
    let base = (modrm & 7) | ((rex & 1) << 3);
    let index = -1;
    let scale = 0;
    if ((modrm & 7) === 4) {
      let sib = this.#below(256);
      if (mod === 0 && (sib & 7) === 5) sib = (sib & 0xf8) | 3;
      if (vectorIndex >= 0) {
        sib = (sib & 0xc7) | ((vectorIndex & 7) << 3);
        rex = (rex & 0xd) | ((vectorIndex >> 3) << 1);
      }
      bytes.push(sib);
      base = (sib & 7) | ((rex & 1) << 3);
      const encoded = ((sib >> 3) & 7) | ((rex & 2) << 2);
      if (encoded !== RSP && vectorIndex < 0) index = encoded;
      scale = sib >> 6;
    }
    if (base === RSP) {
      // The stack pointer stays where it is.
      rex |= 1;
      base = 12;
      if (index === base) index = 12;
    }
    const displacement =
      mod === 0 ? 0 : mod === 1 ? this.#below(256) - 128 : this.#below(2 ** 31) - 2 ** 30;
    if (mod === 1) bytes.push(displacement & 0xff);
    if (mod === 2) bytes.push(...little(BigInt(displacement), 4));
    let rest = target - this.#segmentBase - BigInt(displacement);
    if (index === base) {
      // base * (1 + 2^scale) has to be the address.
      rest /= BigInt(1 + (1 << scale));
    } else if (index >= 0) {
      const value = BigInt(this.#below(4096));
      registers.set(index, this.#addressRegister(value));
      rest -= value << BigInt(scale);
    }
    registers.set(base, this.#addressRegister(rest));
    return { modrm, rex, bytes };
  }

  #immediate({ place, size }: OperandSpec, { definition }: Encoding): [string, number[]][] {
    if (place === 'J') return [[size, [this.#below(64)].concat([0, 0, 0, 0, 0, 0, 0])]];
    if (place === 'O') {
      const target = BigInt(this.#window.start + this.#below(this.#window.bytes));
      return [['q', little(target, 8)]];
    }
    if (place !== 'I' && place !== 'L') return [];
    const value =
      definition.name === 'enter'
        ? BigInt(this.#below(size === 'b' ? 256 : 64))
        : edge(this.#random);
    return [[place === 'L' || size === 'x' ? 'b' : size, little(value, 8)]];
  }

  #operandSize({ definition: { size } }: Encoding, operandPrefix: boolean, rex: number): number {
    if ((rex & 8) !== 0 || size === 'always64') return 8;
    if (operandPrefix) return 2;
    return size === 'default64' ? 8 : 4;
  }

  #immediateBytes(code: string, operandSize: number): number {
    if (code === 'b' || code === 's') return 1;
    if (code === 'w') return 2;
    if (code === 'q') return 8;
    return code === 'v' ? operandSize : Math.min(operandSize, 4);
  }

  #prefixes({ prefix, definition, operands, map, opcode }: Encoding, modrm: number): number[] {
    const mandatory = mandatoryBytes[prefix];
    const list = mandatory === undefined ? [] : [mandatory];
    const sized =
      operands.some(({ size }) => size === 'v' || size === 'z') || operands.length === 0;
    if (prefix === 'any' && definition.size !== 'always64' && sized && this.#below(4) === 0) {
      list.unshift(0x66);
    }
    if (definition.repeats === true && map === 0 && opcode < 0xe0 && this.#below(2) === 0) {
      list.push(this.#pick([0xf2, 0xf3]));
    }
    if (definition.lock !== undefined && modrm >= 0 && modrm < 0xc0 && this.#below(4) === 0)
      list.push(0xf0);
    return list;
  }

  #rex({ w, rexB }: Encoding, rex: number): number[] {
    return rex !== 0 || w === 1 || rexB || this.#below(4) === 0 ? [0x40 | rex] : [];
  }

  #escape(map: number): number[] {
    return [[], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]][map]!;
  }

  #vex({ map, prefix, l, operands, w }: Encoding, rex: number): number[] {
    const pp = ['NP', '66', 'F3', 'F2'].indexOf(prefix === 'any' ? 'NP' : prefix);
    const long = l ?? this.#below(2);
    const uses = operands.some(({ place }) => place === 'H' || place === 'B');
    const vvvv = uses ? this.#below(16) : 0;
    const wide = w ?? rex >> 3;
    const last = (wide << 7) | ((~vvvv & 15) << 3) | (long << 2) | pp;
    return [0xc4, ((~rex & 7) << 5) | map, last];
  }
}

function little(value: bigint, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Number((value >> BigInt(i * 8)) & 0xffn));
}

const edges: readonly bigint[] = [
  ...[0n, 1n, 2n, -1n, -2n, 0x7fn, 0x80n, 0xffn, 0x7fffn, 0x8000n, 0xffffn],
  ...[0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 2n ** 63n - 1n, -(2n ** 63n)],
];

/** A number of 64 bits that is likely to be at the edge of something. */
export function edge(random: Random): bigint {
  const kind = random.nextInt(0, 3);
  if (kind === 0) return BigInt.asUintN(64, edges[random.nextInt(0, edges.length - 1)]!);
  if (kind === 1) return BigInt(random.nextInt(0, 255));
  const wide =
    (BigInt(random.nextInt(0, 0xffff_ffff)) << 32n) | BigInt(random.nextInt(0, 0xffff_ffff));
  return kind === 2 ? wide : BigInt.asUintN(64, BigInt.asIntN(32, wide));
}
