/**
 * All the memory of a system: which addresses are memory, and the host memory behind them. Source:
 * gem5 `mem/physical.{hh,cc}`.
 */
import { constants, ftruncateSync, openSync, closeSync, rmSync } from 'node:fs';
import { AddrRange, AddrRangeMap, debugFlag, dprintf, fatal, MaxTick, panic } from '../base/index';
import { roundUp, warn } from '../base/index';
import type { Addr } from '../base/index';
import { serializeSection, unserializeSection } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import type { AbstractMemory } from './abstractMemory';
import { BackingStore } from './backingStore';
import { copyBytes } from './copyBytes';
import type { MemoryBlock } from './memoryBlock';
import { mergeRanges } from './mergeRanges';
import type { Packet } from './packet';
import { SavedStore } from './savedStore';

/** Traces which address ranges there are and where they lead. */
export const AddrRanges = debugFlag('AddrRanges', 'Address ranges of memories and crossbars');

const HOST_PAGE_BYTES = 4096;

/** How host memory is to be had. */
export interface PhysicalMemoryOptions {
  /** Whether to do without a reservation of swap space. */
  readonly mmapUsingNoreserve: boolean;
  /** Name of a shared memory segment to hold the memory; empty for private memory. */
  readonly sharedBackstore: string;
  /** Whether to remove the segment in the end. */
  readonly autoUnlinkSharedBackstore: boolean;
}

/** The map of a system's memories, and their backing stores. */
export class PhysicalMemory implements Serializable {
  readonly #name: string;
  readonly #options: PhysicalMemoryOptions;
  readonly #addrMap = new AddrRangeMap<AbstractMemory>();
  readonly #memories: AbstractMemory[] = [];
  readonly #stores: BackingStore[] = [];
  /** The stores that the address map leads to. */
  readonly #storeMap = new AddrRangeMap<BackingStore>();
  readonly #sharedPath: string;
  #sharedBytes = 0;
  #recent: MemoryBlock | null = null;

  /**
   * @param name - full name, such as `system.physmem`
   * @param memories - all memories of the system
   * @throws {FatalError} when memories overlap, or the host has not enough memory
   */
  constructor(name: string, memories: readonly AbstractMemory[], options: PhysicalMemoryOptions) {
    this.#name = name;
    this.#options = options;
    const segment = options.sharedBackstore.replace(/^\/+/, '');
    this.#sharedPath = segment === '' ? '' : `/dev/shm/${segment}`;
    if (options.mmapUsingNoreserve) {
      warn('Not reserving swap space: the host may kill this process when it runs out of memory');
    }
    for (const memory of memories) {
      if (memory.isInAddrMap) this.#addToMap(memory);
      else this.#addUnmapped(memory);
    }
    this.#createMappedStores();
  }

