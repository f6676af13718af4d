/**
 * Packets: one hop of a request through the memory system, and of its response back. Source: gem5
 * `mem/packet.hh`, `mem/packet.cc`.
 */
import { panic } from '../base/index';
import type { Addr, RequestorID, Tick } from '../base/index';
import { copyBytes } from './copyBytes';
import { MemCmd, MemCmdAttribute, memCmdAttributes, memCmdName, memCmdResponse } from './memCmd';
import type { PrintReqState } from './printReqState';
import { RequestFlag } from './request';
import type { Request } from './request';

/** What an object on the way hangs on a packet, to find it again on the response. */
export interface SenderState {
  /** What hung there before; set by `pushSenderState`. */
  predecessor: SenderState | null;
}

/** What caches and crossbars say about a packet on its way, to be tested with `&`. */
export const PacketFlag = {
  /** Other caches keep a copy. */
  HAS_SHARERS: 0x1,
  /** Snoops that overtake everything else. */
  EXPRESS_SNOOP: 0x2,
  /** The cache that responds had a writable copy. */
  RESPONDER_HAD_WRITABLE: 0x4,
  /** A cache has committed itself to respond. */
  CACHE_RESPONDING: 0x8,
  /** A write that goes on to the memory below. */
  WRITE_THROUGH: 0x10,
  /** A cache clean found dirty data and sent it on. */
  SATISFIED: 0x20,
  /** A functional access that fails says so in the packet instead of ending the simulation. */
  SUPPRESS_FUNC_ERROR: 0x8000,
  /** The block is cached above the crossbar that was asked. */
  BLOCK_CACHED: 0x1_0000,
} as const;

const NO_DATA = new Uint8Array(0);
const A = MemCmdAttribute;

/**
 * A packet. Its data is a stretch of some `Uint8Array`: borrowed after `dataStatic`, its own after
 * `allocate`. Whoever makes a packet may use it again with `reuse` once its response is handled.
 */
export class Packet {
  /** The request that it carries. */
  req: Request;
  /** The command. Change it with `setCmd`. */
  cmd: MemCmd;
  /** The command's `MemCmdAttribute` bits. */
  attributes: number;
  /** Physical address; may differ from the request's where an address is mapped on the way. */
  addr: Addr;
  /** Bytes. */
  size: number;
  /** The array that holds the data, from `dataOffset` on. Borrowed unless `allocate` made it. */
  data: Uint8Array = NO_DATA;
  /** Where in `data` the packet's bytes begin. */
  dataOffset = 0;
  /** `PacketFlag` bits. */
  flags = 0;
  /** Ticks until the header is here; neighbours pay what crossbars add. */
  headerDelay: Tick = 0;
  /** Ticks that snooping takes, added to the header's. */
  snoopDelay: Tick = 0;
  /** Ticks from the header to the end of the payload. */
  payloadDelay: Tick = 0;
  /** The innermost state that objects on the way left here. */
  senderState: SenderState | null = null;
  /** The tick at which it leaves the queue in which it waits; the queue's alone. @internal */
  dueTick: Tick = 0;
  /** Who waits behind it in that queue. @internal */
  nextWaiting: Packet | null = null;
  /** The ports it came through; only while the `PortTrace` debug flag is on. */
  portTrace: string[] | null = null;
  // Which bytes a functional read has found so far; null until the first are found.
  #bytesValid: Uint8Array | null = null;

  /** A packet for all of a request, without data as yet. */
  constructor(req: Request, cmd: MemCmd) {
    this.req = req;
    this.cmd = cmd;
    this.attributes = memCmdAttributes(cmd);
    this.addr = req.paddr;
    this.size = req.size;
  }

  /** Makes this a fresh packet for another request. Its data is that of before. */
  reuse(req: Request, cmd: MemCmd): void {
    this.req = req;
    this.setCmd(cmd);
    this.addr = req.paddr;
    this.size = req.size;
    this.flags = 0;
    this.headerDelay = 0;
    this.snoopDelay = 0;
    this.payloadDelay = 0;
    this.senderState = null;
    this.portTrace = null;
    this.#bytesValid = null;
  }

