/**
 * The base class of all memories: it stores bytes, and knows nothing of time. Source: gem5
 * `mem/abstract_mem.{hh,cc}`, `mem/AbstractMemory.py`.
 */
import { ddump, debugFlag, dprintf, fatal, panic } from '../base/index';
import type { Addr, AddrRange, ContextID } from '../base/index';
import { ClockedObject, clockedObjectSchema, defineSchema, param } from '../sim/index';
import type { ParamsOf } from '../sim/index';
import { AbstractMemoryStats } from './abstractMemoryStats';
import type { BackingStore } from './backingStore';
import { ImageFile } from './imageFile';
import { LockedAddrList } from './lockedAddr';
import { MemCmd } from './memCmd';
import type { Packet } from './packet';
import { PrintReqState } from './printReqState';
import type { System } from './system';

/** Traces every access to a memory. */
export const MemoryAccess = debugFlag('MemoryAccess', 'Accesses to memories');

/** What every memory declares. */
export const abstractMemorySchema = defineSchema('AbstractMemory', clockedObjectSchema, {
  description: 'Base class of memories',
  abstract: true,
  params: {
    range: param.AddrRange('128MiB', 'address range, which may be interleaved with others'),
    null: param.Bool(false, 'whether to store nothing; reads leave their buffer as it is'),
    inAddrMap: param.Bool(true, 'whether the memory is part of the global address map'),
    kvmMap: param.Bool(true, 'whether KVM maps the memory for the guest'),
    confTableReported: param.Bool(true, 'whether configuration tables report the memory'),
    imageFile: param.String('', 'raw image that is loaded as the initial contents'),
    writeable: param.Bool(true, 'whether writes change the memory'),
    collectStats: param.Bool(true, 'whether to count accesses for each requestor'),
  },
});

/** Parameters of every memory. */
export type AbstractMemoryParams = ParamsOf<typeof abstractMemorySchema>;

const ELF_MAGIC = [0x7f, 0x45, 0x4c, 0x46];

/** A memory without timing. Its bytes are in a backing store that the system's memories share. */
export abstract class AbstractMemory extends ClockedObject {
  static override readonly schema = abstractMemorySchema;

  /** The addresses that it answers for. */
  readonly range: AddrRange;
  /** Whether it stores nothing. */
  readonly isNull: boolean;
  /** Whether it is part of the global address map. */
  readonly isInAddrMap: boolean;
  /** Whether KVM maps it for the guest. */
  readonly isKvmMap: boolean;
  /** Whether configuration tables report it. */
  readonly isConfReported: boolean;
  /** Whether writes change it. */
  readonly isWriteable: boolean;
  /** The locks that load-locked accesses have taken here. */
  readonly lockedAddrList: LockedAddrList;
  /** What it counts. */
  protected readonly memoryStats: AbstractMemoryStats;
  readonly #collectStats: boolean;
  readonly #imageFile: string;
  #store: BackingStore | null = null;
  #system: System | null = null;

  /** @throws {FatalError} when the range has no addresses */
  constructor(params: AbstractMemoryParams) {
    super(params);
    this.range = params.range;
    this.isNull = params.null;
    this.isInAddrMap = params.inAddrMap;
    this.isKvmMap = params.kvmMap;
    this.isConfReported = params.confTableReported;
    this.isWriteable = params.writeable;
    this.#collectStats = params.collectStats;
    this.#imageFile = params.imageFile;
    this.memoryStats = new AbstractMemoryStats(this.stats);
    this.lockedAddrList = new LockedAddrList({
      name: () => this.name(),
      curTick: () => this.curTick(),
      clearMonitor: (contextId: ContextID) => {
        this.system.getThreadContext(contextId).clearExclusive?.();
      },
    });
    if (!this.range.valid || this.range.size === 0) {
      fatal(`${this.name()}: the range ${this.range.toString()} is empty; give it a size`);
    }
  }

  /** The system that the memory belongs to; it announces itself. @throws {PanicError} before */
  get system(): System {
    return this.#system ?? panic(`${this.name()} belongs to no system`);
  }

  /** Called by the system that has this memory. */
  setSystem(system: System): void {
    this.#system = system;
  }

  /** Called once the memory's bytes exist; a null memory has none. */
  setBackingStore(store: BackingStore): void {
    this.#store = store;
  }

  /** The bytes behind the memory, which interleaved memories share; null when it has none. */
  get backingStore(): BackingStore | null {
    return this.#store;
  }

