/**
 * Backing stores: the host memory behind one range of guest memory. Source: gem5 `mem/physical.hh`.
 */
import { AddrRange, fatal, panic, roundUp } from '../base/index';
import type { Addr } from '../base/index';
import { ChangeTracking } from './changeTracking';
import { allocateHostMemory, MAX_BLOCK_BYTES } from './hostMemory';
import type { HostMemory, MemoryReserve } from './hostMemory';
import type { WasmMemory } from './linearMemory';
import { MemoryBlock } from './memoryBlock';
import { restoreImage } from './restoreImage';
import { ImagePageBytes, type ImagePages, type MemoryImage } from '../sim/index';

/** What a backing store is for, and how to make it. */
export interface BackingStoreOptions {
  /** The addresses; not interleaved. */
  readonly range: AddrRange;
  /** Whether firmware tables report the memory. */
  readonly confTableReported: boolean;
  /** Whether the memory is part of the global address map. */
  readonly inAddrMap: boolean;
  /** Whether KVM maps the memory for the guest. */
  readonly kvmMap: boolean;
  /** Whether the guest's writes change the memory; default true. */
  readonly writeable?: boolean;
  /** For messages: the name of the memory. */
  readonly name: string;
  /** Whether to do without a reservation of swap space. */
  readonly noReserve?: boolean;
  /** A file to share the memory through, and where in it to begin. */
  readonly shared?: { readonly fd: number; readonly offset: number } | null;
}

/**
 * One block of host memory, seen as bytes by JavaScript, as linear memory by generated code where it
 * fits, and as a memory slot by KVM. It begins as zeros.
 */
export class BackingStore {
  /** The addresses that it holds. */
  readonly range: AddrRange;
  /** Bytes. */
  readonly size: number;
  readonly confTableReported: boolean;
  readonly inAddrMap: boolean;
  readonly kvmMap: boolean;
  /** Whether the guest's writes change it: a ROM's do not. */
  readonly writeable: boolean;
  /** All of it in ascending order; a store of up to 4 GiB is one block. */
  readonly blocks: readonly MemoryBlock[];
  /** Which pages of it have changed since a checkpoint. */
  readonly changes: ChangeTracking;
  readonly #memory: HostMemory;
  readonly #first: MemoryBlock;
  readonly #isPrivate: boolean;
  #restored: readonly ImagePages[] = [];

  /** @throws {FatalError} when the host has not enough memory, or the range has no bytes */
  constructor(options: BackingStoreOptions) {
    const { range, name } = options;
    if (range.interleaved) {
      panic(`Cannot create backing store for interleaved range ${range.toString()}`);
    }
    if (range.end <= range.start) {
      fatal(`${name} has the range ${range.toString()}, which is empty; give it a size`);
    }
    this.range = range;
    this.size = range.size;
    this.confTableReported = options.confTableReported;
    this.inAddrMap = options.inAddrMap;
    this.kvmMap = options.kvmMap;
    this.writeable = options.writeable ?? true;
    this.#memory = allocateHostMemory({
      size: range.size,
      doing: `allocating ${name} ${range.toString()}`,
      noReserve: options.noReserve ?? false,
      shared: options.shared ?? null,
    });
    this.#isPrivate = (options.shared ?? null) === null;
    // What is shared is written by others as well.
    const tracked = this.#isPrivate ? roundUp(range.size, ImagePageBytes) : 0;
    this.changes = new ChangeTracking(this.#memory.address, tracked);
    this.blocks = makeBlocks(range, this.#memory);
    this.#first = this.blocks[0] ?? panic('a store has at least one block');
  }

  /** Where it lies in this process. */
  get hostAddress(): bigint {
    return this.#memory.address;
  }

  /** The linear memory that it is, or null when it is a mapping. */
  get wasmMemory(): WasmMemory | null {
    return this.#memory.wasm;
  }

  /** What lies behind guest memory in the linear memory, or null when it is a mapping. */
  get reserve(): MemoryReserve | null {
    return this.#memory.reserve;
  }

  /**
   * All of it as bytes.
   *
   * @throws {PanicError} when it is more than 4 GiB: then use `blocks`
   */
  get bytes(): Uint8Array {
    return this.#only().bytes;
  }

  /** All of it as 32-bit words. @throws {PanicError} when it is more than 4 GiB */
  get u32(): Uint32Array {
    return this.#only().u32;
  }

  #only(): MemoryBlock {
    if (this.blocks.length > 1) panic(`${this.range.toString()} is too large for one array`);
    return this.#first;
  }

  /**
   * The block that holds an address.
   *
   * @throws {PanicError} when the address is outside the store
   */
  blockFor(addr: Addr): MemoryBlock {
    const first = this.#first;
    if (addr >= first.start && addr < first.end) return first;
    const index = Math.floor((addr - first.start) / MAX_BLOCK_BYTES);
    return this.blocks[index] ?? panic(`No byte at 0x${addr.toString(16)}`);
  }

  /** Pages of it that are mapped from a checkpoint, until they are written. */
  get restored(): readonly ImagePages[] {
    return this.#restored;
  }

  /**
   * Fills the memory, which is still zero, with what a checkpoint has.
   *
   * @throws {FatalError} when the checkpoint cannot be read
   */
  restore(image: MemoryImage): void {
    const { hostAddress: address, size } = this;
    this.#restored = restoreImage({ address, size, isPrivate: this.#isPrivate }, image);
  }

  /** Gives the memory back to the host. Nothing of it may be used afterwards. */
  dispose(): void {
    this.changes.dispose();
    this.#memory.dispose();
  }
}

function makeBlocks(range: AddrRange, memory: HostMemory): readonly MemoryBlock[] {
  const blocks: MemoryBlock[] = [];
  for (let offset = 0; offset < range.size; offset += MAX_BLOCK_BYTES) {
    const length = Math.min(MAX_BLOCK_BYTES, range.size - offset);
    const part = AddrRange.rangeSize(range.start + offset, length);
    const address = memory.wasm === null ? memory.address + BigInt(offset) : null;
    blocks.push(new MemoryBlock(part, memory.view(offset, length), address));
  }
  return blocks;
}
