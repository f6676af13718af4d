/**
 * Ports that lead to PCI configuration space.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc`, `arch/x86/x86_traits.hh`.
 */
import { ioAddressBase, x86IOAddress } from '../arch/x86/index';
import type { Addr } from '../base/index';

/**
 * Address of PCI configuration space: bus, device, function and register as in port 0xCF8. gem5 puts
 * it 2^62 above the ports; here it is halfway from the ports to the end of exact numbers.
 */
export const pciConfigBase: Addr = ioAddressBase + 2 ** 51;

/** The port that says what ports 0xCFC to 0xCFF stand for. */
export const PCI_ADDRESS_PORT = 0xcf8;
const PCI_DATA_PORT = 0xcfc;
const PCI_ENABLE = 0x80000000;

/**
 * Address of a port, where some ports lead to PCI configuration space.
 * @param pciAddress - what was last written to {@link PCI_ADDRESS_PORT}
 */
export function portAddress(port: number, pciAddress: number): Addr {
  const isPciData = port >= PCI_DATA_PORT && port < PCI_DATA_PORT + 4;
  if (!isPciData || (pciAddress & PCI_ENABLE) === 0) return x86IOAddress(port);
  return pciConfigBase + ((pciAddress & 0x7ffffffc) | (port & 3));
}