  /** Whether requests can reach it. A memory without a port of its own is reached otherwise. */
  get isConnected(): boolean {
    return true;
  }

  /** The addresses that it answers for. */
  getAddrRange(): AddrRange {
    return this.range;
  }

  /** Bytes. */
  size(): number {
    return this.range.size;
  }

  override regStats(): void {
    super.regStats();
    this.memoryStats.setRequestors(this.system.requestors, this.simulation);
  }

  /** Loads the image, if there is one. A restored memory keeps what the checkpoint had. */
  override initState(): void {
    super.initState();
    if (this.#imageFile === '') return;
    const image = new ImageFile(this.#imageFile);
    try {
      this.#loadImage(image, this.#storeForImage(image));
    } finally {
      image.close();
    }
  }

  /** What is to hold the image. @throws {FatalError} when it cannot */
  #storeForImage(image: ImageFile): BackingStore {
    const start = new Uint8Array(ELF_MAGIC.length);
    image.read(start, 0);
    if (ELF_MAGIC.every((byte, i) => start[i] === byte)) {
      fatal(`${this.name()}: ${image.path} is an ELF file; imageFile takes a raw image`);
    }
    if (image.size > this.range.size) {
      fatal(
        `${this.name()}: ${image.path} has ${String(image.size)} bytes and does not fit into ` +
          this.range.toString(),
      );
    }
    return this.#store ?? fatal(`${this.name()} stores nothing, so it cannot hold ${image.path}`);
  }

  #loadImage(image: ImageFile, store: BackingStore): void {
    const { range } = this;
    const first = range.removeIntlvBits(range.start);
    image.forEachPiece((piece, position) => {
      for (let done = 0; done < piece.length;) {
        const addr = range.addIntlvBits(first + position + done);
        const block = store.blockFor(addr);
        // Neighbours in an interleaved memory are no neighbours in the store.
        const room = range.interleaved ? 1 : block.end - addr;
        const part = piece.subarray(done, done + room);
        block.bytes.set(part, addr - block.start);
        done += part.length;
      }
    });
  }

  /**
   * Does what the packet says, counts it, and turns the packet around if it gets a response.
   *
   * @throws {PanicError} when the packet is not within the memory
   */
  access(pkt: Packet): void {
    // Who has promised to answer does so, and the memory keeps out of it.
    if (pkt.cacheResponding() || pkt.isCleanEviction()) return;
    this.#checkRange(pkt);
    if (pkt.cmd === MemCmd.SwapReq) {
      this.#swap(pkt);
    } else if (pkt.isRead()) {
      this.#read(pkt);
    } else if (pkt.isWrite()) {
      this.#write(pkt);
    } else if (!pkt.isInvalidate() && !pkt.isClean()) {
      panic(`Unexpected packet ${pkt.toString()} at ${this.name()}`);
    }
    if (pkt.needsResponse()) pkt.makeResponse();
  }

  /** Does a read, write or print request without counting it, and turns the packet around. */
  functionalAccess(pkt: Packet): void {
    this.#checkRange(pkt);
    if (pkt.isRead()) {
      this.#load(pkt);
      if (MemoryAccess.enabled) this.#trace('Read', pkt);
    } else if (pkt.isWrite()) {
      this.#storeBytes(pkt);
      if (MemoryAccess.enabled) this.#trace('Write', pkt);
    } else if (pkt.isPrint()) {
      this.#print(pkt);
    } else {
      panic(`${this.name()} cannot do a functional ${pkt.cmdString()}`);
    }
    if (pkt.needsResponse()) pkt.makeResponse();
  }

