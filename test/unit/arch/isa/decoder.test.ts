import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { Decoder as Reference, DecoderOptions, type Instruction } from 'iced-x86';
import { Decoder, OpcodeTable, type DecodeOutcome } from '../../../../src/arch/x86/isa/decoder';
import { instructionSet } from '../../../../src/arch/x86/isa/instructions/instructionSet';
import { Random } from '../../../../src/base/index';
import { guestPath } from '../../../support/guests';

const decoder = new Decoder(new OpcodeTable(instructionSet));

function decode(bytes: readonly number[]): DecodeOutcome {
  return decoder.decode(Uint8Array.from(bytes), bytes.length);
}

/** The length by another decoder; 0 when it is no instruction. */
function referenceLength(bytes: Uint8Array): number {
  const reference = new Reference(64, bytes, DecoderOptions.None);
  const instruction: Instruction = reference.decode();
  const length = instruction.isInvalid ? 0 : instruction.length;
  instruction.free();
  reference.free();
  return length;
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

  it('gives random bytes the length that another decoder gives them', () => {
    const seed = Date.now() % 2 ** 32;
    const random = new Random(seed);
    const bytes = new Uint8Array(15);
    for (let i = 0; i < 50_000; i++) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = random.nextInt(0, 255);
      if (decoder.decode(bytes, bytes.length) !== 'ok') continue;
      expect(decoder.length, `seed ${String(seed)}: ${hex(bytes)}`).to.equal(
        referenceLength(bytes),
      );
    }
  });

  it('finds the instructions of programs', () => {
    for (const name of ['hello', 'exceptions', 'malloc']) {
      const file = readFileSync(guestPath(name));
      for (let at = 0; at + 15 <= file.length; at += 41) {
        const bytes = file.subarray(at, at + 15);
        if (decoder.decode(bytes, bytes.length) !== 'ok') continue;
        expect(decoder.length, hex(bytes)).to.equal(referenceLength(bytes));
      }
    }
  });
});
