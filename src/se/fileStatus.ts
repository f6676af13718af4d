/** The structs in which programs get what is known about a file. Source: stat(2), statx(2). */
import type { FileStatus } from './openFile';
import type { ProcessState } from './processState';
import { StructWriter } from './structWriter';

const STAT_SIZE = 144;
const STATX_SIZE = 256;
/** `STATX_BASIC_STATS | STATX_BTIME` */
const STATX_FIELDS = 0xfff;
const SECOND = 1_000_000_000n;
const MINOR_BITS = 8n;

const struct = new StructWriter(STATX_SIZE);

/** `struct stat` */
export function writeStat({ memory }: ProcessState, address: number, status: FileStatus): void {
  struct
    .begin(STAT_SIZE)
    .u64(0, status.dev)
    .u64(8, status.ino)
    .u64(16, status.nlink)
    .u32(24, Number(status.mode))
    .u32(28, Number(status.uid))
    .u32(32, Number(status.gid))
    .u64(40, status.rdev)
    .u64(48, status.size)
    .u64(56, status.blksize)
    .u64(64, status.blocks);
  for (const [i, time] of [status.atimeNs, status.mtimeNs, status.ctimeNs].entries()) {
    struct.u64(72 + i * 16, time / SECOND).u64(80 + i * 16, time % SECOND);
  }
  memory.copyOut(address, struct.bytes, STAT_SIZE);
}

/** `struct statx` */
export function writeStatx({ memory }: ProcessState, address: number, status: FileStatus): void {
  const major = (device: bigint): number => Number((device >> MINOR_BITS) & 0xfffn);
  const minor = (device: bigint): number => Number((device & 0xffn) | ((device >> 12n) & 0xfff00n));
  struct
    .begin(STATX_SIZE)
    .u32(0, STATX_FIELDS)
    .u32(4, Number(status.blksize))
    .u32(16, Number(status.nlink))
    .u32(20, Number(status.uid))
    .u32(24, Number(status.gid))
    .u16(28, Number(status.mode))
    .u64(32, status.ino)
    .u64(40, status.size)
    .u64(48, status.blocks)
    .u32(128, major(status.rdev))
    .u32(132, minor(status.rdev))
    .u32(136, major(status.dev))
    .u32(140, minor(status.dev));
  const times = [status.atimeNs, status.birthtimeNs, status.ctimeNs, status.mtimeNs];
  for (const [i, time] of times.entries()) {
    struct.u64(64 + i * 16, time / SECOND).u32(72 + i * 16, Number(time % SECOND));
  }
  memory.copyOut(address, struct.bytes, STATX_SIZE);
}
