/** Arithmetic over statistics, done when it is asked for. Source: gem5 `base/statistics.hh`, `Node`. */

import { panic } from '../../base/index';
import { ScalarStat } from './scalarStats';
import { sumOf, VectorStat } from './vectorStats';

/** What arithmetic can be done with: statistics of one or several numbers, and constants. */
export type Operand = ScalarStat | VectorStat | Expression | number | readonly number[];

/**
 * A number or a list of numbers that is worked out from statistics. Where one side of an operation
 * is a single number, it goes with every element of the other side.
 */
export abstract class Expression {
  /**
   * The number of elements.
   *
   * @throws {PanicError} when two sides of an operation have different numbers of elements, or when
   *   an operand has none yet
   */
  abstract size(): number;

  /** The elements now. Borrowed: read it at once, and do not write to it. */
  abstract result(): Float64Array;

  /**
   * The total now. For an operation on two lists it is the operation on their sums, so that the
   * total of `div(hits, accesses)` is the overall rate; else the sum of the elements.
   */
  abstract total(): number;

  /** As one would write it, such as `(simTicks / simFreq)`. */
  abstract toString(): string;
}

class ScalarNode extends Expression {
  readonly #stat: ScalarStat;
  readonly #result = new Float64Array(1);

  constructor(stat: ScalarStat) {
    super();
    this.#stat = stat;
  }

  override size(): number {
    return 1;
  }

  override result(): Float64Array {
    this.#result[0] = this.#stat.result();
    return this.#result;
  }

  override total(): number {
    return this.#stat.result();
  }

  override toString(): string {
    return this.#stat.name;
  }
}

class VectorNode extends Expression {
  readonly #stat: VectorStat;

  constructor(stat: VectorStat) {
    super();
    this.#stat = stat;
  }

  override size(): number {
    const size = this.#stat.size();
    return size > 0 ? size : panic(`${this.#stat.path()}: used in a formula without any elements`);
  }

  override result(): Float64Array {
    return this.#stat.result();
  }

  override total(): number {
    return this.#stat.total();
  }

  override toString(): string {
    return this.#stat.name;
  }
}

class ConstantNode extends Expression {
  readonly #values: Float64Array;

  constructor(values: readonly number[]) {
    super();
    if (values.length === 0) panic('A list of constants has at least one');
    this.#values = Float64Array.from(values);
  }

  override size(): number {
    return this.#values.length;
  }

  override result(): Float64Array {
    return this.#values;
  }

  override total(): number {
    return sumOf(this.#values);
  }

  override toString(): string {
    const texts = Array.from(this.#values, String);
    return texts.length === 1 ? texts.join() : `[${texts.join(', ')}]`;
  }
}

class ElementNode extends Expression {
  readonly #stat: VectorStat;
  readonly #index: number;
  readonly #result = new Float64Array(1);

  constructor(stat: VectorStat, index: number) {
    super();
    this.#stat = stat;
    this.#index = index;
  }

  override size(): number {
    return 1;
  }

  override result(): Float64Array {
    this.#result[0] = this.total();
    return this.#result;
  }

  override total(): number {
    const value = this.#stat.result()[this.#index];
    return value ?? panic(`${this.toString()}: used in a formula, but there is no such element`);
  }

  override toString(): string {
    return `${this.#stat.name}[${this.#index}]`;
  }
}

class NegationNode extends Expression {
  readonly #operand: Expression;
  #result = new Float64Array(0);

  constructor(operand: Expression) {
    super();
    this.#operand = operand;
  }

  override size(): number {
    return this.#operand.size();
  }

  override result(): Float64Array {
    const values = this.#operand.result();
    if (this.#result.length !== values.length) this.#result = new Float64Array(values.length);
    values.forEach((value, index) => {
      this.#result[index] = -value;
    });
    return this.#result;
  }

  override total(): number {
    return sumOf(this.result());
  }

  override toString(): string {
    return `-${this.#operand.toString()}`;
  }
}

class SumNode extends Expression {
  readonly #operand: Expression;
  readonly #result = new Float64Array(1);

  constructor(operand: Expression) {
    super();
    this.#operand = operand;
  }

  override size(): number {
    return 1;
  }

  override result(): Float64Array {
    this.#result[0] = this.total();
    return this.#result;
  }

  override total(): number {
    return sumOf(this.#operand.result());
  }

  override toString(): string {
    return `total(${this.#operand.toString()})`;
  }
}

type Operation = (left: number, right: number) => number;

class BinaryNode extends Expression {
  readonly #symbol: string;
  readonly #operation: Operation;
  readonly #left: Expression;
  readonly #right: Expression;
  #result = new Float64Array(0);

  constructor(symbol: string, operation: Operation, left: Expression, right: Expression) {
    super();
    this.#symbol = symbol;
    this.#operation = operation;
    this.#left = left;
    this.#right = right;
  }

  override size(): number {
    return this.#commonSize(this.#left.size(), this.#right.size());
  }

  override result(): Float64Array {
    return this.#combine(this.#left.result(), this.#right.result());
  }

  override total(): number {
    const left = this.#left.result();
    const right = this.#right.result();
    if (left.length === right.length && left.length > 1) {
      return this.#operation(sumOf(left), sumOf(right));
    }
    return sumOf(this.#combine(left, right));
  }

  override toString(): string {
    return `(${this.#left.toString()} ${this.#symbol} ${this.#right.toString()})`;
  }

  #combine(left: Float64Array, right: Float64Array): Float64Array {
    const size = this.#commonSize(left.length, right.length);
    if (this.#result.length !== size) this.#result = new Float64Array(size);
    for (let index = 0; index < size; index++) {
      const leftValue = left[left.length === 1 ? 0 : index] ?? 0;
      const rightValue = right[right.length === 1 ? 0 : index] ?? 0;
      this.#result[index] = this.#operation(leftValue, rightValue);
    }
    return this.#result;
  }

  #commonSize(left: number, right: number): number {
    if (left === 1) return right;
    if (right === 1 || left === right) return left;
    return panic(`${this.toString()}: ${left} elements do not go with ${right}`);
  }
}

/** An operand as an expression. */
export function toExpression(operand: Operand): Expression {
  if (operand instanceof Expression) return operand;
  if (operand instanceof ScalarStat) return new ScalarNode(operand);
  if (operand instanceof VectorStat) return new VectorNode(operand);
  return new ConstantNode(typeof operand === 'number' ? [operand] : operand);
}

function binary(symbol: string, operation: Operation, left: Operand, right: Operand): Expression {
  return new BinaryNode(symbol, operation, toExpression(left), toExpression(right));
}

/** `left + right`, element by element. */
export function add(left: Operand, right: Operand): Expression {
  return binary('+', (a, b) => a + b, left, right);
}

/** `left - right`, element by element. */
export function sub(left: Operand, right: Operand): Expression {
  return binary('-', (a, b) => a - b, left, right);
}

/** `left * right`, element by element. */
export function mul(left: Operand, right: Operand): Expression {
  return binary('*', (a, b) => a * b, left, right);
}

/** `left / right`, element by element; division by zero gives `inf` or `nan`. */
export function div(left: Operand, right: Operand): Expression {
  return binary('/', (a, b) => a / b, left, right);
}

/** `-operand`, element by element. */
export function neg(operand: Operand): Expression {
  return new NegationNode(toExpression(operand));
}

/** The sum of the elements, as a single number. */
export function sum(operand: Operand): Expression {
  return new SumNode(toExpression(operand));
}

/** One element of a vector, as a single number. */
export function element(vector: VectorStat, index: number): Expression {
  return new ElementNode(vector, index);
}
