/** Where new mappings go. Source of the behaviour: mmap(2). */
import { Errno } from '../host/index';
import { LOWEST_MAPPING, pageDown, USER_END } from './layout';
import type { FileBacking, VmaList } from './vma';

/** What to map; see mmap(2). */
export interface MapRequest {
  /** Page-aligned; a hint unless `fixed`. */
  readonly address: number;
  /** Bytes, greater than 0. */
  readonly length: number;
  readonly protection: number;
  readonly fixed?: boolean;
  /** With `fixed`: refuse where something is mapped already. */
  readonly noReplace?: boolean;
  readonly noReserve?: boolean;
  readonly shared?: boolean;
  /** Below 2 GiB (`MAP_32BIT`). */
  readonly low?: boolean;
  readonly backing?: FileBacking | undefined;
  readonly fileOffset?: number;
  readonly fileLimit?: number;
}

/** End of the addresses that `MAP_32BIT` may use. */
const LOW_2_GIB = 0x8000_0000;

/**
 * Chooses the addresses of a mapping of `length` bytes, a multiple of the page size.
 * @param top - mappings without a place of their own go below this.
 * @returns where it starts, or a negated error number.
 */
export function placeMapping(
  areas: VmaList,
  request: MapRequest,
  length: number,
  top: number,
): number {
  const { address } = request;
  const firstAfter = (start: number): number => areas.findFrom(start)?.start ?? Infinity;
  if (request.fixed === true) {
    if (address !== pageDown(address)) return -Errno.EINVAL;
    if (address < 0 || address + length > USER_END) return -Errno.ENOMEM;
    if (address < LOWEST_MAPPING) return -Errno.EPERM;
    const taken = firstAfter(address) < address + length;
    return taken && request.noReplace === true ? -Errno.EEXIST : address;
  }
  const hint = pageDown(address);
  if (hint >= LOWEST_MAPPING && hint + length <= top && firstAfter(hint) >= hint + length) {
    return hint;
  }
  const ceiling = request.low === true ? LOW_2_GIB : top;
  const start = areas.findGap(length, LOWEST_MAPPING, ceiling);
  return start < 0 ? -Errno.ENOMEM : start;
}
