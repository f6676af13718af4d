/**
 * Where the bytes of guest memory come from: a `WebAssembly.Memory`, so that generated code can
 * address them, or, where that is too small, a mapping of its own.
 */
import { FatalError, roundUp } from '../base/index';
import {
  addressOf,
  adviseHugePages,
  HostMapping,
  HUGE_PAGE_BYTES,
  isErrnoError,
  MapFlag,
  MAX_VIEW_BYTES,
} from '../host/index';
import { allocateLinearMemory, WASM_PAGE_BYTES, type WasmMemory } from './linearMemory';

const WASM_MAX_BYTES = 65536 * WASM_PAGE_BYTES;

/**
 * Bytes behind guest memory in the same `WebAssembly.Memory`, for the state of CPU models: register
 * files, decoded instructions, page permissions. Only touched pages cost anything.
 */
export const RESERVE_BYTES: number = 64 * 1024 * 1024;

/** The part of a store's linear memory that is not the guest's. */
export class MemoryReserve {
  /** Where it begins in the linear memory; a multiple of 64 KiB. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  #taken = 0;

  constructor(buffer: ArrayBuffer, offset: number) {
    this.offset = offset;
    this.bytes = new Uint8Array(buffer, offset);
  }

  /**
   * Takes a part of it for good.
   *
   * @param bytes - a multiple of 64
   * @returns where the part begins in the linear memory, or -1 when there is not enough left
   */
  take(bytes: number): number {
    if (this.#taken + bytes > this.bytes.length) return -1;
    const start = this.offset + this.#taken;
    this.#taken += bytes;
    return start;
  }
}

/** One block of host memory for `size` bytes of guest memory. */
export interface HostMemory {
  /** Where it lies in this process. */
  readonly address: bigint;
  /** A view of part of it, of at most `MAX_VIEW_BYTES`, from its first byte on. */
  view(offset: number, length: number): ArrayBuffer;
  /** The linear memory that it is, or null when it is a mapping. */
  readonly wasm: WasmMemory | null;
  /** What lies behind guest memory in the linear memory, or null when it is a mapping. */
  readonly reserve: MemoryReserve | null;
  /** Gives it back to the host. No view may be used afterwards. */
  dispose(): void;
}

/** How host memory is to be had. */
export interface HostMemoryRequest {
  /** Bytes, more than 0. */
  readonly size: number;
  /** For messages: what it is for. */
  readonly doing: string;
  /** Whether to do without a reservation of swap space. */
  readonly noReserve: boolean;
  /** A file to share with other processes, and where in it to begin. */
  readonly shared: { readonly fd: number; readonly offset: number } | null;
}

/**
 * Gets zeroed host memory. Unless shared it is private, so that a fork copies it on write.
 *
 * @throws {FatalError} when the host has not enough
 */
export function allocateHostMemory(request: HostMemoryRequest): HostMemory {
  const { size, doing } = request;
  try {
    const plain = request.shared === null && !request.noReserve;
    return plain && roundUp(size, WASM_PAGE_BYTES) + RESERVE_BYTES <= WASM_MAX_BYTES
      ? linearMemory(size)
      : mappedMemory(request);
  } catch (error) {
    if (!isErrnoError(error) && !(error instanceof RangeError)) throw error;
    const message = `${doing}: the host cannot provide ${String(size)} bytes (${error.message})`;
    throw new FatalError(`${message}; make the memory smaller`, { cause: error });
  }
}

function linearMemory(size: number): HostMemory {
  const offset = roundUp(size, WASM_PAGE_BYTES);
  const memory = allocateLinearMemory(offset + RESERVE_BYTES);
  const { buffer } = memory;
  if (size >= HUGE_PAGE_BYTES) adviseHugePages(addressOf(new Uint8Array(buffer)), size);
  return {
    get address() {
      return addressOf(new Uint8Array(buffer));
    },
    // Guest memory begins where the linear memory begins, so offset 0 is the only view there is.
    view: () => buffer,
    wasm: memory,
    reserve: new MemoryReserve(buffer, offset),
    dispose: () => undefined,
  };
}

function mappedMemory({ size, doing, noReserve, shared }: HostMemoryRequest): HostMemory {
  const kind = shared === null ? MapFlag.Private | MapFlag.Anonymous : MapFlag.Shared;
  // Room to begin where a large page does, as in `allocateLinearMemory`.
  const room = shared === null ? HUGE_PAGE_BYTES : 0;
  const mapping = new HostMapping({
    length: size + room,
    flags: noReserve ? kind | MapFlag.NoReserve : kind,
    doing,
    ...shared,
  });
  const skipped = room === 0 ? 0 : Number(-mapping.address & BigInt(room - 1));
  const address = mapping.address + BigInt(skipped);
  if (room !== 0) adviseHugePages(address, size);
  return {
    address,
    view: (offset, length) => mapping.view(skipped + offset, length),
    wasm: null,
    reserve: null,
    dispose: () => {
      mapping.unmap();
    },
  };
}

/** The largest stretch of a store that one `MemoryBlock` can show. */
export const MAX_BLOCK_BYTES: number = MAX_VIEW_BYTES;
