/** Real files: what symbolic links lead to cannot be tried without them. */
import { expect } from 'chai';
import {
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setLogSink, resetWarnOnce, type LogSink } from '../../../src/base/index';
import { Errno, openDescriptorCount } from '../../../src/host/index';
import { FileAccess, withoutFollowing, type PathUse } from '../../../src/se/fileAccess';
import { SyscallFailure } from '../../../src/se/syscallFailure';
import { OpenFlag } from '../../../src/se/openFile';
import { TestProcess } from '../../support/se';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const AT_REMOVEDIR = 0x200;
const AT_EMPTY_PATH = 0x1000;
const CREATE = OpenFlag.Create | OpenFlag.ReadWrite;

describe('files of the host', () => {
  let root = '';
  let logBefore: LogSink;
  const warnings: string[] = [];
  const path = (...parts: string[]): string => join(root, ...parts);

  before(() => {
    root = mkdtempSync(join(tmpdir(), 'mini-gem5-se-'));
    for (const folder of ['in', 'in/sub', 'out', 'secret']) mkdirSync(path(folder));
    writeFileSync(path('in/data'), '0123456789');
    writeFileSync(path('in/sub/deep'), 'deep');
    writeFileSync(path('secret/key'), 'secret');
    writeFileSync(path('program'), 'program');
    symlinkSync(path('secret/key'), path('in/link-out'));
    symlinkSync('data', path('in/link-in'));
    symlinkSync(path('secret'), path('in/dir-out'));
    symlinkSync(path('secret/new'), path('out/dangling'));
    symlinkSync('loop', path('in/loop'));
    symlinkSync(path('in'), path('alias'));
  });

  after(() => {
    rmSync(root, { recursive: true });
  });

  beforeEach(() => {
    warnings.length = 0;
    resetWarnOnce();
    logBefore = setLogSink({
      message: (_, text) => warnings.push(text),
      debug: () => undefined,
    });
  });

  afterEach(() => {
    setLogSink(logBefore);
  });

  const access = (): FileAccess =>
    new FileAccess('system.cpu.workload', { readable: [path('alias')], writable: [path('out')] });

  /** Where a path leads, or the negated error number. */
  function locate(name: string, use: PathUse = 'read', follow = true): string | number {
    try {
      return access().locate(name, use, follow);
    } catch (error) {
      if (error instanceof SyscallFailure) return -error.errno;
      throw error;
    }
  }

  describe('FileAccess', () => {
    it('lets a program read what is listed and what lies in it, under any name', () => {
      expect(locate(path('in/data'))).to.equal(path('in/data'));
      expect(locate(path('alias/sub/../data'))).to.equal(path('in/data'));
      expect(locate(path('in/link-in'))).to.equal(path('in/data'));
      expect(locate(path('out'))).to.equal(path('out'));
    });

    it('follows links and dots before it decides', () => {
      expect(locate(path('secret/key'))).to.equal(-Errno.EACCES);
      expect(locate(path('in/link-out'))).to.equal(-Errno.EACCES);
      expect(locate(path('in/dir-out/key'))).to.equal(-Errno.EACCES);
      expect(locate(path('in/../secret/key'))).to.equal(-Errno.EACCES);
      expect(locate(path('in/sub/../../secret/key'))).to.equal(-Errno.EACCES);
      expect(locate(path('in/loop'))).to.equal(-Errno.ELOOP);
    });

    it('lets a program write only where it may, also through links to nothing yet', () => {
      expect(locate(path('out/new'), 'write')).to.equal(path('out/new'));
      expect(locate(path('in/data'), 'write')).to.equal(-Errno.EACCES);
      expect(locate(path('out/dangling'), 'write')).to.equal(-Errno.EACCES);
      expect(locate(path('out/nowhere/new'), 'write')).to.equal(-Errno.ENOENT);
    });

    it('does not take a name for another that begins with it', () => {
      mkdirSync(path('out-of-bounds'));
      expect(locate(path('out-of-bounds'))).to.equal(-Errno.EACCES);
    });

    it('knows no way around by /proc', () => {
      expect(locate(`/proc/self/root${path('secret/key')}`)).to.equal(-Errno.EACCES);
      expect(locate('/proc/self/mem', 'write')).to.equal(-Errno.EACCES);
      expect(locate(`/proc/self/root${path('in/data')}`)).to.equal(path('in/data'));
      const open = new FileAccess('p', { readable: ['/'], writable: ['/'] });
      expect(() => open.locate('/proc/self/mem', 'write')).to.throw(SyscallFailure);
      expect(open.locate(path('secret/key'), 'write')).to.equal(path('secret/key'));
    });

    it('opens what was checked, whatever becomes of the way there', () => {
      mkdirSync(path('out/folder'));
      /** Puts a link out of bounds into the way, right after a path was found to be in them. */
      class Racing extends FileAccess {
        override locate(...args: Parameters<FileAccess['locate']>): string {
          const place = super.locate(...args);
          renameSync(path('out/folder'), path('out/moved'));
          symlinkSync(path('secret'), path('out/folder'));
          return place;
        }
      }
      const racing = new Racing('p', { readable: [], writable: [path('out')] });
      const write = (place: string): void => {
        writeFileSync(place, 'stolen');
      };
      expect(() => {
        racing.use(path('out/folder/key'), 'write', write);
      })
        .to.throw(SyscallFailure)
        .with.property('errno', Errno.ENOTDIR);
      expect(readFileSync(path('secret/key'), 'utf8')).to.equal('secret');
      rmSync(path('out/folder'));
      renameSync(path('out/moved'), path('out/folder'));

      const before = openDescriptorCount();
      access().use(path('out/folder/key'), 'write', place => {
        renameSync(path('out/folder'), path('out/moved'));
        symlinkSync(path('secret'), path('out/folder'));
        write(place);
      });
      expect(readFileSync(path('secret/key'), 'utf8')).to.equal('secret');
      expect(readFileSync(path('out/moved/key'), 'utf8')).to.equal('stolen');
      expect(openDescriptorCount()).to.equal(before);
      for (const name of ['out/folder', 'out/moved']) rmSync(path(name), { recursive: true });
    });

    it('shows the way to what is listed, but nothing beside it', () => {
      expect(locate(root, 'look')).to.equal(root);
      expect(locate(root, 'read')).to.equal(-Errno.EACCES);
      expect(locate(path('secret'), 'look')).to.equal(-Errno.EACCES);
    });

    it('says once which path it refused, and how to allow it', () => {
      locate(path('secret/key'));
      locate(path('secret/key'));
      expect(warnings).to.have.length(1);
      expect(warnings[0]).to.include(path('secret/key')).and.to.include('readablePaths');
      locate(path('no/such/file'));
      expect(warnings).to.have.length(1);
      locate('/proc/self/environ');
      expect(warnings[1]).to.match(
        / may not read \/proc\/self\/environ, which shows the simulator/,
      );
    });
  });

  it('changes no file by a link that was put where another was checked', () => {
    const link = path('out/link');
    symlinkSync(path('secret/key'), link);
    const { mode } = statSync(path('secret/key'));
    const change = (place: string): void => {
      chmodSync(place, 0o777);
    };
    expect(() => {
      withoutFollowing(link, change);
    }).to.throw(SyscallFailure);
    expect(statSync(path('secret/key')).mode).to.equal(mode);
    rmSync(link);
    const before = openDescriptorCount();
    writeFileSync(link, '');
    withoutFollowing(link, change);
    expect(statSync(link).mode & 0o777).to.equal(0o777);
    expect(openDescriptorCount()).to.equal(before);
    rmSync(link);
  });

  describe('path calls', () => {
    const aProcess = (): TestProcess =>
      new TestProcess({
        readable: [path('in'), path('program')],
        writable: [path('out')],
        cwd: path('in'),
        executable: path('program'),
      });
    const openAt = (
      process: TestProcess,
      name: string,
      flags: number = OpenFlag.ReadOnly,
    ): number => process.call('openat', AT_FDCWD, process.put(name), flags, 0o644);

    it('open, read, seek and close a file', () => {
      const process = aProcess();
      const descriptor = openAt(process, 'data');
      expect(descriptor).to.equal(0);
      expect(process.call('lseek', descriptor, 4, 0)).to.equal(4);
      expect(process.call('read', descriptor, process.buffer, 100)).to.equal(6);
      expect(process.text(process.buffer, 6)).to.equal('456789');
      expect(process.call('lseek', descriptor, 0, 2)).to.equal(10);
      expect(process.call('close', descriptor)).to.equal(0);
      expect(openAt(process, 'missing')).to.equal(-Errno.ENOENT);
      expect(openAt(process, '')).to.equal(-Errno.ENOENT);
      expect(openAt(process, 'data/x')).to.equal(-Errno.ENOTDIR);
    });

    it('create, write, append, truncate and delete a file', () => {
      const process = aProcess();
      const name = path('out/file');
      const descriptor = openAt(process, name, CREATE | OpenFlag.Exclusive);
      process.put('written', process.buffer + 512);
      expect(process.call('write', descriptor, process.buffer + 512, 7)).to.equal(7);
      expect(openAt(process, name, CREATE | OpenFlag.Exclusive)).to.equal(-Errno.EEXIST);
      const appending = openAt(process, name, OpenFlag.WriteOnly | OpenFlag.Append);
      expect(process.call('write', appending, process.buffer + 512, 3)).to.equal(3);
      expect(readFileSync(name, 'utf8')).to.equal('writtenwri');
      expect(process.call('ftruncate', descriptor, 4)).to.equal(0);
      expect(process.call('fsync', descriptor)).to.equal(0);
      expect(readFileSync(name, 'utf8')).to.equal('writ');
      expect(
        process.call(
          'rename',
          process.put(name),
          process.put(path('out/other'), process.buffer + 256),
        ),
      ).to.equal(0);
      expect(process.call('unlink', process.buffer)).to.equal(-Errno.ENOENT);
      expect(process.call('unlink', process.buffer + 256)).to.equal(0);
    });

    it('refuse to write where a program may only read', () => {
      const process = aProcess();
      expect(openAt(process, 'data', OpenFlag.ReadWrite)).to.equal(-Errno.EACCES);
      expect(openAt(process, 'new', CREATE)).to.equal(-Errno.EACCES);
      expect(openAt(process, 'data', OpenFlag.Truncate)).to.equal(-Errno.EACCES);
      expect(process.call('unlink', process.put('data'))).to.equal(-Errno.EACCES);
      expect(process.call('access', process.put('data'), 2)).to.equal(-Errno.EACCES);
      expect(process.call('access', process.put('data'), 4)).to.equal(0);
      expect(readFileSync(path('in/data'), 'utf8')).to.equal('0123456789');
    });

    it('tell what is known about a file', () => {
      const process = aProcess();
      expect(process.call('stat', process.put('link-in'), process.buffer + 512)).to.equal(0);
      const stat = process.view(process.buffer + 512, 144);
      expect(Number(stat.getBigUint64(48, true))).to.equal(10);
      expect(stat.getUint32(24, true) & 0o170000).to.equal(0o100000);
      const descriptor = openAt(process, 'data');
      expect(process.call('fstat', descriptor, process.buffer + 1024)).to.equal(0);
      expect(process.bytes(process.buffer + 1024, 144)).to.deep.equal(
        process.bytes(process.buffer + 512, 144),
      );
      process.put('', process.buffer);
      const empty = process.call(
        'newfstatat',
        descriptor,
        process.buffer,
        process.buffer + 1024,
        AT_EMPTY_PATH,
      );
      expect(empty).to.equal(0);
      expect(
        process.call('newfstatat', descriptor, process.buffer, process.buffer + 1024, 0),
      ).to.equal(-Errno.ENOENT);
      process.call(
        'newfstatat',
        AT_FDCWD,
        process.put('link-in'),
        process.buffer + 512,
        AT_SYMLINK_NOFOLLOW,
      );
      expect(process.view(process.buffer + 512, 144).getUint32(24, true) & 0o170000).to.equal(
        0o120000,
      );
      expect(
        process.call('statx', AT_FDCWD, process.put('data'), 0, 0xfff, process.buffer + 512),
      ).to.equal(0);
      expect(Number(process.view(process.buffer + 512, 256).getBigUint64(40, true))).to.equal(10);
    });

    it('know the program itself under the usual names', () => {
      const process = aProcess();
      const target = process.buffer + 512;
      const length = process.call('readlink', process.put('/proc/self/exe'), target, 4096);
      expect(process.text(target, length)).to.equal(path('program'));
      expect(process.call('readlink', process.put('/proc/self/exe'), target, 4)).to.equal(4);
      const descriptor = openAt(process, '/proc/self/exe');
      process.call('read', descriptor, target, 100);
      expect(process.text(target, 7)).to.equal('program');
      expect(process.call('readlink', process.put('link-in'), target, 100)).to.equal(4);
      expect(process.call('readlink', process.put('data'), target, 100)).to.equal(-Errno.EINVAL);
    });

    it('follow links below /proc/self to what they are for the program', () => {
      const process = aProcess();
      for (const name of ['/proc/self/cwd/data', '//proc/self/root' + path('in/data')]) {
        const descriptor = openAt(process, name);
        expect(process.call('read', descriptor, process.buffer, 4), name).to.equal(4);
        expect(process.text(process.buffer, 4)).to.equal('0123');
      }
      const target = (name: string): string => {
        const size = process.call('readlinkat', AT_FDCWD, process.put(name), process.buffer, 4096);
        return size < 0 ? String(size) : process.text(process.buffer, size);
      };
      expect(target('/proc/self/cwd')).to.equal(path('in'));
      expect(target('/proc/104/root')).to.equal('/');
      expect(target('/proc/self/exe')).to.equal(path('program'));
      for (const name of ['environ', 'mem', 'fd', 'task/../mem', 'root/proc/self/mem']) {
        expect(openAt(process, `/proc/self/${name}`), name).to.equal(-Errno.EACCES);
      }
      expect(openAt(process, '/proc/self/root/../proc/self/environ')).to.equal(-Errno.EACCES);
    });

    it('make links, but none that would make a file writable', () => {
      const process = aProcess();
      const two = (call: string, from: string, to: string): number =>
        process.call(call, process.put(from, process.buffer + 0x1000), process.put(to));
      expect(two('link', path('in/data'), path('out/stolen'))).to.equal(-Errno.EACCES);
      expect(two('symlink', path('secret/key'), path('out/pointer'))).to.equal(0);
      expect(openAt(process, path('out/pointer'))).to.equal(-Errno.EACCES);
      expect(openAt(process, path('out/pointer'), CREATE)).to.equal(-Errno.EACCES);
      expect(two('symlink', 'x', path('in/new'))).to.equal(-Errno.EACCES);
      expect(two('rename', path('in/data'), path('out/data'))).to.equal(-Errno.EACCES);
      expect(two('rename', path('out/pointer'), path('out/renamed'))).to.equal(0);
      expect(process.call('unlink', process.put(path('out/renamed')))).to.equal(0);
      expect(readFileSync(path('secret/key'), 'utf8')).to.equal('secret');
    });

    it('change attributes only of what may be written, and give no set-id bits', () => {
      const process = aProcess();
      writeFileSync(path('out/mine'), 'text', { mode: 0o600 });
      const mine = process.put(path('out/mine'));
      expect(process.call('chmod', mine, 0o6751)).to.equal(0);
      expect(statSync(path('out/mine')).mode & 0o7777).to.equal(0o751);
      expect(process.call('truncate', mine, 2)).to.equal(0);
      expect(readFileSync(path('out/mine'), 'utf8')).to.equal('te');
      const UNCHANGED = 0xffff_ffff;
      expect(process.call('chown', mine, UNCHANGED, UNCHANGED)).to.equal(0);
      expect(process.call('chown', mine, 12345, UNCHANGED)).to.equal(-Errno.EPERM);
      const times = process.buffer + 0x1000;
      process.state.memory.writeInt64(times, 86400);
      process.state.memory.writeInt64(times + 8, 0);
      process.state.memory.writeInt64(times + 24, 0x3fff_fffe);
      const { mtimeMs } = statSync(path('out/mine'));
      expect(process.call('utimensat', AT_FDCWD, mine, times, 0)).to.equal(0);
      expect(statSync(path('out/mine')).atimeMs).to.equal(86_400_000);
      expect(statSync(path('out/mine')).mtimeMs).to.be.closeTo(mtimeMs, 1);
      const descriptor = openAt(process, 'data');
      expect(process.call('fchmod', descriptor, 0o777)).to.equal(-Errno.EACCES);
      expect(process.call('utimensat', descriptor, 0, 0, 0)).to.equal(-Errno.EACCES);
      for (const call of ['chmod', 'truncate', 'utimes', 'chown']) {
        expect(process.call(call, process.put(path('in/data')), 0, 0), call).to.equal(
          -Errno.EACCES,
        );
      }
      rmSync(path('out/mine'));
    });

    it('open the program’s own descriptors by path, not the simulator’s', () => {
      const process = aProcess();
      const descriptor = openAt(process, 'data');
      const again = openAt(process, `/proc/self/fd/${String(descriptor)}`);
      expect(process.state.files.get(again)).to.equal(process.state.files.get(descriptor));
      expect(openAt(process, '/dev/fd/77')).to.equal(-Errno.EBADF);
      expect(openAt(process, '/dev/stderr')).to.equal(-Errno.EBADF);
      const name = process.put('/proc/self/fd/0');
      const length = process.call('readlink', name, process.buffer + 512, 4096);
      expect(process.text(process.buffer + 512, length)).to.equal(path('in/data'));
    });

    it('change the working directory, and start relative paths there', () => {
      const process = aProcess();
      expect(process.call('chdir', process.put('sub'))).to.equal(0);
      expect(openAt(process, 'deep')).to.equal(0);
      expect(openAt(process, '../data')).to.equal(1);
      const cwd = path('in/sub');
      expect(process.call('getcwd', process.buffer, 4096)).to.equal(cwd.length + 1);
      expect(process.text(process.buffer, cwd.length)).to.equal(cwd);
      expect(process.call('getcwd', process.buffer, 3)).to.equal(-Errno.ERANGE);
      expect(process.call('chdir', process.put('deep'))).to.equal(-Errno.ENOTDIR);
      expect(process.call('chdir', process.put('../../secret'))).to.equal(-Errno.EACCES);
    });

    it('list directories, and start at descriptors of them', () => {
      const process = aProcess();
      const directory = openAt(process, '.', OpenFlag.Directory);
      const names: string[] = [];
      for (;;) {
        const size = process.call('getdents64', directory, process.buffer, 128);
        if (size <= 0) break;
        const view = process.view(process.buffer, size);
        for (let at = 0; at < size; at += view.getUint16(at + 16, true)) {
          names.push(process.text(process.buffer + at + 19, 64).split('\0')[0] ?? '');
        }
      }
      expect(names.slice(0, 4)).to.deep.equal(['.', '..', 'data', 'dir-out']);
      expect(names).to.include('sub');
      expect(process.call('lseek', directory, 0, 0)).to.equal(0);
      expect(process.call('getdents64', directory, process.buffer, 10)).to.equal(-Errno.EINVAL);
      expect(process.call('read', directory, process.buffer, 10)).to.equal(-Errno.EISDIR);
      const file = process.call('openat', directory, process.put('sub/deep'), 0, 0);
      expect(file).to.be.greaterThan(directory);
      expect(process.call('openat', file, process.put('x'), 0, 0)).to.equal(-Errno.ENOTDIR);
    });

    it('make and remove directories', () => {
      const process = aProcess();
      const name = process.put(path('out/folder/'));
      expect(process.call('mkdir', name, 0o755)).to.equal(0);
      expect(process.call('mkdir', name, 0o755)).to.equal(-Errno.EEXIST);
      expect(process.call('unlink', name)).to.equal(-Errno.EISDIR);
      expect(process.call('unlinkat', AT_FDCWD, name, AT_REMOVEDIR)).to.equal(0);
      expect(process.call('mkdir', process.put('folder'), 0o755)).to.equal(-Errno.EACCES);
    });

    it('make files and FIFOs, and no devices', () => {
      const process = aProcess();
      const name = process.put(path('out/fifo'));
      const mode = (kind: number): number => kind | 0o666;
      expect(process.call('mknodat', AT_FDCWD, name, mode(constants.S_IFIFO), 0)).to.equal(0);
      expect(process.call('mknod', name, mode(constants.S_IFIFO), 0)).to.equal(-Errno.EEXIST);
      expect(process.call('mknod', name, 0, 0)).to.equal(-Errno.EEXIST);
      const made = lstatSync(path('out/fifo'));
      expect([made.isFIFO(), made.mode & 0o777]).to.deep.equal([true, 0o644]);
      const both = process.call('open', name, OpenFlag.ReadWrite, 0);
      expect(process.call('write', both, process.put('word'), 4)).to.equal(4);
      expect(process.call('read', both, process.buffer, 100)).to.equal(4);
      const file = process.put(path('out/plain'));
      expect(process.call('mknod', file, mode(constants.S_IFREG), 0)).to.equal(0);
      expect(lstatSync(path('out/plain')).size).to.equal(0);
      const device = process.put(path('out/null'));
      expect(process.call('mknod', device, mode(constants.S_IFCHR), 259)).to.equal(-Errno.EPERM);
      expect(process.call('mknod', process.put('fifo'), mode(constants.S_IFIFO))).to.equal(
        -Errno.EACCES,
      );
    });

    it('refuse devices, whatever is allowed', () => {
      const process = new TestProcess({ readable: ['/dev'], writable: ['/dev'] });
      expect(process.call('open', process.put('/dev/mem'), 0, 0)).to.be.lessThan(0);
      expect(process.call('open', process.put('/dev/kvm'), OpenFlag.ReadWrite, 0)).to.be.lessThan(
        0,
      );
    });

    it('take no path from memory that is not there', () => {
      const process = aProcess();
      expect(process.call('open', 0, 0, 0)).to.equal(-Errno.EFAULT);
      const long = process.put('x'.repeat(5000));
      expect(process.call('open', long, 0, 0)).to.equal(-Errno.ENAMETOOLONG);
    });
  });
});
