/** System calls that take paths. Source of the behaviour: man-pages section 2. */
import {
  accessSync,
  fdatasyncSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
} from 'node:fs';
import { Errno } from '../../host/index';
import { EmulatedFile } from '../emulatedFiles';
import { hostCall } from '../fileAccess';
import { writeStat, writeStatx } from '../fileStatus';
import { openHostFile } from '../hostOpenFile';
import { OpenFlag, type FileStatus, type OpenFile } from '../openFile';
import { absolutePath, AT_FDCWD, isOwnExecutable, namedDescriptor, openProvided } from '../paths';
import type { ProcessState } from '../processState';
import type { ProcessThread } from '../processThread';
import { failWith } from '../syscallFailure';
import type { SyscallGroup } from '../syscallHandler';

const AT = { NoFollow: 0x100, RemoveDirectory: 0x200, EmptyPath: 0x1000 } as const;
const RENAME_NOREPLACE = 1;
const W_OK = 2;
const PERMISSIONS = 0o7777;

/** Opens a path for a program. */
function openPath(process: ProcessState, path: string, flags: number, mode: number): OpenFile {
  const provided = openProvided(process, path, flags & (OpenFlag.AccessMode | OpenFlag.NonBlock));
  if (provided !== undefined) return provided;
  const named = namedDescriptor(path);
  if (named >= 0) {
    const file = process.files.get(named);
    file.retain();
    return file;
  }
  const changes =
    (flags & OpenFlag.AccessMode) !== OpenFlag.ReadOnly ||
    (flags & (OpenFlag.Truncate | OpenFlag.Create)) !== 0;
  const wanted = isOwnExecutable(process, path) ? process.executable : path;
  const follow = (flags & OpenFlag.NoFollow) === 0;
  const place = process.access.locate(wanted, changes ? 'write' : 'read', follow);
  return openHostFile(place, flags, mode & PERMISSIONS & ~process.umask, process.hostWait);
}

function openat(
  { process }: ProcessThread,
  directory: number,
  path: number,
  flags: number,
  mode: number,
): number {
  const wanted = absolutePath(process, directory | 0, process.memory.readCString(path));
  const file = openPath(process, wanted, flags, mode);
  return process.files.add(file, (flags & OpenFlag.CloseOnExec) !== 0);
}

/** What is known about the file that a path leads to. */
function statusOf(process: ProcessState, path: string, follow: boolean): FileStatus {
  const provided = openProvided(process, path, OpenFlag.ReadOnly);
  if (provided !== undefined) return provided.status();
  const named = namedDescriptor(path);
  if (named >= 0) return process.files.get(named).status();
  const own = isOwnExecutable(process, path) && follow;
  const place = process.access.locate(own ? process.executable : path, 'look', follow);
  return hostCall(() => (follow ? statSync : lstatSync)(place, { bigint: true }));
}

/** As {@link statusOf}, for the calls that take a descriptor and a path. */
function statusAt(
  process: ProcessState,
  directory: number,
  pathAddress: number,
  flags: number,
): FileStatus {
  const path = process.memory.readCString(pathAddress);
  if (path === '' && (flags & AT.EmptyPath) !== 0) {
    if (directory !== AT_FDCWD) return process.files.get(directory).status();
    return statusOf(process, process.cwd, true);
  }
  const follow = (flags & AT.NoFollow) === 0;
  return statusOf(process, absolutePath(process, directory, path), follow);
}

function newfstatat(
  { process }: ProcessThread,
  directory: number,
  path: number,
  address: number,
  flags: number,
): number {
  writeStat(process, address, statusAt(process, directory | 0, path, flags));
  return 0;
}

function statx(
  { process }: ProcessThread,
  directory: number,
  path: number,
  flags: number,
  _mask: number,
  address: number,
): number {
  writeStatx(process, address, statusAt(process, directory | 0, path, flags));
  return 0;
}

function faccessat(
  { process }: ProcessThread,
  directory: number,
  pathAddress: number,
  mode: number,
  flags: number,
): number {
  if ((mode & ~7) !== 0) return -Errno.EINVAL;
  const path = absolutePath(process, directory | 0, process.memory.readCString(pathAddress));
  const provided = openProvided(process, path, OpenFlag.ReadOnly);
  if (provided instanceof EmulatedFile && (mode & W_OK) !== 0) return -Errno.EACCES;
  if (provided !== undefined) return 0;
  const follow = (flags & AT.NoFollow) === 0;
  const wanted = isOwnExecutable(process, path) ? process.executable : path;
  const use = (mode & W_OK) !== 0 ? 'write' : 'look';
  const place = process.access.locate(wanted, use, follow);
  hostCall(() => {
    accessSync(place, mode);
  });
  return 0;
}

function readlinkat(
  { process }: ProcessThread,
  directory: number,
  pathAddress: number,
  address: number,
  size: number,
): number {
  if ((size | 0) <= 0) return -Errno.EINVAL;
  const path = absolutePath(process, directory | 0, process.memory.readCString(pathAddress));
  const named = namedDescriptor(path);
  let target: string;
  if (isOwnExecutable(process, path)) target = process.executable;
  else if (named >= 0) target = process.files.get(named).path;
  else target = hostCall(() => readlinkSync(process.access.locate(path, 'look', false)));
  const bytes = Buffer.from(target);
  const length = Math.min(bytes.length, size);
  process.memory.copyOut(address, bytes, length);
  return length;
}

function getcwd({ process }: ProcessThread, address: number, size: number): number {
  const bytes = Buffer.from(`${process.cwd}\0`);
  if (size >= 0 && size < bytes.length) return -Errno.ERANGE;
  process.memory.copyOut(address, bytes);
  return bytes.length;
}

