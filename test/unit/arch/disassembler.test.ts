import { expect } from 'chai';
import {
  Disassembler,
  FS,
  RAX,
  RBX,
  RSP,
  RDI,
  type Disassembly,
} from '../../../src/arch/x86/index';

describe('Disassembler', () => {
  const disassembler = new Disassembler();
  const take = (hex: string): Disassembly =>
    disassembler.disassemble(Buffer.from(hex, 'hex'), 0x401000n)!;

  it('gives text, length and class', () => {
    const classes = {
      '4889e7': 'mov rdi, rsp|IntAlu',
      f7e1: 'mul ecx|IntMult',
      '48f7f9': 'idiv rcx|IntDiv',
      '488b07': 'mov rax, [rdi]|MemRead',
      f3a4: 'rep movsb [rdi], [rsi]|MemWrite',
      f20f58c1: 'addsd xmm0, xmm1|FloatAdd',
      '0f58c1': 'addps xmm0, xmm1|SimdFloatAdd',
      '660ffec1': 'paddd xmm0, xmm1|SimdAdd',
      c4e2f1b8c2: 'vfmadd231pd xmm0, xmm1, xmm2|SimdFloatMultAcc',
      dec1: 'faddp|FloatAdd',
      '660f6f07': 'movdqa xmm0, [rdi]|FloatMemRead',
      '90': 'nop|No_OpClass',
    };
    const found = Object.keys(classes).map(hex => {
      const { text, opClass, bytes } = take(`${hex}90909090`);
      expect(Buffer.from(bytes).toString('hex')).to.equal(hex);
      return `${text}|${opClass}`;
    });
    expect(found).to.deep.equal(Object.values(classes));
  });

  it('tells what is written, and where memory is', () => {
    expect(take('8a6301').result).to.deep.equal({
      kind: 'gpr',
      index: RAX,
      bytes: 1,
      isHigh: true,
    });
    expect(take('483b4708').result).to.equal(null);
    expect(take('c5fd6f07').result).to.include({ kind: 'vector', index: 0, bytes: 32 });
    expect(take('50').memory).to.include({ base: RSP, bytes: 8, isWritten: true });
    expect(take('64488b042528000000').memory).to.include({ segment: FS, displacement: 0x28n });
    expect(take('8b04df').memory).to.include({ base: RDI, index: RBX, scale: 8, isWritten: false });
    expect(take('8b0510000000').memory).to.include({ base: null, displacement: 0x401016n });
  });

  it('knows what is no instruction', () => {
    expect(disassembler.disassemble(Uint8Array.of(0x06), 0n)).to.equal(null);
    expect(disassembler.disassemble(new Uint8Array(0), 0n)).to.equal(null);
  });
});
