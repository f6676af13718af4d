/** Truth values of generated code. */
import { panic } from '../../../../base/index';
import { Condition, i32, Value, type IntType } from './value';
import type { ValueType } from './wasmModule';

type Compare = <T extends IntType>(a: Value<T>, b: Value<T>) => Condition;

function compare(
  codes: Readonly<Record<IntType, number>>,
  fold: (a: bigint, b: bigint) => boolean,
  unsigned = false,
): Compare {
  return (a, b) => {
    if (a.type !== b.type) panic(`operands of types ${a.type} and ${b.type}`);
    if (a.constant !== null && b.constant !== null) {
      const bits = a.type === 'i32' ? 32 : 64;
      const known = (value: bigint): bigint => (unsigned ? BigInt.asUintN(bits, value) : value);
      return fold(known(a.constant), known(b.constant)) ? always : never;
    }
    return new Condition(new Value('i32', codes[a.type], [a, b]));
  };
}

/** What holds. */
export const always: Condition = new Condition(i32(1));
/** What does not hold. */
export const never: Condition = new Condition(i32(0));

/** Whether all bits are equal. */
export const equal = compare({ i32: 0x46, i64: 0x51 }, (a, b) => a === b);
/** Whether any bit differs. */
export const notEqual = compare({ i32: 0x47, i64: 0x52 }, (a, b) => a !== b);
/** a < b, as signed numbers. */
export const lessS = compare({ i32: 0x48, i64: 0x53 }, (a, b) => a < b);
/** a < b, as unsigned numbers. */
export const lessU = compare({ i32: 0x49, i64: 0x54 }, (a, b) => a < b, true);
/** a >= b, as unsigned numbers. */
export const atLeastU = compare({ i32: 0x4f, i64: 0x5a }, (a, b) => a >= b, true);

/** Whether all bits are 0. */
export function isZero(a: Value<IntType>): Condition {
  if (a.constant !== null) return a.constant === 0n ? always : never;
  return new Condition(new Value('i32', a.type === 'i32' ? 0x45 : 0x50, [a]));
}

/** Whether any bit is 1. */
export function isNonZero(a: Value<IntType>): Condition {
  return not(isZero(a));
}

/** Whether bit `bit` is 1. */
export function bitSet(a: Value<IntType>, bit: number): Condition {
  const shifted =
    a.type === 'i32'
      ? new Value('i32', 0x76, [a, i32(bit)])
      : new Value('i32', 0xa7, [
          new Value('i64', 0x88, [
            a,
            new Value('i64', 0x42, [], [], { kind: 'constant', number: BigInt(bit) }),
          ]),
        ]);
  return new Condition(new Value('i32', 0x71, [shifted, i32(1)]));
}

/** Whether the highest bit is 1. */
export function isNegative(a: Value<IntType>): Condition {
  return a.type === 'i32'
    ? lessS(a as Value<'i32'>, i32(0))
    : lessS(a as Value<'i64'>, new Value('i64', 0x42, [], [], { kind: 'constant', number: 0n }));
}

/** The opposite. */
export function not(a: Condition): Condition {
  if (a === always) return never;
  if (a === never) return always;
  const { opcode, operands } = a.value;
  const [first] = operands;
  // The opposite of "equals zero" of a condition is the condition.
  if (opcode === 0x45 && first !== undefined && isTruth(first)) {
    return new Condition(first as Value<'i32'>);
  }
  return new Condition(new Value('i32', 0x45, [a.value]));
}

/** Whether an operation gives 0 or 1 and nothing else. */
function isTruth({ opcode }: Value): boolean {
  return opcode >= 0x45 && opcode <= 0x66;
}

function connect(opcode: number): (a: Condition, b: Condition) => Condition {
  return (a, b) => new Condition(new Value('i32', opcode, [a.value, b.value]));
}

/** Whether both hold. */
export const both = connect(0x71);
/** Whether at least one holds. */
export const either = connect(0x72);
/** Whether exactly one holds. */
export const differ = connect(0x73);

/** 1 or 0. */
export function toInt(a: Condition): Value<'i32'> {
  return a.value;
}

/** One of two values; both are computed. */
export function select<T extends ValueType>(
  condition: Condition,
  whenTrue: Value<T>,
  whenFalse: Value<T>,
): Value<T> {
  if (whenTrue.type !== whenFalse.type) panic('a choice between values of two types');
  const { constant: known } = condition.value;
  if (known !== null) return known === 0n ? whenFalse : whenTrue;
  // The form without a type serves numbers, the one with a type vectors too.
  return whenTrue.type === 'v128'
    ? new Value(whenTrue.type, 0x1c, [whenTrue, whenFalse, condition.value], [1, 0x7b])
    : new Value(whenTrue.type, 0x1b, [whenTrue, whenFalse, condition.value]);
}
