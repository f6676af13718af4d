/** A fully associative, blocking write-back cache. */
import {
  add,
  ClockedObject,
  clockedObjectSchema,
  debugFlag,
  defineSchema,
  div,
  dprintf,
  fatal,
  Formula,
  Histogram,
  MemCmd,
  nodeClass,
  Packet,
  PacketQueue,
  panic,
  param,
  Parent,
  QueuedResponsePort,
  Request,
  RequestorIDs,
  requestPort,
  RequestPort,
  roundDown,
  Scalar,
  StatGroup,
  unit,
  vectorResponsePort,
  type Addr,
  type AddrRange,
  type Cycles,
  type ParamsOf,
  type Port,
  type System,
  type Tick,
} from 'mini-gem5/model';

/** Traces hits, misses and evictions. */
export const Cache = debugFlag('SimpleCache', 'Hits, misses and evictions of the simple cache');

const simpleCacheSchema = defineSchema('SimpleCache', clockedObjectSchema, {
  description: 'Keeps the blocks that were used last',
  params: {
    system: param.SimObject<System>('System', Parent.any, 'the system it belongs to'),
    latency: param.Cycles(1, 'cycles that a hit takes, and that it takes to find a miss'),
    size: param.MemorySize('16KiB', 'bytes that the cache holds'),
  },
  ports: {
    cpuSide: vectorResponsePort('receive requests'),
    memSide: requestPort('sends requests'),
  },
});

/** A block: its bytes, and whether memory does not know them yet. */
interface Block {
  readonly data: Uint8Array;
  dirty: boolean;
}

/** The request that waits for its block, the port that it came through, and since when. */
interface Miss {
  readonly pkt: Packet;
  readonly port: CpuSidePort;
  readonly since: Tick;
}

class SimpleCacheStats extends StatGroup {
  readonly hits = new Scalar(this, 'hits', unit.Count, 'accesses that found their block');
  readonly misses = new Scalar(this, 'misses', unit.Count, 'accesses that had to wait for it');
  readonly missLatency = new Histogram(
    this,
    'missLatency',
    unit.Tick,
    'time from a miss to its block',
  ).init(4);
  readonly hitRatio = new Formula(
    this,
    'hitRatio',
    unit.Ratio,
    'share of the accesses that were hits',
    div(this.hits, add(this.hits, this.misses)),
  );
}

/** The model behind `SimpleCache`. */
export class SimpleCacheModel extends ClockedObject {
  static override readonly schema = simpleCacheSchema;
  readonly memSide = new MemSidePort(`${this.name()}.mem_side`, this);
  readonly cacheStats = new SimpleCacheStats(this.stats);
  readonly #cpuSide: readonly CpuSidePort[];
  readonly #latency: Cycles;
  readonly #blockSize: number;
  readonly #capacity: number;
  /** By address, least recently used first: a Map keeps the order of insertion. */
  readonly #blocks = new Map<Addr, Block>();
  #miss: Miss | null = null;

