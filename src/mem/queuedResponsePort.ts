/** A responder's port with a queue of responses. Source: gem5 `mem/qport.hh`. */
import type { Tick } from '../base/index';
import type { SimObject } from '../sim/index';
import type { Packet } from './packet';
import { PacketQueue } from './packetQueue';
import { ResponsePort } from './responsePort';

/** A responder's end whose responses wait in a queue, so that sending one never fails. */
export abstract class QueuedResponsePort extends ResponsePort {
  readonly #queue: PacketQueue;

  constructor(name: string, owner: SimObject, id?: number) {
    super(name, owner, id);
    this.#queue = new PacketQueue(owner, `${name}-RespPacketQueue`, pkt =>
      this.sendTimingResp(pkt),
    );
  }

  /** Sends a response at a tick, or as soon after it as the requestor allows. */
  schedTimingResp(pkt: Packet, when: Tick): void {
    this.#queue.schedSendTiming(pkt, when);
  }

  /** Lets a functional access meet the waiting responses; whether a read found all its bytes. */
  trySatisfyFunctional(pkt: Packet): boolean {
    return this.#queue.trySatisfyFunctional(pkt);
  }

  override recvRespRetry(): void {
    this.#queue.retry();
  }
}
