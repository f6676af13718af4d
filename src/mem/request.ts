/**
 * Requests: what a requestor asks for, which stays the same while packets carry it through the
 * memory system. Source: gem5 `mem/request.hh`.
 */
import { InvalidContextID, panic } from '../base/index';
import type { Addr, ContextID, RequestorID } from '../base/index';

// Bound here once: every use of an imported name is a look-up in the other module.
const NoContext = InvalidContextID;

/** Properties of a request, to be combined with `|`. The low eight bits belong to the architecture. */
export const RequestFlag = {
  ARCH_BITS: 0xff,
  /** An instruction fetch. */
  INST_FETCH: 0x100,
  /** The virtual address is the physical address. */
  PHYSICAL: 0x200,
  /** Caches must not keep the data; accesses to devices have this flag. */
  UNCACHEABLE: 0x400,
  /** Must stay in order with all other accesses. */
  STRICT_ORDER: 0x800,
  /** Invalidates the location. */
  INVALIDATE: 0x2000,
  /** Writes the location back. */
  CLEAN: 0x4000,
  /** Made in privileged mode. */
  PRIVILEGED: 0x8000,
  /** A store of zeros to a whole cache block, without data. */
  CACHE_BLOCK_ZERO: 0x1_0000,
  /** Cache maintenance down to the point of unification. */
  DST_POU: 0x2_0000,
  /** Cache maintenance down to the point of coherency. */
  DST_POC: 0x4_0000,
  /** No memory access takes place. */
  NO_ACCESS: 0x8_0000,
  /** Half of a locked read-modify-write. */
  LOCKED_RMW: 0x10_0000,
  /** Load locked or store conditional. */
  LLSC: 0x20_0000,
  /** Swaps register and memory. */
  MEM_SWAP: 0x40_0000,
  /** Swaps when memory holds the value in `extraData`. */
  MEM_SWAP_COND: 0x80_0000,
  PREFETCH: 0x100_0000,
  /** A prefetch of a writable copy. */
  PF_EXCLUSIVE: 0x200_0000,
  /** Mark the block as the next to be evicted. */
  EVICT_NEXT: 0x400_0000,
  /** A read that a write will follow. */
  READ_MODIFY_WRITE: 0x800_0000,
  /** Targets the secure memory space. */
  SECURE: 0x1000_0000,
  /** An access of a page table walk. */
  PT_WALK: 0x2000_0000,
  /** An atomic operation that returns the old value. */
  ATOMIC_RETURN_OP: 0x4000_0000,
  /** An atomic operation that returns nothing. */
  ATOMIC_NO_RETURN_OP: 0x8000_0000 | 0,
} as const;

/** The requestors that every system has, with their fixed ids. */
export const RequestorIDs = {
  /** Caches writing back. */
  writebacks: 0,
  /** Functional accesses that no simulated object makes. */
  functional: 1,
  /** Message-signalled interrupts. */
  interrupt: 2,
  /** Nobody. */
  invalid: 0xffff,
} as const;

/**
 * Changes memory in place, for an atomic operation.
 *
 * @param bytes - the memory
 * @param offset - where in it the operand begins
 */
export type AtomicOpFunctor = (bytes: Uint8Array, offset: number) => void;

/** What a requestor asks for. Objects may be used again: `set` fills in another request. */
export class Request {
  /** Physical address. */
  paddr: Addr = 0;
  /** Bytes. */
  size = 0;
  /** `RequestFlag` bits. */
  flags = 0;
  /** Who asks. */
  requestorId: RequestorID = RequestorIDs.invalid;
  /** The thread context that asks, for locks; `InvalidContextID` for none. */
  contextId: ContextID = NoContext;
  /** In: what a conditional swap compares with. Out: 1n when a store conditional succeeded. */
  extraData = 0n;
  /** What an atomic operation does. */
  atomicOp: AtomicOpFunctor | null = null;
  /** For writes: one entry per byte, 0 to leave that byte as it is. Null writes all. */
  byteEnable: Uint8Array | null = null;

  constructor(paddr: Addr, size: number, flags: number, requestorId: RequestorID) {
    this.set(paddr, size, flags, requestorId);
  }

  /** Makes this another request. The rest goes back to its defaults. */
  set(paddr: Addr, size: number, flags: number, requestorId: RequestorID): void {
    this.paddr = paddr;
    this.size = size;
    this.flags = flags;
    this.requestorId = requestorId;
    this.contextId = NoContext;
    this.extraData = 0n;
    this.atomicOp = null;
    this.byteEnable = null;
  }

  /**
   * Says which bytes a write changes.
   *
   * @param enable - one entry per byte of the request
   * @throws {PanicError} when the length is not the request's size
   */
  setByteEnable(enable: Uint8Array): void {
    if (enable.length !== this.size) {
      panic(`${String(enable.length)} byte enables for a request of ${String(this.size)} bytes`);
    }
    this.byteEnable = enable;
  }

  /** Whether a thread context is known. */
  get hasContextId(): boolean {
    return this.contextId !== NoContext;
  }

  /** Whether this is an instruction fetch. */
  get isInstFetch(): boolean {
    return (this.flags & RequestFlag.INST_FETCH) !== 0;
  }

  /** Whether caches must not keep the data. */
  get isUncacheable(): boolean {
    return (this.flags & RequestFlag.UNCACHEABLE) !== 0;
  }

  /** Whether it must stay in order with all other accesses. */
  get isStrictlyOrdered(): boolean {
    return (this.flags & RequestFlag.STRICT_ORDER) !== 0;
  }

  /** Whether it is half of a locked read-modify-write. */
  get isLockedRMW(): boolean {
    return (this.flags & RequestFlag.LOCKED_RMW) !== 0;
  }

  /** Whether it is a load locked or store conditional. */
  get isLLSC(): boolean {
    return (this.flags & RequestFlag.LLSC) !== 0;
  }

  /** Whether it is a swap. */
  get isSwap(): boolean {
    return (this.flags & (RequestFlag.MEM_SWAP | RequestFlag.MEM_SWAP_COND)) !== 0;
  }

  /** Whether it is a swap that happens only when memory holds `extraData`. */
  get isCondSwap(): boolean {
    return (this.flags & RequestFlag.MEM_SWAP_COND) !== 0;
  }

  /** Whether it is an atomic operation. */
  get isAtomic(): boolean {
    return (this.flags & (RequestFlag.ATOMIC_RETURN_OP | RequestFlag.ATOMIC_NO_RETURN_OP)) !== 0;
  }

  /** Whether it targets the secure memory space. */
  get isSecure(): boolean {
    return (this.flags & RequestFlag.SECURE) !== 0;
  }

  /** Whether cache maintenance goes down to the point of unification. */
  get isToPOU(): boolean {
    return (this.flags & RequestFlag.DST_POU) !== 0;
  }

  /** Whether cache maintenance goes down to the point of coherency. */
  get isToPOC(): boolean {
    return (this.flags & RequestFlag.DST_POC) !== 0;
  }
}
