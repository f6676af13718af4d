/**
 * A virtual address as a number: user-half addresses are 0 to 2^47 - 1, high-half canonical ones are
 * the negative numbers -2^47 to -1 that their 64 bits read as. Both are exact.
 */
export type VirtualAddr = number;

/** One past the last user-half address. */
export const userHalfEnd: VirtualAddr = 2 ** 47;
/** The first high-half canonical address, 0xffff800000000000. */
export const highHalfStart: VirtualAddr = -(2 ** 47);

/** Whether a 48-bit virtual address can have this value. */
export function isCanonical(address: VirtualAddr): boolean {
  return address >= highHalfStart && address < userHalfEnd;
}

/** The unsigned 64-bit value of an address, as registers hold it. */
export function virtualAddressBits(address: VirtualAddr): bigint {
  return BigInt.asUintN(64, BigInt(address));
}

/** `0x7fff00001000`, `0xffff800000000000`. */
export function formatVirtual(address: VirtualAddr): string {
  return `0x${virtualAddressBits(address).toString(16)}`;
}
