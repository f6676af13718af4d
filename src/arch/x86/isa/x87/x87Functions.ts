/**
 * Elementary functions of the x87: correctly rounded, to 64 bits whatever precision the control word asks
 * for. Angles are reduced by a π of 66 bits, as processors do it. Source: SDM volume 1, 8.3.7 to 8.3.10.
 */
import { add, fromNans } from './arithmetic80';
import {
  angle,
  bigOf,
  divide,
  exp2Less1,
  log2,
  log2Next,
  multiply,
  quartersOfPi,
  sineAndCosine,
  unrounded,
  type Big,
} from './bigFunctions';
import {
  Exception,
  extended,
  finite,
  indefinite,
  infinity,
  round,
  Rounding,
  zero,
  type Float80,
} from './float80';
import type { ElementaryOperation } from './x87Operations';
import { Status } from './x87Registers';
import { X87Stack } from './x87Stack';

const one = finite(false, 1n, 0);
const isZero = ({ kind }: Float80): boolean => kind === 'zero';
const isEndless = ({ kind }: Float80): boolean => kind === 'infinity';

/** -1, 0 or 1 as |a| is less than, equal to or more than 1; of a finite number. */
function comparedToOne({ significand, exponent }: Float80): number {
  const top = exponent + significand.toString(2).length - 1;
  if (top !== 0) return Math.sign(top);
  return (significand & (significand - 1n)) === 0n ? 0 : 1;
}

/** x + 1, or next to it. */
function plusOne(x: Float80): Float80 {
  const { value, sticky } = add(x, one, Rounding.Nearest);
  return value.kind === 'finite' ? round(value, sticky, extended, Rounding.Nearest).value : value;
}

/** The x87 with its functions. */
export abstract class X87Functions extends X87Stack {
  protected elementary(operation: ElementaryOperation): void {
    const { registers } = this;
    if (operation === 'patan' || operation === 'yl2x' || operation === 'yl2xp1') {
      const empty = registers.isEmpty(0) || registers.isEmpty(1);
      if (empty) this.stackFault(false, () => registers.write(1, indefinite));
      else registers.write(1, this.#ofTwo(operation, registers.read(1), registers.read(0)));
      this.pop();
    } else if (operation === 'ptan' || operation === 'sincos') {
      this.#pushing(operation);
    } else if (registers.isEmpty(0)) {
      if (operation !== 'f2xm1') registers.status &= ~Status.C2;
      this.stackFault(false, () => registers.write(0, indefinite));
    } else if (operation === 'f2xm1') {
      registers.write(0, this.#powerLess1(registers.read(0)));
    } else {
      const results = this.#circular(registers.read(0));
      if (results !== null) registers.write(0, this.#rounded(results[operation]));
    }
  }

  /** FPTAN pushes 1 behind the tangent, FSINCOS the cosine behind the sine. */
  #pushing(operation: 'ptan' | 'sincos'): void {
    const { registers } = this;
    const overflows = !registers.isEmpty(7);
    if (registers.isEmpty(0) || overflows) {
      registers.status &= ~Status.C2;
      this.stackFault(overflows && !registers.isEmpty(0), () => registers.write(0, indefinite));
      registers.rotate(-1);
      registers.write(0, indefinite);
      return;
    }
    const results = this.#circular(registers.read(0));
    if (results === null) return;
    const { sin, cos } = results;
    const isNumber = sin.value.kind === 'finite' || sin.value.kind === 'zero';
    if (operation === 'sincos') {
      registers.write(0, this.#rounded(sin));
      this.push(this.#rounded(cos));
    } else {
      registers.write(0, this.#rounded(results.tan));
      this.push(isNumber ? one : sin.value);
    }
  }

  #rounded({ value, exact }: Result): Float80 {
    if (value.kind !== 'finite' || exact) return value;
    return this.roundedTo(value, extended, true);
  }

  #of(big: Big): Float80 {
    return this.#rounded({ value: unrounded(big), exact: false });
  }

  #invalid(): Float80 {
    this.note(Exception.Invalid);
    return indefinite;
  }

  #nan(a: Float80, b: Float80): Float80 | null {
    const nan = fromNans(a, b);
    if (nan !== null) this.note(nan.exceptions);
    return nan?.value ?? null;
  }

  /** Sine, cosine and tangent; null when the angle is too large, which C2 says. */
  #circular(x: Float80): Readonly<Record<'sin' | 'cos' | 'tan', Result>> | null {
    this.registers.status &= ~Status.C2;
    const all = (value: Float80) => {
      const result = { value, exact: true };
      return { sin: result, cos: result, tan: result };
    };
    const nan = this.#nan(x, x);
    if (nan !== null) return all(nan);
    if (isEndless(x)) return all(this.#invalid());
    if (isZero(x)) return { ...all(x), cos: { value: one, exact: true } };
    if (x.exponent + x.significand.toString(2).length > 63) {
      this.setStatus(Status.C2);
      return null;
    }
    if (x.isDenormal) this.note(Exception.Denormal);
    const [sine, cosine] = sineAndCosine(bigOf(x));
    const of = (big: Big): Result => ({ value: unrounded(big), exact: false });
    return { sin: of(sine), cos: of(cosine), tan: of(divide(sine, cosine)) };
  }

  /** F2XM1; outside of -1 to 1, where nothing is promised, the operand itself. */
  #powerLess1(x: Float80): Float80 {
    const nan = this.#nan(x, x);
    if (nan !== null) return nan;
    if (isZero(x)) return x;
    if (isEndless(x)) return x.negative ? finite(true, 1n, 0) : x;
    if (x.isDenormal) this.note(Exception.Denormal);
    const size = comparedToOne(x);
    if (size === 0) return x.negative ? finite(true, 1n, -1) : x;
    return size > 0 ? x : this.#of(exp2Less1(bigOf(x)));
  }

