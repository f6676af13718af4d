/** A guest's accesses to devices, as requests to the memory system. */
import type { Addr, ContextID, RequestorID, Tick } from '../base/index';
import { MemCmd, Packet, Request, RequestFlag } from '../mem/index';
import type { KvmCpuPort } from './kvmCpuPort';

/** Makes requests of what a guest reads and writes outside its memory. */
export class DeviceAccess {
  readonly #port: KvmCpuPort;
  readonly #requestorId: RequestorID;
  /** Used again for every access in atomic mode, which is over when it returns. */
  readonly #request: Request;
  readonly #packet: Packet;

  constructor(port: KvmCpuPort, requestorId: RequestorID) {
    this.#port = port;
    this.#requestorId = requestorId;
    this.#request = new Request(0, 0, RequestFlag.UNCACHEABLE, requestorId);
    this.#packet = new Packet(this.#request, MemCmd.ReadReq);
  }

  /**
   * Reads or writes. In timing mode the answer comes later, and `data` has to stay as it is until
   * the port says that it is no longer busy.
   * @param address - physical address
   * @param data - what is written, or where to put what is read
   * @param isAtomic - whether the memory system is in atomic mode
   * @returns ticks that the access takes; 0 in timing mode
   */
  access(
    address: Addr,
    data: Uint8Array,
    isWrite: boolean,
    contextId: ContextID,
    isAtomic: boolean,
  ): Tick {
    const command = isWrite ? MemCmd.WriteReq : MemCmd.ReadReq;
    const request = isAtomic
      ? this.#request
      : new Request(address, data.length, RequestFlag.UNCACHEABLE, this.#requestorId);
    request.set(address, data.length, RequestFlag.UNCACHEABLE, this.#requestorId);
    request.contextId = contextId;
    const packet = isAtomic ? this.#packet : new Packet(request, command);
    packet.reuse(request, command);
    packet.dataStatic(data);
    return this.#port.submitIO(packet);
  }
}
