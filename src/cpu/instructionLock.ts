/** What keeps others out while a locked instruction of a timing CPU is executed. */
import type { LoggedAccess } from '../arch/x86/index';
import { MemoryLock } from '../mem/index';
import { EventFunctionWrapper } from '../sim/index';
import type { AccessPackets } from './accessPackets';
import type { BaseCPU } from './baseCPU';

/** The lock of one CPU. */
export class InstructionLock {
  readonly #cpu: BaseCPU;
  readonly #lock: MemoryLock;
  /** The access that waits for the lock. */
  #access: LoggedAccess | null = null;

  /** @param goOn - called at a clock edge for an access whose lock had to be waited for */
  constructor(cpu: BaseCPU, goOn: (access: LoggedAccess) => void) {
    this.#cpu = cpu;
    const event = new EventFunctionWrapper(() => {
      const access = this.#access;
      this.#access = null;
      if (access !== null) goOn(access);
    }, `${cpu.name()}.locked`);
    const granted = (): void => cpu.schedule(event, cpu.clockEdge());
    this.#lock = new MemoryLock(cpu.dataRequestorId, granted);
  }

  get isHeld(): boolean {
    return this.#lock.isHeld;
  }

  /** Locks what an instruction reads and writes. @returns false when that has to wait */
  acquire(access: LoggedAccess, packets: AccessPackets): boolean {
    const { address, bytes, nextAddress, nextBytes } = access;
    this.#lock.set(address, bytes, nextAddress, nextBytes);
    packets.setLocked(true);
    if (this.#cpu.system.locks.acquire(this.#lock)) return true;
    this.#access = access;
    return false;
  }

  /** The instruction has ended, in whatever way: nobody is kept out any more. */
  release(packets: AccessPackets): void {
    packets.setLocked(false);
    this.#cpu.system.locks.release(this.#lock);
  }
}
