/**
 * The port through which a KVM CPU reaches devices, in atomic and in timing mode.
 *
 * Source of the behaviour: gem5 `cpu/kvm/base.cc` (KVMCpuPort).
 */
import type { Tick } from '../base/index';
import { RequestPort, type Packet } from '../mem/index';
import type { SimObject } from '../sim/index';

/** What the port needs of its CPU. */
export interface KvmCpuPortOwner extends SimObject {
  readonly system: { isAtomicMode(): boolean };
  /** Every access in timing mode has been answered. */
  finishMMIOPending(): void;
}

/** Sends the accesses of a guest to the memory system. */
export class KvmCpuPort extends RequestPort {
  readonly #cpu: KvmCpuPortOwner;
  /** Accesses that could not be sent yet, in order. */
  readonly #waiting: Packet[] = [];
  /** Accesses that were sent and not answered. */
  #inFlight = 0;

  constructor(name: string, cpu: KvmCpuPortOwner) {
    super(name, cpu);
    this.#cpu = cpu;
  }

  /** Whether accesses are still on their way. */
  get isBusy(): boolean {
    return this.#inFlight > 0 || this.#waiting.length > 0;
  }

  /**
   * Does an access at once in atomic mode; in timing mode sends it, or keeps it for later.
   * @param pkt - belongs to the port until it is answered
   * @returns ticks that the access takes; 0 in timing mode, where the CPU waits
   */
  submitIO(pkt: Packet): Tick {
    if (this.#cpu.system.isAtomicMode()) return this.sendAtomic(pkt);
    if (this.#waiting.length === 0 && this.sendTimingReq(pkt)) this.#inFlight++;
    else this.#waiting.push(pkt);
    return 0;
  }

  override recvTimingResp(_pkt: Packet): boolean {
    this.#inFlight--;
    if (!this.isBusy) this.#cpu.finishMMIOPending();
    return true;
  }

  override recvReqRetry(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!this.sendTimingReq(next)) return;
      this.#waiting.shift();
      this.#inFlight++;
    }
  }
}

/** The instruction port of a KVM CPU: connected as every CPU's is, and never used. */
export class KvmInstPort extends RequestPort {}
