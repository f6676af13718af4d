/**
 * A memory with a fixed latency and a limited bandwidth. Source: gem5 `mem/simple_mem.{hh,cc}`,
 * `mem/SimpleMemory.py`.
 */
import { panic, type Random } from '../base/index';
import type { AddrRange, Tick } from '../base/index';
import { defineSchema, EventFunctionWrapper, param, responsePort } from '../sim/index';
import type {
  CheckpointIn,
  CheckpointOut,
  EventQueue,
  ParamsOf,
  Port,
  SectionFormat,
} from '../sim/index';
import { AbstractMemory, abstractMemorySchema } from './abstractMemory';
import { DeferredPackets } from './deferredPackets';
import { HeldBackPackets } from './heldBackPackets';
import type { LockedMemory, MemoryLock } from './memoryLocks';
import type { Packet } from './packet';
import { PrintReqState } from './printReqState';
import { ResponsePort } from './responsePort';

/** What a `SimpleMemory` declares. */
export const simpleMemorySchema = defineSchema('SimpleMemory', abstractMemorySchema, {
  description: 'Memory with a fixed latency and a bandwidth limit',
  modelName: 'memory::SimpleMemory',
  params: {
    latency: param.Latency('30ns', 'latency from request to response'),
    latencyVar: param.Latency('0ns', 'latency that is added at random, from 0 to this'),
    bandwidth: param.MemoryBandwidth('12.8GiB/s', 'combined read and write bandwidth'),
  },
  ports: { port: responsePort('receives requests and sends responses', true) },
});

/** Parameters of a `SimpleMemory`. */
export type SimpleMemoryParams = ParamsOf<typeof simpleMemorySchema>;

/**
 * Answers every request after the same time, in order for each address, and takes the next request
 * when the bandwidth allows.
 */
export class SimpleMemory extends AbstractMemory implements LockedMemory {
  static override readonly schema = simpleMemorySchema;

  readonly port: ResponsePort;
  #latency: Tick;
  readonly #paramLatency: Tick;
  readonly #latencyVar: Tick;
  /** Ticks that one byte takes. */
  readonly #ticksPerByte: number;
  readonly #random: Random;
  readonly #queue = new DeferredPackets();
  /** What waits for locked bytes; null before `init`. */
  #heldBack: HeldBackPackets | null = null;
  readonly #releaseEvent: EventFunctionWrapper;
  readonly #dequeueEvent: EventFunctionWrapper;
  readonly #events: EventQueue;
  /** The tick at which the bandwidth of the last request is used up. */
  #busyUntil: Tick = 0;
  /** A request was refused; its sender waits. */
  #retryReq = false;
  /** A response was refused; the sender will call. */
  #retryResp = false;
  /** Whether a drain waits for the queue to become empty. */
  #isDraining = false;

