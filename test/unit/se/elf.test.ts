import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { readElf, type ElfProgram } from '../../../src/se/elf';
import {
  anElf,
  CODE,
  ET_DYN,
  PT_DYNAMIC,
  PT_GNU_STACK,
  PT_INTERP,
  USUAL_SEGMENTS,
  type ElfOptions,
} from '../../support/elf';
import { ArrayBacking } from '../../support/se';

const read = (options: ElfOptions): ElfProgram =>
  readElf(new ArrayBacking(anElf(options), '/path/program'));

function refusal(options: ElfOptions): string {
  return refusalOf(anElf(options));
}

function refusalOf(bytes: Uint8Array): string {
  try {
    readElf(new ArrayBacking(bytes, '/path/program'));
  } catch (error) {
    expect(error).to.be.instanceOf(FatalError);
    const { message } = error as FatalError;
    expect(message).to.match(/^\/path\/program /);
    expect(message).to.not.include('\n');
    return message;
  }
  throw new Error('the file was accepted');
}

describe('readElf', () => {
  it('reads a static program', () => {
    const program = read({});
    expect(program.entry).to.equal(CODE);
    expect(program.relocatable).to.equal(false);
    expect(program.programHeaders).to.deep.equal({ address: 0x40_0040, count: 3 });
    expect(program.executableStack).to.equal(false);
    expect(program.alignment).to.equal(0x1000);
    expect(program.segments.map(s => [s.address, s.protection])).to.deep.equal([
      [0x40_0000, 1],
      [CODE, 5],
      [0x40_2100, 3],
    ]);
  });

  it('reads a static PIE, which has a dynamic section that names no library', () => {
    const program = read({
      type: ET_DYN,
      entry: 0x1010,
      segments: [
        { flags: 5, offset: 0, address: 0, fileSize: 0x1100 },
        { type: PT_DYNAMIC, offset: 0x1000, address: 0x1000, fileSize: 0x40 },
      ],
    });
    expect(program.relocatable).to.equal(true);
  });

  it('sees whether the stack is to be executable', () => {
    const stack = { type: PT_GNU_STACK, offset: 0, address: 0, fileSize: 0 };
    const withFlags = (flags: number): boolean =>
      read({ segments: [...USUAL_SEGMENTS, { ...stack, flags }] }).executableStack;
    expect(withFlags(7)).to.equal(true);
    expect(withFlags(6)).to.equal(false);
  });

  it('says that an empty file, a text and a script are no programs', () => {
    expect(refusalOf(new Uint8Array(0))).to.include('is empty');
    expect(refusalOf(Buffer.from('hello'))).to.include('is not an ELF file');
    expect(refusalOf(Buffer.from('h'))).to.include('is not an ELF file');
    expect(refusalOf(Buffer.from('#!/bin/sh\n'))).to.include('is a script');
  });

  it('names the kind of a program that cannot be run', () => {
    expect(refusal({ elfClass: 1 })).to.include('32-bit');
    expect(refusal({ elfClass: 9 })).to.include('class 9');
    expect(refusal({ data: 2 })).to.include('big-endian');
    expect(refusal({ machine: 183 })).to.include('another machine (AArch64)');
    expect(refusal({ machine: 999 })).to.include('number 999');
    expect(refusal({ system: 9 })).to.include('FreeBSD');
    expect(refusal({ version: 0 })).to.include('unknown ELF version');
    expect(refusal({ type: 1 })).to.include('object file');
    expect(refusal({ type: 4 })).to.include('core dump');
    expect(refusal({ type: 77 })).to.include('type 77');
  });

  it('reads the name of the interpreter of a dynamic program', () => {
    const name = '/lib64/ld.so\0';
    const header = { type: PT_INTERP, offset: 0x200, address: 0x40_0200, fileSize: name.length };
    const options = (text: string): Partial<ElfOptions> => ({
      segments: [...USUAL_SEGMENTS, header],
      contents: [[0x200, [...Buffer.from(text)]]],
    });
    expect(read(options(name)).interpreter).to.equal('/lib64/ld.so');
    expect(read({}).interpreter).to.equal(undefined);
    for (const bad of ['lib64/ld.so.2', '/lib64/ld.so!', '/lib64\0ld.so\0']) {
      expect(refusal(options(bad)), bad).to.include("its interpreter's name is no absolute path");
    }
    const tooLong = { ...header, fileSize: 5000 };
    expect(refusal({ segments: [...USUAL_SEGMENTS, tooLong], size: 0x2000 })).to.match(/too long/);
  });

  it('refuses a program that needs libraries but names nobody to load them', () => {
    const dynamic = { type: PT_DYNAMIC, offset: 0x1000, address: CODE, fileSize: 0x40 };
    const needed: [number, number[]] = [0x1000, [1, 0, 0, 0, 0, 0, 0, 0]];
    expect(refusal({ segments: [...USUAL_SEGMENTS, dynamic], contents: [needed] })).to.equal(
      '/path/program needs shared libraries but no interpreter to load them; link it again',
    );
  });

  it('tells a shared library from a program', () => {
    expect(refusal({ type: ET_DYN, entry: 0 })).to.include('shared library');
  });

  it('says where a truncated file ends', () => {
    expect(refusalOf(anElf().subarray(0, 40))).to.match(/truncated: its ELF header .* 0x28/);
    expect(refusalOf(anElf().subarray(0, 100))).to.match(/truncated: its program header table/);
    expect(refusalOf(anElf().subarray(0, 0x1170))).to.match(/truncated: the segment at 0x402100/);
    expect(refusal({ headerOffset: 2 ** 52 })).to.include('truncated');
  });

  it('finds damaged headers', () => {
    expect(refusal({ headerCount: 0 })).to.include('no program headers');
    expect(refusal({ headerSize: 32 })).to.include('32 bytes each');
    expect(refusal({ segments: [{ type: 4, offset: 0, address: 0, fileSize: 0 }] })).to.include(
      'no segment',
    );
    expect(refusal({ entry: 0x40_2100 })).to.include('entry point 0x402100');
  });

  it('finds segments that cannot be loaded', () => {
    const one = { flags: 5, offset: 0, address: 0x40_0000, fileSize: 0x100 };
    const only = (change: object): string => refusal({ segments: [{ ...one, ...change }] });
    expect(only({ memorySize: 0x80 })).to.include('larger in the file');
    expect(only({ address: 0x40_0010 })).to.include('not aligned');
    expect(only({ align: 3 })).to.include('alignment of 0x3');
    expect(only({ align: 2 ** 40 })).to.include('alignment');
    expect(only({ address: 0x1000 })).to.include("outside a program's addresses");
    expect(only({ memorySize: 2 ** 50 })).to.include("outside a program's addresses");
    expect(refusal({ segments: [one, { ...one, offset: 0x80, address: 0x40_0080 }] })).to.include(
      'overlaps the one before',
    );
  });
});
