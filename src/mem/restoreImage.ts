/**
 * Filling a backing store with a memory image: by private mappings of the file, so that it takes no
 * time and pages are read when they are touched; what cannot be mapped is read.
 */
import { closeSync, openSync } from 'node:fs';
import { fatal } from '../base/index';
import { Errno, isErrnoError, MapFlag, mapMemory, pageSize, tryPread } from '../host/index';
import { ImagePageBytes, type ImagePages, type MemoryImage } from '../sim/index';

/** So many mappings at most: the kernel has a limit for a process (`vm.max_map_count`, 65530). */
const MAX_MAPPINGS = 8192;

/** Memory to restore. */
export interface RestoreTarget {
  /** Where it lies in this process; a multiple of the page size. */
  readonly address: bigint;
  /** Bytes. */
  readonly size: number;
  /** Whether nobody else shares it, so that it can be replaced by a mapping. */
  readonly isPrivate: boolean;
}

/**
 * Restores memory that is zero everywhere.
 * @returns the pages that are mapped, in ascending order
 * @throws {FatalError} when a file cannot be read
 */
export function restoreImage(target: RestoreTarget, { pages }: MemoryImage): ImagePages[] {
  const files = new Map<string, number>();
  try {
    const least = target.isPrivate && pageSize() === ImagePageBytes ? leastMapped(pages) : Infinity;
    return pages.filter(run => {
      let fd = files.get(run.path);
      if (fd === undefined) {
        fd = openSync(run.path, 'r');
        files.set(run.path, fd);
      }
      const whole = (run.first + run.count) * ImagePageBytes <= target.size;
      if (whole && run.count >= least && map(target.address, run, fd)) return true;
      read(target, run, fd);
      return false;
    });
  } finally {
    for (const fd of files.values()) closeSync(fd);
  }
}

/** Pages that a run must have to be mapped: as few as possible without too many mappings. */
function leastMapped(pages: readonly ImagePages[]): number {
  let least = 1;
  while (pages.filter(run => run.count >= least).length > MAX_MAPPINGS) least *= 2;
  return least;
}

/** @returns false where the file system cannot map files */
function map(address: bigint, run: ImagePages, fd: number): boolean {
  const length = run.count * ImagePageBytes;
  try {
    mapMemory({
      ...{ length, fd, offset: run.offset, address: address + BigInt(run.first * ImagePageBytes) },
      flags: MapFlag.Private | MapFlag.Fixed,
      doing: `mapping ${run.path}`,
    });
    return true;
  } catch (error) {
    if (isErrnoError(error, 'ENODEV')) return false;
    throw error;
  }
}

function read(target: RestoreTarget, run: ImagePages, fd: number): void {
  const start = run.first * ImagePageBytes;
  const length = Math.min(run.count * ImagePageBytes, target.size - start);
  const address = Number(target.address) + start;
  for (let done = 0; done < length;) {
    const count = tryPread(fd, address + done, length - done, run.offset + done);
    if (count === -Errno.EINTR) continue;
    if (count <= 0) fatal(`${run.path}: its pages cannot be read (error ${String(-count)})`);
    done += count;
  }
}
