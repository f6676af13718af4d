/** One lane of an operation of SSE: exact, then rounded as MXCSR says. */
import {
  add,
  divide,
  multiply,
  opposite,
  order,
  squareRoot,
  toInteger,
  type Exact,
} from '../x87/arithmetic80';
import {
  decodeIeee,
  double,
  encodeIeee,
  Exception,
  finite,
  fromInteger,
  half,
  indefinite,
  infinity,
  quiet,
  round,
  Rounding,
  signals,
  single,
  zero,
  type Float80,
  type Format,
} from '../x87/float80';
import type { SseTask } from './sseOperations';

/** What MXCSR asks for. */
export interface SseControl {
  /** How to round, as `Rounding` has it. */
  readonly mode: number;
  readonly denormalsAreZeros: boolean;
  readonly flushesToZero: boolean;
  /** Exceptions that are to be raised: bits as in MXCSR. */
  readonly unmasked: number;
}

/** What a lane becomes, and which exceptions that is worth. */
export interface LaneResult {
  readonly bits: bigint;
  readonly exceptions: number;
}

const formats: Readonly<Record<number, Format>> = { 2: half, 4: single, 8: double };
const formatOf = (bytes: number): Format => formats[bytes] ?? double;

/** Comparisons that raise an exception for every NaN: 1, 2, 5, 6, …, and with bit 4 the others. */
const raisesForNans = (number: number): boolean => (((number + 1) & 2) !== 0) !== number >= 16;

const isNan = ({ kind }: Float80): boolean => kind === 'nan';
const notes = (...operands: readonly Float80[]): number =>
  operands.some(each => each.isDenormal) ? Exception.Denormal : 0;

/** The first operand that is a NaN decides; null when there is none. */
function fromNans(operands: readonly Float80[]): Exact | null {
  const first = operands.find(isNan);
  if (first === undefined) return null;
  const exceptions = operands.some(signals) ? Exception.Invalid : 0;
  return { value: quiet(first), sticky: false, exceptions };
}

/** A lane of an operation. */
export function computeLane(
  task: SseTask,
  lane: number,
  bits: readonly [bigint, bigint, bigint],
  control: SseControl,
): LaneResult {
  const format = formatOf(task.bytes);
  const decode = (raw: bigint): Float80 => {
    const value = decodeIeee(raw, format);
    const flushed = control.denormalsAreZeros && value.isDenormal && task.bytes > 2;
    return flushed ? zero(value.negative) : value;
  };
  const { operation } = task;
  const [a, b, c] = [decode(bits[0]), decode(bits[1]), decode(bits[2])];
  if (operation === 'min' || operation === 'max') return extreme(task, bits[1], [a, b]);
  if (operation === 'compare') return compare(task, a, b);
  if (operation === 'order' || operation === 'orderQuiet') {
    return toFlags(a, b, operation === 'order');
  }
  if (operation === 'toInteger' || operation === 'truncate') return integerOf(task, a, control);
  if (operation === 'round') return whole(task, a, control);
  if (operation === 'fromInteger') {
    const value = fromInteger(BigInt.asIntN(task.bytes * 8, bits[0]));
    return rounded({ value, sticky: false, exceptions: 0 }, task, control);
  }
  return rounded(arithmetic(task, lane, [a, b, c], control.mode), task, control);
}

/** What is computed exactly, to be rounded. */
function arithmetic(
  { operation, control: how }: SseTask,
  lane: number,
  [a, b, c]: readonly [Float80, Float80, Float80],
  mode: number,
): Exact {
  if (operation === 'fma') return fused([a, b, c], how, lane, mode);
  if (operation === 'mul') return fromNans([a, b]) ?? multiply(a, b);
  if (operation === 'div') return fromNans([a, b]) ?? divide(a, b);
  if (operation === 'sqrt') return fromNans([b]) ?? squareRoot(b);
  if (operation === 'resize' || operation === 'toHalf' || operation === 'fromHalf') {
    const exceptions = operation === 'fromHalf' ? 0 : notes(a);
    return fromNans([a]) ?? { value: a, sticky: false, exceptions };
  }
  const subtracts = operation === 'sub' || (operation === 'addsub' && lane % 2 === 0);
  return fromNans([a, b]) ?? add(a, subtracts ? opposite(b) : b, mode);
}

/** a * b + c, rounded once; some signs reversed. */
function fused(
  [a, b, c]: readonly [Float80, Float80, Float80],
  how: number,
  lane: number,
  mode: number,
): Exact {
  const endless = (x: Float80, y: Float80): boolean => x.kind === 'infinity' && y.kind === 'zero';
  const undefinedProduct = endless(a, b) || endless(b, a);
  const nan = fromNans([a, b, c]);
  if (nan !== null) return nan;
  if (undefinedProduct) return { value: indefinite, sticky: false, exceptions: Exception.Invalid };
  const negatesAddend = ((how >> 1) ^ (how >> (2 + (lane % 2)))) & 1;
  const product = multiply(a, b).value;
  const signedProduct = (how & 1) === 1 ? opposite(product) : product;
  const sum = add(signedProduct, negatesAddend === 1 ? opposite(c) : c, mode);
  const isInvalid = (sum.exceptions & Exception.Invalid) !== 0;
  return { ...sum, exceptions: isInvalid ? Exception.Invalid : notes(a, b, c) };
}

