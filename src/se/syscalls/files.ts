/** System calls about open files: data, positions, descriptors. Source: man-pages section 2. */
import { Errno } from '../../host/index';
import { hostCall } from '../fileAccess';
import { DirectoryFile } from '../hostOpenFile';
import { OpenFlag, type OpenFile } from '../openFile';
import { PIPE_CAPACITY, PipeEnd } from '../pipe';
import type { ProcessThread } from '../processThread';
import { sendSignal } from '../signalDelivery';
import { Signal } from '../signals';
import { StructWriter } from '../structWriter';
import type { SyscallGroup, SyscallHandler } from '../syscallHandler';
import { terminalControl } from '../terminalControl';
import { readFile, readVectors, writeFile, writeVectors } from '../transfer';

const SEEK = { Set: 0, Current: 1, End: 2, Data: 3, Hole: 4 } as const;

const F = {
  DupFd: 0,
  GetFd: 1,
  SetFd: 2,
  GetFl: 3,
  SetFl: 4,
  GetLk: 5,
  SetLk: 6,
  SetLkW: 7,
  OfdGetLk: 36,
  OfdSetLk: 37,
  OfdSetLkW: 38,
  DupFdCloexec: 1030,
  SetPipeSize: 1031,
  GetPipeSize: 1032,
} as const;
const FD_CLOEXEC = 1;
const F_UNLCK = 2;
/** Flags that F_SETFL can change. */
const CHANGEABLE = OpenFlag.Append | OpenFlag.NonBlock;

const DIRENT_HEADER = 19;

const struct = new StructWriter(32);
const dirent = new StructWriter(DIRENT_HEADER + 256 + 8);

function seekable(file: OpenFile, position: number): number {
  if (!file.seekable) return -Errno.ESPIPE;
  return position < 0 ? -Errno.EINVAL : 0;
}

function pread(
  { process }: ProcessThread,
  descriptor: number,
  address: number,
  length: number,
  position: number,
): number {
  const file = process.files.get(descriptor | 0);
  return seekable(file, position) || readFile(process, file, address, length, position);
}

function pwrite(
  { process }: ProcessThread,
  descriptor: number,
  address: number,
  length: number,
  position: number,
): number {
  const file = process.files.get(descriptor | 0);
  return seekable(file, position) || writeFile(process, file, address, length, position);
}

/** Passes a result of writing on; a pipe or terminal that nobody reads is a signal as well. */
function written(thread: ProcessThread, result: number): number {
  if (result === -Errno.EPIPE) {
    const reason = 'program killed by SIGPIPE: nobody reads what it writes';
    sendSignal(thread, { signal: Signal.SIGPIPE, code: 0, address: 0, reason });
  }
  return result;
}

function lseek(
  { process }: ProcessThread,
  descriptor: number,
  offset: number,
  whence: number,
): number {
  const file = process.files.get(descriptor | 0);
  if (!file.seekable && !file.isDirectory) return -Errno.ESPIPE;
  const size = file.size();
  let position: number;
  switch (whence | 0) {
    case SEEK.Set:
      position = offset;
      break;
    case SEEK.Current:
      position = file.position + offset;
      break;
    case SEEK.End:
      position = size + offset;
      break;
    case SEEK.Data:
    case SEEK.Hole:
      // A file without holes, as far as the program can tell.
      if (offset < 0 || offset >= size) return -Errno.ENXIO;
      position = whence === SEEK.Data ? offset : size;
      break;
    default:
      return -Errno.EINVAL;
  }
  if (position < 0) return -Errno.EINVAL;
  file.position = position;
  return position;
}

function duplicate(
  { process }: ProcessThread,
  descriptor: number,
  lowest: number,
  cloexec: boolean,
): number {
  if (lowest < 0 || lowest >= process.files.limit) return -Errno.EINVAL;
  const file = process.files.get(descriptor);
  file.retain();
  return process.files.add(file, cloexec, lowest);
}

function duplicateTo(
  { process }: ProcessThread,
  descriptor: number,
  target: number,
  cloexec: boolean,
): number {
  const file = process.files.get(descriptor);
  if (target < 0 || target >= process.files.limit) return -Errno.EBADF;
  file.retain();
  process.files.set(target, file, cloexec);
  return target;
}

function fcntl(
  thread: ProcessThread,
  descriptor: number,
  command: number,
  argument: number,
): number {
  const { process } = thread;
  const entry = process.files.entry(descriptor | 0);
  switch (command | 0) {
    case F.DupFd:
      return duplicate(thread, descriptor | 0, argument | 0, false);
    case F.DupFdCloexec:
      return duplicate(thread, descriptor | 0, argument | 0, true);
    case F.GetFd:
      return entry.closeOnExec ? FD_CLOEXEC : 0;
    case F.SetFd:
      entry.closeOnExec = (argument & FD_CLOEXEC) !== 0;
      return 0;
    case F.GetFl:
      return entry.file.flags | OpenFlag.LargeFile;
    case F.SetFl:
      entry.file.flags = (entry.file.flags & ~CHANGEABLE) | (argument & CHANGEABLE);
      return 0;
    case F.GetLk:
    case F.OfdGetLk:
      // Nobody else is there to hold a lock.
      struct.u16(0, F_UNLCK);
      process.memory.copyOut(argument, struct.bytes, 2);
      return 0;
    case F.SetPipeSize:
    case F.GetPipeSize:
      // A pipe has one size, which is enough for whoever asks for no more.
      if (!(entry.file instanceof PipeEnd)) return -Errno.EBADF;
      if ((command | 0) === F.SetPipeSize && argument > PIPE_CAPACITY) return -Errno.EPERM;
      return PIPE_CAPACITY;
    case F.SetLk:
    case F.SetLkW:
    case F.OfdSetLk:
    case F.OfdSetLkW:
      return 0;
    default:
      return -Errno.EINVAL;
  }
}

