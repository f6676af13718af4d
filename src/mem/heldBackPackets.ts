/** Packets that a memory has taken and does not do yet, since their bytes are locked. */
import { DeferredPackets } from './deferredPackets';
import type { MemoryLock, MemoryLocks } from './memoryLocks';
import type { Packet } from './packet';

/** A list of such packets, in the order in which they came. */
export class HeldBackPackets {
  readonly #locks: MemoryLocks;
  #packets = new DeferredPackets();
  /** Empty, but while they are looked through. */
  #before = new DeferredPackets();

  constructor(locks: MemoryLocks) {
    this.#locks = locks;
  }

  get length(): number {
    return this.#packets.length;
  }

  /** Holds a packet back where it has to be. @returns whether it does */
  take(pkt: Packet): boolean {
    if (!this.#locks.isAnyHeld) return false;
    if (!this.#locks.keepsOut(pkt) && (pkt.isLockedRMW() || !this.#isBehind(pkt))) return false;
    // Behind all others: a list is in the order of these.
    pkt.dueTick = 0;
    this.#packets.insert(pkt, false);
    return true;
  }

  /** Whether one for the same bytes came before, which must not be overtaken. */
  #isBehind({ addr, size }: Packet): boolean {
    return this.#packets.some(
      waiting => addr < waiting.addr + waiting.size && waiting.addr < addr + size,
    );
  }

  /** Whether one is for bytes of this lock. */
  holdsBack(lock: MemoryLock): boolean {
    return this.#packets.some(({ addr, size }) => lock.overlaps(addr, size));
  }

  /** A lock was given up. @param perform - does a packet whose time has come */
  unlocked(perform: (pkt: Packet) => void): void {
    [this.#before, this.#packets] = [this.#packets, this.#before];
    while (this.#before.length > 0) {
      const pkt = this.#before.removeFirst();
      if (!this.take(pkt)) perform(pkt);
    }
  }
}
