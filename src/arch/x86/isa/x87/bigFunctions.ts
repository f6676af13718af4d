/**
 * Elementary functions of numbers of the x87, to far more bits than a result has, so that rounding it
 * gives the correctly rounded one.
 */
import { bitLength, finite, type Float80 } from './float80';

/** `m * 2 ** e`, of either sign. */
export interface Big {
  readonly m: bigint;
  readonly e: number;
}

/** Bits that are kept. */
const PRECISION = 160;
const ONE = 1n << BigInt(PRECISION);
/** π as the processors have it when they reduce angles: 66 bits, times 2^66. Source: SDM volume 1, 8.3.8. */
const REDUCING_PI = 0xc90fdaa22168c234cn;
/** π, and the natural logarithm of 2, times 2^256. */
const PI = 0x3243f6a8885a308d313198a2e03707344a4093822299f31d0082efa98ec4e6c89n;
const LN2 = 0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62d8a0d175b8baafa2bn;

const magnitude = (m: bigint): bigint => (m < 0n ? -m : m);

function cut({ m, e }: Big): Big {
  const extra = m === 0n ? 0 : bitLength(magnitude(m)) - PRECISION;
  return extra > 0 ? { m: m >> BigInt(extra), e: e + extra } : { m, e };
}

/** The product. */
export const multiply = (a: Big, b: Big): Big => cut({ m: a.m * b.m, e: a.e + b.e });

/** The quotient, of a divisor that is not 0. */
export function divide(a: Big, b: Big): Big {
  const shift = 2 * PRECISION;
  return cut({ m: (a.m << BigInt(shift)) / b.m, e: a.e - b.e - shift });
}

function sum(a: Big, b: Big): Big {
  const [high, low] = a.e >= b.e ? [a, b] : [b, a];
  // What is far below all bits of the other counts for nothing.
  if (high.m !== 0n && high.e - low.e > 4 * PRECISION) return high;
  return cut({ m: (high.m << BigInt(high.e - low.e)) + low.m, e: low.e });
}

/** A fixed-point number with `PRECISION` bits behind the point. */
function fixed({ m, e }: Big): bigint {
  const shift = BigInt(e + PRECISION);
  return shift >= 0n ? m << shift : m >> -shift;
}

const unfixed = (m: bigint): Big => ({ m, e: -PRECISION });
const constant = (m: bigint): Big => cut({ m, e: -256 });
const negative = ({ m, e }: Big): Big => ({ m: -m, e });

/** A finite number or 0. */
export function bigOf({ kind, negative: isNegative, significand, exponent }: Float80): Big {
  if (kind !== 'finite') return { m: 0n, e: 0 };
  return { m: isNegative ? -significand : significand, e: exponent };
}

/** And back, with all bits. */
export function unrounded({ m, e }: Big): Float80 {
  return finite(m < 0n, magnitude(m), e);
}

/** The sum of a series in powers of `x`: each term is the last one times `x`, by what `next` makes of it. */
function series(x: bigint, term: (power: bigint, n: bigint) => bigint): bigint {
  let total = 0n;
  let power = ONE;
  for (let n = 0n; ; n++) {
    const value = term(power, n);
    total += value;
    power = (power * x) >> BigInt(PRECISION);
    if (power === 0n || power === -1n) return total;
  }
}

/** Of |z| up to a half: z + z^3/3 + z^5/5 … or with alternating signs. */
function oddSeries(z: Big, alternates: boolean): Big {
  const square = fixed(multiply(z, z));
  const factor = series(alternates ? -square : square, (power, n) => power / (2n * n + 1n));
  // The true factor of alternating terms is less than 1, however small they are.
  return multiply(z, unfixed(alternates ? factor - 1n : factor));
}

/** log2(1 + x), from x / (2 + x), of which the series gives half the natural logarithm. */
function log2From(part: Big): Big {
  const { m, e } = oddSeries(part, false);
  return divide({ m, e: e + 1 }, constant(LN2));
}

