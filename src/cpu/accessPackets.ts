/** Accesses of a CPU as packets: one for each cache line that they touch. */
import { panic } from '../base/index';
import type { Addr, ContextID, RequestorID, Tick } from '../base/index';
import { MemCmd, Packet, Request, RequestFlag, type RequestPort } from '../mem/index';
import type { LoggedAccess } from '../arch/x86/index';

// Bound here once: every use of an imported name is a look-up in the other module.
const { ReadReq, WriteReq, LockedRMWReadReq, LockedRMWWriteReq } = MemCmd;
const { UNCACHEABLE: Uncacheable, LOCKED_RMW: LockedRMW } = RequestFlag;

/** The longest access, 64 bytes, touches five of the shortest lines. */
const MAX_FRAGMENTS = 5;

class Fragment {
  readonly request: Request;
  readonly packet: Packet;

  constructor(requestorId: RequestorID) {
    this.request = new Request(0, 0, 0, requestorId);
    this.packet = new Packet(this.request, ReadReq);
  }
}

/** Where the bytes of accesses go to and come from. */
export interface AccessTarget {
  readonly port: RequestPort;
  readonly requestorId: RequestorID;
  readonly lineBytes: number;
  /** Holds the buffers of accesses. */
  readonly data: Uint8Array;
  /** Whether an address is memory; accesses to anything else are marked uncacheable. */
  isMemory(address: Addr): boolean;
}

/** The packets of one access at a time, which are used again for the next. */
export class AccessPackets {
  readonly #target: AccessTarget;
  readonly #fragments: readonly Fragment[];
  #count = 0;
  #sent = 0;
  #outstanding = 0;
  /** The commands of reads and writes, and what requests are besides. */
  #readCmd = ReadReq;
  #writeCmd = WriteReq;
  #flags = 0;

  constructor(target: AccessTarget) {
    this.#target = target;
    this.#fragments = Array.from({ length: MAX_FRAGMENTS }, () => new Fragment(target.requestorId));
  }

  #prepare(access: LoggedAccess, isWrite: boolean, context: ContextID): void {
    this.#count = 0;
    const { address, bytes, buffer, nextAddress, nextBytes } = access;
    this.#split(address, bytes, buffer, isWrite, context);
    if (nextBytes > 0) this.#split(nextAddress, nextBytes, buffer + bytes, isWrite, context);
    this.#sent = 0;
    this.#outstanding = this.#count;
  }

  #split(address: Addr, bytes: number, buffer: number, isWrite: boolean, context: ContextID): void {
    const { port, requestorId, lineBytes, data } = this.#target;
    const flags = this.#flags | (this.#target.isMemory(address) ? 0 : Uncacheable);
    for (let done = 0; done < bytes;) {
      const at = address + done;
      const size = Math.min(bytes - done, lineBytes - (at % lineBytes));
      const fragment = this.#fragments[this.#count++];
      if (fragment === undefined) {
        const lines = `more than ${String(MAX_FRAGMENTS)} lines of ${String(lineBytes)} bytes`;
        return panic(`${port.name()}: an access to 0x${address.toString(16)} touches ${lines}`);
      }
      const { request, packet } = fragment;
      request.set(at, size, flags, requestorId);
      request.contextId = context;
      packet.reuse(request, isWrite ? this.#writeCmd : this.#readCmd);
      packet.dataStatic(data, buffer + done);
      done += size;
    }
  }

  /** Whether the accesses from now on are those of a locked read-modify-write. */
  setLocked(isLocked: boolean): void {
    this.#readCmd = isLocked ? LockedRMWReadReq : ReadReq;
    this.#writeCmd = isLocked ? LockedRMWWriteReq : WriteReq;
    this.#flags = isLocked ? LockedRMW : 0;
  }

  /** Does an access at once. @returns the ticks that it takes */
  doAtomic(access: LoggedAccess, isWrite: boolean, context: ContextID): Tick {
    this.#prepare(access, isWrite, context);
    let ticks = 0;
    for (let i = 0; i < this.#count; i++) {
      const fragment = this.#fragments[i];
      if (fragment === undefined) continue;
      ticks += this.#target.port.sendAtomic(fragment.packet);
      this.#check(fragment.packet);
    }
    return ticks;
  }

  /** Begins an access in timing mode. @returns whether all packets were taken; else see {@link send} */
  begin(access: LoggedAccess, isWrite: boolean, context: ContextID): boolean {
    this.#prepare(access, isWrite, context);
    return this.send();
  }

  /** Sends what is still to be sent. @returns whether all packets were taken; else wait for a retry */
  send(): boolean {
    for (; this.#sent < this.#count; this.#sent++) {
      const fragment = this.#fragments[this.#sent];
      if (fragment !== undefined && !this.#target.port.sendTimingReq(fragment.packet)) return false;
    }
    return true;
  }

  /** A response has come. @returns whether it was the last one */
  received(response: Packet): boolean {
    this.#check(response);
    this.#outstanding--;
    return this.#outstanding === 0;
  }

  #check(response: Packet): void {
    if (!response.isError()) return;
    panic(`${this.#target.port.name()}: data access failed: ${response.toString()}`);
  }
}
