/** What all statistics have in common. Source: gem5 `base/statistics.hh`, `base/stats/info.hh`. */

import { panic } from '../../base/index';
import { StatFlag } from './statFlag';
import type { StatFlags } from './statFlag';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * A named quantity that belongs to a {@link StatGroup}. The methods that set a property return the
 * statistic, so that a declaration reads as in gem5:
 *
 * ```ts
 * readonly bytesRead = new Vector(this, 'bytesRead', unit.Byte, 'bytes read by each requestor')
 *   .init(requestors)
 *   .flags(StatFlag.total | StatFlag.nozero);
 * ```
 */
export abstract class Stat {
  /** The group it was declared in. */
  readonly group: StatGroup;
  /** Its name within the group. */
  readonly name: string;
  readonly unit: Unit;
  /** What it counts, in one line without a final period. */
  readonly description: string;

  #flags: StatFlags = StatFlag.display;
  #precision = -1;
  #prerequisite: Stat | undefined = undefined;

  /**
   * @param group - the group it belongs to, from now on
   * @param name - a letter or `_`, then letters, digits and `_`; gem5's name where gem5 has one
   * @throws {PanicError} for any other name, for a name the group already has, for a description
   *   of more than one line, and for a group whose statistics are already enabled
   */
  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    this.group = group;
    this.name = name;
    this.unit = unit;
    this.description = description;
    if (!NAME.test(name)) {
      panic(`${this.path()}: a stat's name has letters, digits and '_' only, no digit first`);
    }
    if (/[\r\n]/.test(description)) panic(`${this.path()}: a stat's description is one line`);
    group.addStat(this);
  }

  /** Its full dotted name, such as `system.cpu.numCycles`. */
  path(): string {
    const path = this.group.path();
    return path === '' ? this.name : `${path}.${this.name}`;
  }

  /** Adds flags to those it has, such as `StatFlag.nozero | StatFlag.total`. */
  flags(flags: StatFlags): this {
    this.#flags |= flags;
    return this;
  }

  /** True when it has this flag. */
  hasFlag(flag: StatFlags): boolean {
    return (this.#flags & flag) !== 0;
  }

  /** Keeps it out of every output; it can still be read and used in formulas. */
  hide(): this {
    this.#flags &= ~StatFlag.display;
    return this;
  }

  /**
   * Sets the number of decimals.
   *
   * @param digits - from 0 to 100, or -1 for none with whole numbers and 6 otherwise
   */
  precision(digits: number): this {
    if (!Number.isInteger(digits) || digits < -1 || digits > 100) {
      panic(`${this.path()}: a precision is a whole number from -1 to 100, not ${digits}`);
    }
    this.#precision = digits;
    return this;
  }

  /** The number of decimals, or -1 for none with whole numbers and 6 otherwise. */
  getPrecision(): number {
    return this.#precision;
  }

  /** Leaves it out of the text output while the other statistic (maybe itself) is zero. */
  prereq(stat: Stat): this {
    this.#prerequisite = stat;
    return this;
  }

  /** True when the text output is to have it now. */
  isDisplayed(): boolean {
    return this.hasFlag(StatFlag.display) && this.#prerequisite?.zero() !== true;
  }

  /**
   * What is still missing before it can count, in a few words, or undefined when nothing is.
   * Asked once, when statistics are enabled.
   */
  check(): string | undefined {
    return this.hasFlag(StatFlag.init) ? undefined : 'call its init()';
  }

  /** True while there is nothing to tell: the meaning of a zero prerequisite. */
  abstract zero(): boolean;

  /** Starts counting afresh. */
  abstract reset(): void;

  /**
   * All that it has counted, for a checkpoint: numbers whose meaning only this class knows. Empty for
   * what keeps no numbers of its own.
   */
  saveState(): readonly number[] {
    return [];
  }

  /**
   * Goes on from what {@link saveState} gave.
   *
   * @returns false when it is of another size, and nothing has changed
   */
  loadState(state: readonly number[]): boolean {
    return state.length === 0;
  }

  /** Brings it up to the current tick, before it is read for a dump. */
  prepare(): void {
    // Most statistics are always up to date.
  }

  /** Shows itself to a writer. */
  abstract visit(visitor: StatVisitor): void;

  /**
   * Marks it as having its size and parameters.
   *
   * @throws {PanicError} when it already had them
   */
  protected setInit(): void {
    if (this.hasFlag(StatFlag.init)) panic(`${this.path()}: stat has already been initialized`);
    this.#flags |= StatFlag.init;
  }

  /** Panics unless `size` is a whole number of at least `least`. */
  protected checkSize(what: string, size: number, least = 1): void {
    if (!Number.isSafeInteger(size) || size < least) {
      panic(`${this.path()}: ${what} is a whole number from ${least}, not ${size}`);
    }
  }

  /** Panics about an element that is not there. */
  protected noElement(index: number | string, size: number | string): never {
    return panic(`${this.path()}: no element ${index} in a stat of size ${size}`);
  }
}
