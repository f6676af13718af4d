/** Load-locked and store-conditional tracking in memory. Source: gem5 `mem/abstract_mem.{hh,cc}`. */
import { debugFlag, dprintf, roundDown } from '../base/index';
import type { Addr, ContextID } from '../base/index';
import type { Request } from './request';

/** Traces locks being taken and lost. */
export const LLSC = debugFlag('LLSC', 'Load-locked and store-conditional operations');

/** Locks are kept for pieces of this many bytes. */
const LOCK_GRANULE = 16;

/** A lock that a load-locked took. */
export interface LockedAddr {
  /** The address of its 16-byte granule. */
  readonly addr: Addr;
  /** The thread context that holds it. */
  readonly contextId: ContextID;
}

/** What the tracker needs to say and to do. */
export interface LockOwner {
  name(): string;
  curTick(): number;
  /** Another context's lock was lost to a store: clear that context's monitor. */
  clearMonitor(contextId: ContextID): void;
}

/** The locks of one memory: at most one for each thread context. */
export class LockedAddrList {
  readonly #owner: LockOwner;
  #locks: LockedAddr[] = [];

  constructor(owner: LockOwner) {
    this.#owner = owner;
  }

  /** The locks, to be saved. */
  get locks(): readonly LockedAddr[] {
    return this.#locks;
  }

  /** Whether there is no lock, so that a plain store need not be checked. */
  get isEmpty(): boolean {
    return this.#locks.length === 0;
  }

  /** Puts a saved lock back. */
  add(lock: LockedAddr): void {
    this.#locks.push(lock);
  }

  /** A load-locked: the context's lock moves to its address. */
  track(req: Request): void {
    const { contextId } = req;
    const addr = roundDown(req.paddr, LOCK_GRANULE);
    if (LLSC.enabled) {
      const text = `Lock record: context ${String(contextId)} addr 0x${addr.toString(16)}`;
      dprintf(LLSC, this.#owner.curTick(), this.#owner.name(), text);
    }
    this.#locks = this.#locks.filter(lock => lock.contextId !== contextId);
    this.#locks.push({ addr, contextId });
  }

  /**
   * A store: whether it may happen. One that may takes all locks on its address away; a store
   * conditional without a lock may not, and takes nothing away.
   *
   * @param isConditional - whether it is a store conditional; then `req.extraData` gets the result
   */
  check(req: Request, isConditional: boolean): boolean {
    const addr = roundDown(req.paddr, LOCK_GRANULE);
    if (isConditional) {
      const allowed = this.#locks.some(
        lock => lock.addr === addr && lock.contextId === req.contextId,
      );
      req.extraData = allowed ? 1n : 0n;
      if (!allowed) return false;
    }
    const lost = this.#locks.filter(lock => lock.addr === addr);
    if (lost.length === 0) return true;
    this.#locks = this.#locks.filter(lock => lock.addr !== addr);
    for (const { contextId } of lost) {
      if (LLSC.enabled) {
        const text = `Erasing lock record: context ${String(contextId)} addr 0x${addr.toString(16)}`;
        dprintf(LLSC, this.#owner.curTick(), this.#owner.name(), text);
      }
      if (contextId !== req.contextId) this.#owner.clearMonitor(contextId);
    }
    return true;
  }
}