/** Directory entries as `struct linux_dirent64`. */
function getdents(
  { process }: ProcessThread,
  descriptor: number,
  address: number,
  size: number,
): number {
  const file = process.files.get(descriptor | 0);
  if (!(file instanceof DirectoryFile)) return -Errno.ENOTDIR;
  const entries = hostCall(() => file.entries());
  let done = 0;
  while (file.position < entries.length) {
    const entry = entries[file.position];
    if (entry === undefined) break;
    const name = Buffer.from(entry.name);
    const length = Math.ceil((DIRENT_HEADER + name.length + 1) / 8) * 8;
    if (done + length > size) return done > 0 ? done : -Errno.EINVAL;
    dirent
      .begin(length)
      .u64(0, entry.ino)
      .i64(8, file.position + 1)
      .u16(16, length)
      .u16(18, entry.type >> 12);
    dirent.bytes.set(name, DIRENT_HEADER);
    process.memory.copyOut(address + done, dirent.bytes, length);
    done += length;
    file.position++;
  }
  return done;
}

const justOpen: SyscallHandler = ({ process }, descriptor) => {
  process.files.get(descriptor | 0);
  return 0;
};

const readv: SyscallHandler = ({ process }, descriptor, vector, count) =>
  readVectors(process, process.files.get(descriptor | 0), vector, count);

const writev: SyscallHandler = (thread, descriptor, vector, count) => {
  const { process } = thread;
  const file = process.files.get(descriptor | 0);
  return written(thread, writeVectors(process, file, vector, count));
};

const preadv: SyscallHandler = ({ process }, descriptor, vector, count, position) => {
  const file = process.files.get(descriptor | 0);
  return seekable(file, position) || readVectors(process, file, vector, count, position);
};

const pwritev: SyscallHandler = ({ process }, descriptor, vector, count, position) => {
  const file = process.files.get(descriptor | 0);
  return seekable(file, position) || writeVectors(process, file, vector, count, position);
};

/** `RWF_HIPRI`, `RWF_DSYNC`, `RWF_SYNC`: how soon, which simulated files are anyway. */
const RWF_IGNORED = 7;

/** A call with flags, its last argument; at position -1 it is the one at the file's own position. */
const withFlags =
  (current: SyscallHandler, positioned: SyscallHandler): SyscallHandler =>
  (thread, ...args) => {
    const [, , , position, , flags] = args;
    if ((flags & ~RWF_IGNORED) !== 0) return -Errno.EOPNOTSUPP;
    return (position === -1 ? current : positioned)(thread, ...args);
  };

/** Handlers of this group. */
export const fileCalls: SyscallGroup = {
  read: ({ process }, descriptor, address, length) =>
    readFile(process, process.files.get(descriptor | 0), address, length),
  write: (thread, descriptor, address, length) => {
    const { process } = thread;
    const file = process.files.get(descriptor | 0);
    return written(thread, writeFile(process, file, address, length));
  },
  readv,
  writev,
  pread64: pread,
  pwrite64: pwrite,
  preadv,
  pwritev,
  preadv2: withFlags(readv, preadv),
  pwritev2: withFlags(writev, pwritev),
  lseek,
  getdents64: getdents,
  close: ({ process }, descriptor) => {
    process.files.close(descriptor | 0);
    return 0;
  },
  close_range: ({ process }, first, last) => {
    for (const [descriptor] of [...process.files.entries()]) {
      if (descriptor >= first && descriptor <= last) process.files.close(descriptor);
    }
    return 0;
  },
  dup: (thread, descriptor) => duplicate(thread, descriptor | 0, 0, false),
  dup2: (thread, descriptor, target) => {
    if ((descriptor | 0) !== (target | 0)) {
      return duplicateTo(thread, descriptor | 0, target | 0, false);
    }
    thread.process.files.get(descriptor | 0);
    return target | 0;
  },
  dup3: (thread, descriptor, target, flags) => {
    if ((descriptor | 0) === (target | 0) || (flags & ~OpenFlag.CloseOnExec) !== 0) {
      return -Errno.EINVAL;
    }
    const cloexec = (flags & OpenFlag.CloseOnExec) !== 0;
    return duplicateTo(thread, descriptor | 0, target | 0, cloexec);
  },
  fcntl,
  // Advice on what will be read or written next; the host finds out by itself.
  fadvise64: justOpen,
  readahead: justOpen,
  sync_file_range: justOpen,
  // Nobody else is there to lock files against.
  flock: justOpen,
  ioctl: ({ process }, descriptor, request, argument) =>
    terminalControl(process, process.files.get(descriptor | 0), request >>> 0, argument),
};
