/**
 * The port that receives requests and sends responses. Source: gem5 `mem/port.hh`,
 * `mem/protocol/`.
 */
import { fatal, panic } from '../base/index';
import type { AddrRange, Tick } from '../base/index';
import { Port } from '../sim/index';
import type { Packet } from './packet';
import type { RequestPort } from './requestPort';

/** A responder's end of a connection. `RequestPort` describes the protocols. */
export abstract class ResponsePort extends Port {
  #requestPort: RequestPort | null = null;

  /** Does nothing: the requestor's `bind` does the work for both ends. */
  override bind(_peer: Port): void {
    // See responderBind.
  }

  /** Does nothing: the requestor's `unbind` does the work for both ends. */
  override unbind(): void {
    // See responderUnbind.
  }

  /** Called by the requestor's `bind`. @throws {PanicError} when connected already */
  responderBind(requestPort: RequestPort): void {
    super.bind(requestPort);
    this.#requestPort = requestPort;
  }

  /** Called by the requestor's `unbind`. */
  responderUnbind(): void {
    super.unbind();
    this.#requestPort = null;
  }

  /** The requestor's end. @throws {FatalError} when there is none */
  get requestPort(): RequestPort {
    return this.#requestPort ?? this.reportUnbound();
  }

  /** Whether the requestor is a cache that wants to see what others do. */
  isSnooping(): boolean {
    return this.requestPort.isSnooping();
  }

  /**
   * Tells the requestor to ask for the address ranges again. Every responder calls this in `init`.
   *
   * @throws {FatalError} when the port is not connected
   */
  sendRangeChange(): void {
    if (this.#requestPort === null) {
      fatal(`${this.name()} cannot announce its address ranges: connect it to a request port`);
    }
    this.#requestPort.recvRangeChange();
  }

  /**
   * Hands a response over.
   *
   * @returns false when the requestor cannot take it; it will call `recvRespRetry` once
   */
  sendTimingResp(pkt: Packet): boolean {
    return this.requestPort.recvTimingResp(pkt);
  }

  /** Tells the requestor that it may send again the request that was refused. */
  sendRetryReq(): void {
    this.requestPort.recvReqRetry();
  }

  /** Tells the requestor that it may send again the snoop response that was refused. */
  sendRetrySnoopResp(): void {
    this.requestPort.recvRetrySnoopResp();
  }

  /** Shows the requestor somebody else's atomic access. */
  sendAtomicSnoop(pkt: Packet): Tick {
    return this.requestPort.recvAtomicSnoop(pkt);
  }

  /** Shows the requestor somebody else's functional access. */
  sendFunctionalSnoop(pkt: Packet): void {
    this.requestPort.recvFunctionalSnoop(pkt);
  }

  /** Shows the requestor somebody else's timing request. */
  sendTimingSnoopReq(pkt: Packet): void {
    this.requestPort.recvTimingSnoopReq(pkt);
  }

  /** The address ranges that this responder answers for; they must not overlap. */
  abstract getAddrRanges(): readonly AddrRange[];

  /** Does an access at once and turns the packet around; returns the ticks that it would take. */
  abstract recvAtomic(pkt: Packet): Tick;

  /** Reads or writes the state of this moment. */
  abstract recvFunctional(pkt: Packet): void;

  /**
   * A request has come.
   *
   * @returns false to refuse it now and call `sendRetryReq` once, later
   */
  recvTimingReq(pkt: Packet): boolean {
    return panic(`${this.name()} does not expect a timing request: ${pkt.toString()}`);
  }

  /** Whether this request would be taken now. */
  tryTiming(pkt: Packet): boolean {
    return panic(`${this.name()} cannot say whether it would take ${pkt.toString()}`);
  }

  /** The response to a snoop has come; false refuses it until `sendRetrySnoopResp`. */
  recvTimingSnoopResp(pkt: Packet): boolean {
    return panic(`${this.name()} does not expect a snoop response: ${pkt.toString()}`);
  }

  /** The requestor that refused a response may be able to take it now. */
  recvRespRetry(): void {
    panic(`${this.name()} does not expect a retry of a response`);
  }
}
