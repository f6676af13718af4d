/** Arithmetic on numbers of the x87: exact results with more bits than any format, to be rounded. */
import {
  bitLength,
  finite,
  infinity,
  indefinite,
  Exception,
  quiet,
  signals,
  zero,
  Rounding,
  type Float80,
} from './float80';

/** A result before rounding. */
export interface Exact {
  readonly value: Float80;
  /** Whether it is a little larger than `value` says. */
  readonly sticky: boolean;
  readonly exceptions: number;
}

/** More bits than rounding can need: of operands further apart only the larger counts. */
const FAR = 200;

const exact = (value: Float80, exceptions = 0, sticky = false): Exact => ({
  value,
  exceptions,
  sticky,
});

const invalid: Exact = exact(indefinite, Exception.Invalid);

/** What operands that are no numbers give, or null. Of two NaNs the one with the larger significand counts. */
export function fromNans(a: Float80, b: Float80): Exact | null {
  if (a.kind === 'invalid' || b.kind === 'invalid') return invalid;
  if (a.kind !== 'nan' && b.kind !== 'nan') return null;
  const exceptions = signals(a) || signals(b) ? Exception.Invalid : 0;
  return exact(quiet(chooseNan(a, b)), exceptions);
}

function chooseNan(a: Float80, b: Float80): Float80 {
  if (b.kind !== 'nan') return a;
  if (a.kind !== 'nan') return b;
  // A signalling NaN gives way to a quiet one.
  if (signals(a) !== signals(b)) return signals(a) ? b : a;
  if (a.significand !== b.significand) return a.significand > b.significand ? a : b;
  return a.negative ? b : a;
}

/** That an operand was denormal is noted, unless something is worse. */
function denormals(a: Float80, b: Float80): number {
  return a.isDenormal || b.isDenormal ? Exception.Denormal : 0;
}

/** a + b; the sign of an exact 0 depends on how is rounded. */
export function add(a: Float80, b: Float80, mode: number): Exact {
  const nan = fromNans(a, b);
  if (nan !== null) return nan;
  const noted = denormals(a, b);
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    if (a.kind === b.kind && a.negative !== b.negative) return invalid;
    return exact(a.kind === 'infinity' ? a : b, noted);
  }
  if (a.kind === 'zero' && b.kind === 'zero') {
    return exact(zero(a.negative === b.negative ? a.negative : mode === Rounding.Down));
  }
  if (a.kind === 'zero') return exact(b, noted);
  if (b.kind === 'zero') return exact(a, noted);
  return addFinite(a, b, mode, noted);
}

function addFinite(a: Float80, b: Float80, mode: number, noted: number): Exact {
  const [large, small] = a.exponent >= b.exponent ? [a, b] : [b, a];
  const distance = large.exponent - small.exponent;
  if (distance > FAR) {
    // The smaller one is less than any bit that counts: it only says on which side the sum lies.
    const shift = FAR - bitLength(large.significand);
    const shifted = large.significand << BigInt(shift);
    const nudged = large.negative === small.negative ? shifted : shifted - 1n;
    return exact(finite(large.negative, nudged, large.exponent - shift), noted, true);
  }
  const signed = ({ negative, significand }: Float80): bigint =>
    negative ? -significand : significand;
  const sum = (signed(large) << BigInt(distance)) + signed(small);
  if (sum === 0n) return exact(zero(mode === Rounding.Down), noted);
  return exact(finite(sum < 0n, sum < 0n ? -sum : sum, small.exponent), noted);
}

/** The number with the other sign; NaNs keep theirs. */
export function opposite(a: Float80): Float80 {
  return a.kind === 'nan' ? a : { ...a, negative: !a.negative };
}

/** a * b. */
export function multiply(a: Float80, b: Float80): Exact {
  const nan = fromNans(a, b);
  if (nan !== null) return nan;
  const noted = denormals(a, b);
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity' || b.kind === 'infinity') {
    if (a.kind === 'zero' || b.kind === 'zero') return invalid;
    return exact(infinity(negative), noted);
  }
  return exact(finite(negative, a.significand * b.significand, a.exponent + b.exponent), noted);
}

/** a / b. */
export function divide(a: Float80, b: Float80): Exact {
  const nan = fromNans(a, b);
  if (nan !== null) return nan;
  const noted = denormals(a, b);
  const negative = a.negative !== b.negative;
  if (a.kind === 'infinity')
    return b.kind === 'infinity' ? invalid : exact(infinity(negative), noted);
  if (b.kind === 'infinity') return exact(zero(negative), noted);
  if (b.kind === 'zero') {
    return a.kind === 'zero' ? invalid : exact(infinity(negative), Exception.ZeroDivide);
  }
  if (a.kind === 'zero') return exact(zero(negative), noted);
  const shift = 140;
  const dividend = a.significand << BigInt(shift);
  const quotient = dividend / b.significand;
  const value = finite(negative, quotient, a.exponent - b.exponent - shift);
  return exact(value, noted, quotient * b.significand !== dividend);
}

/** The square root. */
export function squareRoot(a: Float80): Exact {
  const nan = fromNans(a, a);
  if (nan !== null) return nan;
  if (a.kind === 'zero') return exact(a);
  if (a.negative) return invalid;
  const noted = denormals(a, a);
  if (a.kind === 'infinity') return exact(a);
  const odd = a.exponent % 2 === 0 ? 0 : 1;
  const radicand = a.significand << BigInt(140 + odd);
  const root = integerRoot(radicand);
  const value = finite(false, root, (a.exponent - odd - 140) / 2);
  return exact(value, noted, root * root !== radicand);
}

function integerRoot(n: bigint): bigint {
  let x = 1n << BigInt((bitLength(n) + 1) >> 1);
  for (;;) {
    const next = (x + n / x) >> 1n;
    if (next >= x) return x;
    x = next;
  }
}

/** A finite number or 0 as an integer, and whether anything was lost. */
export function toInteger(
  a: Float80,
  mode: number,
): { value: bigint; inexact: boolean; up: boolean } {
  if (a.kind !== 'finite') return { value: 0n, inexact: false, up: false };
  const { exponent, significand, negative } = a;
  if (exponent >= 0) {
    // Beyond every integer type it is enough to know that it is.
    const all = significand << BigInt(Math.min(exponent, 128));
    return { value: negative ? -all : all, inexact: false, up: false };
  }
  const shift = BigInt(Math.min(-exponent, 130));
  const kept = significand >> shift;
  const rest = significand - (kept << shift);
  const half = 1n << (shift - 1n);
  let up = false;
  if (mode === Rounding.Nearest) up = rest > half || (rest === half && (kept & 1n) === 1n);
  else if (mode !== Rounding.Zero) up = rest !== 0n && (mode === Rounding.Down) === negative;
  const magnitude = up ? kept + 1n : kept;
  return { value: negative ? -magnitude : magnitude, inexact: rest !== 0n, up };
}

/** -1, 0, 1; null when there is no order. */
export function order(a: Float80, b: Float80): -1 | 0 | 1 | null {
  const special = [a, b].some(({ kind }) => kind === 'nan' || kind === 'invalid');
  if (special) return null;
  if (a.kind === 'zero' && b.kind === 'zero') return 0;
  if (a.kind === b.kind && a.kind === 'infinity' && a.negative === b.negative) return 0;
  const difference = add(a, opposite(b), Rounding.Nearest).value;
  if (difference.kind === 'zero') return 0;
  return difference.negative ? -1 : 1;
}
