/**
 * The port that sends requests and receives responses. Source: gem5 `mem/port.hh`,
 * `mem/protocol/`.
 */
import { debugFlag, fatal, panic } from '../base/index';
import type { AddrRange, Tick } from '../base/index';
import { Port } from '../sim/index';
import type { Packet } from './packet';
import { ResponsePort } from './responsePort';

/** Records in every packet which ports it came through. */
export const PortTrace = debugFlag('PortTrace', 'Record the ports that a packet came through');

/**
 * A requestor's end of a connection. Three protocols run over it, and a simulation uses one of the
 * first two at a time:
 *
 * - *atomic*: `sendAtomic` does the whole access at once and says how long it takes;
 * - *timing*: `sendTimingReq` hands the packet over, and the response comes in `recvTimingResp`.
 *   When it answers false, the sender keeps the packet, sends nothing on this port, and waits for
 *   `recvReqRetry`. When it answers true, the packet belongs to the receiver;
 * - *functional*: `sendFunctional` reads or writes what the system would see at this moment, without
 *   changing its timing.
 *
 * The methods called `recv...` are to be overridden; a port that is never meant to receive
 * something can leave that out.
 */
export abstract class RequestPort extends Port {
  #responsePort: ResponsePort | null = null;

  /**
   * Connects the port to a responder's; does the work for both ends.
   *
   * @throws {FatalError} when the other port receives no requests
   * @throws {PanicError} when one of the two is connected already
   */
  override bind(peer: Port): void {
    if (!(peer instanceof ResponsePort)) {
      fatal(`Can't bind port ${this.name()} to non-response port ${peer.name()}`);
    }
    super.bind(peer);
    this.#responsePort = peer;
    peer.responderBind(this);
  }

  /** Disconnects both ends. */
  override unbind(): void {
    this.#responsePort?.responderUnbind();
    this.#responsePort = null;
    super.unbind();
  }

  /** The responder's end. @throws {FatalError} when there is none */
  get responsePort(): ResponsePort {
    return this.#responsePort ?? this.reportUnbound();
  }

  /** The address ranges that the responder answers for. */
  getAddrRanges(): readonly AddrRange[] {
    return this.responsePort.getAddrRanges();
  }

  /**
   * Does an access at once: afterwards the packet is its own response.
   *
   * @returns the ticks that it would take
   */
  sendAtomic(pkt: Packet): Tick {
    if (PortTrace.enabled) this.#trace(pkt);
    return this.responsePort.recvAtomic(pkt);
  }

  /** Reads or writes the state of this moment, wherever it is. */
  sendFunctional(pkt: Packet): void {
    if (PortTrace.enabled) this.#trace(pkt);
    this.responsePort.recvFunctional(pkt);
  }

  /**
   * Hands a request over.
   *
   * @returns false when the responder cannot take it; it will call `recvReqRetry` once
   */
  sendTimingReq(pkt: Packet): boolean {
    if (PortTrace.enabled) this.#trace(pkt);
    const taken = this.responsePort.recvTimingReq(pkt);
    if (!taken && pkt.portTrace !== null) pkt.portTrace.pop();
    return taken;
  }

  /** Whether the responder could take this request now. */
  tryTiming(pkt: Packet): boolean {
    return this.responsePort.tryTiming(pkt);
  }

  /** Hands the response to a snoop over; false means wait for `recvRetrySnoopResp`. */
  sendTimingSnoopResp(pkt: Packet): boolean {
    return this.responsePort.recvTimingSnoopResp(pkt);
  }

  /** Tells the responder that it may send again the response that was refused. */
  sendRetryResp(): void {
    this.responsePort.recvRespRetry();
  }

  /** Whether the requestor is a cache that wants to see what others do. */
  isSnooping(): boolean {
    return false;
  }

  /**
   * A response has come.
   *
   * @returns false to refuse it now and call `sendRetryResp` later
   */
  recvTimingResp(pkt: Packet): boolean {
    return panic(`${this.name()} does not expect a timing response: ${pkt.toString()}`);
  }

  /** The responder that refused a request may be able to take it now. */
  recvReqRetry(): void {
    panic(`${this.name()} does not expect a retry of a request`);
  }

  /** The address ranges of the responder have changed. */
  recvRangeChange(): void {
    // A requestor that does not route needs no ranges.
  }

  /** Somebody else's atomic access passes by. */
  recvAtomicSnoop(pkt: Packet): Tick {
    return panic(`${this.name()} does not expect an atomic snoop: ${pkt.toString()}`);
  }

  /** Somebody else's functional access passes by. */
  recvFunctionalSnoop(pkt: Packet): void {
    panic(`${this.name()} does not expect a functional snoop: ${pkt.toString()}`);
  }

  /** Somebody else's timing request passes by. It cannot be refused. */
  recvTimingSnoopReq(pkt: Packet): void {
    panic(`${this.name()} does not expect a timing snoop request: ${pkt.toString()}`);
  }

  /** The responder that refused the response to a snoop may be able to take it now. */
  recvRetrySnoopResp(): void {
    panic(`${this.name()} does not expect a retry of a snoop response`);
  }

  #trace(pkt: Packet): void {
    pkt.portTrace ??= [];
    pkt.portTrace.push(`${this.name()} -> ${this.responsePort.name()}`);
  }
}