/** Into the format of the result. */
function rounded(
  exact: Exact,
  { resultBytes, operation, control: how }: SseTask,
  control: SseControl,
): LaneResult {
  const format = formatOf(resultBytes);
  const { value, sticky, exceptions } = exact;
  if (value.kind !== 'finite') return { bits: encodeIeee(value, format), exceptions };
  const isHalf = operation === 'toHalf';
  const mode = isHalf && (how & 4) === 0 ? how & 3 : control.mode;
  const result = round(value, sticky, format, mode);
  const raised = result.tiny ? result.exceptions | Exception.Underflow : result.exceptions;
  const trapped = raised & control.unmasked & (Exception.Underflow | Exception.Overflow);
  if (trapped !== 0) {
    // The result that a handler would get has exponents enough.
    const free = round(value, sticky, { ...format, minExponent: -1e6, maxExponent: 1e6 }, mode);
    return { bits: 0n, exceptions: exceptions | trapped | free.exceptions };
  }
  if (result.tiny && control.flushesToZero && !isHalf) {
    const flushed = encodeIeee(zero(value.negative), format);
    return { bits: flushed, exceptions: exceptions | Exception.Underflow | Exception.Precision };
  }
  return {
    bits: encodeIeee(result.value, format),
    exceptions: exceptions | result.exceptions,
  };
}

/** MIN and MAX: the second operand when there is any doubt. */
function extreme(
  { operation, bytes }: SseTask,
  second: bigint,
  [a, b]: readonly [Float80, Float80],
): LaneResult {
  if (isNan(a) || isNan(b)) {
    const bits = isNan(b) ? second : encodeIeee(b, formatOf(bytes));
    return { bits, exceptions: Exception.Invalid };
  }
  const first = order(a, b) === (operation === 'min' ? -1 : 1);
  return { bits: encodeIeee(first ? a : b, formatOf(bytes)), exceptions: notes(a, b) };
}

/** Which of less, equal, greater, unordered make comparisons 0 to 3 true, bits 0 to 3. */
const outcomes = [0b0010, 0b0001, 0b0011, 0b1000] as const;
const others = [0b1010, 0b1001, 0b1011, 0b0000] as const;

function compare({ control: number, bytes }: SseTask, a: Float80, b: Float80): LaneResult {
  const relation = order(a, b);
  const place = relation === null ? 3 : relation + 1;
  const plain = (number & 8) === 0 ? outcomes : others;
  const holds = ((((plain[number & 3] ?? 0) >> place) & 1) === 1) !== ((number & 4) !== 0);
  const bits = holds ? (1n << BigInt(bytes * 8)) - 1n : 0n;
  return { bits, exceptions: comparisonNotes(a, b, raisesForNans(number)) };
}

function comparisonNotes(a: Float80, b: Float80, forAllNans: boolean): number {
  if (!isNan(a) && !isNan(b)) return notes(a, b);
  return forAllNans || signals(a) || signals(b) ? Exception.Invalid : 0;
}

/** ZF, PF and CF. */
function toFlags(a: Float80, b: Float80, forAllNans: boolean): LaneResult {
  const relation = order(a, b);
  const bits = relation === null ? 0x45n : relation < 0 ? 1n : relation === 0 ? 0x40n : 0n;
  return { bits, exceptions: comparisonNotes(a, b, forAllNans) };
}

function integerOf(
  { operation, resultBytes }: SseTask,
  a: Float80,
  { mode }: SseControl,
): LaneResult {
  const { value, inexact } = toInteger(a, operation === 'truncate' ? Rounding.Zero : mode);
  const bits = BigInt(resultBytes * 8);
  const isNumber = a.kind === 'zero' || a.kind === 'finite';
  if (!isNumber || BigInt.asIntN(Number(bits), value) !== value) {
    return { bits: 1n << (bits - 1n), exceptions: Exception.Invalid };
  }
  return { bits: value, exceptions: inexact ? Exception.Precision : 0 };
}

/** ROUNDPS and kin: to a whole number in the same format. */
function whole({ control: how, bytes }: SseTask, a: Float80, control: SseControl): LaneResult {
  const format = formatOf(bytes);
  const nan = fromNans([a]);
  if (nan !== null) return { bits: encodeIeee(nan.value, format), exceptions: nan.exceptions };
  if (a.kind === 'infinity')
    return { bits: encodeIeee(infinity(a.negative), format), exceptions: 0 };
  const { value, inexact } = toInteger(a, (how & 4) === 0 ? how & 3 : control.mode);
  const magnitude = value < 0n ? -value : value;
  const exceptions = inexact && (how & 8) === 0 ? Exception.Precision : 0;
  // What has an exponent of 0 or more is whole, however long.
  const result = a.exponent >= 0 ? a : finite(a.negative, magnitude, 0);
  return { bits: encodeIeee(result, format), exceptions };
}
