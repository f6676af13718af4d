import { expect } from 'chai';
import { Errno } from '../../../src/host/index';
import { PAGE_SIZE } from '../../../src/se/layout';
import { NullDevice, OpenFlag } from '../../../src/se/openFile';
import { ArrayFile, TestProcess } from '../../support/se';

/** A program with one file at descriptor 3. */
function withFile(
  contents = '',
  seekable = true,
  flags = 2,
): { process: TestProcess; file: ArrayFile } {
  const process = new TestProcess();
  const file = new ArrayFile(contents, seekable, flags);
  process.state.files.set(3, file);
  return { process, file };
}

/** Puts an I/O vector into a program's memory. Returns its address. */
function putVector(process: TestProcess, entries: readonly (readonly [number, number])[]): number {
  const view = new DataView(new ArrayBuffer(entries.length * 16));
  entries.forEach(([address, length], i) => {
    view.setBigInt64(i * 16, BigInt(address), true);
    view.setBigInt64(i * 16 + 8, BigInt(length), true);
  });
  return process.put(new Uint8Array(view.buffer), process.buffer + 0x8000);
}

describe('read and write', () => {
  it('move data at the position, and the position with it', () => {
    const { process, file } = withFile('abcdefgh');
    expect(process.call('read', 3, process.buffer, 3)).to.equal(3);
    expect(process.text(process.buffer, 3)).to.equal('abc');
    process.put('XY');
    expect(process.call('write', 3, process.buffer, 2)).to.equal(2);
    expect(Buffer.from(file.contents).toString()).to.equal('abcXYfgh');
    expect(process.call('read', 3, process.buffer, 100)).to.equal(3);
    expect(process.call('read', 3, process.buffer, 100)).to.equal(0);
  });

  it('leave the position alone with pread64 and pwrite64', () => {
    const { process, file } = withFile('abcdefgh');
    expect(process.call('pread64', 3, process.buffer, 2, 4)).to.equal(2);
    expect(process.text(process.buffer, 2)).to.equal('ef');
    expect(process.call('pwrite64', 3, process.buffer, 2, 0)).to.equal(2);
    expect(Buffer.from(file.contents).toString()).to.equal('efcdefgh');
    expect(file.position).to.equal(0);
    expect(process.call('pread64', 3, process.buffer, 2, -1)).to.equal(-Errno.EINVAL);
  });

  it('refuse descriptors that are not open, and directions that are', () => {
    const { process } = withFile('', true, OpenFlag.ReadOnly);
    expect(process.call('read', 7, process.buffer, 1)).to.equal(-Errno.EBADF);
    expect(process.call('read', -1, process.buffer, 1)).to.equal(-Errno.EBADF);
    expect(process.call('write', 3, process.buffer, 1)).to.equal(-Errno.EBADF);
    expect(process.call('close', 9)).to.equal(-Errno.EBADF);
  });

  it('fail with EFAULT for memory that the program does not have', () => {
    const { process, file } = withFile('abcdefgh');
    const readOnly = process.space.map({ address: 0, length: PAGE_SIZE, protection: 1 });
    expect(process.call('read', 3, 0x1000, 1)).to.equal(-Errno.EFAULT);
    expect(process.call('read', 3, readOnly, 1)).to.equal(-Errno.EFAULT);
    expect(process.call('write', 3, -4096, 1)).to.equal(-Errno.EFAULT);
    expect(file.position).to.equal(0);
  });

  it('move what they can when memory ends before the data', () => {
    const { process, file } = withFile('x'.repeat(2 * PAGE_SIZE));
    const address = process.space.map({
      address: 0x40_0000,
      length: PAGE_SIZE,
      protection: 3,
      fixed: true,
    });
    expect(process.call('read', 3, address + PAGE_SIZE - 10, 100)).to.equal(10);
    expect(file.position).to.equal(10);
  });

  it('write a buffer across scattered pages in one piece', () => {
    const { process, file } = withFile('', false);
    // Touched backwards, so that neighbours lie apart in physical memory.
    const address = process.space.map({ address: 0, length: 0x10_0000, protection: 3 });
    for (let page = 15; page >= 0; page--) process.put('ab', address + page * 16 * PAGE_SIZE);
    const edge = address + 16 * PAGE_SIZE;
    process.put('hello, ', edge - 7);
    process.put('world', edge);
    expect(process.call('write', 3, edge - 7, 12)).to.equal(12);
    expect(file.writes).to.deep.equal(['hello, world']);
  });

  it('ask a pipe once, however the memory lies', () => {
    const { process } = withFile('0123456789', false);
    const address = process.space.map({ address: 0, length: 0x10_0000, protection: 3 });
    for (let page = 15; page >= 0; page--) process.put('ab', address + page * 16 * PAGE_SIZE);
    const edge = address + 16 * PAGE_SIZE;
    expect(process.call('read', 3, edge - 4, 10)).to.equal(10);
    expect(process.text(edge - 4, 10)).to.equal('0123456789');
  });
});

