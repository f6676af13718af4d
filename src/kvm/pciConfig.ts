/**
 * Ports that lead to PCI configuration space.
 *
 * Source of the behaviour: gem5 `arch/x86/kvm/x86_cpu.cc`, `arch/x86/x86_traits.hh`.
 */
import { x86IOAddress, x86PciConfigRange } from '../arch/x86/index';
import type { Addr } from '../base/index';

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
  return x86PciConfigRange.start + ((pciAddress & 0x7ffffffc) | (port & 3));
}
