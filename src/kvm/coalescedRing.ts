/**
 * The ring in which the kernel collects stores to coalesced ranges instead of leaving the guest for
 * each. One ring serves all vCPUs of a VM.
 *
 * Source: KVM API section 4.116; gem5 `cpu/kvm/base.cc`.
 */
import type { Addr } from '../base/index';
import { kvmCoalescedMmio, kvmCoalescedMmioRing } from './abiVcpu';
import { kvmCoalescedMmioZone } from './abiVm';

/** Size of the ring with its header: what the kernel calls PAGE_SIZE. */
const RING_BYTES = 4096;
const RING = kvmCoalescedMmioRing.offset;
const ENTRY = kvmCoalescedMmio.offset;

/** A store that waited in the ring. Borrowed: dead at the next {@link CoalescedRing.take}. */
export interface CoalescedStore {
  /** Guest-physical address. */
  readonly address: Addr;
  readonly data: Uint8Array;
}

/** Entries of a ring: gem5's and the kernel's KVM_COALESCED_MMIO_MAX. */
export const COALESCED_MMIO_MAX: number = Math.floor(
  (RING_BYTES - kvmCoalescedMmioRing.size) / kvmCoalescedMmio.size,
);

/** Names a range whose stores are to wait in the ring (KVM_REGISTER_COALESCED_MMIO). */
export function coalescedZone(start: Addr, size: number): DataView {
  const { offset } = kvmCoalescedMmioZone;
  const zone = new DataView(new ArrayBuffer(kvmCoalescedMmioZone.size));
  zone.setBigUint64(offset.addr, BigInt(start), true);
  zone.setUint32(offset.size, size, true);
  return zone;
}

/** Takes stores out of a ring. */
export class CoalescedRing {
  readonly #page: DataView;
  readonly #start: number;

  /**
   * @param page - the vCPU's shared mapping
   * @param start - where in it the ring begins, in bytes
   */
  constructor(page: DataView, start: number) {
    this.#page = page;
    this.#start = start;
  }

  /** Takes the oldest store, if there is one. */
  take(): CoalescedStore | undefined {
    const page = this.#page;
    const first = page.getUint32(this.#start + RING.first, true);
    if (first === page.getUint32(this.#start + RING.last, true)) return undefined;
    const at = this.#start + RING.coalesced_mmio + first * kvmCoalescedMmio.size;
    const length = page.getUint32(at + ENTRY.len, true);
    const store = {
      address: Number(page.getBigUint64(at + ENTRY.phys_addr, true)),
      // A copy: once `first` moves on, the kernel may write over the entry.
      data: new Uint8Array(page.buffer, page.byteOffset + at + ENTRY.data, length).slice(),
    };
    page.setUint32(this.#start + RING.first, (first + 1) % COALESCED_MMIO_MAX, true);
    return store;
  }
}
