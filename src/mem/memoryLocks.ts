/**
 * Keeps other requestors out between the read and the write of a locked read-modify-write, in timing mode.
 * gem5 leaves that to caches; here it holds at the memory, with and without them.
 *
 * Who executes such an instruction locks all of its bytes at once, wherever they are, and only then reads.
 * So whoever waits for a lock holds none, and nobody waits for one another. A lock is no packet: it is given
 * up at once, whatever became of the instruction. Memories hold back what they receive for locked bytes from
 * others, after they have taken it: in front of them it would be in the way of what ends the lock.
 */
import type { Addr, RequestorID } from '../base/index';
import type { Packet } from './packet';

/** The lock of one requestor: on one stretch of memory, or on two at the ends of pages. */
export class MemoryLock {
  readonly requestorId: RequestorID;
  /** Called once when a lock that had to wait is there. */
  readonly granted: () => void;
  /** Whether others are kept out. */
  isHeld = false;
  #address: Addr = 0;
  #bytes = 0;
  #nextAddress: Addr = 0;
  #nextBytes = 0;

  constructor(requestorId: RequestorID, granted: () => void) {
    this.requestorId = requestorId;
    this.granted = granted;
  }

  /** Says which bytes are to be locked. @param nextBytes - how many on another page; 0: none */
  set(address: Addr, bytes: number, nextAddress: Addr, nextBytes: number): void {
    this.#address = address;
    this.#bytes = bytes;
    this.#nextAddress = nextAddress;
    this.#nextBytes = nextBytes;
  }

  /** Whether it is on any of these bytes. */
  overlaps(address: Addr, bytes: number): boolean {
    return (
      (address < this.#address + this.#bytes && this.#address < address + bytes) ||
      (address < this.#nextAddress + this.#nextBytes && this.#nextAddress < address + bytes)
    );
  }

  /** Whether there is a byte that both are on. */
  conflicts(other: MemoryLock): boolean {
    return (
      this.overlaps(other.#address, other.#bytes) ||
      (other.#nextBytes > 0 && this.overlaps(other.#nextAddress, other.#nextBytes))
    );
  }
}

/** A memory that holds packets back. */
export interface LockedMemory {
  /** Whether a packet for any of the lock's bytes is held back: it came first. */
  holdsBack(lock: MemoryLock): boolean;
  /** A lock was given up. */
  unlocked(): void;
}

/** The locks of a system. */
export class MemoryLocks {
  readonly #held: MemoryLock[] = [];
  /** In the order of asking. */
  readonly #waiting: MemoryLock[] = [];
  readonly #memories: LockedMemory[] = [];

  /** Adds a memory that asks {@link keepsOut} of every packet. */
  register(memory: LockedMemory): void {
    this.#memories.push(memory);
  }

  /** Whether anybody is kept out of anything. */
  get isAnyHeld(): boolean {
    return this.#held.length > 0;
  }

  /** Asks for a lock. @returns false when it has to wait for `granted` */
  acquire(lock: MemoryLock): boolean {
    if (this.#mustWait(lock, this.#waiting.length)) {
      this.#waiting.push(lock);
      return false;
    }
    this.#hold(lock);
    return true;
  }

  /** Gives a lock up: what was held back is done, and then whoever waits gets theirs, in turn. */
  release(lock: MemoryLock): void {
    lock.isHeld = false;
    // Not by `splice`, which makes an array; in which order they are held does not matter.
    const last = this.#held.pop();
    if (last !== undefined && last !== lock) this.#held[this.#held.indexOf(lock)] = last;
    for (const memory of this.#memories) memory.unlocked();
    for (let i = 0; i < this.#waiting.length;) {
      const next = this.#waiting[i];
      if (next === undefined || this.#mustWait(next, i)) {
        i++;
        continue;
      }
      this.#waiting.splice(i, 1);
      this.#hold(next);
      next.granted();
    }
  }

  /** Whether a packet has to wait, since somebody else has locked some of its bytes. */
  keepsOut({ addr, size, requestorId }: Packet): boolean {
    for (const lock of this.#held) {
      if (lock.requestorId !== requestorId && lock.overlaps(addr, size)) return true;
    }
    return false;
  }

  #hold(lock: MemoryLock): void {
    lock.isHeld = true;
    this.#held.push(lock);
  }

  /** Nobody is overtaken by a lock on the same bytes. @param before - how many have waited longer */
  #mustWait(lock: MemoryLock, before: number): boolean {
    if (this.#held.length === 0 && before === 0) return false;
    for (const held of this.#held) if (held.conflicts(lock)) return true;
    for (let i = 0; i < before; i++) if (this.#waiting[i]?.conflicts(lock) === true) return true;
    return this.#memories.some(memory => memory.holdsBack(lock));
  }
}
