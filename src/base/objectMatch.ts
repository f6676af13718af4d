/**
 * Patterns over object names. An expression is a dot-wise prefix of a name in which a part may be
 * `*`: `system.cpu` matches `system.cpu` and `system.cpu.icache`, `system.*.dtb` matches
 * `system.cpu0.dtb`. Source: gem5 `base/match.hh`, except that a name shorter than the expression
 * does not match.
 */
export class ObjectMatch {
  #expressions: readonly (readonly string[])[] = [];

  constructor(expressions: readonly string[] = []) {
    this.setExpressions(expressions);
  }

  /** Whether there is no expression, so that nothing matches. */
  get isEmpty(): boolean {
    return this.#expressions.length === 0;
  }

  /** Replaces the expressions; blank ones are left out. */
  setExpressions(expressions: readonly string[]): void {
    this.#expressions = expressions
      .map(expression => expression.trim())
      .filter(expression => expression !== '')
      .map(expression => expression.split('.'));
  }

  /** Whether any expression matches the name. */
  matches(name: string): boolean {
    if (this.#expressions.length === 0) return false;
    const parts = name.split('.');
    return this.#expressions.some(
      expression =>
        expression.length <= parts.length &&
        expression.every((part, i) => part === '*' || part === parts[i]),
    );
  }
}
