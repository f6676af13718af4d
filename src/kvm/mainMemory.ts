/**
 * A system's memory as the guest has it: a memory slot for each backing store that KVM may see.
 *
 * Source of the behaviour: gem5 `cpu/kvm/vm.cc` (KvmVM::delayedStartup).
 */
import { dprintf, fatal, hack, warn, type AddrRange } from '../base/index';
import type { BackingStore, System } from '../mem/index';
import { KVM_MEM_LOG_DIRTY_PAGES, KVM_MEM_READONLY } from './abi';
import { Kvm as KvmFlag } from './debugFlags';
import type { Kvm } from './kvm';
import type { MemorySlots, MemSlot } from './memorySlots';

/** A part of main memory as the guest has it. */
export interface MappedStore {
  readonly store: BackingStore;
  readonly slot: MemSlot;
}

/** The VM whose memory it is. */
export interface MainMemoryOwner {
  name(): string;
  curTick(): number;
  /** The KVM device, another one in the child of a fork. */
  readonly kvm: Pick<Kvm, 'capReadonlyMem'>;
}

/** Maps main memory into a guest. */
export class MainMemory {
  readonly #owner: MainMemoryOwner;
  readonly #slots: MemorySlots;
  readonly #mapped: MappedStore[] = [];
  #logsDirtyPages = false;

  constructor(owner: MainMemoryOwner, slots: MemorySlots) {
    this.#owner = owner;
    this.#slots = slots;
  }

  /** What is mapped. */
  get stores(): readonly MappedStore[] {
    return this.#mapped;
  }

  /** Whether some of it lies in a range. */
  intersects(range: AddrRange): boolean {
    return this.#mapped.some(({ store }) => store.range.intersects(range));
  }

  /**
   * Maps every backing store of a system that is for KVM. To be called once.
   * @throws {FatalError} when a store cannot be mapped, or hides the system's m5ops
   */
  map(system: System): void {
    const { m5opRange } = system;
    for (const store of system.getPhysMem().getBackingStore()) {
      if (store.kvmMap && m5opRange.valid && store.range.intersects(m5opRange)) {
        fatal(
          `${system.name()}: memory at ${store.range.toString()} hides the m5ops at ` +
            `${m5opRange.toString()} from KVM; set m5opsBase to an address without memory`,
        );
      }
      this.#mapStore(store);
    }
    for (const memory of system.memories) {
      if (memory.isNull && memory.isInAddrMap && memory.isKvmMap) {
        hack(`KVM: ${memory.name()} stores nothing; its addresses are handled as IO`);
      }
    }
  }

  #mapStore(store: BackingStore): void {
    const { range } = store;
    if (!store.kvmMap) {
      this.#trace(`Skipping ${range.toString()}, which is not for KVM`);
      return;
    }
    if (range.interleaved) {
      fatal(`${this.#owner.name()}: KVM cannot map ${range.toString()}, which is interleaved`);
    }
    this.#trace(`Mapping 0x${store.hostAddress.toString(16)} -> ${range.toString()}`);
    const mapped = { store, slot: this.#slots.alloc(store.size) };
    this.#mapped.push(mapped);
    this.#setup(mapped);
  }

  #setup({ slot, store }: MappedStore): void {
    this.#slots.setup(slot, store.hostAddress, store.range.start, this.#flagsOf(store));
  }

  #flagsOf(store: BackingStore): number {
    const log = this.#logsDirtyPages ? KVM_MEM_LOG_DIRTY_PAGES : 0;
    if (store.writeable) return log;
    if (this.#owner.kvm.capReadonlyMem()) return log | KVM_MEM_READONLY;
    const where = store.range.toString();
    warn(`the kernel lacks KVM_CAP_READONLY_MEM: the guest can write to ${where}`);
    return log;
  }

  /** Has the kernel note which pages the guest writes, or no longer. */
  logDirtyPages(on: boolean): void {
    this.#logsDirtyPages = on;
    for (const mapped of this.#mapped) this.#setup(mapped);
  }

  #trace(text: string): void {
    if (KvmFlag.enabled) dprintf(KvmFlag, this.#owner.curTick(), this.#owner.name(), text);
  }
}
