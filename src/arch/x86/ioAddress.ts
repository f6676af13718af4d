import { AddrRange, fatal } from '../../base/index';
import type { Addr } from '../../base/index';

/**
 * Physical address of I/O port 0. Ports are addresses to crossbars and devices, above all that can be
 * memory: an x86 processor has at most 52 bits of physical address. gem5 puts them at 2^63, where a
 * JavaScript number cannot tell one port from the next.
 */
export const ioAddressBase: Addr = 2 ** 52;

/** How many I/O ports there are. */
export const ioPortCount = 0x10000;

/**
 * Addresses of PCI configuration space: bus, device, function and register as in port 0xCF8. gem5 puts
 * them 2^62 above the ports; here it is halfway from the ports to the end of exact numbers.
 */
export const x86PciConfigRange: AddrRange = AddrRange.rangeSize(ioAddressBase + 2 ** 51, 2 ** 31);

/**
 * The physical address of an I/O port, as devices and bridges take it. Source: gem5
 * `arch/x86/x86_traits.hh`, `configs/common/FSConfig.py`.
 *
 * @throws {FatalError} when there is no such port
 */
export function x86IOAddress(port: number): Addr {
  if (!Number.isInteger(port) || port < 0 || port >= ioPortCount) {
    fatal(`there is no I/O port ${String(port)}; ports are numbered from 0 to 65535`);
  }
  return ioAddressBase + port;
}