  /** A packet that reads what the request asks for. */
  static createRead(req: Request): Packet {
    return new Packet(req, Packet.makeReadCmd(req));
  }

  /** A packet that writes what the request asks for. */
  static createWrite(req: Request): Packet {
    return new Packet(req, Packet.makeWriteCmd(req));
  }

  /** The command that reads what the request asks for. */
  static makeReadCmd(req: Request): MemCmd {
    const { flags } = req;
    if ((flags & RequestFlag.LLSC) !== 0) return MemCmd.LoadLockedReq;
    if ((flags & (RequestFlag.PREFETCH | RequestFlag.PF_EXCLUSIVE)) !== 0) {
      return (flags & RequestFlag.PF_EXCLUSIVE) !== 0 ? MemCmd.SoftPFExReq : MemCmd.SoftPFReq;
    }
    if ((flags & RequestFlag.LOCKED_RMW) !== 0) return MemCmd.LockedRMWReadReq;
    return MemCmd.ReadReq;
  }

  /** The command that writes what the request asks for. */
  static makeWriteCmd(req: Request): MemCmd {
    const { flags } = req;
    if ((flags & RequestFlag.LLSC) !== 0) return MemCmd.StoreCondReq;
    if (req.isSwap || req.isAtomic) return MemCmd.SwapReq;
    const both = RequestFlag.CLEAN | RequestFlag.INVALIDATE;
    if ((flags & both) === both) return MemCmd.CleanInvalidReq;
    if ((flags & RequestFlag.CLEAN) !== 0) return MemCmd.CleanSharedReq;
    if ((flags & RequestFlag.INVALIDATE) !== 0) return MemCmd.InvalidateReq;
    if ((flags & RequestFlag.LOCKED_RMW) !== 0) return MemCmd.LockedRMWWriteReq;
    return MemCmd.WriteReq;
  }

  /** Gives the packet another command. */
  setCmd(cmd: MemCmd): void {
    this.cmd = cmd;
    this.attributes = memCmdAttributes(cmd);
  }

  /** The command's name. */
  cmdString(): string {
    return memCmdName(this.cmd);
  }

  /** Whether it reads. */
  isRead(): boolean {
    return (this.attributes & A.IsRead) !== 0;
  }

  /** Whether it writes. */
  isWrite(): boolean {
    return (this.attributes & A.IsWrite) !== 0;
  }

  /** Whether it asks for something. */
  isRequest(): boolean {
    return (this.attributes & A.IsRequest) !== 0;
  }

  /** Whether it answers a request. */
  isResponse(): boolean {
    return (this.attributes & A.IsResponse) !== 0;
  }

  /** Whether somebody waits for an answer to it. */
  needsResponse(): boolean {
    return (this.attributes & A.NeedsResponse) !== 0;
  }

  /** Whether it makes its sender's copy the only one, which may be written. */
  needsWritable(): boolean {
    return (this.attributes & A.NeedsWritable) !== 0;
  }

  /** Whether other copies of the block become invalid. */
  isInvalidate(): boolean {
    return (this.attributes & A.IsInvalidate) !== 0;
  }

  /** Whether it has caches write the block back. */
  isClean(): boolean {
    return (this.attributes & A.IsClean) !== 0;
  }

  /** Whether a cache gives the block up by it. */
  isEviction(): boolean {
    return (this.attributes & A.IsEviction) !== 0;
  }

  /** An eviction that carries data. */
  isWriteback(): boolean {
    return this.isEviction() && this.hasData();
  }

  /** An eviction of a block that memory has anyway. */
  isCleanEviction(): boolean {
    return this.cmd === MemCmd.CleanEvict || this.cmd === MemCmd.WritebackClean;
  }

  /** Whether it asks for the right to write to a copy that is there. */
  isUpgrade(): boolean {
    return (this.attributes & A.IsUpgrade) !== 0;
  }

  /** Whether it is one of a load-locked, store-conditional pair. */
  isLLSC(): boolean {
    return (this.attributes & A.IsLlsc) !== 0;
  }

