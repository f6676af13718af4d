/** Counts of single values. Source: gem5 `base/statistics.hh`, `SparseHistogram`. */

import { badSample } from './distributionStorage';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

/** Counts how often each value occurred; for few values far apart, such as addresses. */
export class SparseHistogram extends Stat {
  readonly #counts = new Map<number, number>();
  #samples = 0;

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.setInit();
  }

  /**
   * Takes a sample.
   *
   * @param value - a finite number
   * @param count - how many times it occurred
   * @throws {PanicError} for a value that is not finite
   */
  sample(value: number, count = 1): void {
    if (!Number.isFinite(value)) badSample(value);
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + count);
    this.#samples += count;
  }

  /** How many samples there were. */
  samples(): number {
    return this.#samples;
  }

  /** The number of different values. */
  size(): number {
    return this.#counts.size;
  }

  /** How often a value occurred. */
  at(value: number): number {
    return this.#counts.get(value) ?? 0;
  }

  /** The values in ascending order, each with how often it occurred. */
  entries(): readonly (readonly [value: number, count: number])[] {
    return [...this.#counts].sort(([left], [right]) => left - right);
  }

  override zero(): boolean {
    return this.#samples === 0;
  }

  override reset(): void {
    this.#counts.clear();
    this.#samples = 0;
  }

  override saveState(): readonly number[] {
    return [this.#samples, ...[...this.#counts].flat()];
  }

  override loadState([samples, ...counts]: readonly number[]): boolean {
    if (samples === undefined || counts.length % 2 !== 0) return false;
    this.reset();
    this.#samples = samples;
    for (let i = 0; i < counts.length; i += 2) this.#counts.set(counts[i] ?? 0, counts[i + 1] ?? 0);
    return true;
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitSparseHistogram(this);
  }
}
