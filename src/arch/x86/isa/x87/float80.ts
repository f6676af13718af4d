/**
 * Numbers of the x87: 80 bits, of which a significand of 64 with its integer bit. Source: SDM volume 1,
 * 4.2.2 and 4.8; IEEE 754.
 */

/** A number taken apart. Of a finite one the value is `significand * 2 ** exponent`. */
export interface Float80 {
  readonly kind: 'zero' | 'finite' | 'infinity' | 'nan' | 'invalid';
  readonly negative: boolean;
  readonly exponent: number;
  /** Of a NaN all 64 bits. */
  readonly significand: bigint;
  readonly isDenormal: boolean;
}

/** Where a result is rounded to. */
export interface Format {
  /** Bits of the significand, the first one included. */
  readonly precision: number;
  /** Exponents of the smallest and the largest normal numbers. */
  readonly minExponent: number;
  readonly maxExponent: number;
}

/** 16 bits. */
export const half: Format = { precision: 11, minExponent: -14, maxExponent: 15 };
/** 32 bits. */
export const single: Format = { precision: 24, minExponent: -126, maxExponent: 127 };
/** 64 bits. */
export const double: Format = { precision: 53, minExponent: -1022, maxExponent: 1023 };
/** 80 bits. */
export const extended: Format = { precision: 64, minExponent: -16382, maxExponent: 16383 };

/** How to round: the codes of the control word. */
export const Rounding = { Nearest: 0, Down: 1, Up: 2, Zero: 3 } as const;

/** What happened: the bits of the status word. */
export const Exception = {
  Invalid: 0x01,
  Denormal: 0x02,
  ZeroDivide: 0x04,
  Overflow: 0x08,
  Underflow: 0x10,
  Precision: 0x20,
} as const;

/** A result, and what happened on the way to it. */
export interface Rounded {
  readonly value: Float80;
  readonly exceptions: number;
  /** Whether the magnitude was rounded up: C1. */
  readonly up: boolean;
  /** Whether it would be below all normal numbers if there were exponents enough. */
  readonly tiny: boolean;
}

const EXTENDED_BIAS = 16383;
const INTEGER_BIT = 1n << 63n;
const QUIET_BIT = 1n << 62n;

function number(
  kind: Float80['kind'],
  negative: boolean,
  significand = 0n,
  exponent = 0,
  isDenormal = false,
): Float80 {
  return { kind, negative, exponent, significand, isDenormal };
}

/** 0 with a sign. */
export const zero = (negative: boolean): Float80 => number('zero', negative);
/** Infinity with a sign. */
export const infinity = (negative: boolean): Float80 => number('infinity', negative);
/** What an invalid operation gives. */
export const indefinite: Float80 = number('nan', true, INTEGER_BIT | QUIET_BIT);
/** A finite number, or 0 with a sign. */
export function finite(negative: boolean, significand: bigint, exponent: number): Float80 {
  if (significand === 0n) return zero(negative);
  return number('finite', negative, significand, exponent);
}

/** An integer. */
export function fromInteger(value: bigint): Float80 {
  return finite(value < 0n, value < 0n ? -value : value, 0);
}

/** A signalling NaN made quiet; a quiet one as it is. */
export function quiet(value: Float80): Float80 {
  return number('nan', value.negative, value.significand | QUIET_BIT);
}

/** Whether a NaN signals. */
export function signals({ kind, significand }: Float80): boolean {
  return kind === 'nan' && (significand & QUIET_BIT) === 0n;
}

/** From the 64 bits of the significand, and sign and exponent. */
export function decodeExtended(significand: bigint, signExponent: number): Float80 {
  const negative = (signExponent & 0x8000) !== 0;
  const biased = signExponent & 0x7fff;
  const hasInteger = (significand & INTEGER_BIT) !== 0n;
  if (biased === 0) {
    if (significand === 0n) return zero(negative);
    return number('finite', negative, significand, 1 - EXTENDED_BIAS - 63, true);
  }
  if (!hasInteger) return number('invalid', negative, significand);
  if (biased < 0x7fff) return number('finite', negative, significand, biased - EXTENDED_BIAS - 63);
  return significand === INTEGER_BIT ? infinity(negative) : number('nan', negative, significand);
}

function exponentBitsOf({ maxExponent }: Format): bigint {
  return BigInt(32 - Math.clz32(maxExponent) + 1);
}

/** From the bits of a half, single or double number. */
export function decodeIeee(bits: bigint, format: Format): Float80 {
  const fractionBits = BigInt(format.precision - 1);
  const exponentBits = exponentBitsOf(format);
  const fraction = bits & ((1n << fractionBits) - 1n);
  const biased = Number((bits >> fractionBits) & ((1n << exponentBits) - 1n));
  const negative = ((bits >> (fractionBits + exponentBits)) & 1n) === 1n;
  const lowest = format.minExponent - format.precision + 1;
  if (biased === 0) {
    return fraction === 0n ? zero(negative) : number('finite', negative, fraction, lowest, true);
  }
  if (biased < 2 ** Number(exponentBits) - 1) {
    return number('finite', negative, fraction | (1n << fractionBits), lowest + biased - 1);
  }
  if (fraction === 0n) return infinity(negative);
  return number('nan', negative, INTEGER_BIT | (fraction << (63n - fractionBits)));
}

/** Number of bits up to the highest 1; of a number above 0. */
export function bitLength(value: bigint): number {
  const digits = value.toString(16);
  return digits.length * 4 - Math.clz32(parseInt(digits[0] ?? '0', 16)) + 28;
}