  constructor(params: SimpleMemoryParams) {
    super(params);
    this.#latency = params.latency;
    this.#paramLatency = params.latency;
    this.#latencyVar = params.latencyVar;
    this.#ticksPerByte = params.bandwidth;
    this.#random = params.simulation.random.get(params.name);
    this.port = new MemoryPort(`${params.name}.port`, this);
    this.#events = this.eventQueue();
    this.#releaseEvent = new EventFunctionWrapper(() => {
      this.#release();
    }, params.name);
    this.#dequeueEvent = new EventFunctionWrapper(() => {
      this.#dequeue();
    }, params.name);
  }

  /**
   * Changes the latency of accesses from now on: for a forked child that tries another.
   * @param latency - in ticks, at least 0
   */
  setLatency(latency: Tick): void {
    if (!Number.isSafeInteger(latency) || latency < 0) {
      panic(`${this.name()}: a latency of ${String(latency)} ticks`);
    }
    this.#latency = latency;
  }

  override getPort(name: string, index: number): Port {
    return name === 'port' ? this.port : super.getPort(name, index);
  }

  override get isConnected(): boolean {
    return this.port.isConnected;
  }

  override init(): void {
    super.init();
    const { locks } = this.system;
    this.#heldBack = new HeldBackPackets(locks);
    locks.register(this);
    if (this.port.isConnected) this.port.sendRangeChange();
  }

  /** Does an access at once. @throws {PanicError} when a cache has promised to answer it */
  recvAtomic(pkt: Packet): Tick {
    this.#refuseResponding(pkt);
    this.access(pkt);
    return this.#getLatency();
  }

  /** Reads or writes memory and the responses that wait to be sent. */
  recvFunctional(pkt: Packet): void {
    const state =
      pkt.isPrint() && pkt.senderState instanceof PrintReqState ? pkt.senderState : null;
    state?.pushLabel(this.name());
    this.functionalAccess(pkt);
    this.#queue.trySatisfyFunctional(pkt);
    state?.popLabel();
  }

  /** Takes a request unless the bandwidth is used up. */
  recvTimingReq(pkt: Packet): boolean {
    this.#refuseResponding(pkt);
    if (!pkt.isRead() && !pkt.isWrite()) {
      panic(`${this.name()} should only see reads and writes, but got ${pkt.toString()}`);
    }
    if (this.#retryReq) return false;
    const now = this.#events.curTick;
    if (now < this.#busyUntil) {
      this.#retryReq = true;
      this.#events.schedule(this.#releaseEvent, this.#busyUntil);
      return false;
    }
    const duration = Math.floor(pkt.size * this.#ticksPerByte);
    this.#busyUntil = now + duration;
    if (this.#heldBack?.take(pkt) !== true) this.#perform(pkt);
    return true;
  }

  #perform(pkt: Packet): void {
    // Only after the header and the payload have come is the request here.
    const receiveDelay = pkt.headerDelay + pkt.payloadDelay;
    pkt.headerDelay = 0;
    pkt.payloadDelay = 0;
    const needsResponse = pkt.needsResponse();
    this.access(pkt);
    if (needsResponse) {
      pkt.dueTick = this.#events.curTick + receiveDelay + this.#getLatency();
      this.#enqueue(pkt);
    }
  }

  /** See {@link LockedMemory.holdsBack}. */
  holdsBack(lock: MemoryLock): boolean {
    return this.#heldBack?.holdsBack(lock) === true;
  }

  /** See {@link LockedMemory.unlocked}. */
  unlocked(): void {
    if (!this.#isHoldingBack()) return;
    this.#heldBack?.unlocked(pkt => {
      // They have come in meanwhile.
      pkt.headerDelay = 0;
      pkt.payloadDelay = 0;
      this.#perform(pkt);
    });
    if (this.#isDraining && !this.#isBusy()) this.#drained();
  }

  #isHoldingBack(): boolean {
    return this.#heldBack !== null && this.#heldBack.length > 0;
  }

  #isBusy(): boolean {
    return this.#queue.length > 0 || this.#isHoldingBack();
  }

  /** The requestor that refused a response can take it. */
  recvRespRetry(): void {
    if (!this.#retryResp) panic(`${this.name()} gets a retry that it has not asked for`);
    this.#dequeue();
  }

  #refuseResponding(pkt: Packet): void {
    if (pkt.cacheResponding()) {
      panic(`${this.name()} should not see ${pkt.toString()}: a cache is responding`);
    }
  }

  #enqueue(pkt: Packet): void {
    const isFirst = this.#queue.insert(pkt, true);
    if (this.#retryResp) return;
    if (isFirst || !this.#dequeueEvent.scheduled) this.#scheduleDequeue();
  }

  #scheduleDequeue(): void {
    const when = Math.max(this.#queue.firstTick, this.#events.curTick);
    // Not by `schedule`: where that is not compiled into its caller an object is made of the tick.
    this.#events.reschedule(this.#dequeueEvent, when, true);
  }

  #release(): void {
    this.#retryReq = false;
    this.port.sendRetryReq();
  }

  #dequeue(): void {
    // Out of the queue before it is sent: whoever receives it may at once send the next request.
    const pkt = this.#queue.removeFirst();
    this.#retryResp = false;
    if (!this.port.sendTimingResp(pkt)) {
      this.#queue.putBack(pkt);
      this.#retryResp = true;
      if (this.#dequeueEvent.scheduled) this.#events.deschedule(this.#dequeueEvent);
      return;
    }
    if (this.#queue.length > 0) this.#scheduleDequeue();
    else if (this.#isDraining && !this.#isBusy()) this.#drained();
  }

  #drained(): void {
    this.#isDraining = false;
    this.signalDrainDone();
  }

  #getLatency(): Tick {
    if (this.#latencyVar === 0) return this.#latency;
    return this.#latency + this.#random.nextInt(0, this.#latencyVar);
  }

  override drain(): 'Draining' | 'Drained' {
    this.#isDraining = this.#isBusy();
    return this.#isDraining ? 'Draining' : 'Drained';
  }

  /** See {@link Drainable.whyNotDrained}. */
  whyNotDrained(): string {
    const { length } = this.#queue;
    if (length === 0) return this.#isHoldingBack() ? 'requests for locked bytes' : '';
    return this.#retryResp
      ? `${responses(length)} refused by the requestor`
      : `${responses(length)} to be sent, the first at tick ${String(this.#queue.firstTick)}`;
  }

  override get sectionFormat(): SectionFormat {
    return FORMAT;
  }

  override serialize(checkpoint: CheckpointOut): void {
    super.serialize(checkpoint);
    checkpoint.paramOut('randomState', this.#random.getState());
    checkpoint.paramOut('busyUntil', this.curTick() < this.#busyUntil ? this.#busyUntil : 0);
    // A restore may choose another by the parameter, unless a script has set one since.
    if (this.#latency !== this.#paramLatency) checkpoint.paramOut('latency', this.#latency);
  }

  override unserialize(checkpoint: CheckpointIn): void {
    super.unserialize(checkpoint);
    this.#random.setState(checkpoint.numbers('randomState'));
    if (checkpoint.has('latency')) this.#latency = checkpoint.number('latency');
    this.#busyUntil = checkpoint.number('busyUntil');
  }
}

const responses = (count: number): string =>
  count === 1 ? '1 response' : `${String(count)} responses`;

/** Version 1 did not know whether bandwidth was used up: as if it was not. */
const FORMAT: SectionFormat = {
  version: 2,
  upgraders: [values => void values.set('busyUntil', 0)],
};

class MemoryPort extends ResponsePort {
  readonly #memory: SimpleMemory;

  constructor(name: string, memory: SimpleMemory) {
    super(name, memory);
    this.#memory = memory;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return [this.#memory.range];
  }

  override recvAtomic(pkt: Packet): Tick {
    return this.#memory.recvAtomic(pkt);
  }

  override recvFunctional(pkt: Packet): void {
    this.#memory.recvFunctional(pkt);
  }

  override recvTimingReq(pkt: Packet): boolean {
    return this.#memory.recvTimingReq(pkt);
  }

  override recvRespRetry(): void {
    this.#memory.recvRespRetry();
  }
}
