/**
 * A guest's accesses to ports, as accesses to addresses.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc` (handleKvmExitIO).
 */
import { panic } from '../base/index';
import type { Addr, Tick } from '../base/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import type { IoExit } from './exits';
import { PCI_ADDRESS_PORT, portAddress } from './pciConfig';

/** Does one access. @returns ticks that it takes */
export type AccessAddress = (address: Addr, data: Uint8Array, isWrite: boolean) => Tick;

/** The ports of one CPU. */
export class PortAccess implements Serializable {
  readonly #name: string;
  readonly #access: AccessAddress;
  /** What the guest last wrote to port 0xCF8. */
  #pciAddress = 0;

  /** @param name - of the CPU, for messages */
  constructor(name: string, access: AccessAddress) {
    this.#name = name;
    this.#access = access;
  }

  /** Makes one access of each repetition, all to the same address. @returns ticks that they take */
  serve(exit: IoExit): Tick {
    const { port, isWrite, size, count, data } = exit;
    if (port === PCI_ADDRESS_PORT) return this.#accessPciAddress(exit);
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

  /** Port 0xCF8 is a register of 4 bytes; other accesses do not reach it. */
  #accessPciAddress({ isWrite, size, count, data }: IoExit): Tick {
    if (size !== 4 || count !== 1) {
      const what = `${String(count)} times ${String(size)} bytes`;
      panic(`${this.#name}: port 0xcf8 was accessed with ${what}`);
    }
    const register = new DataView(data.buffer, data.byteOffset, 4);
    if (isWrite) this.#pciAddress = register.getUint32(0, true);
    else register.setUint32(0, this.#pciAddress, true);
    return 0;
  }
}
