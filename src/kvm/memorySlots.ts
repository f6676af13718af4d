/**
 * The memory slots of one VM: which guest-physical ranges are which host memory.
 *
 * Sources: KVM API section 4.35; gem5 `cpu/kvm/vm.cc`.
 */
import { fatal, panic } from '../base/index';
import type { Addr } from '../base/index';
import { KVM_GET_DIRTY_LOG, KVM_MEM_LOG_DIRTY_PAGES, KVM_SET_USER_MEMORY_REGION } from './abi';
import { kvmDirtyLog, kvmUserspaceMemoryRegion } from './abiVm';
import type { KvmDescriptor } from './descriptor';
import { addressOf, pageSize } from '../host/index';

/** A slot that was allocated: opaque, valid until it is freed. */
export interface MemSlot {
  /** The kernel's number of the slot. */
  readonly num: number;
}

/** What is known of a slot number. */
interface MemorySlot extends MemSlot {
  /** Bytes; 0 when the slot is free. */
  size: number;
  /** Whether the kernel maps it now: what, where and how. */
  active: boolean;
  hostAddr: bigint;
  guestAddr: Addr;
  flags: number;
}

const REGION = kvmUserspaceMemoryRegion.offset;

/** Allocates the slots of a VM and tells the kernel what is in them. */
export class MemorySlots {
  #vm: KvmDescriptor;
  readonly #limit: number;
  readonly #slots: MemorySlot[] = [];

  /**
   * @param vm - the VM's descriptor
   * @param limit - how many slots it has
   */
  constructor(vm: KvmDescriptor, limit: number) {
    this.#vm = vm;
    this.#limit = limit;
  }

  /** How many slots the VM has. */
  get limit(): number {
    return this.#limit;
  }

  /**
   * Allocates a slot: one that was freed, else a new one.
   * @param size - bytes, a multiple of the page size
   * @throws {FatalError} when all slots are taken
   * @throws {PanicError} when `size` is 0
   */
  alloc(size: number): MemSlot {
    if (size === 0) panic('memory slots must have a size that is not zero');
    const free = this.#slots.find(slot => slot.size === 0);
    if (free !== undefined) {
      free.size = size;
      return free;
    }
    if (this.#slots.length >= this.#limit) {
      fatal(
        `all ${String(this.#limit)} memory slots of the VM are taken; ` +
          'give the system fewer, larger memories',
      );
    }
    const place = { active: false, hostAddr: 0n, guestAddr: 0, flags: 0 };
    const slot = { num: this.#slots.length, size, ...place };
    this.#slots.push(slot);
    return slot;
  }

  /**
   * Maps host memory into the guest. A slot that is mapped already is moved or changed.
   * @param hostAddr - host address of the memory, page-aligned
   * @param guestAddr - guest-physical address, page-aligned
   * @param flags - `KVM_MEM_…`
   * @throws {KvmError} when the kernel refuses, for instance because slots overlap
   */
  setup(slot: MemSlot, hostAddr: bigint, guestAddr: Addr, flags: number): void {
    const known = this.#known(slot);
    if (known.size === 0) panic(`memory slot ${String(slot.num)} is not allocated`);
    this.setUserMemoryRegion(slot.num, hostAddr, guestAddr, known.size, flags);
    known.active = true;
    known.hostAddr = hostAddr;
    known.guestAddr = guestAddr;
    known.flags = flags;
  }

  /**
   * Maps everything into another VM, which has nothing mapped yet. Slots keep their numbers.
   * @throws {KvmError} when the kernel refuses
   */
  moveTo(vm: KvmDescriptor): void {
    this.#vm = vm;
    for (const slot of this.#slots) {
      if (!slot.active) continue;
      this.setUserMemoryRegion(slot.num, slot.hostAddr, slot.guestAddr, slot.size, slot.flags);
    }
  }

  /** Takes a slot's memory away from the guest; the slot stays allocated. */
  disable(slot: MemSlot): void {
    const known = this.#known(slot);
    if (known.active) this.setUserMemoryRegion(slot.num, 0n, 0, 0, 0);
    known.active = false;
  }

  /** Takes a slot's memory away and gives the slot back. */
  free(slot: MemSlot): void {
    this.disable(slot);
    this.#known(slot).size = 0;
  }

  /**
   * The request itself.
   * @param slot - number of the slot
   * @param length - bytes; 0 removes the slot
   * @throws {KvmError} when the kernel refuses
   */
  setUserMemoryRegion(
    slot: number,
    hostAddr: bigint,
    guestAddr: Addr,
    length: number,
    flags: number,
  ): void {
    const region = new DataView(new ArrayBuffer(kvmUserspaceMemoryRegion.size));
    region.setUint32(REGION.slot, slot, true);
    region.setUint32(REGION.flags, flags, true);
    region.setBigUint64(REGION.guest_phys_addr, BigInt(guestAddr), true);
    region.setBigUint64(REGION.memory_size, BigInt(length), true);
    region.setBigUint64(REGION.userspace_addr, hostAddr, true);
    const what = `slot ${String(slot)} (host 0x${hostAddr.toString(16)}, guest 0x${guestAddr.toString(16)}, ${String(length)} bytes, flags ${String(flags)})`;
    const doing =
      length === 0 ? `removing memory slot ${String(slot)}` : `setting up memory ${what}`;
    this.#vm.request(KVM_SET_USER_MEMORY_REGION, region, doing);
  }

  /**
   * Which pages of a slot the guest has written since the last call; the kernel starts afresh.
   * @returns one bit a page, lowest bit first
   * @throws {PanicError} when the slot is not mapped with KVM_MEM_LOG_DIRTY_PAGES
   */
  dirtyLog(slot: MemSlot): Uint8Array {
    const known = this.#known(slot);
    if (!known.active || (known.flags & KVM_MEM_LOG_DIRTY_PAGES) === 0) {
      panic(`memory slot ${String(slot.num)} does not log its dirty pages`);
    }
    const pages = Math.ceil(known.size / pageSize());
    const bitmap = new Uint8Array(Math.ceil(pages / 64) * 8); // the kernel writes whole words
    const log = new DataView(new ArrayBuffer(kvmDirtyLog.size));
    log.setUint32(kvmDirtyLog.offset.slot, slot.num, true);
    log.setBigUint64(kvmDirtyLog.offset.dirty_bitmap, addressOf(bitmap), true);
    this.#vm.request(KVM_GET_DIRTY_LOG, log, `reading the dirty log of slot ${String(slot.num)}`);
    return bitmap;
  }

  #known(slot: MemSlot): MemorySlot {
    return this.#slots[slot.num] ?? panic(`there is no memory slot ${String(slot.num)}`);
  }
}
