/** A table of counters. Source: gem5 `base/statistics.hh`, `Vector2d`. */

import { ElementTexts } from './elementTexts';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';
import { sumOf } from './vectorStats';

/**
 * A table of counters with `x` rows of `y` counters each: `stat.inc(x, y)` counts. A counter prints
 * as `name_row::column`, by names where there are any and else by index.
 */
export class Vector2d extends Stat {
  /** Names of rows; as soon as one row has a name, those without are not printed. */
  readonly rowNames: ElementTexts;
  /** Names of columns; as soon as one column has a name, those without are not printed. */
  readonly columnNames: ElementTexts;

  #xSize = 0;
  #ySize = 0;
  #values = new Float64Array(0);

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.rowNames = new ElementTexts(this);
    this.columnNames = new ElementTexts(this);
  }

  /** The number of rows. */
  get xSize(): number {
    return this.#xSize;
  }

  /** The number of columns. */
  get ySize(): number {
    return this.#ySize;
  }

  /**
   * Sets the numbers of rows and columns.
   *
   * @throws {PanicError} when one is not a whole number from 1, or when they were set already
   */
  init(x: number, y: number): this {
    this.checkSize('a number of rows', x);
    this.checkSize('a number of columns', y);
    this.setInit();
    this.#xSize = x;
    this.#ySize = y;
    this.#values = new Float64Array(x * y);
    return this;
  }

  /**
   * Adds to a counter.
   *
   * @throws {PanicError} when there is no such row or column
   */
  inc(x: number, y: number, amount = 1): void {
    this.incCell(this.cell(x, y), amount);
  }

  /**
   * The number of a counter, for `incCell`: for what counts the same place of several tables.
   *
   * @throws {PanicError} when there is no such row or column
   */
  cell(x: number, y: number): number {
    const rowThere = Number.isInteger(x) && x >= 0 && x < this.#xSize;
    const columnThere = Number.isInteger(y) && y >= 0 && y < this.#ySize;
    if (!rowThere || !columnThere) this.#notThere(x, y);
    return x * this.#ySize + y;
  }

  /** Adds to a counter by its number, which `cell` gives. */
  incCell(cell: number, amount: number): void {
    this.#values[cell] = (this.#values[cell] ?? 0) + amount;
  }

  /** Subtracts from a counter, as `inc`. */
  dec(x: number, y: number, amount = 1): void {
    this.inc(x, y, -amount);
  }

  /** Sets a counter. */
  set(x: number, y: number, value: number): void {
    this.#values[this.cell(x, y)] = value;
  }

  /** The value of a counter. */
  at(x: number, y: number): number {
    return this.#values[this.cell(x, y)] ?? 0;
  }

  /** The counters of a row. Borrowed: read it at once, and do not write to it. */
  row(x: number): Float64Array {
    const start = this.cell(x, 0);
    return this.#values.subarray(start, start + this.#ySize);
  }

  /** The sum of all counters. */
  total(): number {
    return sumOf(this.#values);
  }

  /** Names a row. */
  subname(x: number, name: string): this {
    this.rowNames.setName(x, name);
    return this;
  }

  /** Names the first rows, in order. */
  subnames(names: readonly string[]): this {
    this.rowNames.setNames(names);
    return this;
  }

  /** Names a column. */
  ysubname(y: number, name: string): this {
    this.columnNames.setName(y, name);
    return this;
  }

  /** Names the first columns, in order. */
  ysubnames(names: readonly string[]): this {
    this.columnNames.setNames(names);
    return this;
  }

  override zero(): boolean {
    return this.#values.every(value => value === 0);
  }

  override check(): string | undefined {
    const missing = super.check();
    if (missing !== undefined) return missing;
    if (this.rowNames.length <= this.#xSize && this.columnNames.length <= this.#ySize) {
      return undefined;
    }
    return `more names than the ${this.#xSize} rows or the ${this.#ySize} columns`;
  }

  override reset(): void {
    this.#values.fill(0);
  }

  override saveState(): readonly number[] {
    return [...this.#values];
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== this.#values.length) return false;
    this.#values.set(state);
    return true;
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitVector2d(this);
  }

  #notThere(x: number, y: number): never {
    return this.noElement(`(${x}, ${y})`, `${this.#xSize} by ${this.#ySize}`);
  }
}
