import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import {
  CpuidFeature,
  Decoder as Reference,
  DecoderOptions,
  Mnemonic,
  OpKind,
  Register,
  RegisterExt,
  type Instruction,
} from 'iced-x86';
import { Decoder, OpcodeTable, type DecodeOutcome } from '../../../../src/arch/x86/isa/decoder';
import { instructionSet } from '../../../../src/arch/x86/isa/instructions/instructionSet';
import { Random } from '../../../../src/base/index';
import { guestPath } from '../../../support/guests';

const decoder = new Decoder(new OpcodeTable(instructionSet));

function decode(bytes: readonly number[]): DecodeOutcome {
  return decoder.decode(Uint8Array.from(bytes), bytes.length);
}

/** Registers as instructions number them, -1 for none, 16 for RIP. */
function registerNumber(register: Register): number {
  if (register === Register.None) return -1;
  if (register === Register.RIP || register === Register.EIP) return 16;
  return RegisterExt.number(register);
}

/** What both decoders tell of an instruction: its length, and how its memory operand is addressed. */
interface Shape {
  readonly length: number;
  readonly address: string;
}

/** What another decoder makes of bytes; null when it is no instruction. */
function reference(
  bytes: Uint8Array,
): (Shape & { readonly isOld: boolean; readonly name: string }) | null {
  const other = new Reference(64, bytes, DecoderOptions.None);
  const instruction: Instruction = other.decode();
  try {
    if (instruction.isInvalid) return null;
    const { length, memoryBase, memoryIndex, memoryIndexScale } = instruction;
    const hasMemory = [0, 1, 2, 3, 4].some(
      i => i < instruction.opCount && instruction.opKind(i) === OpKind.Memory,
    );
    const base = registerNumber(memoryBase);
    // Relative to RIP it gives the sum.
    const distance = instruction.memoryDisplacement - (base === 16 ? BigInt(length) : 0n);
    const scale = memoryIndex === Register.None ? 0 : Math.log2(memoryIndexScale);
    const address = hasMemory
      ? [base, registerNumber(memoryIndex), scale, BigInt.asIntN(32, distance)].join()
      : '';
    const features = Array.from(instruction.cpuidFeatures(), feature => CpuidFeature[feature]);
    const isOld = features.every(feature => oldFeatures.test(feature ?? ''));
    return { length, address, isOld, name: Mnemonic[instruction.mnemonic] };
  } finally {
    instruction.free();
    other.free();
  }
}

/** Features that every x86-64-v2 processor has. */
const oldFeatures =
  /^(?:INTEL\w+|X64|CMOV|CMPXCHG16B|MMX|SSE[234]?|SSSE3|SSE4_[12]|FPU\w*|CLFSH|FXSR|POPCNT|SYSCALL|PAUSE|MULTIBYTENOP|CX8|TSC)$/;