/** log2(x), of a number above 0. */
export function log2(x: Big): Big {
  const bits = bitLength(x.m);
  // A number between 3/4 and 3/2, and a power of 2.
  const isUpper = bits > 1 && ((x.m >> BigInt(bits - 2)) & 1n) === 1n;
  const exponent = isUpper ? bits : bits - 1;
  const scaled = { m: x.m, e: -exponent };
  const one = { m: 1n, e: 0 };
  const rest = log2From(divide(sum(scaled, negative(one)), sum(scaled, one)));
  return sum({ m: BigInt(exponent + x.e), e: 0 }, rest);
}

/** log2(1 + x), of x between -1/2 and 1. */
export function log2Next(x: Big): Big {
  return log2From(divide(x, sum(x, { m: 2n, e: 0 })));
}

/** 2^x - 1, of x between -1 and 1. */
export function exp2Less1(x: Big): Big {
  const y = multiply(x, constant(LN2));
  let factorial = 1n;
  const factor = series(fixed(y), (power, n) => power / (factorial *= n + 1n));
  return multiply(y, unfixed(factor));
}

/** The angle of a point, from -π to π. */
export function angle(y: Big, x: Big): Big {
  const [up, right] = [magnitude(y.m), magnitude(x.m)];
  const pi = constant(PI);
  const first = quadrantAngle({ m: up, e: y.e }, { m: right, e: x.e });
  const value = x.m < 0n ? sum(pi, negative(first)) : first;
  return y.m < 0n ? negative(value) : value;
}

/** A multiple of a quarter of π. */
export function quartersOfPi(quarters: number): Big {
  return multiply({ m: BigInt(quarters), e: -2 }, constant(PI));
}

/** Of two numbers that are not negative, not both 0. */
function quadrantAngle(y: Big, x: Big): Big {
  if (y.m === 0n) return { m: 0n, e: 0 };
  const isSteep = sum(y, negative(x)).m > 0n;
  const z = isSteep ? divide(x, y) : divide(y, x);
  const value = arcTangent(z);
  return isSteep ? sum(quartersOfPi(2), negative(value)) : value;
}

/** Of 0 to 1. */
function arcTangent(z: Big): Big {
  // Below the tangent of an eighth of π the series is short enough.
  if (sum(z, { m: -53n, e: -7 }).m < 0n) return oddSeries(z, true);
  const one = { m: 1n, e: 0 };
  const turned = divide(sum(z, negative(one)), sum(z, one));
  return sum(quartersOfPi(1), oddSeries(turned, true));
}

/** Sine and cosine. */
export function sineAndCosine(x: Big): readonly [sine: Big, cosine: Big] {
  const { quarter, rest } = reduce(x);
  const square = fixed(multiply(rest, rest));
  const factorials = (odd: bigint): ((power: bigint, n: bigint) => bigint) => {
    let factorial = 1n;
    return (power, n) => power / (factorial *= n === 0n ? 1n : 2n * n * (2n * n + odd));
  };
  // What was cut off is less than nothing: so that rounding sees that there is no exact result.
  const sine = multiply(rest, unfixed(series(-square, factorials(1n)) - 1n));
  const cosine = unfixed(series(-square, factorials(-1n)) - 1n);
  const turned: readonly (readonly [Big, Big])[] = [
    [sine, cosine],
    [cosine, negative(sine)],
    [negative(sine), negative(cosine)],
    [negative(cosine), sine],
  ];
  return turned[quarter] ?? [sine, cosine];
}

/** What is left of an angle after the nearest multiple of half of π, and that modulo 4. */
function reduce({ m, e }: Big): { quarter: number; rest: Big } {
  // Half of π is REDUCING_PI * 2^-67.
  const low = Math.min(e, -67);
  const angleBits = m << BigInt(e - low);
  const unit = REDUCING_PI << BigInt(-67 - low);
  const doubled = 2n * angleBits + (m < 0n ? -unit : unit);
  const turns = doubled / (2n * unit);
  return {
    quarter: Number(((turns % 4n) + 4n) % 4n),
    rest: cut({ m: angleBits - turns * unit, e: low }),
  };
}
