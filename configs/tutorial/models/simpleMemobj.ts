/** A memory object that passes packets on, one at a time, in both directions. */
import {
  debugFlag,
  defineSchema,
  dprintf,
  nodeClass,
  panic,
  requestPort,
  RequestPort,
  responsePort,
  ResponsePort,
  SimObject,
  simObjectSchema,
  type AddrRange,
  type Packet,
  type Port,
  type Tick,
} from 'mini-gem5/model';

/** Traces the packets that pass. */
export const Memobj = debugFlag('SimpleMemobj', 'Packets that pass the simple memory object');

const simpleMemobjSchema = defineSchema('SimpleMemobj', simObjectSchema, {
  description: 'Passes packets on, one at a time',
  ports: {
    cpuSide: responsePort('receives requests'),
    memSide: requestPort('sends requests'),
  },
});

/** The model behind `SimpleMemobj`. */
export class SimpleMemobjModel extends SimObject {
  static override readonly schema = simpleMemobjSchema;
  readonly cpuSide = new CpuSidePort(`${this.name()}.cpu_side`, this);
  readonly memSide = new MemSidePort(`${this.name()}.mem_side`, this);
  /** A request is on its way; the next one must wait for its response. */
  #blocked = false;

  override getPort(name: string, index: number): Port {
    if (name === 'cpuSide') return this.cpuSide;
    return name === 'memSide' ? this.memSide : super.getPort(name, index);
  }

  /** Takes a request unless one is on its way. */
  handleRequest(pkt: Packet): boolean {
    if (this.#blocked) return false;
    this.#trace('request', pkt);
    this.#blocked = true;
    this.memSide.sendPacket(pkt);
    return true;
  }

  /** Passes a response on; after that the next request can come. */
  handleResponse(pkt: Packet): void {
    this.#trace('response', pkt);
    // Free before the response is sent: whoever receives it may send the next request at once.
    this.#blocked = false;
    this.cpuSide.sendPacket(pkt);
    this.cpuSide.trySendRetry();
  }

  #trace(what: string, pkt: Packet): void {
    if (Memobj.enabled) dprintf(Memobj, this.curTick(), this.name(), `${what} ${pkt.toString()}`);
  }
}

class CpuSidePort extends ResponsePort {
  readonly #memobj: SimpleMemobjModel;
  #blockedPacket: Packet | null = null;
  #needRetry = false;

  constructor(name: string, memobj: SimpleMemobjModel) {
    super(name, memobj);
    this.#memobj = memobj;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#memobj.memSide.getAddrRanges();
  }

  // Atomic: the whole access is one nested call, which returns how long it takes.
  override recvAtomic(pkt: Packet): Tick {
    return this.#memobj.memSide.sendAtomic(pkt);
  }

  // Functional: what is true now, without any time passing.
  override recvFunctional(pkt: Packet): void {
    this.#memobj.memSide.sendFunctional(pkt);
  }

  // Timing: `false` obliges this port to call sendRetryReq() once, later.
  override recvTimingReq(pkt: Packet): boolean {
    const taken = this.#memobj.handleRequest(pkt);
    if (!taken) this.#needRetry = true;
    return taken;
  }

  /** Sends a response, or keeps it until the requestor can take it. */
  sendPacket(pkt: Packet): void {
    if (this.#blockedPacket !== null) panic(`${this.name()} already has a response to send`);
    if (!this.sendTimingResp(pkt)) this.#blockedPacket = pkt;
  }

  override recvRespRetry(): void {
    const pkt = this.#blockedPacket ?? panic(`${this.name()} has no response to send again`);
    this.#blockedPacket = null;
    this.sendPacket(pkt);
    this.trySendRetry();
  }

  /** Calls back a requestor that was refused, if there is one and its request can be taken. */
  trySendRetry(): void {
    if (!this.#needRetry || this.#blockedPacket !== null) return;
    this.#needRetry = false;
    this.sendRetryReq();
  }
}

class MemSidePort extends RequestPort {
  readonly #memobj: SimpleMemobjModel;
  #blockedPacket: Packet | null = null;

  constructor(name: string, memobj: SimpleMemobjModel) {
    super(name, memobj);
    this.#memobj = memobj;
  }

  /** Sends a request, or keeps it until the responder can take it. */
  sendPacket(pkt: Packet): void {
    if (this.#blockedPacket !== null) panic(`${this.name()} already has a request to send`);
    if (!this.sendTimingReq(pkt)) this.#blockedPacket = pkt;
  }

  override recvReqRetry(): void {
    const pkt = this.#blockedPacket ?? panic(`${this.name()} has no request to send again`);
    this.#blockedPacket = null;
    this.sendPacket(pkt);
  }

  override recvTimingResp(pkt: Packet): boolean {
    this.#memobj.handleResponse(pkt);
    return true;
  }

  // The memory says where it lies; whoever is above wants to know.
  override recvRangeChange(): void {
    this.#memobj.cpuSide.sendRangeChange();
  }
}

/** The class for scripts. */
export const SimpleMemobj = nodeClass(SimpleMemobjModel, simpleMemobjSchema);