/** The decoder's own view of what it decoded last. */
function shape(): Shape {
  const { length, isMemory, base, scale, displacement, encoding } = decoder;
  const isAddress = isMemory && encoding.hasModrm;
  const isGather = encoding.operands.some(({ place }) => place === 'X');
  const index = isGather ? decoder.vectorIndex : decoder.index;
  const steps = isGather ? decoder.immediateLow : index < 0 ? 0 : scale;
  const place = [base, index, steps, displacement].join();
  return { length, address: isAddress ? place : '' };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('Decoder', () => {
  it('takes addresses apart', () => {
    // mov -0x8(%r13,%r9,4), %rax
    expect(decode([0x4b, 0x8b, 0x44, 0x8d, 0xf8])).to.equal('ok');
    const { base, index, scale, displacement, operandSize, length } = decoder;
    expect([base, index, scale, displacement]).to.deep.equal([13, 9, 2, -8]);
    expect([operandSize, length, decoder.reg]).to.deep.equal([8, 5, 0]);
  });

  it('tells RIP-relative addresses from absolute ones', () => {
    decode([0x8b, 0x05, 0x10, 0, 0, 0]);
    expect([decoder.base, decoder.displacement]).to.deep.equal([16, 16]);
    decode([0x8b, 0x04, 0x25, 0x10, 0, 0, 0]);
    expect([decoder.base, decoder.index]).to.deep.equal([-1, -1]);
  });

  it('says when bytes are missing, and when an instruction is too long', () => {
    expect(decode([0x48, 0x8b])).to.equal('truncated');
    expect(decode([...new Array<number>(14).fill(0x66), 0x90])).to.equal('ok');
    expect(decode([...new Array<number>(15).fill(0x66), 0x90])).to.equal('too-long');
  });

  it('lets REX count only right before the opcode', () => {
    decode([0x48, 0x66, 0x89, 0xc8]);
    expect(decoder.operandSize).to.equal(2);
  });

  it('refuses LOCK where it may not stand', () => {
    expect(decode([0xf0, 0x01, 0x08])).to.equal('ok');
    expect(decode([0xf0, 0x01, 0xc8])).to.equal('invalid');
    expect(decode([0xf0, 0x03, 0x08])).to.equal('invalid');
    expect(decode([0xf0, 0x8b, 0x08])).to.equal('invalid');
  });

  /** Expects that the other decoder sees the same. */
  function expectSame(bytes: Uint8Array, context: string): void {
    const other = reference(bytes);
    if (other === null || decoder.decode(bytes, bytes.length) !== 'ok') return;
    const { length, address } = other;
    const ours = shape();
    // Of what has no ModRM byte the other decoder may say where it is, too.
    const theirs = { length, address: ours.address === '' ? '' : address };
    expect(ours, `${context}${hex(bytes)} ${other.name}`).to.deep.equal(theirs);
  }

  it('gives random bytes the length and the address that another decoder gives them', () => {
    const seed = Date.now() % 2 ** 32;
    const random = new Random(seed);
    const bytes = new Uint8Array(15);
    const count = Number(process.env['DECODER_COUNT'] ?? 30_000);
    for (let i = 0; i < count; i++) {
      for (let at = 0; at < bytes.length; at += 4) {
        const word = random.next32();
        for (let byte = at; byte < Math.min(at + 4, 15); byte++)
          bytes[byte] = word >>> ((byte - at) * 8);
      }
      if (decoder.decode(bytes, bytes.length) !== 'ok') continue;
      // Control and debug registers above the seventh are not told from the others.
      const { map, opcode } = decoder.encoding;
      if (map === 1 && opcode >= 0x20 && opcode <= 0x23 && decoder.reg > 7) continue;
      expect(reference(bytes), `seed ${String(seed)}: ${hex(bytes)}`).not.to.equal(null);
      expectSame(bytes, `seed ${String(seed)}: `);
    }
  });

  // DECODER_PROGRAMS names others, such as /bin/bash-static:/bin/busybox.
  const names = process.env['DECODER_PROGRAMS']?.split(':') ?? [guestPath('hello')];
  for (const path of names) {
    it(`knows every instruction of ${basename(path)} that is as old as SSE4.2`, () => {
      const missing = new Set<string>();
      const code = codeOf(readFileSync(path));
      for (let at = 0; at < code.length;) {
        const bytes = code.subarray(at, at + 15);
        const other = reference(bytes);
        at += other?.length ?? 1;
        if (other === null) continue;
        if (decoder.decode(bytes, bytes.length) === 'ok') expectSame(bytes, '');
        else if (other.isOld && bytes.length === 15) missing.add(other.name);
      }
      expect([...missing]).to.deep.equal([]);
    });
  }
});

/** The bytes of the executable segments of a program. */
function codeOf(file: Buffer): Buffer {
  const table = Number(file.readBigUInt64LE(32));
  const headers = Array.from({ length: file.readUInt16LE(56) }, (_, i) => table + i * 56);
  const pieces = headers
    .filter(at => file.readUInt32LE(at) === 1 && (file.readUInt32LE(at + 4) & 1) === 1)
    .map(at => {
      const start = Number(file.readBigUInt64LE(at + 8));
      return file.subarray(start, start + Number(file.readBigUInt64LE(at + 32)));
    });
  return Buffer.concat(pieces);
}
