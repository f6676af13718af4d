import { expect } from 'chai';
import { PageFlags } from '../../../src/arch/x86/index';
import { Errno } from '../../../src/host/index';
import { PAGE_SIZE } from '../../../src/se/layout';
import { OpenFlag, type HostSpan } from '../../../src/se/openFile';
import { ArrayBacking, ArrayFile, TestProcess } from '../../support/se';

const PRIVATE_ANONYMOUS = 0x22;
const RW = 3;

/** A file of which `contentsBacking` is what memory mappings see. */
class MappableFile extends ArrayFile {
  readonly contentsBacking: ArrayBacking;

  constructor(text = 'file contents', flags: number = OpenFlag.ReadWrite) {
    super(text, true, flags);
    this.contentsBacking = new ArrayBacking(this.contents, '/some/file', flags !== 0);
  }

  override get backing(): ArrayBacking {
    return this.contentsBacking;
  }

  override write(source: HostSpan, length: number, position: number): number {
    const count = super.write(source, length, position);
    this.contentsBacking.contents = this.contents;
    return count;
  }
}

describe('mmap', () => {
  it('maps anonymous memory', () => {
    const process = new TestProcess();
    const address = process.call('mmap', 0, 10, RW, PRIVATE_ANONYMOUS, -1, 0);
    expect(address % PAGE_SIZE).to.equal(0);
    process.put('text', address);
    expect(process.text(address, 4)).to.equal('text');
    expect(process.call('munmap', address, 10)).to.equal(0);
    expect(() => process.text(address, 4)).to.throw();
  });

  it('maps files that keep their contents to themselves', () => {
    const process = new TestProcess();
    const file = new MappableFile();
    process.state.files.set(3, file);
    const address = process.call('mmap', 0, 100, RW, 2, 3, 0);
    expect(process.text(address, 13)).to.equal('file contents');
    process.put('FILE', address);
    expect(Buffer.from(file.contentsBacking.contents).toString()).to.equal('file contents');
    process.call('close', 3);
    expect(process.text(address + 5, 8)).to.not.equal('');
  });

  describe('of a file that is shared', () => {
    const SHARED = 1;

    /** A program with a file of 5000 bytes at descriptor 3, mapped twice. */
    function sharing() {
      const process = new TestProcess();
      const file = new MappableFile('x'.repeat(5000));
      process.state.files.set(3, file);
      const map = (): number => process.call('mmap', 0, 5000, RW, SHARED, 3, 0);
      const contents = (): string => Buffer.from(file.contentsBacking.contents).toString();
      return { process, file, one: map(), two: map(), contents };
    }

    it('shows stores in every mapping at once, and in the file when it is asked for', () => {
      const { process, one, two, contents } = sharing();
      process.put(Buffer.from('stored'), one + 4090);
      expect(process.text(two + 4090, 6)).to.equal('stored');
      expect(contents()).to.equal('x'.repeat(5000));
      expect(process.call('msync', one, 5000, 4)).to.equal(0);
      expect(contents()).to.equal(`${'x'.repeat(4090)}stored${'x'.repeat(904)}`);
      expect(process.call('msync', one + 1, 1, 4)).to.equal(-Errno.EINVAL);
      expect(process.call('msync', one, 5000, 8)).to.equal(-Errno.EINVAL);
      expect(process.call('msync', 0x1_0000, 5000, 4)).to.equal(-Errno.ENOMEM);
    });

    it('notices the first store that the processor makes to each page', () => {
      const { process, one, contents } = sharing();
      expect(process.space.handleFault(one, 'read')).to.equal('resolved');
      const { pageTables } = process.space;
      const writable = (): boolean => (pageTables.flagsOf(one) & PageFlags.Writable) !== 0;
      expect(writable()).to.equal(false);
      expect(process.space.handleFault(one, 'write')).to.equal('resolved');
      expect(writable()).to.equal(true);
      const block = process.space.blockOf(pageTables.translate(one));
      block.bytes[pageTables.translate(one)] = 0x79;
      expect(contents().slice(0, 2)).to.equal('xx');
      process.call('munmap', one, 5000);
      expect(contents().slice(0, 2)).to.equal('yx');
    });

    it('writes back and gives its memory back with the last mapping', () => {
      const { process, one, two, contents } = sharing();
      const free = process.allocator.freePages;
      process.put('Y', two);
      expect(process.allocator.freePages).to.be.lessThan(free);
      process.call('munmap', two, 5000);
      process.call('munmap', one, 5000);
      expect(contents().slice(0, 2)).to.equal('Y\0');
      expect(process.space.sharedPages.empty).to.equal(true);
      expect(process.allocator.freePages).to.be.at.least(free - 2);
    });

    it('agrees with reads and writes of the file', () => {
      const { process, file, one, two } = sharing();
      process.put(Buffer.from('memory'), one);
      expect(process.call('pread64', 3, process.buffer, 6, 0)).to.equal(6);
      expect(process.text(process.buffer, 6)).to.equal('memory');
      process.put(Buffer.from('written'), process.buffer);
      expect(process.call('pwrite64', 3, process.buffer, 7, 100)).to.equal(7);
      expect(process.text(two + 100, 7)).to.equal('written');
      expect(process.text(two, 6)).to.equal('memory');
      expect(file.contentsBacking.users).to.be.greaterThan(1);
    });

    it('is told apart from a private mapping of the same file', () => {
      const { process, one } = sharing();
      const own = process.call('mmap', 0, 5000, RW, 2, 3, 0);
      process.put(Buffer.from('first'), one);
      expect(process.text(own, 5)).to.equal('first');
      process.put(Buffer.from('own'), own);
      expect(process.text(one, 5)).to.equal('first');
    });

    it('is not writable through a descriptor that only reads', () => {
      const process = new TestProcess();
      const file = new MappableFile('text', OpenFlag.ReadOnly);
      process.state.files.set(3, file);
      expect(process.call('mmap', 0, 100, RW, SHARED, 3, 0)).to.equal(-Errno.EACCES);
      const address = process.call('mmap', 0, 100, 1, SHARED, 3, 0);
      expect(process.text(address, 4)).to.equal('text');
      expect(process.call('mprotect', address, 100, RW)).to.equal(-Errno.EACCES);
      expect(process.call('mprotect', address, 100, 0)).to.equal(0);
    });
  });

  it('refuses what Linux refuses', () => {
    const process = new TestProcess();
    process.state.files.set(3, new ArrayFile(''));
    const mmap = (...args: number[]): number => process.call('mmap', ...args);
    expect(mmap(0, 0, RW, PRIVATE_ANONYMOUS, -1, 0)).to.equal(-Errno.EINVAL);
    expect(mmap(0, 10, RW, 0x20, -1, 0)).to.equal(-Errno.EINVAL);
    expect(mmap(0, 10, RW, 2, 3, 5)).to.equal(-Errno.EINVAL);
    expect(mmap(0, 10, RW, 2, 99, 0)).to.equal(-Errno.EBADF);
    expect(mmap(0, 10, RW, 2, 3, 0)).to.equal(-Errno.ENODEV);
    expect(mmap(0, -1, RW, PRIVATE_ANONYMOUS, -1, 0)).to.equal(-Errno.ENOMEM);
    expect(mmap(0, 10, RW, PRIVATE_ANONYMOUS | 0x4_0000, -1, 0)).to.equal(-Errno.ENOMEM);
    expect(mmap(-PAGE_SIZE, 10, RW, PRIVATE_ANONYMOUS | 0x10, -1, 0)).to.equal(-Errno.ENOMEM);
  });

  it('finds low addresses on request', () => {
    const process = new TestProcess();
    const address = process.call('mmap', 0, 10, RW, PRIVATE_ANONYMOUS | 0x40, -1, 0);
    expect(address)
      .to.be.greaterThan(0)
      .and.lessThan(2 ** 31);
  });

  it('brings all pages in on request', () => {
    const process = new TestProcess();
    const length = 64 * PAGE_SIZE;
    const address = process.call('mmap', 0, length, RW, PRIVATE_ANONYMOUS | 0x8000, -1, 0);
    for (let page = address; page < address + length; page += PAGE_SIZE) {
      expect(process.space.pageTables.translate(page)).to.be.greaterThan(0);
    }
  });
});

