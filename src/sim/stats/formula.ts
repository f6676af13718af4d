/** Statistics that are worked out from others. Source: gem5 `base/statistics.hh`, `Formula`. */

import { panic } from '../../base/index';
import { add, toExpression } from './expression';
import type { Expression, Operand } from './expression';
import type { StatGroup } from './statGroup';
import type { Unit } from './unit';
import { VectorStat } from './vectorStats';

const NOTHING = new Float64Array(0);

/**
 * An {@link Expression} with a name, evaluated whenever it is read:
 *
 * ```ts
 * readonly cpi = new Formula(this, 'cpi', unit.rate(unit.Cycle, unit.Count), 'cycles per instruction',
 *   div(this.numCycles, this.numInsts));
 * ```
 */
export class Formula extends VectorStat {
  #expression: Expression | undefined = undefined;
  #evaluating = false;

  /** @param expression - what to work out; {@link set} can give it later */
  constructor(
    group: StatGroup,
    name: string,
    unit: Unit,
    description: string,
    expression?: Operand,
  ) {
    super(group, name, unit, description);
    if (expression !== undefined) this.set(expression);
  }

  /**
   * Sets what to work out.
   *
   * @throws {PanicError} when that is set already
   */
  set(expression: Operand): this {
    this.setInit();
    this.#expression = toExpression(expression);
    return this;
  }

  /** Adds a term to what is worked out already, or makes it the first term. */
  addTerm(term: Operand): this {
    if (this.#expression === undefined) return this.set(term);
    this.#expression = add(this.#expression, term);
    return this;
  }

  override size(): number {
    return this.#evaluate(expression => expression.size(), 0);
  }

  override result(): Float64Array {
    return this.#evaluate(expression => expression.result(), NOTHING);
  }

  override total(): number {
    return this.#evaluate(expression => expression.total(), 0);
  }

  /** What is still missing, in a few words, or undefined when nothing is. */
  override check(): string | undefined {
    return this.#expression === undefined ? 'call its set()' : super.check();
  }

  override reset(): void {
    // What it is worked out from is reset.
  }

  /** As one would write it, such as `(simTicks / simFreq)`; empty while there is nothing. */
  override toString(): string {
    return this.#expression?.toString() ?? '';
  }

  #evaluate<T>(evaluation: (expression: Expression) => T, nothing: T): T {
    if (this.#expression === undefined) return nothing;
    if (this.#evaluating) panic(`${this.path()}: the formula depends on itself`);
    this.#evaluating = true;
    try {
      return evaluation(this.#expression);
    } finally {
      this.#evaluating = false;
    }
  }
}