  #checkRange(pkt: Packet): void {
    if (!this.range.containsAccess(pkt.addr, pkt.size)) {
      panic(`${pkt.toString()} is not within ${this.name()} ${this.range.toString()}`);
    }
  }

  #read(pkt: Packet): void {
    if (pkt.isLLSC()) this.lockedAddrList.track(pkt.req);
    this.#load(pkt);
    const { isInstFetch, requestorId } = pkt.req;
    if (MemoryAccess.enabled) this.#trace(isInstFetch ? 'IFetch' : 'Read', pkt);
    if (!this.#collectStats) return;
    this.memoryStats.numReads.inc(requestorId);
    this.memoryStats.bytesRead.inc(requestorId, pkt.size);
    if (isInstFetch) this.memoryStats.bytesInstRead.inc(requestorId, pkt.size);
  }

  #write(pkt: Packet): void {
    if (!this.#mayWrite(pkt)) return;
    this.#storeBytes(pkt);
    if (MemoryAccess.enabled) this.#trace('Write', pkt);
    if (!this.#collectStats) return;
    this.memoryStats.numWrites.inc(pkt.req.requestorId);
    this.memoryStats.bytesWritten.inc(pkt.req.requestorId, pkt.size);
  }

  #mayWrite(pkt: Packet): boolean {
    if (!this.isWriteable) return false;
    const conditional = pkt.isLLSC();
    if (!conditional && this.lockedAddrList.isEmpty) return true;
    return this.lockedAddrList.check(pkt.req, conditional);
  }

  #swap(pkt: Packet): void {
    const { req } = pkt;
    const store = this.#store;
    if (store === null) {
      if (req.isAtomic) return;
      panic(`${this.name()} stores nothing, so it cannot swap`);
    }
    const block = store.blockFor(pkt.addr);
    const offset = pkt.addr - block.start;
    if (req.atomicOp !== null) {
      this.#load(pkt);
      req.atomicOp(block.bytes, offset);
      return;
    }
    const replacement = pkt.data.slice(pkt.dataOffset, pkt.dataOffset + pkt.size);
    this.#load(pkt);
    if (!req.isCondSwap || pkt.getBigUint() === this.#condition(pkt)) {
      block.bytes.set(replacement, offset);
    }
    if (MemoryAccess.enabled) this.#trace('Read/Write', pkt);
    if (this.#collectStats) this.memoryStats.numOther.inc(req.requestorId);
  }

  /** The value that memory must hold for a conditional swap to happen. */
  #condition(pkt: Packet): bigint {
    if (pkt.size !== 4 && pkt.size !== 8) {
      panic(`Invalid size for conditional read/write: ${String(pkt.size)} bytes`);
    }
    return BigInt.asUintN(pkt.size * 8, pkt.req.extraData);
  }

  /** Copies memory into the packet. */
  #load(pkt: Packet): void {
    const store = this.#store;
    if (store === null) return;
    const block = store.blockFor(pkt.addr);
    if (pkt.addr + pkt.size <= block.end) {
      pkt.setData(block.bytes, pkt.addr - block.start);
      return;
    }
    for (let i = 0; i < pkt.size; i++) {
      const part = store.blockFor(pkt.addr + i);
      pkt.data[pkt.dataOffset + i] = part.bytes[pkt.addr + i - part.start] ?? 0;
    }
  }

  /** Copies the packet into memory. */
  #storeBytes(pkt: Packet): void {
    const store = this.#store;
    if (store === null) return;
    const block = store.blockFor(pkt.addr);
    if (pkt.addr + pkt.size <= block.end) {
      pkt.writeData(block.bytes, pkt.addr - block.start);
      return;
    }
    const enable = pkt.req.byteEnable;
    for (let i = 0; i < pkt.size; i++) {
      const part = store.blockFor(pkt.addr + i);
      const byte = pkt.data[pkt.dataOffset + i] ?? 0;
      if (enable?.[i] !== 0) part.bytes[pkt.addr + i - part.start] = byte;
    }
  }

  #print(pkt: Packet): void {
    if (!(pkt.senderState instanceof PrintReqState)) {
      panic(`${pkt.toString()} has no print state`);
    }
    const byte = this.#store === null ? 0 : this.#byteAt(this.#store, pkt.addr);
    pkt.senderState.print(`${this.name()} 0x${byte.toString(16)}`);
  }

  #byteAt(store: BackingStore, addr: Addr): number {
    const block = store.blockFor(addr);
    return block.bytes[addr - block.start] ?? 0;
  }

  #trace(label: string, pkt: Packet): void {
    const who = this.system.requestors.nameOf(pkt.req.requestorId);
    const { size } = pkt;
    const cached = pkt.req.isUncacheable ? 'U' : 'C';
    const text = `${label} from ${who} of size ${String(size)} on address 0x${pkt.addr.toString(16)}`;
    if (size === 1 || size === 2 || size === 4 || size === 8) {
      const data = `data 0x${pkt.getBigUint().toString(16)}`;
      dprintf(MemoryAccess, this.curTick(), this.name(), `${text} ${data} ${cached}`);
      return;
    }
    dprintf(MemoryAccess, this.curTick(), this.name(), `${text} ${cached}`);
    const bytes = pkt.data.subarray(pkt.dataOffset, pkt.dataOffset + size);
    ddump(MemoryAccess, this.curTick(), this.name(), bytes);
  }
}
