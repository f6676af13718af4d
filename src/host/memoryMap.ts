/** Mapping host memory, and seeing it from JavaScript. */
import { constants as bufferConstants } from 'node:buffer';
import { panic } from '../base/index';
import { ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { lastErrno, libc, pointerOf, viewOf } from './libc';

/** Access rights of a mapping (`PROT_*`), to be or-ed. */
export const Protection = { None: 0, Read: 1, Write: 2, Exec: 4 } as const;

/** Kinds and options of a mapping (`MAP_*`), to be or-ed. */
export const MapFlag = {
  Shared: 0x01,
  Private: 0x02,
  Fixed: 0x10,
  Anonymous: 0x20,
  NoReserve: 0x4000,
  Populate: 0x8000,
  FixedNoReplace: 0x100000,
} as const;

/** Advice on the use of memory (`MADV_*`). */
export const MemoryAdvice = {
  Normal: 0,
  Sequential: 2,
  WillNeed: 3,
  DontNeed: 4,
  Remove: 9,
  DontFork: 10,
  DoFork: 11,
  HugePage: 14,
  NoHugePage: 15,
  /** Brings pages in, to be written. Linux 5.14. */
  PopulateWrite: 23,
} as const;

const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** The largest block, in bytes, that one `ArrayBuffer` can show (4 GiB in Node 20). */
export const MAX_VIEW_BYTES: number = bufferConstants.MAX_LENGTH;

/** What {@link mapMemory} is to map. */
export interface MapRequest {
  /** Bytes, greater than 0; the kernel rounds it up to whole pages. */
  readonly length: number;
  /** `Protection` bits; default: read and write. */
  readonly protection?: number;
  /** `MapFlag` bits; default: anonymous and private. */
  readonly flags?: number;
  /** Descriptor of the file or device to map; default: none. */
  readonly fd?: number;
  /** Where in the file to start, in bytes, a multiple of the page size. */
  readonly offset?: number;
  /** Where to map: a wish, or with `MapFlag.Fixed` a command that replaces what is there. */
  readonly address?: bigint;
  /** For the error message: what this is for, as a verb in -ing form. */
  readonly doing?: string;
}

/**
 * Maps memory without taking ownership of it: the result is an address, and releasing it is up to
 * the caller ({@link unmapMemory}). This is for `MapFlag.Fixed` mappings inside memory that
 * something else owns, such as a file laid over part of a `WebAssembly.Memory`; everything else
 * wants a {@link HostMapping}.
 *
 * @throws {ErrnoError} when the kernel refuses
 */
export function mapMemory(request: MapRequest): bigint {
  const {
    length,
    protection = Protection.Read | Protection.Write,
    flags = MapFlag.Anonymous | MapFlag.Private,
    fd = -1,
    offset = 0,
    address = 0n,
    doing = 'mapping memory',
  } = request;
  // SAFETY: without MAP_FIXED the kernel picks free address space; with it the caller vouches that
  // nobody uses what the range held before.
  const result = libc.mmap(address, length, protection, flags, fd, offset);
  const errno = lastErrno();
  if (result === MAP_FAILED) throw new ErrnoError({ call: 'mmap', errno, doing });
  return result;
}

/**
 * Unmaps `length` bytes at `address`. No view onto them may be used afterwards.
 *
 * @throws {ErrnoError} when the kernel refuses
 */
export function unmapMemory(address: bigint, length: number, doing = 'unmapping memory'): void {
  // SAFETY: the caller owns the range and drops every view onto it.
  const result = libc.munmap(address, length);
  if (result < 0) throw new ErrnoError({ call: 'munmap', errno: lastErrno(), doing });
}

/**
 * Tells the kernel how memory will be used; `MemoryAdvice.DontNeed` empties private anonymous
 * memory.
 *
 * @param advice - one of {@link MemoryAdvice}
 * @throws {ErrnoError} when the kernel refuses
 */
export function adviseMemory(address: bigint, length: number, advice: number, doing: string): void {
  // SAFETY: advice changes contents at most to zero or the file's bytes; the caller asked for that.
  const result = libc.madvise(address, length, advice);
  if (result < 0) throw new ErrnoError({ call: 'madvise', errno: lastErrno(), doing });
}

/**
 * Brings whole pages of private memory in, as stores to them would, but all in one call.
 *
 * @returns whether that was possible; false on kernels before 5.14, and for memory whose bounds are no
 *   page's. The pages then come in when they are touched.
 */
export function populateMemory(address: bigint, length: number): boolean {
  // SAFETY: the contents stay as they are.
  return libc.madvise(address, length, MemoryAdvice.PopulateWrite) === 0;
}

/** Bytes of the large pages that the kernel can give memory in. */
export const HUGE_PAGE_BYTES: number = 2 ** 21;

/** Asks for large pages behind memory, as it is touched; the kernel may have none. */
export function adviseHugePages(address: bigint, length: number): void {
  // SAFETY: the contents stay as they are. A kernel without large pages refuses, which is an answer.
  libc.madvise(address, length, MemoryAdvice.HugePage);
}

/**
 * Changes the access rights of whole pages.
 *
 * @param protection - {@link Protection} bits
 * @throws {ErrnoError} when the kernel refuses
 */
export function protectMemory(
  address: bigint,
  length: number,
  protection: number,
  doing: string,
): void {
  // SAFETY: the caller owns the range; touching it against the new rights would end the process.
  const result = libc.mprotect(address, length, protection);
  if (result < 0) throw new ErrnoError({ call: 'mprotect', errno: lastErrno(), doing });
}

/**
 * The host address of a view's first byte: for handing JavaScript's or WebAssembly's memory to the
 * kernel. It holds as long as the underlying buffer lives, and for a `WebAssembly.Memory` also
 * while it grows within its declared maximum.
 */
export function addressOf(view: ArrayBufferView): bigint {
  return pointerOf(view);
}

/** Views whose addresses somebody uses, which the garbage collector must leave alone. */
const pinned = new Set<ArrayBufferView>();

/**
 * As {@link addressOf}, for an address that goes into a struct: the view lives until `use` returns,
 * whoever else has it.
 */
export function withAddressOf<T>(view: ArrayBufferView, use: (address: bigint) => T): T {
  pinned.add(view);
  try {
    return use(pointerOf(view));
  } finally {
    pinned.delete(view);
  }
}

/**
 * One block of host memory that this object owns, seen from JavaScript.
 *
 * A view taken from it is borrowed. After {@link unmap} the addresses belong to nobody, and a view
 * still held elsewhere would end the process when touched: whoever unmaps must have dropped them
 * all. The accessors here refuse to hand out another.
 */
export class HostMapping implements HostResource {
  /** Host address of the first byte. */
  readonly address: bigint;
  /** Length in bytes. */
  readonly length: number;
  #buffer: ArrayBuffer | undefined;
  #bytes: Uint8Array | undefined;
  #mapped = true;

  /**
   * Maps memory and owns it until {@link unmap}.
   *
   * @throws {ErrnoError} when the kernel refuses
   */
  constructor(request: MapRequest) {
    this.address = mapMemory(request);
    this.length = request.length;
    hostResources.add(this);
  }

  /** False once the memory has been unmapped. */
  get mapped(): boolean {
    return this.#mapped;
  }

  /**
   * The whole block, always the same object.
   *
   * @throws {PanicError} when unmapped, or larger than {@link MAX_VIEW_BYTES}
   */
  get buffer(): ArrayBuffer {
    this.#buffer ??= this.view(0, this.length);
    return this.#buffer;
  }

  /** The whole block as bytes, always the same object. @throws {PanicError} as for `buffer` */
  get bytes(): Uint8Array {
    this.#bytes ??= new Uint8Array(this.buffer);
    return this.#bytes;
  }

  /**
   * Part of the block as a buffer of its own, for blocks that one buffer cannot show.
   *
   * @param offset - of the part's first byte in the block
   * @param length - bytes, at most {@link MAX_VIEW_BYTES}
   * @throws {PanicError} when unmapped, outside the block or too long
   */
  view(offset: number, length: number): ArrayBuffer {
    if (!this.#mapped) panic('host memory used after it was unmapped');
    if (!(offset >= 0 && length >= 0 && offset + length <= this.length))
      panic(`no bytes ${String(offset)}+${String(length)} in ${String(this.length)} bytes mapped`);
    if (length > MAX_VIEW_BYTES)
      panic(`one view shows at most ${String(MAX_VIEW_BYTES)} bytes, not ${String(length)}`);
    return viewOf(this.address + BigInt(offset), length);
  }

  /** Unmaps the block; a second call does nothing. See the class for what happens to views. */
  unmap(): void {
    if (!this.#mapped) return;
    this.#mapped = false;
    this.#buffer = undefined;
    this.#bytes = undefined;
    hostResources.remove(this);
    unmapMemory(this.address, this.length);
  }

  /** The same as {@link unmap}. */
  dispose(): void {
    this.unmap();
  }
}
