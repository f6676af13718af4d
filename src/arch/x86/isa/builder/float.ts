/** Floating-point numbers in expressions: what scalar conversions and comparisons need. */
import { Condition, Value, type IntType } from './value';

/** The types of floating-point numbers. */
export type Float = 'f32' | 'f64';

/** A double number that is known. */
export function floatConstant(number: number): Value<'f64'> {
  return new Value('f64', 0x44, [], [...new Uint8Array(Float64Array.of(number).buffer)]);
}

const comparisons = {
  equal: [0x5b, 0x61],
  notEqual: [0x5c, 0x62],
  less: [0x5d, 0x63],
  greater: [0x5e, 0x64],
} as const;

/** Compares two numbers of one type; what is not ordered is only not equal. */
export function compareFloats(
  how: keyof typeof comparisons,
  a: Value<Float>,
  b: Value<Float>,
): Condition {
  const [single, double] = comparisons[how];
  return new Condition(new Value('i32', a.type === 'f32' ? single : double, [a, b]));
}

/** A number as a double one, which it is exactly. */
export function promote(a: Value<Float>): Value<'f64'> {
  return a.type === 'f64' ? (a as Value<'f64'>) : new Value('f64', 0xbb, [a]);
}

/** The nearest whole number, of two the even one. */
export function nearest(a: Value<Float>): Value<Float> {
  return new Value(a.type, a.type === 'f64' ? 0x9e : 0x90, [a]);
}

/** The integer towards 0; at the ends of the type what does not fit, and 0 for what is no number. */
export function truncate<T extends IntType>(a: Value<'f64'>, type: T): Value<T> {
  return new Value(type, type === 'i32' ? 0xfc0002 : 0xfc0006, [a]);
}

const fromInteger = { i32: { f32: 0xb2, f64: 0xb7 }, i64: { f32: 0xb4, f64: 0xb9 } } as const;

/** A signed integer as a floating-point number. */
export function convertInteger(a: Value<IntType>, type: Float): Value<Float> {
  return new Value(type, fromInteger[a.type][type], [a]);
}
