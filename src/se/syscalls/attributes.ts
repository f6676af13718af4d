/** System calls that change what is known about files. Source: man-pages section 2. */
import {
  chmodSync,
  fchmodSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  lutimesSync,
  readlinkSync,
  statfsSync,
} from 'node:fs';
import { Errno } from '../../host/index';
import { descriptorPath, hostCall, withoutFollowing } from '../fileAccess';
import { openHostFile } from '../hostOpenFile';
import { OpenFlag, type OpenFile } from '../openFile';
import { absolutePath, AT_FDCWD, withoutOwnLinks } from '../paths';
import type { ProcessState } from '../processState';
import type { ProcessThread } from '../processThread';
import { afterChanging, beforeReading } from '../transfer';
import { StructWriter } from '../structWriter';
import type { SyscallGroup, SyscallHandler } from '../syscallHandler';

const AT_SYMLINK_NOFOLLOW = 0x100;
/** Without the set-id bits: the program's user is not the one that the simulator runs as. */
const PERMISSIONS = 0o1777;
const UTIME_NOW = 0x3fff_ffff;
const UTIME_OMIT = 0x3fff_fffe;
const FALLOC_KEEP_SIZE = 1;
const STATFS_SIZE = 120;
const NAME_MAX = 255;
/** Units of the second half of a time, in a second. */
const NANOSECONDS = 1e9;
const MICROSECONDS = 1e6;

const struct = new StructWriter(STATFS_SIZE);

function pathOf({ process }: ProcessThread, directory: number, address: number): string {
  const path = absolutePath(process, directory | 0, process.memory.readCString(address));
  return withoutOwnLinks(process, path);
}

/** Lets `body` change the file behind a descriptor, if the program may write where it is. */
function change(process: ProcessState, file: OpenFile, body: (descriptor: number) => void): number {
  if (!file.seekable && !file.isDirectory) return -Errno.EPERM;
  process.access.locate(
    hostCall(() => file.currentPath()),
    'write',
  );
  hostCall(() => {
    body(file.descriptor);
  });
  return 0;
}

function resize(process: ProcessState, file: OpenFile, length: number): number {
  if (!file.seekable || !file.writable || length < 0) return -Errno.EINVAL;
  beforeReading(process, file);
  hostCall(() => {
    ftruncateSync(file.descriptor, length);
  });
  afterChanging(process, file, length, Infinity);
  return 0;
}

function truncate(thread: ProcessThread, path: number, length: number): number {
  if (length < 0) return -Errno.EINVAL;
  const { access, hostWait } = thread.process;
  const file = access.use(pathOf(thread, AT_FDCWD, path), 'write', (hostPath, place) =>
    openHostFile(hostPath, place, OpenFlag.WriteOnly, 0, hostWait),
  );
  try {
    return resize(thread.process, file, length);
  } finally {
    file.release();
  }
}

function fallocate(
  { process }: ProcessThread,
  descriptor: number,
  mode: number,
  offset: number,
  length: number,
): number {
  const file = process.files.get(descriptor | 0);
  if (!file.writable) return -Errno.EBADF;
  if (!file.seekable) return -Errno.ESPIPE;
  if (offset < 0 || length <= 0) return -Errno.EINVAL;
  if ((mode & ~FALLOC_KEEP_SIZE) !== 0) return -Errno.EOPNOTSUPP;
  const end = offset + length;
  if (mode === 0 && end > file.size()) {
    hostCall(() => {
      ftruncateSync(file.descriptor, end);
    });
  }
  return 0;
}

function synchronise(
  { process }: ProcessThread,
  descriptor: number,
  call: (fd: number) => void,
): number {
  const file = process.files.get(descriptor | 0);
  if (!file.seekable && !file.isDirectory) return -Errno.EINVAL;
  if (file.descriptor >= 0) {
    hostCall(() => {
      call(file.descriptor);
    });
  }
  return 0;
}

function fchmodat(thread: ProcessThread, directory: number, path: number, mode: number): number {
  const set = (place: string): void => {
    withoutFollowing(place, path => {
      chmodSync(path, mode & PERMISSIONS);
    });
  };
  thread.process.access.use(pathOf(thread, directory, path), 'write', set);
  return 0;
}

/** Owners stay what they are: asking for that, or for the program's own user, is granted. */
function mayOwn({ ids }: ProcessState, file: OwnedFile, user: number, group: number): number {
  const kept = (wanted: number, ...granted: (number | bigint)[]): boolean =>
    (wanted | 0) === -1 || granted.some(id => Number(id) === wanted);
  return kept(user, file.uid, ids.euid) && kept(group, file.gid, ids.egid) ? 0 : -Errno.EPERM;
}

interface OwnedFile {
  readonly uid: number | bigint;
  readonly gid: number | bigint;
}

function fchownat(
  thread: ProcessThread,
  directory: number,
  path: number,
  user: number,
  group: number,
  flags: number,
): number {
  const { process } = thread;
  const follow = (flags & AT_SYMLINK_NOFOLLOW) === 0;
  const ask = (place: string): number => mayOwn(process, lstatSync(place), user, group);
  return process.access.use(pathOf(thread, directory, path), 'write', ask, follow);
}

/** Seconds since 1970 as the host takes them, for one of the two times of a call. */
function timeOf({ memory }: ProcessState, address: number, unit: number, present: number): number {
  const rest = memory.readInt64(address + 8);
  if (unit === NANOSECONDS && rest === UTIME_OMIT) return present;
  if (unit === NANOSECONDS && rest === UTIME_NOW) return Date.now() / 1000;
  return memory.readInt64(address) + rest / unit;
}