  #addToMap(memory: AbstractMemory): void {
    const range = memory.getAddrRange();
    const other = this.#addrMap.intersects(range);
    if (other !== undefined) {
      fatal(
        `Memory address range ${range.toString()} of ${memory.name()} overlaps ` +
          `${other.range.toString()} of ${other.value.name()}; give them ranges apart`,
      );
    }
    this.#addrMap.insert(range, memory);
    this.#memories.push(memory);
  }

  /** A memory outside the map may overlap others: it has a store of its own. */
  #addUnmapped(memory: AbstractMemory): void {
    if (memory.getAddrRange().interleaved) {
      fatal(`Memory ${memory.name()} that is not in the global address map cannot be interleaved`);
    }
    if (!memory.isNull) this.#createStore(memory.getAddrRange(), [memory]);
  }

  #createMappedStores(): void {
    let group: AbstractMemory[] = [];
    const finishGroup = (): void => {
      if (group.length > 0) this.#createStore(AddrRange.merge(group.map(m => m.range)), group);
      group = [];
    };
    for (const { range, value: memory } of this.#addrMap) {
      if (memory.isNull) continue;
      // Stripes of one interleaved range are neighbours in the map.
      if (!range.interleaved || group[0]?.range.mergesWith(range) !== true) finishGroup();
      group.push(memory);
    }
    finishGroup();
  }

  #createStore(range: AddrRange, memories: readonly AbstractMemory[]): void {
    const [first] = memories;
    if (first === undefined) return;
    if (range.interleaved) {
      fatal(`${first.name()} has one stripe of ${range.toString()}, and nobody has the others`);
    }
    for (const memory of memories) {
      if (
        memory.isConfReported !== first.isConfReported ||
        memory.isInAddrMap !== first.isInAddrMap ||
        memory.isKvmMap !== first.isKvmMap ||
        memory.isWriteable !== first.isWriteable
      ) {
        fatal(
          `${first.name()} and ${memory.name()} are interleaved and must agree on ` +
            'confTableReported, inAddrMap, kvmMap and writeable',
        );
      }
    }
    if (AddrRanges.enabled) {
      const text = `Creating backing store for range ${range.toString()}`;
      dprintf(AddrRanges, MaxTick, this.#name, text);
    }
    const store = this.#allocate(range, first);
    this.#stores.push(store);
    if (first.isInAddrMap) this.#storeMap.insert(range, store);
    for (const memory of memories) memory.setBackingStore(store);
  }

  #allocate(range: AddrRange, memory: AbstractMemory): BackingStore {
    const options = {
      range,
      name: memory.name(),
      confTableReported: memory.isConfReported,
      inAddrMap: memory.isInAddrMap,
      kvmMap: memory.isKvmMap,
      writeable: memory.isWriteable,
      noReserve: this.#options.mmapUsingNoreserve,
    };
    if (this.#sharedPath === '') return new BackingStore(options);
    const offset = this.#sharedBytes;
    this.#sharedBytes += roundUp(range.size, HOST_PAGE_BYTES);
    const fd = openSync(this.#sharedPath, constants.O_CREAT | constants.O_RDWR, 0o666);
    try {
      ftruncateSync(fd, this.#sharedBytes);
      // The mapping holds the segment; the descriptor is not needed any longer.
      return new BackingStore({ ...options, shared: { fd, offset } });
    } finally {
      closeSync(fd);
    }
  }

  /** Name of the shared memory segment that holds the memory; empty for private memory. */
  get sharedBackstore(): string {
    return this.#options.sharedBackstore;
  }

  /** Bytes of all memories in the address map. */
  totalSize(): number {
    return this.#memories.reduce((sum, memory) => sum + memory.size(), 0);
  }

  /** Whether the address belongs to a memory of the address map. */
  isMemAddr(addr: Addr): boolean {
    return this.#addrMap.find(addr, 1) !== undefined;
  }

  /** The ranges that configuration tables report, interleaved ones merged, in ascending order. */
  getConfAddrRanges(): AddrRange[] {
    const reported = [...this.#addrMap].filter(entry => entry.value.isConfReported);
    return mergeRanges(reported.map(entry => entry.range));
  }

  /** All backing stores: those outside the address map first, the others by address. */
  getBackingStore(): readonly BackingStore[] {
    return this.#stores;
  }

  /**
   * The bytes behind an address of the address map: a direct way to memory for page tables, syscall
   * emulation and CPU models.
   *
   * @returns undefined where there is no memory, or one that stores nothing
   */
  storeFor(addr: Addr): MemoryBlock | undefined {
    const recent = this.#recent;
    if (recent !== null && addr >= recent.start && addr < recent.end) return recent;
    const block = this.#storeMap.lookup(addr)?.blockFor(addr);
    if (block !== undefined) this.#recent = block;
    return block;
  }

  /**
   * Copies `size` bytes of memory out.
   *
   * @throws {PanicError} when not all of them are memory
   */
  readBytes(addr: Addr, target: Uint8Array, offset = 0, size = target.length - offset): void {
    for (let done = 0; done < size;) {
      const block = this.#blockAt(addr + done);
      const part = Math.min(size - done, block.end - (addr + done));
      copyBytes(block.bytes, addr + done - block.start, target, offset + done, part);
      done += part;
    }
  }

  /**
   * Copies `size` bytes into memory.
   *
   * @throws {PanicError} when not all of them are memory
   */
  writeBytes(addr: Addr, source: Uint8Array, offset = 0, size = source.length - offset): void {
    for (let done = 0; done < size;) {
      const block = this.#blockAt(addr + done);
      const part = Math.min(size - done, block.end - (addr + done));
      copyBytes(source, offset + done, block.bytes, addr + done - block.start, part);
      done += part;
    }
  }

  #blockAt(addr: Addr): MemoryBlock {
    return this.storeFor(addr) ?? panic(`There is no memory at 0x${addr.toString(16)}`);
  }

  /** Does an access at the memory that has the address. @throws {PanicError} when there is none */
  access(pkt: Packet): void {
    this.#memoryFor(pkt).access(pkt);
  }

  /** Does a functional access at the memory that has the address. @throws {PanicError} as `access` */
  functionalAccess(pkt: Packet): void {
    this.#memoryFor(pkt).functionalAccess(pkt);
  }

  #memoryFor(pkt: Packet): AbstractMemory {
    if (!pkt.isRequest()) panic(`${pkt.toString()} is no request`);
    const memory = this.#addrMap.lookup(pkt.addr, pkt.size);
    return memory ?? panic(`No memory of ${this.#name} holds ${pkt.toString()}`);
  }

  /** Saves the locks of all memories, and the contents of the stores. */
  serialize(checkpoint: CheckpointOut): void {
    const locks = this.#memories.flatMap(memory => memory.lockedAddrList.locks);
    checkpoint.paramOut(
      'lal_addr',
      locks.map(lock => lock.addr),
    );
    checkpoint.paramOut(
      'lal_cid',
      locks.map(lock => lock.contextId),
    );
    checkpoint.paramOut('nbr_of_stores', this.#stores.length);
    for (const [i, store] of this.#stores.entries()) {
      const name = `store${String(i)}`;
      serializeSection(checkpoint, name, new SavedStore(store, `${this.#name}.${name}.img`));
    }
  }

  /**
   * Puts locks and contents back.
   * @throws {FatalError} when the checkpoint is of a system with other memory
   */
  unserialize(checkpoint: CheckpointIn): void {
    const stores = checkpoint.number('nbr_of_stores');
    if (stores !== this.#stores.length) {
      const here = `this system has ${String(this.#stores.length)}`;
      checkpoint.fail(`it is of a system with ${String(stores)} backing stores; ${here}`);
    }
    const contexts = checkpoint.numbers('lal_cid');
    checkpoint.numbers('lal_addr').forEach((addr, i) => {
      const memory = this.#addrMap.lookup(addr);
      if (memory === undefined) {
        return checkpoint.fail(`it has a lock on 0x${addr.toString(16)}, which is no memory`);
      }
      memory.lockedAddrList.add({ addr, contextId: contexts[i] ?? -1 });
    });
    for (const [i, store] of this.#stores.entries()) {
      const name = `store${String(i)}`;
      unserializeSection(checkpoint, name, new SavedStore(store, `${this.#name}.${name}.img`));
    }
  }

  /** Gives all memory back to the host. Nothing of it may be used afterwards. */
  dispose(): void {
    for (const store of this.#stores) store.dispose();
    if (this.#sharedPath !== '' && this.#options.autoUnlinkSharedBackstore) {
      rmSync(this.#sharedPath, { force: true });
    }
  }
}
