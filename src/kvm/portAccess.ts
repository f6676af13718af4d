/**
 * A guest's accesses to ports, as accesses to addresses.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc` (handleKvmExitIO).
 */
import type { Addr, Tick } from '../base/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import type { IoExit } from './exits';
import { PCI_ADDRESS_PORT, portAddress } from './pciConfig';

/** Does one access. @returns ticks that it takes */
export type AccessAddress = (address: Addr, data: Uint8Array, isWrite: boolean) => Tick;

/** The ports of one CPU. */
export class PortAccess implements Serializable {
  readonly #access: AccessAddress;
  /** What the guest last wrote to port 0xCF8. */
  #pciAddress = 0;

  constructor(access: AccessAddress) {
    this.#access = access;
  }

  /** Makes one access of each repetition, all to the same address. @returns ticks that they take */
  serve(exit: IoExit): Tick {
    const { port, isWrite, size, count, data } = exit;
    // A register of 4 bytes; accesses of other sizes go past it, to whatever is at the port.
    if (port === PCI_ADDRESS_PORT && size === 4) return this.#accessPciAddress(exit);
    const address = portAddress(port, this.#pciAddress);
    if (count === 1) return this.#access(address, data, isWrite);
    let ticks = 0;
    for (let i = 0; i < count; i++) {
      ticks += this.#access(address, data.subarray(i * size, (i + 1) * size), isWrite);
    }
    return ticks;
  }

  serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('pciAddress', this.#pciAddress);
  }

  /** A CPU of another model has no such register. */
  unserialize(checkpoint: CheckpointIn): void {
    this.#pciAddress = checkpoint.has('pciAddress') ? checkpoint.number('pciAddress') : 0;
  }

  #accessPciAddress({ isWrite, count, data }: IoExit): Tick {
    const register = new DataView(data.buffer, data.byteOffset, data.byteLength);
    for (let i = 0; i < count; i++) {
      if (isWrite) this.#pciAddress = register.getUint32(i * 4, true);
      else register.setUint32(i * 4, this.#pciAddress, true);
    }
    return 0;
  }
}