/** Sets the times of the file at a path that the host knows. */
function setTimes(process: ProcessState, place: string, times: number, unit: number): void {
  const { atimeMs, mtimeMs } = lstatSync(place);
  const now = Date.now() / 1000;
  const at = (i: number, present: number): number =>
    times === 0 ? now : timeOf(process, times + i * 16, unit, present / 1000);
  lutimesSync(place, at(0, atimeMs), at(1, mtimeMs));
}

function utimensat(
  thread: ProcessThread,
  directory: number,
  path: number,
  times: number,
  flags: number,
): number {
  const { process } = thread;
  if (path === 0) return futimens(process, process.files.get(directory | 0), times);
  return changeTimes(
    thread,
    directory,
    path,
    times,
    NANOSECONDS,
    (flags & AT_SYMLINK_NOFOLLOW) === 0,
  );
}

/** The host has no such call by descriptor, so the way leads over the path. */
function futimens(process: ProcessState, file: OpenFile, times: number): number {
  if (!file.seekable && !file.isDirectory) return -Errno.EPERM;
  const place = hostCall(() => readlinkSync(descriptorPath(file.descriptor)));
  const set = (hostPath: string): void => {
    setTimes(process, hostPath, times, NANOSECONDS);
  };
  process.access.use(place, 'write', set);
  return 0;
}

function changeTimes(
  thread: ProcessThread,
  directory: number,
  path: number,
  times: number,
  unit: number,
  follow = true,
): number {
  const { process } = thread;
  const set = (place: string): void => {
    setTimes(process, place, times, unit);
  };
  process.access.use(pathOf(thread, directory, path), 'write', set, follow);
  return 0;
}

/** `struct utimbuf`: two whole seconds. */
function utime(thread: ProcessThread, path: number, times: number): number {
  const { process } = thread;
  const { memory } = process;
  const set = (place: string): void => {
    const now = Date.now() / 1000;
    const at = (i: number): number => (times === 0 ? now : memory.readInt64(times + i * 8));
    lutimesSync(place, at(0), at(1));
  };
  process.access.use(pathOf(thread, AT_FDCWD, path), 'write', set);
  return 0;
}

function writeFileSystem({ memory }: ProcessState, place: string, address: number): number {
  const { type, bsize, blocks, bfree, bavail, files, ffree } = statfsSync(place);
  struct.begin(STATFS_SIZE);
  [type, bsize, blocks, bfree, bavail, files, ffree].forEach((value, i) => {
    struct.i64(i * 8, value);
  });
  struct.i64(64, NAME_MAX).i64(72, bsize);
  memory.copyOut(address, struct.bytes, STATFS_SIZE);
  return 0;
}

const noAttributes: SyscallHandler = () => -Errno.EOPNOTSUPP;

/** Handlers of this group. */
export const attributeCalls: SyscallGroup = {
  truncate,
  ftruncate: ({ process }, descriptor, length) =>
    resize(process, process.files.get(descriptor | 0), length),
  fallocate,
  fsync: (thread, descriptor) => synchronise(thread, descriptor, fsyncSync),
  fdatasync: (thread, descriptor) => synchronise(thread, descriptor, fdatasyncSync),
  sync: () => 0,
  syncfs: ({ process }, descriptor) => {
    process.files.get(descriptor | 0);
    return 0;
  },
  chmod: (thread, path, mode) => fchmodat(thread, AT_FDCWD, path, mode),
  fchmodat,
  fchmod: ({ process }, descriptor, mode) =>
    change(process, process.files.get(descriptor | 0), fd => {
      fchmodSync(fd, mode & PERMISSIONS);
    }),
  chown: (thread, path, user, group) => fchownat(thread, AT_FDCWD, path, user, group, 0),
  lchown: (thread, path, user, group) =>
    fchownat(thread, AT_FDCWD, path, user, group, AT_SYMLINK_NOFOLLOW),
  fchownat,
  fchown: ({ process }, descriptor, user, group) =>
    mayOwn(process, process.files.get(descriptor | 0).status(), user, group),
  utimensat,
  utimes: (thread, path, times) => changeTimes(thread, AT_FDCWD, path, times, MICROSECONDS),
  futimesat: (thread, directory, path, times) =>
    changeTimes(thread, directory, path, times, MICROSECONDS),
  utime,
  statfs: (thread, path, address) =>
    thread.process.access.use(pathOf(thread, AT_FDCWD, path), 'look', place =>
      withoutFollowing(place, path => writeFileSystem(thread.process, path, address)),
    ),
  fstatfs: ({ process }, descriptor, address) => {
    const { descriptor: fd } = process.files.get(descriptor | 0);
    if (fd < 0) return -Errno.ENOSYS;
    return hostCall(() => writeFileSystem(process, descriptorPath(fd), address));
  },
  umask: ({ process }, mask) => {
    const before = process.umask;
    process.umask = mask & 0o777;
    return before;
  },
  getxattr: noAttributes,
  lgetxattr: noAttributes,
  fgetxattr: noAttributes,
  listxattr: noAttributes,
  llistxattr: noAttributes,
  flistxattr: noAttributes,
  setxattr: noAttributes,
  lsetxattr: noAttributes,
  fsetxattr: noAttributes,
};
