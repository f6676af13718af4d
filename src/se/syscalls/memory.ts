/** System calls about the address space. Source of the behaviour: mmap(2) and kin. */
import { Errno } from '../../host/index';
import { pageDown, pageUp, Protection, USER_END } from '../layout';
import { ZeroDevice } from '../openFile';
import type { ProcessThread } from '../processThread';
import { sizeArgument, type SyscallGroup } from '../syscallHandler';

const MAP = {
  Shared: 0x01,
  SharedValidate: 0x03,
  Type: 0x0f,
  Fixed: 0x10,
  Anonymous: 0x20,
  Low32Bit: 0x40,
  NoReserve: 0x4000,
  Populate: 0x8000,
  HugeTlb: 0x4_0000,
  FixedNoReplace: 0x10_0000,
} as const;

const MREMAP = { MayMove: 1, Fixed: 2, DontUnmap: 4 } as const;

const ADVICE = { DontNeed: 4, Free: 8, Remove: 9, DontFork: 10, HwPoison: 100 } as const;
const HIGHEST_ADVICE = 25;
/** `MS_ASYNC | MS_INVALIDATE | MS_SYNC` */
const MS_ALL = 7;

const ALL_PROTECTION = Protection.Read | Protection.Write | Protection.Execute;

function mmap(
  thread: ProcessThread,
  address: number,
  length: number,
  protection: number,
  flags: number,
  descriptor: number,
  offset: number,
): number {
  const { process } = thread;
  const type = flags & MAP.Type;
  if (type === 0 || type > MAP.SharedValidate || offset !== pageDown(offset)) return -Errno.EINVAL;
  if ((flags & MAP.HugeTlb) !== 0) return -Errno.ENOMEM;
  if (sizeArgument(length) > USER_END) return -Errno.ENOMEM;
  const shared = type !== 2;
  const request = {
    address,
    length,
    protection: protection & ALL_PROTECTION,
    fixed: (flags & (MAP.Fixed | MAP.FixedNoReplace)) !== 0,
    noReplace: (flags & MAP.FixedNoReplace) !== 0,
    noReserve: (flags & MAP.NoReserve) !== 0,
    low: (flags & MAP.Low32Bit) !== 0,
    shared,
  };
  let result: number;
  if ((flags & MAP.Anonymous) !== 0) {
    result = process.space.map(request);
  } else {
    const file = process.files.get(descriptor | 0);
    if (!file.readable) return -Errno.EACCES;
    if (shared && (protection & Protection.Write) !== 0 && !file.writable) return -Errno.EACCES;
    const { backing } = file;
    if (backing === undefined && !(file instanceof ZeroDevice)) return -Errno.ENODEV;
    if (offset < 0) return -Errno.EOVERFLOW;
    result = process.space.map({ ...request, backing, fileOffset: offset });
  }
  if (result > 0 && (flags & MAP.Populate) !== 0) populate(thread, result, pageUp(length));
  return result;
}

/** Brings pages in ahead of their use; that some cannot be had is no error. */
function populate({ process }: ProcessThread, address: number, length: number): void {
  const area = process.space.areaAt(address);
  const access = ((area?.protection ?? 0) & Protection.Write) !== 0 ? 'write' : 'read';
  for (let done = 0; done < length;) {
    const found = process.memory.locate(address + done, length - done, access);
    if (found === 0) return;
    done += found;
  }
}

function mremap(
  { process }: ProcessThread,
  address: number,
  oldLength: number,
  newLength: number,
  flags: number,
  target: number,
): number {
  const mayMove = (flags & MREMAP.MayMove) !== 0;
  const fixed = (flags & MREMAP.Fixed) !== 0;
  if ((flags & ~(MREMAP.MayMove | MREMAP.Fixed)) !== 0 || (fixed && !mayMove)) {
    return -Errno.EINVAL;
  }
  if (sizeArgument(newLength) > USER_END) return -Errno.ENOMEM;
  return process.space.remap(address, oldLength, newLength, mayMove, fixed ? target : undefined);
}

function madvise(
  { process }: ProcessThread,
  address: number,
  length: number,
  advice: number,
): number {
  const kind = advice | 0;
  if (kind < 0 || kind > HIGHEST_ADVICE || address !== pageDown(address)) return -Errno.EINVAL;
  if (length === 0) return 0;
  if (kind === ADVICE.DontNeed || kind === ADVICE.Free) {
    return process.space.discardContents(address, sizeArgument(length));
  }
  // Everything else says how the program will use the memory; nothing here depends on that.
  return kind === ADVICE.Remove ? -Errno.EINVAL : 0;
}

/** All that was stored to shared mappings goes to their files, whatever part the program means. */
function msync({ process }: ProcessThread, address: number, length: number, flags: number): number {
  const { space } = process;
  if (address !== pageDown(address) || (flags & ~MS_ALL) !== 0) return -Errno.EINVAL;
  if (!space.isMapped(address, sizeArgument(length))) return -Errno.ENOMEM;
  space.sharedPages.writeBackAll();
  return 0;
}

/** Handlers of this group. */
export const memoryCalls: SyscallGroup = {
  brk: ({ process }, address) => process.space.setBreak(address),
  mmap,
  munmap: ({ process }, address, length) => process.space.unmap(address, sizeArgument(length)),
  mprotect: ({ process }, address, length, protection) =>
    (protection & ~ALL_PROTECTION) !== 0
      ? -Errno.EINVAL
      : process.space.protect(address, sizeArgument(length), protection),
  mremap,
  madvise,
  msync,
  // Pages never leave the simulated memory.
  mlock: () => 0,
  mlock2: () => 0,
  munlock: () => 0,
  mlockall: () => 0,
  munlockall: () => 0,
};
