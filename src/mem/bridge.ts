/** A bridge between two crossbars. Source: gem5 `mem/bridge.{hh,cc}`, `mem/Bridge.py`. */
import { AddrRange, debugFlag, dprintf, MaxAddr, panic } from '../base/index';
import type { Cycles, Tick } from '../base/index';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  EventFunctionWrapper,
  param,
  requestPort,
  responsePort,
  vectorParam,
} from '../sim/index';
import type { ParamsOf, Port } from '../sim/index';
import type { Packet } from './packet';
import { PrintReqState } from './printReqState';
import { RequestPort } from './requestPort';
import { ResponsePort } from './responsePort';

/** Traces packets on bridges. */
export const BridgeFlag = debugFlag('Bridge', 'Packets that cross bridges');

export const bridgeSchema = defineSchema('Bridge', clockedObjectSchema, {
  description: 'Passes requests to another crossbar, with a delay and room for some at a time',
  params: {
    reqSize: param.Unsigned(16, 'number of requests that wait at most'),
    respSize: param.Unsigned(16, 'number of responses that are on their way at most'),
    delay: param.Latency('0ns', 'time that a packet takes to cross'),
    ranges: vectorParam.AddrRange(
      () => [new AddrRange(0, MaxAddr)],
      'addresses of what is on the other side',
    ),
  },
  ports: {
    memSidePort: requestPort('towards what answers'),
    cpuSidePort: responsePort('towards who asks'),
  },
});

/** Parameters of a `Bridge`. */
export type BridgeParams = ParamsOf<typeof bridgeSchema>;

/**
 * Takes a request when there is room for it and, if it gets a response, for that too: so responses
 * are never refused, and two crossbars that wait for each other cannot lock up.
 */
export class Bridge extends ClockedObject {
  static override readonly schema = bridgeSchema;

  readonly #cpuSide: BridgeResponsePort;
  readonly #memSide: BridgeRequestPort;

  constructor(params: BridgeParams) {
    super(params);
    const delay = this.ticksToCycles(params.delay);
    this.#memSide = new BridgeRequestPort(this, delay, params.reqSize);
    this.#cpuSide = new BridgeResponsePort(this, delay, params, this.#memSide);
    this.#memSide.cpuSide = this.#cpuSide;
  }

  override readonly mayStartFresh = true;

  override getPort(name: string, index: number): Port {
    if (name === 'memSidePort') return this.#memSide;
    if (name === 'cpuSidePort') return this.#cpuSide;
    return super.getPort(name, index);
  }

  override init(): void {
    super.init();
    this.#cpuSide.sendRangeChange();
  }

  override drain(): 'Draining' | 'Drained' {
    return this.#isIdle ? 'Drained' : 'Draining';
  }

