/** Statistics of several numbers of one kind. Source: gem5 `base/statistics.hh`. */

import { ElementTexts } from './elementTexts';
import { AVERAGE_NUMBERS, AverageStorage } from './scalarStats';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

/** Any statistic that is a list of numbers. */
export abstract class VectorStat extends Stat {
  /** Names of elements; an element prints as `name::subname`, or `name::index` without any. */
  readonly elementNames: ElementTexts;
  /** Descriptions of elements. */
  readonly elementDescriptions: ElementTexts;

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.elementNames = new ElementTexts(this);
    this.elementDescriptions = new ElementTexts(this);
  }

  /** The number of elements, 0 until that is known. */
  abstract size(): number;

  /** The numbers now. Borrowed: read it at once, and do not write to it. */
  abstract result(): Float64Array;

  /** What `name::total` prints. */
  abstract total(): number;

  /**
   * Names an element. As soon as one element has a name, those without are not printed.
   *
   * @throws {PanicError} for a name with blanks
   */
  subname(index: number, name: string): this {
    this.elementNames.setName(index, name);
    return this;
  }

  /** Names the first elements, in order; `''` leaves one without a name. */
  subnames(names: readonly string[]): this {
    this.elementNames.setNames(names);
    return this;
  }

  /** Describes an element; used when elements have names too. */
  subdesc(index: number, description: string): this {
    this.elementDescriptions.set(index, description);
    return this;
  }

  override zero(): boolean {
    return this.result().every(value => value === 0);
  }

  override check(): string | undefined {
    const missing = super.check();
    if (missing !== undefined) return missing;
    const named = Math.max(this.elementNames.length, this.elementDescriptions.length);
    if (named <= this.size()) return undefined;
    return `element ${named - 1} has a name, but there are ${this.size()} elements`;
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitVector(this);
  }
}

/** A list of counters: `stat.inc(index)` or `stat.inc(index, n)` counts. */
export class Vector extends VectorStat {
  #values = new Float64Array(0);

  /**
   * Sets the number of counters.
   *
   * @throws {PanicError} when the size is not a whole number from 1, or was set already
   */
  init(size: number): this {
    this.checkSize('a size', size);
    this.setInit();
    this.#values = new Float64Array(size);
    return this;
  }

  /**
   * Adds to a counter.
   *
   * @throws {PanicError} when there is no such element
   */
  inc(index: number, amount = 1): void {
    const value = this.#values[index];
    if (value === undefined) this.noElement(index, this.size());
    this.#values[index] = value + amount;
  }

  /** Subtracts from a counter, as `inc`. */
  dec(index: number, amount = 1): void {
    this.inc(index, -amount);
  }

  /** Sets a counter. */
  set(index: number, value: number): void {
    if (this.#values[index] === undefined) this.noElement(index, this.size());
    this.#values[index] = value;
  }

  /** The value of a counter. */
  at(index: number): number {
    return this.#values[index] ?? this.noElement(index, this.size());
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

  override reset(): void {
    this.#values.fill(0);
  }

  override saveState(): readonly number[] {
    return [...this.#values];
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== this.size()) return false;
    this.#values.set(state);
    return true;
  }
}

/** A list of values averaged over simulated time, each as an `Average`. */
export class AverageVector extends VectorStat {
  #storage: readonly AverageStorage[] = [];
  #averages = new Float64Array(0);

  /**
   * Sets the number of values.
   *
   * @throws {PanicError} when the size is not a whole number from 1, or was set already
   */
  init(size: number): this {
    this.checkSize('a size', size);
    this.setInit();
    this.#storage = Array.from({ length: size }, () => new AverageStorage());
    this.#averages = new Float64Array(size);
    return this;
  }

  /**
   * Changes a value from the current tick on.
   *
   * @throws {PanicError} when there is no such element
   */
  set(index: number, value: number): void {
    this.#element(index).set(value, this.group.curTick());
  }

  /** Adds to a value from the current tick on. */
  inc(index: number, amount = 1): void {
    const element = this.#element(index);
    element.set(element.current + amount, this.group.curTick());
  }

  /** Subtracts from a value from the current tick on. */
  dec(index: number, amount = 1): void {
    this.inc(index, -amount);
  }

  /** A value as it is now. */
  at(index: number): number {
    return this.#element(index).current;
  }

  override size(): number {
    return this.#storage.length;
  }

  /** The averages per tick since the last reset. */
  override result(): Float64Array {
    const now = this.group.curTick();
    this.#storage.forEach((element, index) => {
      this.#averages[index] = element.average(now);
    });
    return this.#averages;
  }

  override total(): number {
    return sumOf(this.result());
  }

  override prepare(): void {
    const now = this.group.curTick();
    for (const element of this.#storage) element.advance(now);
  }

  override reset(): void {
    const now = this.group.curTick();
    for (const element of this.#storage) element.reset(now);
  }

  override saveState(): readonly number[] {
    return this.#storage.flatMap(element => element.saveState());
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== this.size() * AVERAGE_NUMBERS) return false;
    this.#storage.forEach((element, index) => {
      element.loadState(state.slice(index * AVERAGE_NUMBERS, (index + 1) * AVERAGE_NUMBERS));
    });
    return true;
  }

  #element(index: number): AverageStorage {
    return this.#storage[index] ?? this.noElement(index, this.size());
  }
}

/** The sum, from the first element to the last. */
export function sumOf(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
