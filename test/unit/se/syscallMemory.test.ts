import { expect } from 'chai';
import { Errno } from '../../../src/host/index';
import { PAGE_SIZE } from '../../../src/se/layout';
import { ArrayBacking, ArrayFile, TestProcess } from '../../support/se';

const PRIVATE_ANONYMOUS = 0x22;
const RW = 3;

class MappableFile extends ArrayFile {
  readonly contentsBacking = new ArrayBacking(Buffer.from('file contents'));

  override get backing(): ArrayBacking {
    return this.contentsBacking;
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
    const file = new MappableFile('');
    process.state.files.set(3, file);
    const address = process.call('mmap', 0, 100, RW, 2, 3, 0);
    expect(process.text(address, 13)).to.equal('file contents');
    process.put('FILE', address);
    expect(Buffer.from(file.contentsBacking.contents).toString()).to.equal('file contents');
    process.call('close', 3);
    expect(process.text(address + 5, 8)).to.not.equal('');
  });

  it('maps a file shared only when nothing can be written back', () => {
    const process = new TestProcess();
    process.state.files.set(3, new MappableFile(''));
    expect(process.call('mmap', 0, 100, 1, 1, 3, 0)).to.be.greaterThan(0);
    expect(process.call('mmap', 0, 100, RW, 1, 3, 0)).to.equal(-Errno.ENODEV);
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
