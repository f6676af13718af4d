/** Numbers as C's printf and C++'s streams write them, which `stats.txt` must match. */

const SIGNIFICANT_DIGITS = 6;

/** Beyond this, `toFixed` changes to another notation. */
const FIXED_LIMIT = 1e21;

/**
 * A number with this many decimals, as C's `%.*f`: a value half-way between two results goes to the
 * even one, whereas `toFixed` rounds it up.
 */
export function formatFixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (Math.abs(value) >= FIXED_LIMIT) {
    return BigInt(value).toString() + (digits > 0 ? `.${'0'.repeat(digits)}` : '');
  }
  const text = value.toFixed(digits);
  if (value === 0) return Object.is(value, -0) ? `-${text.replace('-', '')}` : text;
  // Half-way means an odd multiple of half a unit in the last place. Only a multiple of
  // 2^-(digits + 1) can be one, and multiplying by a power of two is exact.
  return isOdd(value * 2 ** (digits + 1)) ? lastDigitEven(text) : text;
}

/**
 * A value of a statistic: with `precision` decimals, or, when that is -1, with none for a whole
 * number and 6 for others.
 */
export function formatValue(value: number, precision: number): string {
  if (precision > 0) return formatFixed(value, precision);
  if (Number.isInteger(value)) {
    return Math.abs(value) < FIXED_LIMIT && value !== 0 ? String(value) : formatFixed(value, 0);
  }
  return formatFixed(value, precision === -1 ? 6 : precision);
}

/** A fraction as a percentage with two decimals, `12.50%`; nothing for what is not a number. */
export function formatPercent(fraction: number): string {
  return Number.isNaN(fraction) ? '' : `${formatFixed(fraction * 100, 2)}%`;
}

/** A number with 6 significant digits at most, as C's `%g`: `64`, `0.5`, `1.04858e+06`. */
export function formatGeneral(value: number): string {
  if (!Number.isFinite(value)) return formatSpecial(value);
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isInteger(value) && Math.abs(value) < 10 ** SIGNIFICANT_DIGITS) return String(value);

  const rounded = roundToSignificant(value);
  const [mantissa = '', exponentText = ''] = rounded.split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < SIGNIFICANT_DIGITS) {
    return withoutFinalZeros(Number(rounded).toFixed(SIGNIFICANT_DIGITS - 1 - exponent));
  }
  const sign = exponent < 0 ? '-' : '+';
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${withoutFinalZeros(mantissa)}e${sign}${digits}`;
}

/** As `toExponential` with 6 significant digits, but half-way values go to the even digit. */
function roundToSignificant(value: number): string {
  const text = value.toExponential(SIGNIFICANT_DIGITS - 1);
  // A value half-way to a power of ten becomes 1.00000, which is even whichever exponent it has.
  const exponent = Number(text.slice(text.indexOf('e') + 1));
  const digits = SIGNIFICANT_DIGITS - 1 - exponent;
  if (!isHalfWay(value, digits)) return text;
  const [mantissa = '', power = ''] = text.split('e');
  return `${lastDigitEven(mantissa)}e${power}`;
}

/** True when the value lies half-way between two multiples of 10^-digits. */
function isHalfWay(value: number, digits: number): boolean {
  if (digits >= 0) return isOdd(value * 2 ** (digits + 1));
  if (!Number.isInteger(value)) return false;
  const step = 10n ** BigInt(-digits);
  return (BigInt(Math.abs(value)) % step) * 2n === step;
}

function isOdd(value: number): boolean {
  return Math.abs(value % 2) === 1;
}

/** Undoes the rounding up of a half-way value when it led to an odd last digit. */
function lastDigitEven(text: string): string {
  const last = Number(text.at(-1));
  return last % 2 === 0 ? text : text.slice(0, -1) + String(last - 1);
}

function withoutFinalZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function formatSpecial(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  return value > 0 ? 'inf' : '-inf';
}
