/** Packets that wait for their time to be sent. */
import { panic } from '../base/index';
import type { Tick } from '../base/index';
import type { Packet } from './packet';

/**
 * A list of packets in the order of their ticks. Two arrays side by side, so that waiting costs no
 * object; the lists are short.
 */
export class DeferredPackets {
  readonly #packets: Packet[] = [];
  readonly #ticks: Tick[] = [];

  get length(): number {
    return this.#packets.length;
  }

  /** The packet whose time comes first. @throws {PanicError} when there is none */
  get first(): Packet {
    return this.#packets[0] ?? panic('no packet waits');
  }

  /** The tick of the first packet. @throws {PanicError} when there is none */
  get firstTick(): Tick {
    return this.#ticks[0] ?? panic('no packet waits');
  }

  /**
   * Adds a packet behind all that are due no later.
   *
   * @param keepOrder - whether it must not overtake one of the same address
   * @returns whether it is now the first
   */
  insert(pkt: Packet, when: Tick, keepOrder: boolean): boolean {
    const { length } = this.#packets;
    let place = length;
    while (place > 0) {
      const before = this.#packets[place - 1];
      const tick = this.#ticks[place - 1];
      if (before === undefined || tick === undefined || tick <= when) break;
      if (keepOrder && before.matchAddr(pkt)) break;
      place--;
    }
    if (place === length) {
      this.#packets.push(pkt);
      this.#ticks.push(when);
      return length === 0;
    }
    this.#packets.splice(place, 0, pkt);
    this.#ticks.splice(place, 0, when);
    return place === 0;
  }

  /** Puts a packet back where `removeFirst` took it from. */
  putBack(pkt: Packet, when: Tick): void {
    this.#packets.unshift(pkt);
    this.#ticks.unshift(when);
  }

  /** Takes the first packet out. @throws {PanicError} when there is none */
  removeFirst(): Packet {
    this.#ticks.shift();
    return this.#packets.shift() ?? panic('no packet waits');
  }

  /** Lets a functional access meet the packets that wait; whether a read found all its bytes. */
  trySatisfyFunctional(pkt: Packet): boolean {
    return this.#packets.some(waiting => pkt.trySatisfyFunctional(waiting));
  }

  /** Whether a packet for the same block waits. `blockSize` is a power of two. */
  checkConflict(pkt: Packet, blockSize: number): boolean {
    const block = Math.floor(pkt.addr / blockSize);
    return this.#packets.some(
      waiting =>
        Math.floor(waiting.addr / blockSize) === block && waiting.req.isSecure === pkt.req.isSecure,
    );
  }
}