function roundsUp(
  mode: number,
  negative: boolean,
  odd: boolean,
  rest: bigint,
  half: bigint,
  sticky: boolean,
): boolean {
  if (mode === Rounding.Nearest) {
    return rest > half || (rest === half && (sticky || odd));
  }
  const inexact = rest !== 0n || sticky;
  if (mode === Rounding.Up) return inexact && !negative;
  return mode === Rounding.Down && inexact && negative;
}

/**
 * Rounds a finite number to a format.
 *
 * @param sticky - whether the number is a little larger than it says, by less than its lowest bit; there
 *   must be more bits than the format has
 */
export function round(value: Float80, sticky: boolean, format: Format, mode: number): Rounded {
  const { negative, significand, exponent } = value;
  const { precision, minExponent, maxExponent } = format;
  const top = exponent + bitLength(significand) - 1;
  const lowest = Math.max(top, minExponent) - precision + 1;
  const shift = BigInt(lowest - exponent);
  let kept = shift > 0n ? significand >> shift : significand << -shift;
  const rest = shift > 0n ? significand - (kept << shift) : 0n;
  const half = shift > 0n ? 1n << (shift - 1n) : 1n;
  const inexact = rest !== 0n || sticky;
  const up = roundsUp(mode, negative, (kept & 1n) === 1n, rest, half, sticky);
  if (up) kept += 1n;
  const tiny = top < minExponent && !reachesNormal(value, sticky, format, mode);
  let exceptions: number = inexact ? Exception.Precision : 0;
  if (inexact && tiny) exceptions |= Exception.Underflow;
  if (kept === 0n) return { value: zero(negative), exceptions, up, tiny };
  const reached = lowest + bitLength(kept) - 1;
  if (reached > maxExponent) return overflow(negative, format, mode);
  const isDenormal = reached < minExponent;
  return { value: number('finite', negative, kept, lowest, isDenormal), exceptions, up, tiny };
}

/** Whether a number below all normal ones becomes the smallest of them, rounded to full precision. */
function reachesNormal(value: Float80, sticky: boolean, format: Format, mode: number): boolean {
  const { negative, significand, exponent } = value;
  const bits = bitLength(significand);
  if (exponent + bits !== format.minExponent) return false;
  const shift = BigInt(bits - format.precision);
  if (shift < 0n) return false;
  const kept = significand >> shift;
  const rest = significand - (kept << shift);
  const half = shift > 0n ? 1n << (shift - 1n) : 1n;
  const ones = kept === (1n << BigInt(format.precision)) - 1n;
  return ones && roundsUp(mode, negative, true, rest, half, sticky);
}

function overflow(negative: boolean, { precision, maxExponent }: Format, mode: number): Rounded {
  const exceptions = Exception.Overflow | Exception.Precision;
  const away =
    mode === Rounding.Nearest ||
    (mode === Rounding.Up && !negative) ||
    (mode === Rounding.Down && negative);
  if (away) return { value: infinity(negative), exceptions, up: true, tiny: false };
  const largest = (1n << BigInt(precision)) - 1n;
  return {
    value: number('finite', negative, largest, maxExponent - precision + 1),
    exceptions,
    up: false,
    tiny: false,
  };
}

/** The 64 bits of the significand, and sign and exponent; the number fits. */
export function encodeExtended(value: Float80): { significand: bigint; signExponent: number } {
  const sign = value.negative ? 0x8000 : 0;
  switch (value.kind) {
    case 'zero':
      return { significand: 0n, signExponent: sign };
    case 'infinity':
      return { significand: INTEGER_BIT, signExponent: sign | 0x7fff };
    case 'nan':
    case 'invalid':
      return { significand: value.significand, signExponent: sign | 0x7fff };
    case 'finite': {
      const top = value.exponent + bitLength(value.significand) - 1;
      const lowest = Math.max(top, extended.minExponent) - 63;
      const shift = BigInt(value.exponent - lowest);
      const significand = shift >= 0n ? value.significand << shift : value.significand >> -shift;
      const biased = top < extended.minExponent ? 0 : top + EXTENDED_BIAS;
      return { significand, signExponent: sign | biased };
    }
  }
}

/** The bits of a half, single or double number; the number fits. */
export function encodeIeee(value: Float80, format: Format): bigint {
  const fractionBits = BigInt(format.precision - 1);
  const exponentBits = exponentBitsOf(format);
  const highest = (1n << exponentBits) - 1n;
  const sign = value.negative ? 1n << (fractionBits + exponentBits) : 0n;
  switch (value.kind) {
    case 'zero':
      return sign;
    case 'infinity':
      return sign | (highest << fractionBits);
    case 'nan':
    case 'invalid': {
      const fraction = (value.significand >> (63n - fractionBits)) & ((1n << fractionBits) - 1n);
      return sign | (highest << fractionBits) | fraction;
    }
    case 'finite': {
      const top = value.exponent + bitLength(value.significand) - 1;
      const lowest = Math.max(top, format.minExponent) - format.precision + 1;
      const shift = BigInt(value.exponent - lowest);
      const all = shift >= 0n ? value.significand << shift : value.significand >> -shift;
      const fraction = all & ((1n << fractionBits) - 1n);
      const biased = top < format.minExponent ? 0n : BigInt(top - format.minExponent + 1);
      return sign | (biased << fractionBits) | fraction;
    }
  }
}