  /** See {@link Drainable.whyNotDrained}. */
  whyNotDrained(): string {
    const parts = [
      [this.#memSide.queue.length, 'requests to be sent'],
      [this.#cpuSide.outstanding, 'responses to come'],
    ] as const;
    return parts
      .filter(([count]) => count > 0)
      .map(([count, what]) => `${String(count)} ${what}`)
      .join(', ');
  }

  get #isIdle(): boolean {
    return this.#memSide.queue.length === 0 && this.#cpuSide.outstanding === 0;
  }

  /** Called by the ports when a packet has left. */
  packetLeft(): void {
    if (this.#isIdle) this.signalDrainDone();
  }

  /** Traces a packet. Test `BridgeFlag.enabled` first. */
  trace(what: string, pkt: Packet): void {
    dprintf(BridgeFlag, this.curTick(), this.name(), `${what} ${pkt.toString()}`);
  }
}

/** Packets that cross, in order: each leaves when its time has come and the receiver takes it. */
class CrossingQueue {
  readonly #bridge: Bridge;
  readonly #packets: Packet[] = [];
  readonly #ticks: Tick[] = [];
  readonly #sendEvent: EventFunctionWrapper;

  /** @param trySend - called when the first packet is due */
  constructor(bridge: Bridge, name: string, trySend: () => void) {
    this.#bridge = bridge;
    this.#sendEvent = new EventFunctionWrapper(trySend, name);
  }

  get length(): number {
    return this.#packets.length;
  }

  /** The packet that leaves next. @throws {PanicError} when there is none */
  get first(): Packet {
    return this.#packets[0] ?? panic(`${this.#bridge.name()} has nothing to send`);
  }

  /** Adds a packet. */
  push(pkt: Packet, when: Tick): void {
    this.#packets.push(pkt);
    this.#ticks.push(when);
    // The packets behind the first have their turn when it has left.
    if (this.#packets.length === 1) this.#bridge.schedule(this.#sendEvent, when);
  }

  /** The first packet has left. */
  shift(): void {
    this.#packets.shift();
    this.#ticks.shift();
    const next = this.#ticks[0];
    if (next !== undefined) {
      this.#bridge.schedule(this.#sendEvent, Math.max(next, this.#bridge.clockEdge()));
    }
  }

  /** Lets a functional access meet the packets that wait; whether a read found all its bytes. */
  trySatisfyFunctional(pkt: Packet): boolean {
    return this.#packets.some(waiting => pkt.trySatisfyFunctional(waiting));
  }
}

/** When a packet that comes now may leave: its header and payload have to come in first. */
function departure(bridge: Bridge, delay: Cycles, pkt: Packet): Tick {
  const receiveDelay = pkt.headerDelay + pkt.payloadDelay;
  pkt.headerDelay = 0;
  pkt.payloadDelay = 0;
  return bridge.clockEdge(delay) + receiveDelay;
}

/** The side that asks the far crossbar. */
class BridgeRequestPort extends RequestPort {
  readonly queue: CrossingQueue;
  readonly #bridge: Bridge;
  readonly #delay: Cycles;
  readonly #limit: number;
  #cpuSide: BridgeResponsePort | null = null;

  constructor(bridge: Bridge, delay: Cycles, limit: number) {
    super(`${bridge.name()}.mem_side_port`, bridge);
    this.#bridge = bridge;
    this.#delay = delay;
    this.#limit = limit;
    this.queue = new CrossingQueue(bridge, this.name(), () => {
      this.#trySend();
    });
  }

  /** The port on the other side. */
  get cpuSide(): BridgeResponsePort {
    return this.#cpuSide ?? panic(`${this.name()} has no other side`);
  }

  set cpuSide(port: BridgeResponsePort) {
    this.#cpuSide = port;
  }

  get isFull(): boolean {
    return this.queue.length >= this.#limit;
  }

  /** Takes a request that has room. */
  accept(pkt: Packet): void {
    this.queue.push(pkt, departure(this.#bridge, this.#delay, pkt));
  }

  #trySend(): void {
    const { first } = this.queue;
    if (BridgeFlag.enabled) this.#bridge.trace('request', first);
    if (!this.sendTimingReq(first)) return;
    this.queue.shift();
    // Who was refused may still find no room for the response, and is then refused again.
    this.cpuSide.retryStalled();
    this.#bridge.packetLeft();
  }

  override recvReqRetry(): void {
    this.#trySend();
  }

  /** Never refuses: room for the response was kept. */
  override recvTimingResp(pkt: Packet): boolean {
    if (BridgeFlag.enabled) this.#bridge.trace('response', pkt);
    this.cpuSide.queue.push(pkt, departure(this.#bridge, this.#delay, pkt));
    return true;
  }
}

/** The side that the near crossbar asks. */
class BridgeResponsePort extends ResponsePort {
  readonly queue: CrossingQueue;
  /** Requests that were taken and whose responses have not left. */
  outstanding = 0;
  readonly #bridge: Bridge;
  readonly #delay: Cycles;
  readonly #limit: number;
  readonly #ranges: readonly AddrRange[];
  readonly #memSide: BridgeRequestPort;
  /** A request was refused; its sender waits. */
  #retryReq = false;

  constructor(bridge: Bridge, delay: Cycles, params: BridgeParams, memSide: BridgeRequestPort) {
    super(`${bridge.name()}.cpu_side_port`, bridge);
    this.#bridge = bridge;
    this.#delay = delay;
    this.#limit = params.respSize;
    this.#ranges = params.ranges;
    this.#memSide = memSide;
    this.queue = new CrossingQueue(bridge, this.name(), () => {
      this.#trySend();
    });
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#ranges;
  }

  #refuseResponding(pkt: Packet): void {
    if (pkt.cacheResponding()) {
      panic(`${this.name()} should not see ${pkt.toString()}: a cache is responding`);
    }
  }

  override recvAtomic(pkt: Packet): Tick {
    this.#refuseResponding(pkt);
    return this.#bridge.cyclesToTicks(this.#delay) + this.#memSide.sendAtomic(pkt);
  }

  override recvFunctional(pkt: Packet): void {
    const state =
      pkt.isPrint() && pkt.senderState instanceof PrintReqState ? pkt.senderState : null;
    state?.pushLabel(this.name());
    // Responses are newer than what is beyond, and so are the writes that wait.
    const found =
      this.queue.trySatisfyFunctional(pkt) || this.#memSide.queue.trySatisfyFunctional(pkt);
    state?.popLabel();
    if (!found) this.#memSide.sendFunctional(pkt);
    else if (pkt.needsResponse()) pkt.makeResponse();
  }

  override recvTimingReq(pkt: Packet): boolean {
    this.#refuseResponding(pkt);
    if (this.#retryReq) return false;
    const needsResponse = pkt.needsResponse();
    if (this.#memSide.isFull || (needsResponse && this.outstanding >= this.#limit)) {
      if (BridgeFlag.enabled) this.#bridge.trace('no room for', pkt);
      this.#retryReq = true;
      return false;
    }
    if (needsResponse) this.outstanding++;
    this.#memSide.accept(pkt);
    return true;
  }

  override tryTiming(pkt: Packet): boolean {
    const full = pkt.needsResponse() && this.outstanding >= this.#limit;
    return !this.#retryReq && !full && !this.#memSide.isFull;
  }

  /** There is room for a request: whoever was refused may send again. */
  retryStalled(): void {
    if (!this.#retryReq) return;
    this.#retryReq = false;
    this.sendRetryReq();
  }

  #trySend(): void {
    const { first } = this.queue;
    if (!this.sendTimingResp(first)) return;
    this.queue.shift();
    this.outstanding--;
    if (!this.#memSide.isFull) this.retryStalled();
    this.#bridge.packetLeft();
  }

  override recvRespRetry(): void {
    this.#trySend();
  }
}