  constructor(params: ParamsOf<typeof simpleCacheSchema>) {
    super(params);
    this.#latency = params.latency;
    this.#blockSize = params.system.cacheLineSize();
    this.#capacity = Math.floor(params.size / this.#blockSize);
    if (this.#capacity === 0) {
      fatal(`${params.name}.size is less than a block of ${this.#blockSize} bytes`);
    }
    // A vector port has as many elements as the script has connected.
    this.#cpuSide = Array.from(
      { length: params.portConnectionCount['cpuSide'] ?? 0 },
      (_, index) => new CpuSidePort(`${params.name}.cpu_side[${index}]`, this, index),
    );
  }

  override getPort(name: string, index: number): Port {
    if (name === 'memSide') return this.memSide;
    return (name === 'cpuSide' ? this.#cpuSide[index] : undefined) ?? super.getPort(name, index);
  }

  /** Takes a request unless an earlier one waits for its block. */
  handleRequest(pkt: Packet, port: CpuSidePort): boolean {
    if (this.#miss !== null) return false;
    // The answer, or the search for the block, begins when the cache has looked.
    const when = this.clockEdge(this.#latency);
    if (this.#access(pkt)) {
      this.#countHit(pkt);
      pkt.makeResponse();
      port.schedTimingResp(pkt, when);
    } else {
      this.#countMiss(pkt);
      this.#miss = { pkt, port, since: this.curTick() };
      this.memSide.schedTimingReq(this.#fillPacket(pkt), when);
    }
    return true;
  }

  /** The block has come: the request that waited for it is now a hit. */
  handleResponse(fill: Packet): void {
    const { pkt, port, since } = this.#miss ?? panic(`${this.name()} waits for no block`);
    this.#miss = null;
    this.cacheStats.missLatency.sample(this.curTick() - since);
    const evicted = this.#insert(fill);
    if (evicted !== null) this.memSide.schedTimingReq(evicted, this.nextCycle());
    if (!this.#access(pkt)) panic(`${this.name()}: ${pkt.toString()} misses its own block`);
    pkt.makeResponse();
    port.schedTimingResp(pkt, this.nextCycle());
    for (const waiting of this.#cpuSide) waiting.trySendRetry();
  }

  /** Does an access at once; returns the ticks that it would take. */
  handleAtomic(pkt: Packet): Tick {
    let latency = this.cyclesToTicks(this.#latency);
    if (this.#access(pkt)) {
      this.#countHit(pkt);
    } else {
      this.#countMiss(pkt);
      const fill = this.#fillPacket(pkt);
      latency += this.memSide.sendAtomic(fill);
      this.cacheStats.missLatency.sample(latency);
      const evicted = this.#insert(fill);
      if (evicted !== null) this.memSide.sendAtomic(evicted);
      this.#access(pkt);
    }
    pkt.makeResponse();
    return latency;
  }

  /** Reads or writes the newest copy: here, on its way to memory, or in memory. */
  handleFunctional(pkt: Packet): void {
    if (this.#access(pkt) || this.memSide.trySatisfyFunctional(pkt)) pkt.makeResponse();
    else this.memSide.sendFunctional(pkt);
  }

  /** The memory's address ranges have changed. */
  rangesChanged(): void {
    for (const port of this.#cpuSide) port.sendRangeChange();
  }

  /** Reads or writes the block of the packet, if it is here. */
  #access(pkt: Packet): boolean {
    const addr = roundDown(pkt.addr, this.#blockSize);
    const offset = pkt.addr - addr;
    if (offset + pkt.size > this.#blockSize) {
      panic(`${this.name()}: ${pkt.toString()} is in more than one block`);
    }
    const block = this.#blocks.get(addr);
    if (block === undefined) return false;
    // To the end of the line: now it is the one that was used last.
    this.#blocks.delete(addr);
    this.#blocks.set(addr, block);
    if (pkt.isRead()) {
      pkt.setData(block.data, offset);
    } else {
      pkt.writeData(block.data, offset);
      block.dirty = true;
    }
    return true;
  }

  /** A packet that reads the whole block in which an access lies. */
  #fillPacket({ addr, requestorId }: Packet): Packet {
    const block = roundDown(addr, this.#blockSize);
    const pkt = Packet.createRead(new Request(block, this.#blockSize, 0, requestorId));
    pkt.allocate();
    return pkt;
  }

  /** Keeps a block. When another has to go and memory must learn of it, returns what tells it. */
  #insert(fill: Packet): Packet | null {
    const evicted = this.#blocks.size < this.#capacity ? null : this.#evict();
    const data = new Uint8Array(this.#blockSize);
    fill.writeData(data);
    this.#blocks.set(fill.addr, { data, dirty: false });
    return evicted;
  }

  #evict(): Packet | null {
    const [oldest] = this.#blocks;
    if (oldest === undefined) return null;
    const [addr, { data, dirty }] = oldest;
    this.#blocks.delete(addr);
    this.#trace(`evicts ${addr.toString(16)}, ${dirty ? 'dirty' : 'clean'}`);
    if (!dirty) return null;
    const req = new Request(addr, this.#blockSize, 0, RequestorIDs.writebacks);
    const pkt = new Packet(req, MemCmd.WritebackDirty);
    pkt.dataStatic(data);
    return pkt;
  }

  #countHit(pkt: Packet): void {
    this.cacheStats.hits.value += 1;
    this.#trace(`hit: ${pkt.toString()}`);
  }

  #countMiss(pkt: Packet): void {
    this.cacheStats.misses.value += 1;
    this.#trace(`miss: ${pkt.toString()}`);
  }

  #trace(text: string): void {
    if (Cache.enabled) dprintf(Cache, this.curTick(), this.name(), text);
  }
}

class CpuSidePort extends QueuedResponsePort {
  readonly #cache: SimpleCacheModel;
  #needRetry = false;

  constructor(name: string, cache: SimpleCacheModel, index: number) {
    super(name, cache, index);
    this.#cache = cache;
  }

  override getAddrRanges(): readonly AddrRange[] {
    return this.#cache.memSide.getAddrRanges();
  }

  override recvAtomic(pkt: Packet): Tick {
    return this.#cache.handleAtomic(pkt);
  }

  override recvFunctional(pkt: Packet): void {
    this.#cache.handleFunctional(pkt);
  }

  override recvTimingReq(pkt: Packet): boolean {
    const taken = this.#cache.handleRequest(pkt, this);
    if (!taken) this.#needRetry = true;
    return taken;
  }

  trySendRetry(): void {
    if (!this.#needRetry) return;
    this.#needRetry = false;
    this.sendRetryReq();
  }
}

class MemSidePort extends RequestPort {
  readonly #cache: SimpleCacheModel;
  /** Requests wait here until their time has come, and again when they were refused. */
  readonly #queue: PacketQueue;

  constructor(name: string, cache: SimpleCacheModel) {
    super(name, cache);
    this.#cache = cache;
    this.#queue = new PacketQueue(cache, `${name}-queue`, pkt => this.sendTimingReq(pkt), true);
  }

  schedTimingReq(pkt: Packet, when: Tick): void {
    this.#queue.schedSendTiming(pkt, when);
  }

  trySatisfyFunctional(pkt: Packet): boolean {
    return this.#queue.trySatisfyFunctional(pkt);
  }

  override recvReqRetry(): void {
    this.#queue.retry();
  }

  override recvTimingResp(pkt: Packet): boolean {
    this.#cache.handleResponse(pkt);
    return true;
  }

  override recvRangeChange(): void {
    this.#cache.rangesChanged();
  }
}

/** The class for scripts. */
export const SimpleCache = nodeClass(SimpleCacheModel, simpleCacheSchema);
