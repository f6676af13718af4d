/** Packets on their way out of a port. Source: gem5 `mem/packet_queue.{hh,cc}`. */
import { debugFlag, dprintf, MaxTick, panic } from '../base/index';
import type { Tick } from '../base/index';
import { EventFunctionWrapper } from '../sim/index';
import type { Drainable, SimObject } from '../sim/index';
import { DeferredPackets } from './deferredPackets';
import type { Packet } from './packet';
import { PrintReqState } from './printReqState';

/** Traces packets that wait to be sent. */
export const PacketQueueFlag = debugFlag('PacketQueue', 'Packets that wait to be sent');

/** More packets than this in a queue are a bug: something does not respect its own limits. */
const SANE_LENGTH = 1024;

/**
 * Sends packets when their time has come, one after the other, and again when they were refused. It
 * has one event, for the first packet.
 */
export class PacketQueue implements Drainable {
  readonly #owner: SimObject;
  readonly #name: string;
  readonly #send: (pkt: Packet) => boolean;
  readonly #keepOrder: boolean;
  readonly #packets = new DeferredPackets();
  readonly #sendEvent: EventFunctionWrapper;
  #waitingOnRetry = false;

  /**
   * @param owner - the object whose port it is
   * @param name - for messages, such as `system.membus.cpu_side_port[0]-RespPacketQueue`
   * @param send - sends a packet; false when it is refused
   * @param keepOrder - whether packets of the same address must not overtake each other
   */
  constructor(owner: SimObject, name: string, send: (pkt: Packet) => boolean, keepOrder = false) {
    this.#owner = owner;
    this.#name = name;
    this.#send = send;
    this.#keepOrder = keepOrder;
    this.#sendEvent = new EventFunctionWrapper(() => {
      this.#sendDeferredPacket();
    }, name);
    owner.simulation.drainManager.register(this);
  }

  name(): string {
    return this.#name;
  }

  /** The number of packets that wait. */
  get size(): number {
    return this.#packets.length;
  }

  /**
   * Sends a packet at a tick, or as soon after it as the receiver allows.
   *
   * @throws {PanicError} when the tick is past, or the queue has grown beyond all bounds
   */
  schedSendTiming(pkt: Packet, when: Tick): void {
    if (when < this.#owner.curTick()) {
      panic(`${this.#name}: cannot send ${pkt.toString()} at ${String(when)}, which is past`);
    }
    if (pkt.isExpressSnoop()) panic(`${this.#name}: express snoop ${pkt.toString()} cannot wait`);
    if (this.#packets.length > SANE_LENGTH) {
      panic(`Packet queue ${this.#name} has grown beyond ${String(SANE_LENGTH)} packets`);
    }
    if (PacketQueueFlag.enabled) {
      const text = `Waiting until ${String(when)}: ${pkt.toString()}`;
      dprintf(PacketQueueFlag, this.#owner.curTick(), this.#name, text);
    }
    if (this.#packets.insert(pkt, when, this.#keepOrder)) this.#schedSendEvent(when);
  }

  /** The receiver that refused a packet can take it. */
  retry(): void {
    if (!this.#waitingOnRetry) panic(`${this.#name} gets a retry that it has not asked for`);
    this.#waitingOnRetry = false;
    this.#sendDeferredPacket();
  }

  /** Lets a functional access meet the packets that wait; whether a read found all its bytes. */
  trySatisfyFunctional(pkt: Packet): boolean {
    const state =
      pkt.isPrint() && pkt.senderState instanceof PrintReqState ? pkt.senderState : null;
    state?.pushLabel(this.#name);
    const found = this.#packets.trySatisfyFunctional(pkt);
    state?.popLabel();
    return found;
  }

  /** Whether a packet for the same block waits. */
  checkConflict(pkt: Packet, blockSize: number): boolean {
    return this.#packets.checkConflict(pkt, blockSize);
  }

  #schedSendEvent(when: Tick): void {
    if (this.#waitingOnRetry) return;
    // At the earliest in the next tick, so that whoever is being served now finishes first.
    const tick = Math.max(when, this.#owner.curTick() + 1);
    if (!this.#sendEvent.scheduled) this.#owner.schedule(this.#sendEvent, tick);
    else if (tick < this.#sendEvent.when) this.#owner.reschedule(this.#sendEvent, tick);
  }

  #sendDeferredPacket(): void {
    // Out of the list before it is sent: the receiver may at once cause the next packet.
    const when = this.#packets.firstTick;
    const pkt = this.#packets.removeFirst();
    if (!this.#send(pkt)) {
      this.#packets.putBack(pkt, when);
      this.#waitingOnRetry = true;
      if (this.#sendEvent.scheduled) this.#owner.deschedule(this.#sendEvent);
      return;
    }
    if (this.#packets.length > 0) this.#schedSendEvent(this.#packets.firstTick);
    else if (!this.#sendEvent.scheduled) this.#owner.simulation.drainManager.signalDrainDone(this);
  }

  /** When the first packet is due; `MaxTick` when none waits. */
  get readyTime(): Tick {
    return this.#packets.length === 0 ? MaxTick : this.#packets.firstTick;
  }

  drain(): 'Draining' | 'Drained' {
    return this.#packets.length === 0 ? 'Drained' : 'Draining';
  }

  whyNotDrained(): string {
    const { length, firstTick } = this.#packets;
    if (length === 0) return '';
    const packets = length === 1 ? '1 packet' : `${String(length)} packets`;
    return this.#waitingOnRetry
      ? `${packets} refused by the receiver`
      : `${packets} to be sent, the first at tick ${String(firstTick)}`;
  }

  drainResume(): void {
    // Nothing has stopped.
  }

  notifyFork(): void {
    // Nothing is shared with the parent.
  }
}
