import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { openDescriptorCount } from '../../../src/host/index';
import { readElf } from '../../../src/se/elf';
import {
  loadElf,
  loadInterpreter,
  openProgram,
  releaseFiles,
  stackProtection,
} from '../../../src/se/elfLoader';
import { PIE_BASE } from '../../../src/se/layout';
import { UserMemory } from '../../../src/se/userMemory';
import { anElf, CODE, ET_DYN, PT_INTERP, USUAL_SEGMENTS } from '../../support/elf';
import { anAddressSpace, ArrayBacking } from '../../support/se';

describe('loadElf', () => {
  it('maps segments with their rights, their contents and zeros after them', () => {
    const { space } = anAddressSpace();
    const file = new ArrayBacking(
      anElf({
        contents: [
          [0x1000, [1, 2, 3, 4]],
          [0x117c, [5, 6, 7, 8]],
        ],
      }),
    );
    const loaded = loadElf(readElf(file), space);
    const memory = new UserMemory(space);
    expect(loaded).to.deep.equal({
      entry: CODE,
      programHeaders: 0x40_0040,
      end: 0x40_6000,
      bias: 0,
    });
    expect(memory.readInt32(CODE)).to.equal(0x04030201);
    expect(memory.readInt32(0x40_217c)).to.equal(0x08070605);
    expect(memory.readInt32(0x40_2180)).to.equal(0);
    expect(memory.readInt32(0x40_5000)).to.equal(0);
    expect(space.handleFault(CODE, 'write')).to.equal('denied');
    expect(space.handleFault(0x40_2100, 'execute')).to.equal('denied');
    expect(space.handleFault(0x40_6000, 'read')).to.equal('unmapped');
    expect(space.heapStart).to.equal(0x40_6000);
  });

  it('reads nothing but headers before the program runs', () => {
    const file = new ArrayBacking(anElf());
    const program = readElf(file);
    const before = file.reads.length;
    loadElf(program, anAddressSpace().space);
    expect(file.reads).to.have.length(before);
  });

  it('loads a position-independent program where Linux does', () => {
    const { space } = anAddressSpace();
    const segments = [{ flags: 5, offset: 0, address: 0, fileSize: 0x1000, align: 0x20_0000 }];
    const elf = anElf({ type: ET_DYN, entry: 0x100, segments });
    const loaded = loadElf(readElf(new ArrayBacking(elf)), space);
    const base = Math.ceil(PIE_BASE / 0x20_0000) * 0x20_0000;
    expect(loaded.entry).to.equal(base + 0x100);
    expect(loaded.programHeaders).to.equal(base + 0x40);
  });

  it('loads an interpreter below the stack, beside the program and without a heap', () => {
    const { space } = anAddressSpace();
    loadElf(readElf(new ArrayBacking(anElf())), space);
    const heap = space.heapStart;
    const segments = [
      { flags: 4, offset: 0, address: 0, fileSize: 0x1000 },
      { flags: 5, offset: 0x1000, address: 0x3000, fileSize: 0x100, align: 0x4000 },
    ].map(segment => ({ ...segment, offset: segment.address % 0x1000 }));
    const elf = anElf({ type: ET_DYN, entry: 0x3010, segments });
    const loaded = loadInterpreter(readElf(new ArrayBacking(elf)), space);
    expect(loaded.bias % 0x4000).to.equal(0);
    expect(loaded.bias).to.be.within(space.mmapTop - 0x8000, space.mmapTop - 0x4000);
    expect(loaded.entry).to.equal(loaded.bias + 0x3010);
    expect(space.areaAt(loaded.bias + 0x3000)?.protection).to.equal(5);
    expect(space.heapStart).to.equal(heap);
  });

  it('refuses a program that is larger than memory, before it runs', () => {
    const { space } = anAddressSpace({ memorySize: 0x10_0000 });
    const segments = [
      { flags: 7, offset: 0, address: 0x40_0000, fileSize: 0x1000, memorySize: 0x100_0000 },
    ];
    const program = readElf(new ArrayBacking(anElf({ segments, entry: 0x40_0000 })));
    expect(() => loadElf(program, space)).to.throw(FatalError, /needs 16777216 bytes of memory/);
  });

  it('refuses a program that would lie in the stack', () => {
    const { space } = anAddressSpace();
    const address = 0x7fff_fff0_0000;
    const segments = [{ flags: 5, offset: 0, address, fileSize: 0x1000 }];
    const program = readElf(new ArrayBacking(anElf({ segments, entry: address })));
    expect(() => loadElf(program, space)).to.throw(FatalError, /reaches into the stack/);
  });

  it('makes the stack executable only for a program that asks for it', () => {
    const program = readElf(new ArrayBacking(anElf()));
    expect(stackProtection(program)).to.equal(3);
    expect(stackProtection({ ...program, executableStack: true })).to.equal(7);
  });
});

describe('openProgram', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-elf-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** A program in the folder that names an interpreter. */
  function dynamicProgram(interpreter: string): string {
    const text = [...Buffer.from(`${interpreter}\0`)];
    const header = { type: PT_INTERP, offset: 0x200, address: 0x40_0200, fileSize: text.length };
    const segments = [...USUAL_SEGMENTS, header];
    const path = join(folder, 'dynamic');
    writeFileSync(path, anElf({ segments, contents: [[0x200, text]] }));
    return path;
  }

  it('says what is wrong with a path', () => {
    expect(() => openProgram('/no/such/program')).to.throw(FatalError, /does not exist/);
    expect(() => openProgram('/dev/null/program')).to.throw(FatalError, /does not exist/);
    expect(() => openProgram('/proc')).to.throw(FatalError, /is a directory/);
    expect(() => openProgram('/dev/null')).to.throw(FatalError, /not a regular file/);
  });

  it('opens the interpreter of a dynamic program too', () => {
    const interpreter = join(folder, 'ld.so');
    writeFileSync(interpreter, anElf({ type: ET_DYN }));
    const before = openDescriptorCount();
    const files = openProgram(dynamicProgram(interpreter));
    expect(files.interpreter?.file.path).to.equal(interpreter);
    expect(openDescriptorCount()).to.equal(before + 2);
    releaseFiles(files);
    expect(openDescriptorCount()).to.equal(before);
  });

  it('says which interpreter is missing or wrong, and leaves nothing open', () => {
    const before = openDescriptorCount();
    expect(() => openProgram(dynamicProgram('/no/such/ld.so'))).to.throw(
      FatalError,
      /dynamic cannot be run: its interpreter \/no\/such\/ld.so does not exist; install it/,
    );
    writeFileSync(join(folder, 'text'), 'no ELF file');
    expect(() => openProgram(dynamicProgram(join(folder, 'text')))).to.throw(
      FatalError,
      /interpreter cannot be used: .*text is not an ELF file/,
    );
    expect(openDescriptorCount()).to.equal(before);
  });
});
