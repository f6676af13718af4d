/** System calls that make, move and remove names. Source: man-pages section 2. */
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { Errno, makeFifo } from '../../host/index';
import { absolutePath, AT_FDCWD } from '../paths';
import type { ProcessThread } from '../processThread';
import type { SyscallGroup } from '../syscallHandler';

const AT_REMOVEDIR = 0x200;
const AT_SYMLINK_FOLLOW = 0x400;
const RENAME_NOREPLACE = 1;
const PERMISSIONS = 0o7777;
const S_IFMT = 0o170000;
const S_IFREG = 0o100000;
const S_IFIFO = 0o010000;

/** A path whose last component is meant itself; that of a directory may end in a slash. */
function pathOf({ process }: ProcessThread, directory: number, address: number): string {
  const path = absolutePath(process, directory | 0, process.memory.readCString(address));
  return path.replace(/(?<=[^/])\/+$/, '');
}

function mkdirat(thread: ProcessThread, directory: number, path: number, mode: number): number {
  const { access, umask } = thread.process;
  const make = (place: string): void => {
    mkdirSync(place, mode & PERMISSIONS & ~umask);
  };
  access.use(pathOf(thread, directory, path), 'write', make, false);
  return 0;
}

/** Makes an ordinary file or a FIFO; devices are the superuser's. */
function mknodat(thread: ProcessThread, directory: number, path: number, mode: number): number {
  const { access, umask } = thread.process;
  const permissions = mode & PERMISSIONS & ~umask;
  const kind = mode & S_IFMT;
  const make = (place: string): number => {
    switch (kind) {
      case 0:
      case S_IFREG:
        closeSync(openSync(place, 'wx', permissions));
        return 0;
      case S_IFIFO:
        return makeFifo(place, permissions);
      default:
        return -Errno.EPERM;
    }
  };
  return access.use(pathOf(thread, directory, path), 'write', make, false);
}

function unlinkat(thread: ProcessThread, directory: number, path: number, flags: number): number {
  if ((flags & ~AT_REMOVEDIR) !== 0) return -Errno.EINVAL;
  const remove = (place: string): number => {
    if (flags !== 0) {
      rmdirSync(place);
    } else if (lstatSync(place).isDirectory()) {
      return -Errno.EISDIR;
    } else {
      unlinkSync(place);
    }
    return 0;
  };
  return thread.process.access.use(pathOf(thread, directory, path), 'write', remove, false);
}

function renameat(
  thread: ProcessThread,
  oldDirectory: number,
  oldPath: number,
  newDirectory: number,
  newPath: number,
  flags: number,
): number {
  if ((flags & ~RENAME_NOREPLACE) !== 0) return -Errno.EINVAL;
  const { access } = thread.process;
  const from = pathOf(thread, oldDirectory, oldPath);
  const to = pathOf(thread, newDirectory, newPath);
  const move = (source: string, target: string): number => {
    if (flags !== 0 && lstatSync(target, { throwIfNoEntry: false }) !== undefined) {
      return -Errno.EEXIST;
    }
    renameSync(source, target);
    return 0;
  };
  return access.use(
    from,
    'write',
    source => access.use(to, 'write', target => move(source, target), false),
    false,
  );
}

function linkat(
  thread: ProcessThread,
  oldDirectory: number,
  oldPath: number,
  newDirectory: number,
  newPath: number,
  flags: number,
): number {
  if ((flags & ~AT_SYMLINK_FOLLOW) !== 0) return -Errno.EINVAL;
  const { access } = thread.process;
  const from = pathOf(thread, oldDirectory, oldPath);
  const to = pathOf(thread, newDirectory, newPath);
  const make = (source: string, target: string): number => {
    linkSync(source, target);
    return 0;
  };
  // The new name makes the old file writable, so it must have been that before.
  return access.use(
    from,
    'write',
    source => access.use(to, 'write', target => make(source, target), false),
    flags !== 0,
  );
}

function symlinkat(thread: ProcessThread, text: number, directory: number, path: number): number {
  const { access, memory } = thread.process;
  const target = memory.readCString(text);
  if (target === '') return -Errno.ENOENT;
  // It may point anywhere: what counts is where it leads whoever follows it.
  const make = (place: string): void => {
    symlinkSync(target, place);
  };
  access.use(pathOf(thread, directory, path), 'write', make, false);
  return 0;
}

/** Handlers of this group. */
export const directoryCalls: SyscallGroup = {
  mkdir: (thread, path, mode) => mkdirat(thread, AT_FDCWD, path, mode),
  mkdirat,
  mknod: (thread, path, mode) => mknodat(thread, AT_FDCWD, path, mode),
  mknodat,
  rmdir: (thread, path) => unlinkat(thread, AT_FDCWD, path, AT_REMOVEDIR),
  unlink: (thread, path) => unlinkat(thread, AT_FDCWD, path, 0),
  unlinkat,
  rename: (thread, from, to) => renameat(thread, AT_FDCWD, from, AT_FDCWD, to, 0),
  renameat: (thread, oldDirectory, from, newDirectory, to) =>
    renameat(thread, oldDirectory, from, newDirectory, to, 0),
  renameat2: renameat,
  link: (thread, from, to) => linkat(thread, AT_FDCWD, from, AT_FDCWD, to, 0),
  linkat,
  symlink: (thread, text, path) => symlinkat(thread, text, AT_FDCWD, path),
  symlinkat,
};
