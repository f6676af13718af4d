/** The ports of crossbars: each passes what it hears on to the crossbar, with its own id. */
import type { AddrRange, Tick } from '../base/index';
import type { SimObject } from '../sim/index';
import type { Packet } from './packet';
import { QueuedResponsePort } from './queuedResponsePort';
import { RequestPort } from './requestPort';

/** What the ports of a crossbar tell it. Ids are the ports' places among those of their side. */
export interface XBarTraffic {
  getAddrRanges(): readonly AddrRange[];
  recvAtomic(pkt: Packet, cpuSideId: number): Tick;
  recvFunctional(pkt: Packet, cpuSideId: number): void;
  recvTimingReq(pkt: Packet, cpuSideId: number): boolean;
  recvTimingSnoopResp(pkt: Packet, cpuSideId: number): boolean;
  tryTiming(pkt: Packet): boolean;
  recvTimingResp(pkt: Packet, memSideId: number): boolean;
  recvReqRetry(memSideId: number): void;
  recvRangeChange(memSideId: number): void;
  recvAtomicSnoop(pkt: Packet, memSideId: number): Tick;
  recvFunctionalSnoop(pkt: Packet, memSideId: number): void;
  recvTimingSnoopReq(pkt: Packet, memSideId: number): void;
  recvRetrySnoopResp(memSideId: number): void;
  /** Whether the crossbar passes snoops on, so that those below must send them. */
  readonly forwardsSnoops: boolean;
}

/** A port towards CPUs and caches. */
export class XBarResponsePort extends QueuedResponsePort {
  readonly #xbar: XBarTraffic;

  constructor(name: string, xbar: SimObject & XBarTraffic, id: number) {
    super(name, xbar, id);
    this.#xbar = xbar;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#xbar.getAddrRanges();
  }

  override recvAtomic(pkt: Packet): Tick {
    return this.#xbar.recvAtomic(pkt, this.id);
  }

  override recvFunctional(pkt: Packet): void {
    this.#xbar.recvFunctional(pkt, this.id);
  }

  override recvTimingReq(pkt: Packet): boolean {
    return this.#xbar.recvTimingReq(pkt, this.id);
  }

  override tryTiming(pkt: Packet): boolean {
    return this.#xbar.tryTiming(pkt);
  }

  override recvTimingSnoopResp(pkt: Packet): boolean {
    return this.#xbar.recvTimingSnoopResp(pkt, this.id);
  }
}

/** A port towards memories and devices. */
export class XBarRequestPort extends RequestPort {
  readonly #xbar: XBarTraffic;

  constructor(name: string, xbar: SimObject & XBarTraffic, id: number) {
    super(name, xbar, id);
    this.#xbar = xbar;
  }

  override isSnooping(): boolean {
    return this.#xbar.forwardsSnoops;
  }

  override recvTimingResp(pkt: Packet): boolean {
    return this.#xbar.recvTimingResp(pkt, this.id);
  }

  override recvReqRetry(): void {
    this.#xbar.recvReqRetry(this.id);
  }

  override recvRangeChange(): void {
    this.#xbar.recvRangeChange(this.id);
  }

  override recvAtomicSnoop(pkt: Packet): Tick {
    return this.#xbar.recvAtomicSnoop(pkt, this.id);
  }

  override recvFunctionalSnoop(pkt: Packet): void {
    this.#xbar.recvFunctionalSnoop(pkt, this.id);
  }

  override recvTimingSnoopReq(pkt: Packet): void {
    this.#xbar.recvTimingSnoopReq(pkt, this.id);
  }

  override recvRetrySnoopResp(): void {
    this.#xbar.recvRetrySnoopResp(this.id);
  }
}

/**
 * Stands for a CPU-side port among the sources of responses: for the layers, a cache that answers a
 * snoop is one more responder.
 */
export class SnoopRespPort extends RequestPort {
  readonly #cpuSidePort: QueuedResponsePort;

  constructor(cpuSidePort: QueuedResponsePort) {
    super(`${cpuSidePort.name()}.snoopRespPort`, cpuSidePort.owner);
    this.#cpuSidePort = cpuSidePort;
  }

  /** The cache may send its answer again. */
  override sendRetryResp(): void {
    this.#cpuSidePort.sendRetrySnoopResp();
  }
}
