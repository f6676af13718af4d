/** Packets on their way out of a port. Source: gem5 `mem/packet_queue.{hh,cc}`. */
import { debugFlag, dprintf, MaxTick, panic } from '../base/index';
import type { Tick } from '../base/index';
import { EventFunctionWrapper } from '../sim/index';
import type { Drainable, EventQueue, SimObject } from '../sim/index';
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
  readonly #events: EventQueue;
  #waitingOnRetry = false;
  /** Whether a drain waits for the queue to become empty. */
  #isDraining = false;

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
    this.#events = owner.eventQueue();
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
    // So small that it is compiled into every caller, which then need not make an object of the tick;
    // a method that is private by `#` would have to be checked for.
    pkt.dueTick = when;
    this.wait(pkt);
  }

  private wait(pkt: Packet): void {
    const now = this.#events.curTick;
    if (pkt.dueTick < now || pkt.isExpressSnoop() || this.#packets.length > SANE_LENGTH) {
      this.#refuse(pkt);
    }
    if (PacketQueueFlag.enabled) this.#trace(pkt);
    if (this.#packets.insert(pkt, this.#keepOrder)) this.#schedSendEvent();
  }

  #refuse(pkt: Packet): never {
    if (pkt.isExpressSnoop()) panic(`${this.#name}: express snoop ${pkt.toString()} cannot wait`);
    if (this.#packets.length > SANE_LENGTH) {
      panic(`Packet queue ${this.#name} has grown beyond ${String(SANE_LENGTH)} packets`);
    }
    const when = String(pkt.dueTick);
    return panic(`${this.#name}: cannot send ${pkt.toString()} at ${when}, which is past`);
  }

  #trace(pkt: Packet): void {
    const text = `Waiting until ${String(pkt.dueTick)}: ${pkt.toString()}`;
    dprintf(PacketQueueFlag, this.#events.curTick, this.#name, text);
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

  /** Has the event be there for the first packet. */
  #schedSendEvent(): void {
    if (this.#waitingOnRetry) return;
    const events = this.#events;
    // At the earliest in the next tick, so that whoever is being served now finishes first.
    const tick = Math.max(this.#packets.firstTick, events.curTick + 1);
    if (!this.#sendEvent.scheduled) events.schedule(this.#sendEvent, tick);
    else if (tick < this.#sendEvent.when) events.reschedule(this.#sendEvent, tick);
  }

  #sendDeferredPacket(): void {
    // Out of the list before it is sent: the receiver may at once cause the next packet.
    const pkt = this.#packets.removeFirst();
    if (!this.#send(pkt)) {
      this.#packets.putBack(pkt);
      this.#waitingOnRetry = true;
      if (this.#sendEvent.scheduled) this.#events.deschedule(this.#sendEvent);
      return;
    }
    if (this.#packets.length > 0) this.#schedSendEvent();
    else if (this.#isDraining && !this.#sendEvent.scheduled) this.#drained();
  }

  #drained(): void {
    this.#isDraining = false;
    this.#owner.simulation.drainManager.signalDrainDone(this);
  }

  /** When the first packet is due; `MaxTick` when none waits. */
  get readyTime(): Tick {
    return this.#packets.length === 0 ? MaxTick : this.#packets.firstTick;
  }

  drain(): 'Draining' | 'Drained' {
    this.#isDraining = this.#packets.length > 0;
    return this.#isDraining ? 'Draining' : 'Drained';
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