describe('readv and writev', () => {
  it('write a small vector in one piece', () => {
    const { process, file } = withFile('', false);
    process.put('one two');
    const vector = putVector(process, [
      [process.buffer, 3],
      [0, 0],
      [process.buffer + 3, 4],
    ]);
    expect(process.call('writev', 3, vector, 3)).to.equal(7);
    expect(file.writes).to.deep.equal(['one two']);
  });

  it('write a large vector completely', () => {
    const { process, file } = withFile();
    const big = process.space.map({ address: 0, length: 0x4_0000, protection: 3 });
    process.put('start', big);
    const vector = putVector(process, [
      [big, 0x2_0000],
      [big, 5],
    ]);
    expect(process.call('writev', 3, vector, 2)).to.equal(0x2_0005);
    expect(file.contents.length).to.equal(0x2_0005);
    expect(Buffer.from(file.contents.subarray(0x2_0000)).toString()).to.equal('start');
  });

  it('spread what is read', () => {
    const { process } = withFile('abcdef');
    const vector = putVector(process, [
      [process.buffer, 2],
      [process.buffer + 100, 10],
    ]);
    expect(process.call('readv', 3, vector, 2)).to.equal(6);
    expect(process.text(process.buffer, 2)).to.equal('ab');
    expect(process.text(process.buffer + 100, 4)).to.equal('cdef');
  });

  it('work at a position, or at the current one, with flags that change nothing', () => {
    const { process } = withFile('abcdef');
    const vector = putVector(process, [[process.buffer, 2]]);
    const SYNC = 4;
    const APPEND = 16;
    expect(process.call('preadv2', 3, vector, 1, 3, 0, SYNC)).to.equal(2);
    expect(process.text(process.buffer, 2)).to.equal('de');
    expect(process.call('preadv2', 3, vector, 1, -1, 0, 0)).to.equal(2);
    expect(process.text(process.buffer, 2)).to.equal('ab');
    process.put('XY');
    expect(process.call('pwritev2', 3, vector, 1, -1, 0, SYNC)).to.equal(2);
    expect(process.call('pwritev2', 3, vector, 1, 0, 0, 0)).to.equal(2);
    expect(process.call('pwritev2', 3, vector, 1, 0, 0, APPEND)).to.equal(-Errno.EOPNOTSUPP);
    expect(process.call('preadv2', 3, vector, 1, -2, 0, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('pread64', 3, process.buffer, 6, 0)).to.equal(6);
    expect(process.text(process.buffer, 6)).to.equal('XYXYef');
  });

  it('refuse nonsense', () => {
    const { process } = withFile();
    const vector = putVector(process, [[process.buffer, -1]]);
    expect(process.call('writev', 3, vector, 1)).to.equal(-Errno.EINVAL);
    expect(process.call('writev', 3, vector, -1)).to.equal(-Errno.EINVAL);
    expect(process.call('writev', 3, vector, 1025)).to.equal(-Errno.EINVAL);
    expect(process.call('writev', 3, 0, 1)).to.equal(-Errno.EFAULT);
    expect(process.call('writev', 3, vector, 0)).to.equal(0);
  });
});

describe('lseek', () => {
  it('counts from the start, the position and the end', () => {
    const { process } = withFile('0123456789');
    expect(process.call('lseek', 3, 4, 0)).to.equal(4);
    expect(process.call('lseek', 3, 3, 1)).to.equal(7);
    expect(process.call('lseek', 3, -2, 2)).to.equal(8);
    expect(process.call('lseek', 3, 100, 0)).to.equal(100);
    expect(process.call('lseek', 3, 4, 3)).to.equal(4);
    expect(process.call('lseek', 3, 4, 4)).to.equal(10);
  });

  it('refuses what is not there', () => {
    const { process } = withFile('0123456789');
    expect(process.call('lseek', 3, -1, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('lseek', 3, 0, 9)).to.equal(-Errno.EINVAL);
    expect(process.call('lseek', 3, 10, 3)).to.equal(-Errno.ENXIO);
    const pipe = withFile('', false).process;
    expect(pipe.call('lseek', 3, 0, 0)).to.equal(-Errno.ESPIPE);
    expect(pipe.call('pread64', 3, pipe.buffer, 1, 0)).to.equal(-Errno.ESPIPE);
  });
});

describe('descriptors', () => {
  it('share one position when duplicated, and close the file with the last one', () => {
    const { process, file } = withFile('abcdef');
    expect(process.call('dup', 3)).to.equal(0);
    expect(process.call('dup2', 3, 10)).to.equal(10);
    process.call('read', 10, process.buffer, 2);
    process.call('read', 0, process.buffer, 2);
    expect(process.text(process.buffer, 2)).to.equal('cd');
    for (const descriptor of [3, 0]) expect(process.call('close', descriptor)).to.equal(0);
    expect(file.closed).to.equal(false);
    process.call('close', 10);
    expect(file.closed).to.equal(true);
  });

  it('replace what dup2 finds, unless it is the same', () => {
    const { process } = withFile('abc');
    const other = new ArrayFile('other');
    process.state.files.set(4, other);
    expect(process.call('dup2', 3, 3)).to.equal(3);
    expect(process.call('dup3', 3, 3, 0)).to.equal(-Errno.EINVAL);
    expect(process.call('dup2', 3, 4)).to.equal(4);
    expect(other.closed).to.equal(true);
    expect(process.call('dup2', 3, 100000)).to.equal(-Errno.EBADF);
    expect(process.call('dup2', 99, 4)).to.equal(-Errno.EBADF);
  });

  it('run out at the limit', () => {
    const { process } = withFile('abc');
    const { files } = process.state;
    for (let i = 1; i < files.limit; i++) process.call('dup', 3);
    expect(process.call('dup', 3)).to.equal(-Errno.EMFILE);
  });

  it('keep their flags apart from those of the file', () => {
    const { process } = withFile('abc');
    const [GETFD, SETFD, GETFL, SETFL, DUPFD_CLOEXEC] = [1, 2, 3, 4, 1030];
    expect(process.call('fcntl', 3, DUPFD_CLOEXEC, 20)).to.equal(20);
    expect(process.call('fcntl', 20, GETFD)).to.equal(1);
    expect(process.call('fcntl', 3, GETFD)).to.equal(0);
    expect(process.call('fcntl', 3, SETFD, 1)).to.equal(0);
    expect(process.call('fcntl', 3, GETFD)).to.equal(1);
    expect(process.call('fcntl', 3, SETFL, OpenFlag.NonBlock | 1)).to.equal(0);
    const flags = process.call('fcntl', 20, GETFL);
    expect(flags & (OpenFlag.NonBlock | OpenFlag.AccessMode)).to.equal(OpenFlag.NonBlock | 2);
    expect(process.call('fcntl', 3, 9999)).to.equal(-Errno.EINVAL);
  });

  it('close as a range', () => {
    const { process } = withFile('abc');
    for (const target of [4, 5, 6]) process.call('dup2', 3, target);
    expect(process.call('close_range', 4, 0xffff_ffff)).to.equal(0);
    expect([...process.state.files.entries()].map(([n]) => n)).to.deep.equal([3]);
  });
});

describe('ioctl', () => {
  it('says that a file is no terminal', () => {
    const { process } = withFile('abc');
    for (const request of [0x5401, 0x5413, 0x5402, 0x540f, 0xdead]) {
      expect(process.call('ioctl', 3, request, process.buffer)).to.equal(-Errno.ENOTTY);
    }
  });

  it('switches waiting off and on', () => {
    const { process, file } = withFile('abc');
    process.put(new Uint8Array([1, 0, 0, 0]));
    expect(process.call('ioctl', 3, 0x5421, process.buffer)).to.equal(0);
    expect(file.flags & OpenFlag.NonBlock).to.not.equal(0);
  });
});

describe('devices', () => {
  const opened = (path: string): { process: TestProcess; descriptor: number } => {
    const process = new TestProcess();
    const descriptor = process.call('openat', -100, process.put(path), OpenFlag.ReadWrite, 0);
    return { process, descriptor };
  };

  it('/dev/null takes everything and has nothing', () => {
    const { process, descriptor } = opened('/dev/null');
    expect(process.call('write', descriptor, process.buffer, 1000)).to.equal(1000);
    expect(process.call('read', descriptor, process.buffer, 1000)).to.equal(0);
    expect(process.state.files.get(descriptor)).to.be.instanceOf(NullDevice);
  });

  it('/dev/zero has zeros, and /dev/full no room', () => {
    const zero = opened('/dev/zero');
    expect(zero.process.call('read', zero.descriptor, zero.process.buffer, 9)).to.equal(9);
    expect(zero.process.bytes(zero.process.buffer, 9).every(byte => byte === 0)).to.equal(true);
    const full = opened('/dev/full');
    expect(full.process.call('write', full.descriptor, full.process.buffer, 1)).to.equal(
      -Errno.ENOSPC,
    );
  });

  it('/dev/urandom gives the same numbers in every run', () => {
    const numbers = (): string => {
      const { process, descriptor } = opened('/dev/urandom');
      expect(process.call('read', descriptor, process.buffer, 32)).to.equal(32);
      return Buffer.from(process.bytes(process.buffer, 32)).toString('hex');
    };
    expect(numbers()).to.equal(numbers());
    expect(numbers()).to.not.match(/^0+$/);
  });

  it('there is no controlling terminal', () => {
    expect(opened('/dev/tty').descriptor).to.equal(-Errno.ENXIO);
  });
});