describe('other memory calls', () => {
  it('munmap refuses nothing and nonsense', () => {
    const process = new TestProcess();
    expect(process.call('munmap', process.buffer, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('munmap', process.buffer + 1, 1)).to.equal(-Errno.EINVAL);
    expect(process.call('munmap', process.buffer, -1)).to.equal(-Errno.EINVAL);
    expect(process.call('munmap', 0x40_0000, PAGE_SIZE)).to.equal(0);
  });

  it('mprotect refuses unknown rights', () => {
    const process = new TestProcess();
    expect(process.call('mprotect', process.buffer, PAGE_SIZE, 1)).to.equal(0);
    expect(process.call('mprotect', process.buffer, PAGE_SIZE, 0x10)).to.equal(-Errno.EINVAL);
  });

  it('brk tells where the heap ends when asked for 0', () => {
    const process = new TestProcess();
    process.space.startHeap(0x50_0000);
    expect(process.call('brk', 0)).to.equal(0x50_0000);
    expect(process.call('brk', 0x50_1234)).to.equal(0x50_1234);
    expect(process.call('brk', -1)).to.equal(0x50_1234);
    expect(process.call('brk', 2 ** 53)).to.equal(0x50_1234);
  });

  it('madvise forgets contents, and takes other advice as advice', () => {
    const process = new TestProcess();
    process.put('text');
    expect(process.call('madvise', process.buffer, PAGE_SIZE, 3)).to.equal(0);
    expect(process.text(process.buffer, 4)).to.equal('text');
    expect(process.call('madvise', process.buffer, PAGE_SIZE, 4)).to.equal(0);
    expect(process.text(process.buffer, 4)).to.equal('\0\0\0\0');
    expect(process.call('madvise', process.buffer, PAGE_SIZE, 999)).to.equal(-Errno.EINVAL);
    expect(process.call('madvise', process.buffer + 1, PAGE_SIZE, 4)).to.equal(-Errno.EINVAL);
  });

  it('mremap moves only with permission', () => {
    const process = new TestProcess();
    process.put('text');
    const grown = process.call('mremap', process.buffer, 0x1_0000, 0x2_0000, 1);
    expect(process.text(grown, 4)).to.equal('text');
    expect(process.call('mremap', grown, 0x2_0000, 0x1000, 2, 0x40_0000)).to.equal(-Errno.EINVAL);
    expect(process.call('mremap', grown, 0x2_0000, 0x1000, 3, 0x40_0000)).to.equal(0x40_0000);
    expect(process.text(0x40_0000, 4)).to.equal('text');
    expect(process.call('mremap', 0x40_0000, 0x1000, -1, 1)).to.equal(-Errno.ENOMEM);
  });
});