  /** Whether it is one half of a locked read-modify-write. */
  isLockedRMW(): boolean {
    return (this.attributes & A.IsLockedRMW) !== 0;
  }

  /** Whether it answers that something went wrong. */
  isError(): boolean {
    return (this.attributes & A.IsError) !== 0;
  }

  /** Whether it only asks who holds the block, for debugging. */
  isPrint(): boolean {
    return (this.attributes & A.IsPrint) !== 0;
  }

  /** Whether it has caches write the block back and drop it. */
  isFlush(): boolean {
    return (this.attributes & A.IsFlush) !== 0;
  }

  /** Whether a cache sends it of its own. */
  fromCache(): boolean {
    return (this.attributes & A.FromCache) !== 0;
  }

  /** Whether packets of this command carry a payload. */
  hasData(): boolean {
    return (this.attributes & A.HasData) !== 0;
  }

  /** Whether the response to this request carries a payload. */
  hasRespData(): boolean {
    return (memCmdAttributes(memCmdResponse(this.cmd)) & A.HasData) !== 0;
  }

  /** Who asks. */
  get requestorId(): RequestorID {
    return this.req.requestorId;
  }

  /** Whether a cache has committed itself to respond. */
  cacheResponding(): boolean {
    return (this.flags & PacketFlag.CACHE_RESPONDING) !== 0;
  }

  /** Whether it goes to the caches above at once, past what waits. */
  isExpressSnoop(): boolean {
    return (this.flags & PacketFlag.EXPRESS_SNOOP) !== 0;
  }

  /** Whether the bytes have the same address and memory space as those of the other packet. */
  matchAddr(other: Packet): boolean {
    return this.addr === other.addr && this.req.isSecure === other.req.isSecure;
  }

  /**
   * Turns the packet around: from now on it is the response.
   *
   * @throws {PanicError} when it is no request that gets one
   */
  makeResponse(): void {
    if ((this.attributes & A.NeedsResponse) === 0) {
      panic(`${this.toString()} gets no response`);
    }
    this.setCmd(memCmdResponse(this.cmd));
    // A snoop that turns around travels back as an ordinary response.
    this.flags &= ~PacketFlag.EXPRESS_SNOOP;
  }

  /** `makeResponse`, under the name of gem5's atomic protocol. */
  makeAtomicResponse(): void {
    this.makeResponse();
  }

  /** Turns a request around, and reports that a functional access has failed. */
  makeFunctionalError(): void {
    this.setCmd(this.isWrite() ? MemCmd.FunctionalWriteError : MemCmd.FunctionalReadError);
  }

  /** Reports in a response that there is nothing at the address. */
  setBadAddress(): void {
    this.setCmd(MemCmd.BadAddressError);
  }

  /** Borrows the data: the packet's bytes are those of the array from `offset` on. */
  dataStatic(data: Uint8Array, offset = 0): void {
    this.data = data;
    this.dataOffset = offset;
  }

  /** Gives the packet data of its own, all zero, as long as the packet. */
  allocate(): void {
    this.data = new Uint8Array(this.size);
    this.dataOffset = 0;
  }

  /** Copies the packet's bytes in from an array. gem5's `setData`. */
  setData(source: Uint8Array, offset = 0): void {
    copyBytes(source, offset, this.data, this.dataOffset, this.size);
  }

  /** Copies the packet's bytes out, apart from those that the request disables. */
  writeData(target: Uint8Array, offset = 0): void {
    const enable = this.req.byteEnable;
    if (enable === null) {
      copyBytes(this.data, this.dataOffset, target, offset, this.size);
      return;
    }
    for (let i = 0; i < this.size; i++) {
      if (enable[i] !== 0) target[offset + i] = this.data[this.dataOffset + i] ?? 0;
    }
  }

  /** The data as a little-endian unsigned number. Exact up to six bytes. */
  getUint(): number {
    let value = 0;
    for (let i = this.size - 1; i >= 0; i--) {
      value = value * 256 + (this.data[this.dataOffset + i] ?? 0);
    }
    return value;
  }

