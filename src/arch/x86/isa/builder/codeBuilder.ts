/**
 * A function body in the making: statements over {@link Value}s, in order. What has effects or depends
 * on them (loads, calls) is a statement; values are not evaluated until one needs them, and then once.
 */
import { Condition, Value } from './value';
import type { ValueType } from './wasmModule';

/** A local variable whose value changes: reading it makes a statement. */
export interface Variable<T extends ValueType> {
  readonly type: T;
  readonly index: number;
}

/** Loads by what they give: opcode, type, log2 of the alignment. */
export const loads = {
  i32: { opcode: 0x28, type: 'i32', align: 2 },
  i64: { opcode: 0x29, type: 'i64', align: 3 },
  f32: { opcode: 0x2a, type: 'f32', align: 2 },
  f64: { opcode: 0x2b, type: 'f64', align: 3 },
  u8: { opcode: 0x2d, type: 'i32', align: 0 },
  s8: { opcode: 0x2c, type: 'i32', align: 0 },
  u16: { opcode: 0x2f, type: 'i32', align: 1 },
  s32: { opcode: 0x34, type: 'i64', align: 2 },
  v128: { opcode: 0xfd0000, type: 'v128', align: 4 },
} as const;

/** Stores by what they take: opcode, log2 of the alignment. */
export const stores = {
  i32: { opcode: 0x36, align: 2 },
  i64: { opcode: 0x37, align: 3 },
  f32: { opcode: 0x38, align: 2 },
  f64: { opcode: 0x39, align: 3 },
  u8: { opcode: 0x3a, align: 0 },
  u16: { opcode: 0x3b, align: 1 },
  v128: { opcode: 0xfd000b, align: 4 },
} as const;

/** What a load gives: `u8`, `s8` and `u16` extend to 32 bits, `s32` to 64. */
export type LoadKind = keyof typeof loads;
/** What a store takes: `u8` and `u16` the low bits of 32. */
export type StoreKind = keyof typeof stores;
/** The type that a load gives. */
export type LoadType<K extends LoadKind> = (typeof loads)[K]['type'];

/** One step of a body. */
export type Statement =
  | {
      readonly kind: 'set';
      readonly index: number;
      readonly type: ValueType;
      readonly value: Value;
    }
  | { readonly kind: 'effect'; readonly value: Value; readonly drops: boolean }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  | { readonly kind: 'loop'; readonly body: readonly Statement[] }
  /** Starts the innermost loop again when the condition holds. */
  | { readonly kind: 'again'; readonly condition: Condition }
  /** Leaves the body: with a value for whoever called, or for the next round of the outer loop. */
  | { readonly kind: 'return'; readonly value: Value<'i32'> }
  | { readonly kind: 'next'; readonly value: Value<'i32'> };

/** Collects statements. */
export class CodeBuilder {
  /** The statements so far. */
  readonly statements: Statement[] = [];
  #current: Statement[] = this.statements;
  #depth = 0;
  #locals = 0;

  /** Statements are added here. */
  add(statement: Statement): void {
    this.#current.push(statement);
  }

  /** Computes a value here and now. @returns the result, which later changes leave alone */
  let<T extends ValueType>(value: Value<T>): Value<T> {
    if (value.leaf.kind !== 'operation') return value;
    const index = this.#locals++;
    this.add({ kind: 'set', index, type: value.type, value });
    return new Value(value.type, 0, [], [], { kind: 'local', index }, this.#depth);
  }

  /** Finds out here and now whether a condition holds. */
  hold(condition: Condition): Condition {
    return new Condition(this.let(condition.value));
  }

  /** A variable, with its first value. */
  variable<T extends ValueType>(initial: Value<T>): Variable<T> {
    const variable = { type: initial.type, index: this.#locals++ };
    this.assign(variable, initial);
    return variable;
  }

  /** A variable without a value. */
  declare<T extends ValueType>(type: T): Variable<T> {
    return { type, index: this.#locals++ };
  }

  assign<T extends ValueType>(variable: Variable<T>, value: Value<T>): void {
    this.add({ kind: 'set', index: variable.index, type: variable.type, value });
  }

  /** What a variable holds now. */
  read<T extends ValueType>({ type, index }: Variable<T>): Value<T> {
    const now = this.#locals++;
    const leaf = { kind: 'local', index } as const;
    this.add({ kind: 'set', index: now, type, value: new Value(type, 0, [], [], leaf) });
    return new Value(type, 0, [], [], { kind: 'local', index: now }, this.#depth);
  }

  /** Reads memory, here and now. */
  load<K extends LoadKind>(kind: K, address: Value<'i32'>, offset = 0): Value<LoadType<K>> {
    const { opcode, type, align } = loads[kind];
    return this.let(new Value<LoadType<K>>(type, opcode, [address], memoryArgument(align, offset)));
  }

  /** Writes memory. */
  store(kind: StoreKind, address: Value<'i32'>, value: Value, offset = 0): void {
    const { opcode, align } = stores[kind];
    const effect = new Value('i32', opcode, [address, value], memoryArgument(align, offset));
    this.add({ kind: 'effect', value: effect, drops: false });
  }

  /** Copies `bytes` bytes of memory, as if through a buffer. */
  copyMemory(target: Value<'i32'>, source: Value<'i32'>, bytes: Value<'i32'>): void {
    const value = new Value('i32', 0xfc000a, [target, source, bytes], [0, 0]);
    this.add({ kind: 'effect', value, drops: false });
  }

  /** Sets `bytes` bytes of memory. */
  fillMemory(target: Value<'i32'>, byte: Value<'i32'>, bytes: Value<'i32'>): void {
    const value = new Value('i32', 0xfc000b, [target, byte, bytes], [0]);
    this.add({ kind: 'effect', value, drops: false });
  }

  /** Calls a function that gives a number. */
  call(functionIndex: number, ...operands: readonly Value[]): Value<'i32'> {
    return this.let(new Value('i32', 0x10, operands, unsignedBytes(functionIndex)));
  }

  /** One of two sequences of statements. */
  when(condition: Condition, then: () => void, otherwise: () => void = () => undefined): void {
    this.add({
      kind: 'if',
      condition,
      then: this.#block(then),
      otherwise: this.#block(otherwise),
    });
  }

  /** Statements that are repeated as long as they end in `again` with what holds. */
  loop(body: () => void): void {
    this.add({ kind: 'loop', body: this.#block(body) });
  }

  /** Inside of `loop`: starts again from its top when the condition holds. */
  again(condition: Condition): void {
    this.add({ kind: 'again', condition });
  }

  #block(body: () => void): Statement[] {
    const outer = this.#current;
    const inner: Statement[] = [];
    this.#current = inner;
    this.#depth++;
    body();
    this.#depth--;
    this.#current = outer;
    return inner;
  }
}

function unsignedBytes(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return bytes;
}

/** Alignment is a promise that generated code does not give: every access may lie anywhere. */
function memoryArgument(_align: number, offset: number): number[] {
  return [0, ...unsignedBytes(offset)];
}
