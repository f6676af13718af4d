/**
 * Bit arithmetic on addresses and other non-negative integers up to 2^53 - 1, which JavaScript's
 * own 32-bit operators would cut. Source: gem5 `base/bitfield.hh`, `base/intmath.hh`.
 */

const TWO_32 = 0x1_0000_0000;

/** The upper 21 bits of an integer below 2^53. */
export function hi32(value: number): number {
  return Math.floor(value / TWO_32);
}

/** The lower 32 bits of an integer below 2^53, as an unsigned number. */
export function lo32(value: number): number {
  return value >>> 0;
}

/** The number whose upper and lower halves these are; `lo` is taken as unsigned. */
export function fromHiLo(hi: number, lo: number): number {
  return hi * TWO_32 + (lo >>> 0);
}

/** Bitwise and. */
export function bitAnd(a: number, b: number): number {
  return fromHiLo((hi32(a) & hi32(b)) >>> 0, a & b);
}

/** Bitwise or. */
export function bitOr(a: number, b: number): number {
  return fromHiLo((hi32(a) | hi32(b)) >>> 0, a | b);
}

/** Bitwise exclusive or. */
export function bitXor(a: number, b: number): number {
  return fromHiLo((hi32(a) ^ hi32(b)) >>> 0, a ^ b);
}

/** `a` without the bits of `b`. */
export function bitClear(a: number, b: number): number {
  return fromHiLo((hi32(a) & ~hi32(b)) >>> 0, a & ~b);
}

/** The number of bits set in a 32-bit value. */
export function popCount32(value: number): number {
  let v = value - ((value >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The number of bits set. */
export function popCount(value: number): number {
  return popCount32(value | 0) + popCount32(hi32(value));
}

/** 1 when an odd number of bits is set in a 32-bit value, else 0. */
export function parity32(value: number): number {
  let v = value ^ (value >>> 16);
  v ^= v >>> 8;
  v ^= v >>> 4;
  return (0x6996 >>> (v & 15)) & 1;
}

/** The place of the lowest bit set, 0 to 52; 64 when the value is 0. */
export function ctz(value: number): number {
  if (value === 0) return 64;
  const lo = value | 0;
  if (lo !== 0) return 31 - Math.clz32(lo & -lo);
  const hi = hi32(value);
  return 63 - Math.clz32(hi & -hi);
}

/** Whether the value is a power of two; 0 is not. */
export function isPowerOf2(value: number): boolean {
  return value > 0 && popCount(value) === 1;
}

/** The largest n with 2^n <= value. `value` must be positive. */
export function floorLog2(value: number): number {
  const hi = hi32(value);
  return hi !== 0 ? 63 - Math.clz32(hi) : 31 - Math.clz32(value | 0);
}

/** The smallest n with 2^n >= value. `value` must be positive. */
export function ceilLog2(value: number): number {
  return isPowerOf2(value) ? floorLog2(value) : floorLog2(value) + 1;
}

/** The quotient rounded up. */
export function divCeil(a: number, b: number): number {
  return Math.ceil(a / b);
}

/** The largest multiple of `align` that is not above the value. Any positive `align`. */
export function roundDown(value: number, align: number): number {
  return value - (value % align);
}

/** The smallest multiple of `align` that is not below the value. Any positive `align`. */
export function roundUp(value: number, align: number): number {
  const rest = value % align;
  return rest === 0 ? value : value + (align - rest);
}

/** A number whose lowest `count` bits are set; `count` from 0 to 53. */
export function mask(count: number): number {
  return 2 ** count - 1;
}

/** Bits `first` (the higher) down to `last` of the value, moved to the bottom. */
export function bits(value: number, first: number, last: number = first): number {
  return Math.floor(value / 2 ** last) % 2 ** (first - last + 1);
}

/** The value with bits `first` (the higher) down to `last` replaced by those of `field`. */
export function insertBits(value: number, first: number, last: number, field: number): number {
  const width = 2 ** (first - last + 1);
  const place = 2 ** last;
  return value - bits(value, first, last) * place + (field % width) * place;
}