function changeDirectory(process: ProcessState, path: string): number {
  const place = process.access.locate(path, 'look');
  if (!hostCall(() => statSync(place)).isDirectory()) return -Errno.ENOTDIR;
  process.cwd = place;
  return 0;
}

function mkdirat(
  { process }: ProcessThread,
  directory: number,
  path: number,
  mode: number,
): number {
  const wanted = absolutePath(process, directory | 0, process.memory.readCString(path));
  // A final slash is allowed for a directory that does not exist yet.
  const place = process.access.locate(wanted.replace(/\/+$/, ''), 'write', false);
  hostCall(() => mkdirSync(place, mode & PERMISSIONS & ~process.umask));
  return 0;
}

function unlinkat(
  { process }: ProcessThread,
  directory: number,
  path: number,
  flags: number,
): number {
  if ((flags & ~AT.RemoveDirectory) !== 0) return -Errno.EINVAL;
  const wanted = absolutePath(process, directory | 0, process.memory.readCString(path));
  const place = process.access.locate(wanted.replace(/\/+$/, ''), 'write', false);
  hostCall(() => {
    if (flags !== 0) {
      rmdirSync(place);
    } else if (lstatSync(place).isDirectory()) {
      failWith(Errno.EISDIR);
    } else {
      unlinkSync(place);
    }
  });
  return 0;
}

function renameat(
  { process }: ProcessThread,
  oldDirectory: number,
  oldPath: number,
  newDirectory: number,
  newPath: number,
  flags: number,
): number {
  if ((flags & ~RENAME_NOREPLACE) !== 0) return -Errno.EINVAL;
  const { memory, access } = process;
  const from = absolutePath(process, oldDirectory | 0, memory.readCString(oldPath));
  const to = absolutePath(process, newDirectory | 0, memory.readCString(newPath));
  const source = access.locate(from, 'write', false);
  const target = access.locate(to, 'write', false);
  if (flags !== 0 && lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
    return -Errno.EEXIST;
  }
  hostCall(() => {
    renameSync(source, target);
  });
  return 0;
}

function ftruncate({ process }: ProcessThread, descriptor: number, length: number): number {
  const file = process.files.get(descriptor | 0);
  if (!file.seekable || !file.writable || length < 0) return -Errno.EINVAL;
  hostCall(() => {
    ftruncateSync(file.descriptor, length);
  });
  return 0;
}

function synchronise(
  { process }: ProcessThread,
  descriptor: number,
  call: (fd: number) => void,
): number {
  const file = process.files.get(descriptor | 0);
  if (!file.seekable && !file.isDirectory) return -Errno.EINVAL;
  hostCall(() => {
    call(file.descriptor);
  });
  return 0;
}

function fchmod({ process }: ProcessThread, descriptor: number, mode: number): number {
  const file = process.files.get(descriptor | 0);
  // Only if nothing changes: the host's permissions are not the program's to set.
  const present = fstatSync(file.descriptor).mode & PERMISSIONS;
  return present === (mode & PERMISSIONS) ? 0 : -Errno.EPERM;
}

/** Handlers of this group. */
export const pathCalls: SyscallGroup = {
  open: (thread, path, flags, mode) => openat(thread, AT_FDCWD, path, flags, mode),
  openat,
  creat: (thread, path, mode) => {
    const flags = OpenFlag.Create | OpenFlag.WriteOnly | OpenFlag.Truncate;
    return openat(thread, AT_FDCWD, path, flags, mode);
  },
  stat: (thread, path, address) => newfstatat(thread, AT_FDCWD, path, address, 0),
  lstat: (thread, path, address) => newfstatat(thread, AT_FDCWD, path, address, AT.NoFollow),
  newfstatat,
  fstat: ({ process }, descriptor, address) => {
    writeStat(process, address, process.files.get(descriptor | 0).status());
    return 0;
  },
  statx,
  access: (thread, path, mode) => faccessat(thread, AT_FDCWD, path, mode, 0),
  faccessat: (thread, directory, path, mode) => faccessat(thread, directory, path, mode, 0),
  faccessat2: faccessat,
  readlink: (thread, path, address, size) => readlinkat(thread, AT_FDCWD, path, address, size),
  readlinkat,
  getcwd,
  chdir: ({ process }, path) =>
    changeDirectory(process, absolutePath(process, AT_FDCWD, process.memory.readCString(path))),
  fchdir: ({ process }, descriptor) => {
    const file = process.files.get(descriptor | 0);
    return file.isDirectory ? changeDirectory(process, file.path) : -Errno.ENOTDIR;
  },
  mkdir: (thread, path, mode) => mkdirat(thread, AT_FDCWD, path, mode),
  mkdirat,
  rmdir: (thread, path) => unlinkat(thread, AT_FDCWD, path, AT.RemoveDirectory),
  unlink: (thread, path) => unlinkat(thread, AT_FDCWD, path, 0),
  unlinkat,
  rename: (thread, from, to) => renameat(thread, AT_FDCWD, from, AT_FDCWD, to, 0),
  renameat: (thread, oldDirectory, from, newDirectory, to) =>
    renameat(thread, oldDirectory, from, newDirectory, to, 0),
  renameat2: renameat,
  ftruncate,
  fsync: (thread, descriptor) => synchronise(thread, descriptor, fsyncSync),
  fdatasync: (thread, descriptor) => synchronise(thread, descriptor, fdatasyncSync),
  fchmod,
  umask: ({ process }, mask) => {
    const before = process.umask;
    process.umask = mask & 0o777;
    return before;
  },
};
