/** The port of a device. Source: gem5 `dev/io_device.hh`, `mem/tport.cc`. */
import { panic } from '../base/index';
import type { AddrRange, Tick } from '../base/index';
import { QueuedResponsePort, type Packet } from '../mem/index';
import type { SimObject } from '../sim/index';

/** What a port needs of its device. */
export interface PioTarget {
  /** The addresses that the device answers for; they must not overlap. */
  getAddrRanges(): readonly AddrRange[];
  /** Fills the packet, and turns it around. @returns ticks that the access takes */
  read(pkt: Packet): Tick;
  /** Takes what the packet brings, and turns it around. @returns ticks that the access takes */
  write(pkt: Packet): Tick;
}

/** Serves every protocol by the device's `read` and `write`; a request is never refused. */
export class PioPort extends QueuedResponsePort {
  readonly #device: PioTarget;

  constructor(device: SimObject & PioTarget) {
    super(`${device.name()}.pio`, device);
    this.#device = device;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#device.getAddrRanges();
  }

  override recvAtomic(pkt: Packet): Tick {
    // Only after the header and the payload have come is the request here.
    const receiveDelay = pkt.headerDelay + pkt.payloadDelay;
    pkt.headerDelay = 0;
    pkt.payloadDelay = 0;
    if (pkt.isRead()) return receiveDelay + this.#device.read(pkt);
    if (pkt.isWrite()) return receiveDelay + this.#device.write(pkt);
    return panic(`${this.name()} expects reads and writes, but got ${pkt.toString()}`);
  }

  /** Debuggers and loaders see what the device would answer, side effects included. */
  override recvFunctional(pkt: Packet): void {
    if (pkt.isPrint() || this.trySatisfyFunctional(pkt)) return;
    this.recvAtomic(pkt);
  }

  override recvTimingReq(pkt: Packet): boolean {
    if (pkt.cacheResponding()) {
      panic(`${this.name()} should not see ${pkt.toString()}: a cache is responding`);
    }
    const needsResponse = pkt.needsResponse();
    const latency = this.recvAtomic(pkt);
    if (needsResponse) this.schedTimingResp(pkt, this.owner.curTick() + latency);
    return true;
  }

  override tryTiming(_pkt: Packet): boolean {
    return true;
  }
}
