/** System calls that take paths. Source of the behaviour: man-pages section 2. */
import { accessSync, constants, lstatSync, readlinkSync } from 'node:fs';
import { Errno } from '../../host/index';
import { EmulatedFile } from '../emulatedFiles';
import { writeStat, writeStatx } from '../fileStatus';
import { openHostFile } from '../hostOpenFile';
import { OpenFlag, type FileStatus, type OpenFile } from '../openFile';
import {
  absolutePath,
  AT_FDCWD,
  namedDescriptor,
  openProvided,
  ownLink,
  withoutOwnLinks,
} from '../paths';
import type { ProcessState } from '../processState';
import type { ProcessThread } from '../processThread';
import type { SyscallGroup } from '../syscallHandler';
import { afterChanging } from '../transfer';

const AT = { NoFollow: 0x100, EmptyPath: 0x1000 } as const;
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
  const permissions = mode & PERMISSIONS & ~process.umask;
  return process.access.use(
    withoutOwnLinks(process, path),
    changes ? 'write' : 'read',
    (hostPath, place) => openHostFile(hostPath, place, flags, permissions, process.hostWait),
    (flags & OpenFlag.NoFollow) === 0,
  );
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
  if ((flags & OpenFlag.Truncate) !== 0) afterChanging(process, file, 0, Infinity);
  return process.files.add(file, (flags & OpenFlag.CloseOnExec) !== 0);
}

/** What is known about the file that a path leads to. */
function statusOf(process: ProcessState, path: string, follow: boolean): FileStatus {
  const provided = openProvided(process, path, OpenFlag.ReadOnly);
  if (provided !== undefined) return provided.status();
  const named = namedDescriptor(path);
  if (named >= 0) return process.files.get(named).status();
  return process.access.use(
    withoutOwnLinks(process, path),
    'look',
    place => lstatSync(place, { bigint: true }),
    follow,
  );
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
  const use = (mode & W_OK) !== 0 ? 'write' : 'look';
  const check = (place: string): void => {
    // A symbolic link that is meant itself allows everything.
    if (follow || !lstatSync(place).isSymbolicLink()) accessSync(place, mode);
  };
  process.access.use(withoutOwnLinks(process, path), use, check, follow);
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
  const target =
    named >= 0
      ? process.files.get(named).currentPath()
      : (ownLink(process, path) ??
        process.access.use(path, 'look', place => readlinkSync(place), false));
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
  return process.access.use(withoutOwnLinks(process, path), 'look', (hostPath, place) => {
    if (!lstatSync(hostPath).isDirectory()) return -Errno.ENOTDIR;
    accessSync(hostPath, constants.X_OK);
    process.cwd = place;
    return 0;
  });
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
    return file.isDirectory ? changeDirectory(process, file.currentPath()) : -Errno.ENOTDIR;
  },
};
