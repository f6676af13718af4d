/** Packets that wait for their time to be sent. */
import { panic } from '../base/index';
import type { Tick } from '../base/index';
import type { Packet } from './packet';

/**
 * A list of packets in the order of their ticks. Each carries its tick and the next one, so that
 * waiting costs no object: a packet waits in one list at a time.
 */
export class DeferredPackets {
  #first: Packet | null = null;
  #last: Packet | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** The packet whose time comes first. @throws {PanicError} when there is none */
  get first(): Packet {
    return this.#first ?? panic('no packet waits');
  }

  /** The tick of the first packet. @throws {PanicError} when there is none */
  get firstTick(): Tick {
    return this.first.dueTick;
  }

  /**
   * Adds a packet, whose `dueTick` is set, behind all that are due no later.
   *
   * @param keepOrder - whether it must not overtake one of the same address
   * @returns whether it is now the first
   */
  insert(pkt: Packet, keepOrder: boolean): boolean {
    const last = this.#last;
    if (last !== null && last.dueTick > pkt.dueTick) return this.#insertEarlier(pkt, keepOrder);
    if (last === null) this.#first = pkt;
    else last.nextWaiting = pkt;
    this.#last = pkt;
    this.#length++;
    return last === null;
  }

  /** Puts a packet that is not due last in its place. */
  #insertEarlier(pkt: Packet, keepOrder: boolean): boolean {
    let before: Packet | null = null;
    for (let at = this.#first; at !== null; at = at.nextWaiting) {
      if (at.dueTick <= pkt.dueTick || (keepOrder && at.matchAddr(pkt))) before = at;
    }
    if (before === null) {
      this.putBack(pkt);
      return true;
    }
    pkt.nextWaiting = before.nextWaiting;
    before.nextWaiting = pkt;
    if (this.#last === before) this.#last = pkt;
    this.#length++;
    return false;
  }

  /** Puts a packet in front, where `removeFirst` took it from. */
  putBack(pkt: Packet): void {
    pkt.nextWaiting = this.#first;
    this.#first = pkt;
    this.#last ??= pkt;
    this.#length++;
  }

  /** Takes the first packet out. @throws {PanicError} when there is none */
  removeFirst(): Packet {
    const { first } = this;
    this.#first = first.nextWaiting;
    if (this.#first === null) this.#last = null;
    else first.nextWaiting = null;
    this.#length--;
    return first;
  }

  /** Lets a functional access meet the packets that wait; whether a read found all its bytes. */
  trySatisfyFunctional(pkt: Packet): boolean {
    for (let at = this.#first; at !== null; at = at.nextWaiting) {
      if (pkt.trySatisfyFunctional(at)) return true;
    }
    return false;
  }

  /** Whether a packet of which this holds waits. */
  some(holds: (pkt: Packet) => boolean): boolean {
    for (let at = this.#first; at !== null; at = at.nextWaiting) if (holds(at)) return true;
    return false;
  }

  /** Whether a packet for the same block waits. `blockSize` is a power of two. */
  checkConflict(pkt: Packet, blockSize: number): boolean {
    const block = Math.floor(pkt.addr / blockSize);
    for (let at = this.#first; at !== null; at = at.nextWaiting) {
      const isSame = Math.floor(at.addr / blockSize) === block;
      if (isSame && at.req.isSecure === pkt.req.isSecure) return true;
    }
    return false;
  }
}
