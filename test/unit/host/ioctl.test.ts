import { expect } from 'chai';
import {
  addressOf,
  close,
  Errno,
  ErrnoError,
  ioctl,
  ioctlRaw,
  open,
  pipe,
  tryWrite,
} from '../../../src/host/index';

// asm-generic/ioctls.h: bytes that wait to be read, written as an int; non-blocking mode, read.
const FIONREAD = 0x541b;
const FIONBIO = 0x5421;

describe('ioctl', () => {
  let readEnd: number;
  let writeEnd: number;
  beforeEach(() => {
    ({ readEnd, writeEnd } = pipe());
    tryWrite(writeEnd, new Uint8Array(13), 13);
  });
  afterEach(() => {
    close(readEnd);
    close(writeEnd);
  });

  it('lets the driver write into a view, at its offset', () => {
    const words = new Int32Array(4).fill(-1);
    expect(ioctl(readEnd, FIONREAD, words.subarray(2), 'testing')).to.equal(0);
    expect([...words]).to.deep.equal([-1, -1, 13, -1]);
  });

  it('takes an address, as a bigint or as a number', () => {
    const words = new Int32Array(1);
    ioctl(readEnd, FIONREAD, addressOf(words), 'testing');
    expect(words[0]).to.equal(13);
    words[0] = 0;
    ioctl(readEnd, FIONREAD, Number(addressOf(words)), 'testing');
    expect(words[0]).to.equal(13);
  });

  it('lets the driver read from a view', () => {
    const on = new Int32Array([1]);
    ioctl(writeEnd, FIONBIO, on, 'testing');
    const full = new Uint8Array(1 << 20);
    tryWrite(writeEnd, full, full.length);
    expect(tryWrite(writeEnd, full, full.length)).to.equal(-Errno.EAGAIN);
  });

  it('says what was refused and why', () => {
    const fd = open('/dev/null');
    expect(() => ioctl(fd, FIONREAD, new Int32Array(1), 'counting bytes')).to.throw(
      ErrnoError,
      'ioctl failed while counting bytes: Inappropriate ioctl for device (ENOTTY)',
    );
    close(fd);
  });

  it('returns the negated error number where asked not to throw', () => {
    expect(ioctlRaw(readEnd, FIONREAD, 0)).to.equal(-Errno.EFAULT);
    expect(ioctlRaw(-1, FIONREAD, 0)).to.equal(-Errno.EBADF);
    expect(ioctlRaw(readEnd, FIONREAD, new Int32Array(1))).to.equal(0);
  });

  it('passes request numbers with the highest bit set', () => {
    // _IOR('T', 0x30, unsigned int), TIOCGPTN: a pseudo-terminal's number.
    const TIOCGPTN = 0x80045430;
    const terminal = open('/dev/ptmx');
    const number = new Int32Array([-1]);
    ioctl(terminal, TIOCGPTN, number, 'testing');
    expect(number[0]).to.be.at.least(0);
    close(terminal);
  });
});