  /** Sets the data to a little-endian number below 2^53; bytes beyond it become zero. */
  setUint(value: number): void {
    let rest = value;
    for (let i = 0; i < this.size; i++) {
      this.data[this.dataOffset + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }

  /** The data as a little-endian unsigned number of any size. */
  getBigUint(): bigint {
    let value = 0n;
    for (let i = this.size - 1; i >= 0; i--) {
      value = (value << 8n) | BigInt(this.data[this.dataOffset + i] ?? 0);
    }
    return value;
  }

  /** Sets the data to a little-endian number; what does not fit is cut off. */
  setBigUint(value: bigint): void {
    let rest = value;
    for (let i = 0; i < this.size; i++) {
      this.data[this.dataOffset + i] = Number(rest & 0xffn);
      rest >>= 8n;
    }
  }

  /** Hangs state on the packet, above what hangs there already. */
  pushSenderState(state: SenderState): void {
    state.predecessor = this.senderState;
    this.senderState = state;
  }

  /**
   * Takes the innermost state off.
   *
   * @throws {PanicError} when there is none
   */
  popSenderState(): SenderState {
    const state = this.senderState;
    if (state === null) return panic(`${this.toString()} has no sender state`);
    this.senderState = state.predecessor;
    state.predecessor = null;
    return state;
  }

  /** The innermost state made by this class, or null. */
  findNextSenderState<T extends SenderState>(type: new (...args: never[]) => T): T | null {
    for (let state = this.senderState; state !== null; state = state.predecessor) {
      if (state instanceof type) return state;
    }
    return null;
  }

  /** `trySatisfyFunctionalBytes` with the data of a packet that waits somewhere. */
  trySatisfyFunctional(waiting: Packet): boolean {
    if (this.isPrint()) {
      const overlaps =
        waiting.addr < this.addr + this.size && this.addr < waiting.addr + waiting.size;
      if (overlaps) (this.senderState as PrintReqState).print(waiting.toString());
      return false;
    }
    const hasBytes = waiting.hasData() && waiting.data.length > 0;
    if (!hasBytes || waiting.req.isSecure !== this.req.isSecure) return false;
    const { addr, size, data, dataOffset } = waiting;
    return this.trySatisfyFunctionalBytes(addr, size, data, dataOffset);
  }

  /**
   * Lets a functional access meet bytes on its way: a read takes them, a write changes them.
   *
   * @param addr - the address of the bytes
   * @param size - how many there are
   * @param bytes - the array that holds them, from `offset` on
   * @returns whether a read has now found all of its bytes; a write always goes on
   */
  trySatisfyFunctionalBytes(addr: Addr, size: number, bytes: Uint8Array, offset = 0): boolean {
    const first = Math.max(addr, this.addr);
    const overlap = Math.min(addr + size, this.addr + this.size) - first;
    if (overlap <= 0) return false;
    const here = first - this.addr;
    const there = offset + (first - addr);
    if (this.isRead()) {
      copyBytes(bytes, there, this.data, this.dataOffset + here, overlap);
      this.#bytesValid ??= new Uint8Array(this.size);
      this.#bytesValid.fill(1, here, here + overlap);
      return this.#bytesValid.every(valid => valid !== 0);
    }
    if (!this.isWrite()) panic(`Functional ${this.cmdString()} is not possible`);
    copyBytes(this.data, this.dataOffset + here, bytes, there, overlap);
    return false;
  }

  /** For messages: `ReadReq [1000:103f] IF`. */
  toString(): string {
    const last = this.addr + this.size - 1;
    return (
      `${this.cmdString()} [${this.addr.toString(16)}:${last.toString(16)}]` +
      (this.req.isSecure ? ' (s)' : '') +
      (this.req.isInstFetch ? ' IF' : '') +
      (this.req.isUncacheable ? ' UC' : '') +
      (this.isExpressSnoop() ? ' ES' : '') +
      (this.req.isToPOC ? ' PoC' : '') +
      (this.req.isToPOU ? ' PoU' : '')
    );
  }
}
