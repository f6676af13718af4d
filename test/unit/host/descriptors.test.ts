import { expect } from 'chai';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { constants as osConstants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import {
  addressOf,
  close,
  dup,
  Errno,
  ErrnoError,
  fcntl,
  FcntlCommand,
  FD_CLOEXEC,
  HostDescriptor,
  hostResources,
  memoryFile,
  open,
  pipe,
  PollEvent,
  readFully,
  SignalCounters,
  tryOpen,
  tryPoll,
  tryPread,
  tryPwrite,
  tryRead,
  tryReadv,
  tryWrite,
  tryWritev,
  writeFully,
} from '../../../src/host/index';

const openDescriptors = (): number => readdirSync('/proc/self/fd').length;
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
const bytesOf = (string: string): Uint8Array => Uint8Array.from(Buffer.from(string, 'latin1'));

describe('descriptors', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'host-descriptors-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('says which file could not be opened and why', () => {
    const path = join(folder, 'missing');
    expect(() => open(path))
      .to.throw(ErrnoError, `open failed while opening ${path}: No such file or directory (ENOENT)`)
      .with.property('code', 'ENOENT');
  });

  it('returns the negated error number from a try function', () => {
    expect(tryOpen(join(folder, 'missing'), constants.O_RDONLY)).to.equal(-Errno.ENOENT);
    expect(tryRead(-1, new Uint8Array(1), 1)).to.equal(-Errno.EBADF);
    expect(tryPoll(-1, PollEvent.In, 0)).to.equal(0);
  });

  it('opens files that another program does not inherit', () => {
    const fd = open('/dev/null');
    expect(fcntl(fd, FcntlCommand.GetFdFlags, 0, 'testing') & FD_CLOEXEC).to.equal(FD_CLOEXEC);
    const copy = dup(fd, 20);
    expect(copy).to.be.at.least(20);
    expect(fcntl(copy, FcntlCommand.GetFdFlags, 0, 'testing') & FD_CLOEXEC).to.equal(FD_CLOEXEC);
    close(fd);
    close(copy);
  });

  it('creates a file with the permissions asked for and truncates it', () => {
    const path = join(folder, 'created');
    writeFileSync(path, 'old contents');
    const fd = open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC, 0o600);
    writeFully(fd, bytesOf('new'), 'testing');
    close(fd);
    expect(readFileSync(path, 'latin1')).to.equal('new');
  });

  it('refuses to close what is not open', () => {
    const fd = open('/dev/null');
    close(fd);
    expect(() => {
      close(fd, 'testing');
    }).to.throw(ErrnoError, 'close failed while testing: Bad file descriptor (EBADF)');
  });

  it('reads and writes at a file offset beyond 4 GiB', () => {
    const fd = memoryFile('offsets', 0);
    const offset = 5 * 2 ** 30;
    expect(tryPwrite(fd, bytesOf('beyond'), 6, offset)).to.equal(6);
    const back = new Uint8Array(6);
    expect(tryPread(fd, back, 6, offset)).to.equal(6);
    expect(text(back)).to.equal('beyond');
    expect(tryPread(fd, back, 6, offset + 6)).to.equal(0);
    close(fd);
  });

  it('reads to and writes from a bare host address', () => {
    const { readEnd, writeEnd } = pipe();
    const source = bytesOf('an address');
    const target = new Uint8Array(16);
    expect(tryWrite(writeEnd, addressOf(source) + 3n, 7)).to.equal(7);
    expect(tryRead(readEnd, Number(addressOf(target)), 16)).to.equal(7);
    expect(text(target.subarray(0, 7))).to.equal('address');
    close(readEnd);
    close(writeEnd);
  });

  it('writes only the bytes that a view covers', () => {
    const { readEnd, writeEnd } = pipe();
    const whole = bytesOf('0123456789');
    expect(tryWrite(writeEnd, whole.subarray(4, 7), 3)).to.equal(3);
    const target = new Uint8Array(10);
    expect(tryRead(readEnd, target.subarray(2), 8)).to.equal(3);
    expect([...target]).to.deep.equal([0, 0, 0x34, 0x35, 0x36, 0, 0, 0, 0, 0]);
    close(readEnd);
    close(writeEnd);
  });

  it('scatters and gathers', () => {
    const { readEnd, writeEnd } = pipe();
    const parts = [bytesOf('scatter '), bytesOf('and gather')];
    const iovec = new BigUint64Array(parts.flatMap(part => [addressOf(part), BigInt(part.length)]));
    expect(tryWritev(writeEnd, iovec, 2)).to.equal(18);
    for (const part of parts) part.fill(0);
    expect(tryReadv(readEnd, iovec, 2)).to.equal(18);
    expect(parts.map(text)).to.deep.equal(['scatter ', 'and gather']);
    close(readEnd);
    close(writeEnd);
  });

  it('says what a descriptor is ready for', () => {
    const { readEnd, writeEnd } = pipe();
    expect(tryPoll(readEnd, PollEvent.In, 0)).to.equal(0);
    expect(tryPoll(writeEnd, PollEvent.Out, 0)).to.equal(PollEvent.Out);
    tryWrite(writeEnd, bytesOf('x'), 1);
    expect(tryPoll(readEnd, PollEvent.In, 0)).to.equal(PollEvent.In);
    close(writeEnd);
    expect(tryPoll(readEnd, PollEvent.In, 0)).to.equal(PollEvent.In | PollEvent.HangUp);
    close(readEnd);
    expect(tryPoll(readEnd, PollEvent.In, 0)).to.equal(PollEvent.Invalid);
  });

  it('leaves a descriptor that would block to its caller', () => {
    const { readEnd, writeEnd } = pipe(constants.O_NONBLOCK);
    expect(tryRead(readEnd, new Uint8Array(1), 1)).to.equal(-Errno.EAGAIN);
    close(readEnd);
    close(writeEnd);
  });

  describe('with a child at the other end', () => {
    let child: ChildProcess;
    let ends: ReturnType<typeof pipe>;
    const start = (script: string): void => {
      ends = pipe();
      const { readEnd, writeEnd } = ends;
      child = spawn('sh', ['-c', script], { stdio: [readEnd, writeEnd, 'ignore'] });
    };
    const setNonBlocking = (fd: number): void => {
      fcntl(fd, FcntlCommand.SetStatusFlags, constants.O_NONBLOCK, 'testing');
    };
    afterEach(() => {
      child.kill('SIGKILL');
      close(ends.readEnd);
      close(ends.writeEnd);
    });

    it('waits until all is written where a descriptor would block', () => {
      start('sleep 0.05; exec cat >/dev/null');
      setNonBlocking(ends.writeEnd);
      const much = new Uint8Array(1 << 20); // a pipe holds 64 KiB
      writeFully(ends.writeEnd, much, 'testing');
      setNonBlocking(ends.readEnd);
      const left = Math.max(tryRead(ends.readEnd, much, much.length), 0);
      expect(left).to.be.at.most(64 << 10);
    });

    it('waits until all is read where a descriptor would block', () => {
      start('sleep 0.05; printf first; sleep 0.05; printf second');
      setNonBlocking(ends.readEnd);
      const target = new Uint8Array(11);
      expect(readFully(ends.readEnd, target, 'testing')).to.equal(11);
      expect(text(target)).to.equal('firstsecond');
    });

    it('reads on after an interruption', () => {
      const counters = new SignalCounters();
      const { SIGUSR2 } = osConstants.signals;
      counters.install([SIGUSR2]);
      start(`sleep 0.05; kill -USR2 ${String(process.pid)}; sleep 0.05; printf later`);
      const target = new Uint8Array(5);
      expect(readFully(ends.readEnd, target, 'testing')).to.equal(5);
      expect(counters.count(SIGUSR2)).to.equal(1);
      counters.dispose();
    });
  });

  it('reports what stops it half way', () => {
    const { readEnd, writeEnd } = pipe();
    close(readEnd);
    expect(() => {
      writeFully(writeEnd, bytesOf('to nobody'), 'writing to nobody');
    }).to.throw(ErrnoError, 'write failed while writing to nobody: Broken pipe (EPIPE)');
    expect(() => readFully(writeEnd, new Uint8Array(1), 'testing')).to.throw(ErrnoError, 'EBADF');
    close(writeEnd);
  });

  it('reads fully up to the end of the file', () => {
    const { readEnd, writeEnd } = pipe();
    writeFully(writeEnd, bytesOf('short'), 'testing');
    close(writeEnd);
    const target = new Uint8Array(100);
    expect(readFully(readEnd, target, 'testing')).to.equal(5);
    expect(text(target.subarray(0, 5))).to.equal('short');
    close(readEnd);
  });

  it('closes an owned descriptor once, however often it is disposed of', () => {
    const before = hostResources.size;
    const owned = HostDescriptor.open('/dev/null');
    const { fd } = owned;
    expect(hostResources.size).to.equal(before + 1);
    owned.dispose();
    const reused = open('/dev/null');
    expect(reused).to.equal(fd);
    owned.dispose();
    expect(owned.fd).to.equal(-1);
    expect(hostResources.size).to.equal(before);
    close(reused); // throws if the second dispose closed it
  });

  it('leaks no descriptor in 500 rounds, failed ones included', () => {
    const before = openDescriptors();
    for (let round = 0; round < 500; round++) {
      const owned = HostDescriptor.open('/dev/null');
      const { readEnd, writeEnd } = pipe();
      const copy = dup(owned.fd);
      tryOpen(join(folder, 'missing'), 0);
      expect(() => memoryFile('too large', -1)).to.throw(ErrnoError);
      close(readEnd);
      close(writeEnd);
      close(copy);
      owned.dispose();
    }
    expect(openDescriptors()).to.equal(before);
  });
});