  #ofTwo(operation: 'patan' | 'yl2x' | 'yl2xp1', y: Float80, x: Float80): Float80 {
    const nan = this.#nan(y, x);
    if (nan !== null) return nan;
    if (operation === 'patan') return this.#arcTangent(y, x);
    return operation === 'yl2x' ? this.#logarithm(y, x) : this.#logarithmNext(y, x);
  }

  #arcTangent(y: Float80, x: Float80): Float80 {
    if (y.isDenormal || x.isDenormal) this.note(Exception.Denormal);
    const quarters = (count: number): Float80 =>
      this.#of(quartersOfPi(y.negative ? -count : count));
    if (isZero(y) || (isEndless(x) && !isEndless(y))) {
      return x.negative ? quarters(4) : zero(y.negative);
    }
    if (isEndless(y)) return quarters(isEndless(x) ? (x.negative ? 3 : 1) : 2);
    if (isZero(x)) return quarters(2);
    return this.#of(angle(bigOf(y), bigOf(x)));
  }

  /** FYL2X: y * log2(x). */
  #logarithm(y: Float80, x: Float80): Float80 {
    if (isZero(x)) {
      if (isZero(y)) return this.#invalid();
      if (!isEndless(y)) this.note(Exception.ZeroDivide);
      return infinity(!y.negative);
    }
    if (x.negative) return this.#invalid();
    const size = isEndless(x) ? 1 : comparedToOne(x);
    if (isEndless(x) && isZero(y)) return this.#invalid();
    if (isEndless(y) && size === 0) return this.#invalid();
    if (y.isDenormal || x.isDenormal) this.note(Exception.Denormal);
    const negative = y.negative !== size < 0;
    if (isEndless(x) || isEndless(y)) return infinity(negative);
    if (isZero(y) || size === 0) return zero(negative);
    return this.#product(y, log2(bigOf(x)));
  }

  /** FYL2XP1: y * log2(x + 1). */
  #logarithmNext(y: Float80, x: Float80): Float80 {
    const negative = y.negative !== x.negative;
    if (isEndless(x) && (x.negative || isZero(y))) return this.#invalid();
    if (isEndless(y) && isZero(x)) return this.#invalid();
    if (y.isDenormal || x.isDenormal) this.note(Exception.Denormal);
    if (isEndless(x) || isEndless(y)) return infinity(negative);
    if (isZero(x) || isZero(y)) return zero(negative);
    // Nothing is promised beyond a half; processors give the logarithm where there is one.
    if (x.negative && comparedToOne(x) >= 0) {
      this.note(Exception.Precision);
      return x;
    }
    if (comparedToOne({ ...x, exponent: x.exponent + 1 }) >= 0) {
      return this.#logarithm(y, plusOne(x));
    }
    return this.#product(y, log2Next(bigOf(x)));
  }

  /** A power of 2 has an exact logarithm. */
  #product(y: Float80, logarithm: Big): Float80 {
    const isWhole = logarithm.e >= 0 || (logarithm.m & ((1n << BigInt(-logarithm.e)) - 1n)) === 0n;
    return this.roundedTo(unrounded(multiply(bigOf(y), logarithm)), extended, !isWhole);
  }
}

/** A result before it is rounded. */
interface Result {
  readonly value: Float80;
  readonly exact: boolean;
}
