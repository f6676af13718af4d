/** Shared mappings of files of the host. */
import { expect } from 'chai';
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PageFlags } from '../../../src/arch/x86/index';
import { OpenFlag } from '../../../src/se/openFile';
import { TestProcess } from '../../support/se';

const RW = 3;
const SHARED = 1;
const LENGTH = 5000;

/** Descriptors that this process has open. */
const openFiles = (): number => readdirSync('/proc/self/fd').length;

describe('a shared mapping of a file of the host', () => {
  let folder = '';
  let path = '';

  before(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'mini-gem5-shared-')));
    path = join(folder, 'file');
  });

  beforeEach(() => {
    writeFileSync(path, 'x'.repeat(LENGTH));
  });

  after(() => {
    rmSync(folder, { recursive: true });
  });

  const contents = (): string => readFileSync(path, 'latin1');

  /** A program that has mapped the file, and has a descriptor for nothing else. */
  function sharing(flags: number = OpenFlag.ReadWrite) {
    const process = new TestProcess({ readable: [folder], writable: [folder] });
    const open = (how: number): number => process.call('open', process.put(path), how, 0);
    const descriptor = open(flags);
    const protection = flags === OpenFlag.ReadOnly ? 1 : RW;
    const address = process.call('mmap', 0, LENGTH, protection, SHARED, descriptor, 0);
    process.call('close', descriptor);
    return { process, address, open };
  }

  it('stays as it is where a descriptor that cannot read writes elsewhere', () => {
    const { process, address, open } = sharing();
    process.put(Buffer.from('stored'), address);
    const writer = open(OpenFlag.WriteOnly);
    expect(process.call('pwrite64', writer, process.put('W'), 1, 100)).to.equal(1);
    expect(process.text(address, 6)).to.equal('stored');
    expect(process.text(address + 99, 3)).to.equal('xWx');
    expect(process.call('munmap', address, LENGTH)).to.equal(0);
    expect(contents()).to.equal(`stored${'x'.repeat(94)}W${'x'.repeat(LENGTH - 101)}`);
    process.state.files.closeAll();
  });

  it('is written back through the mapping that may be written', () => {
    const { process, address, open } = sharing(OpenFlag.ReadOnly);
    expect(process.text(address, 1)).to.equal('x');
    const descriptor = open(OpenFlag.ReadWrite);
    const second = process.call('mmap', 0, LENGTH, RW, SHARED, descriptor, 0);
    process.call('close', descriptor);
    process.put(Buffer.from('stored'), second);
    process.call('munmap', second, LENGTH);
    expect(process.text(address, 6)).to.equal('stored');
    process.call('munmap', address, LENGTH);
    expect(contents().slice(0, 7)).to.equal('storedx');
  });

  it('shows what truncate leaves of the file', () => {
    const { process, address } = sharing();
    process.put(Buffer.from('stored'), address);
    expect(process.call('truncate', process.put(path), 3)).to.equal(0);
    expect(process.text(address, 6)).to.equal('sto\0\0\0');
    expect(process.call('truncate', process.put(path), 6)).to.equal(0);
    process.call('munmap', address, LENGTH);
    expect(contents()).to.equal('sto\0\0\0');
  });

  it('shows nothing of a file that was emptied when it was opened', () => {
    const { process, address, open } = sharing();
    process.put(Buffer.from('stored'), address);
    const descriptor = open(OpenFlag.WriteOnly | OpenFlag.Truncate);
    expect(process.text(address, 6)).to.equal('\0'.repeat(6));
    expect(process.call('write', descriptor, process.put('new'), 3)).to.equal(3);
    expect(process.text(address, 6)).to.equal('new\0\0\0');
    process.call('munmap', address, LENGTH);
    expect(contents()).to.equal('new');
    process.state.files.closeAll();
  });

  it('writes each store once, and leaves alone what others write meanwhile', () => {
    const { process, address, open } = sharing();
    const descriptor = open(OpenFlag.ReadOnly);
    const read = (): number => process.call('pread64', descriptor, process.buffer, 1, 0);
    process.put(Buffer.from('stored'), address);
    expect(read()).to.equal(1);
    expect(contents().slice(0, 7)).to.equal('storedx');
    writeFileSync(path, 'other'.repeat(1000));
    const { mtimeNs } = statSync(path, { bigint: true });
    expect(read()).to.equal(1);
    expect(contents()).to.equal('other'.repeat(1000));
    expect(statSync(path, { bigint: true }).mtimeNs).to.equal(mtimeNs);
    process.put(Buffer.from('again'), address);
    expect(read()).to.equal(1);
    expect(contents().slice(0, 10)).to.equal('againdxxxx');
    process.state.files.closeAll();
  });

  it('notices stores of the processor again, in every mapping, also one that has moved', () => {
    const { process, address, open } = sharing();
    const descriptor = open(OpenFlag.ReadWrite);
    const second = process.call('mmap', 0, 4096, RW, SHARED, descriptor, 0);
    const { space } = process;
    const isWritable = (page: number): boolean =>
      (space.pageTables.flagsOf(page) & PageFlags.Writable) !== 0;
    for (const page of [address, second])
      expect(space.handleFault(page, 'write')).to.equal('resolved');
    const moved = process.call('mremap', address, 8192, 0x10_0000, 1);
    expect([moved, second].map(isWritable)).to.deep.equal([true, true]);
    expect(process.call('msync', moved, 8192, 4)).to.equal(0);
    expect([moved, second].map(isWritable)).to.deep.equal([false, false]);
    expect(space.handleFault(moved, 'write')).to.equal('resolved');
    const physical = space.pageTables.translate(moved);
    const { bytes, start } = space.blockOf(physical);
    bytes.set(Buffer.from('moved'), physical - start);
    process.call('munmap', second, 4096);
    process.call('munmap', moved, 0x10_0000);
    expect(contents().slice(0, 6)).to.equal('movedx');
    process.state.files.closeAll();
  });

  it('lets go of the file with its last page', () => {
    const { process, address } = sharing();
    process.put(Buffer.from('stored'), address);
    const before = openFiles();
    process.call('munmap', address, LENGTH);
    expect(openFiles()).to.equal(before - 1);
  });
});
