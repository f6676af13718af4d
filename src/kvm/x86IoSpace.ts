/**
 * Where x86's ports lie among physical addresses.
 *
 * gem5 puts them at 2^63 and PCI configuration space at 2^63 + 2^62. Addresses here are exact to
 * 2^53, and physical memory ends at 2^52 (SDM volume 3, 4.1.4): so the ports come right after it.
 * Source of the behaviour: gem5 `arch/x86/x86_traits.hh`.
 */
import type { Addr } from '../base/index';

/** Address of port 0. */
export const PORT_BASE: Addr = 2 ** 52;
/** Number of ports. */
export const PORT_COUNT = 0x10000;
/** Address of PCI configuration space: bus, device, function and register as in port 0xCF8. */
export const PCI_CONFIG_BASE: Addr = 2 ** 52 + 2 ** 51;

/** Address of a port. */
export function portAddress(port: number): Addr {
  return PORT_BASE + port;
}

/** The port that says what ports 0xCFC to 0xCFF stand for. */
export const PCI_ADDRESS_PORT = 0xcf8;
const PCI_DATA_PORT = 0xcfc;
const PCI_ENABLE = 0x80000000;

/**
 * Address of a port, where some ports lead to PCI configuration space.
 * @param pciAddress - what was last written to {@link PCI_ADDRESS_PORT}
 */
export function ioAddress(port: number, pciAddress: number): Addr {
  const isPciData = port >= PCI_DATA_PORT && port < PCI_DATA_PORT + 4;
  if (!isPciData || (pciAddress & PCI_ENABLE) === 0) return portAddress(port);
  return PCI_CONFIG_BASE + ((pciAddress & 0x7ffffffc) | (port & 3));
}
