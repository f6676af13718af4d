/** Statistics of one number. Source: gem5 `base/statistics.hh`, `base/stats/storage.hh`. */

import type { Tick } from '../../base/index';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

/** Any statistic of one number. */
export abstract class ScalarStat extends Stat {
  /** The number now. */
  abstract result(): number;

  /** The same as `result`. */
  total(): number {
    return this.result();
  }

  override zero(): boolean {
    return this.result() === 0;
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitScalar(this);
  }
}

/** A counter: `stat.value += n` counts. */
export class Scalar extends ScalarStat {
  /** The count. */
  value = 0;

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.setInit();
  }

  override result(): number {
    return this.value;
  }

  override reset(): void {
    this.value = 0;
  }

  override saveState(): readonly number[] {
    return [this.value];
  }

  override loadState(state: readonly number[]): boolean {
    const [value] = state;
    if (value === undefined || state.length !== 1) return false;
    this.value = value;
    return true;
  }
}

/** Numbers in the state of an {@link AverageStorage}. */
export const AVERAGE_NUMBERS = 4;

/** The running sum behind an average over time. */
export class AverageStorage {
  #current = 0;
  #sum = 0;
  #last: Tick = 0;
  #lastReset: Tick = 0;

  /** The value it has now. */
  get current(): number {
    return this.#current;
  }

  /** Gives it another value from this tick on. */
  set(value: number, now: Tick): void {
    this.advance(now);
    this.#current = value;
  }

  /** Accounts for the time since the last change. */
  advance(now: Tick): void {
    this.#sum += this.#current * (now - this.#last);
    this.#last = now;
  }

  /** The average since the last reset; the tick that is under way counts as a whole one. */
  average(now: Tick): number {
    this.advance(now);
    return (this.#sum + this.#current) / (now - this.#lastReset + 1);
  }

  /** Starts the average afresh; the current value stays. */
  reset(now: Tick): void {
    this.#sum = 0;
    this.#last = now;
    this.#lastReset = now;
  }

  /** {@link AVERAGE_NUMBERS} numbers. */
  saveState(): readonly number[] {
    return [this.#current, this.#sum, this.#last, this.#lastReset];
  }

  loadState([current = 0, sum = 0, last = 0, lastReset = 0]: readonly number[]): void {
    this.#current = current;
    this.#sum = sum;
    this.#last = last;
    this.#lastReset = lastReset;
  }
}

/**
 * A value averaged over simulated time: how long it had a value counts, not how often it was set.
 * `stat.value = n` and `stat.value += n` change the value from the current tick on.
 */
export class Average extends ScalarStat {
  readonly #storage = new AverageStorage();

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.setInit();
  }

  /** The value now. */
  get value(): number {
    return this.#storage.current;
  }

  /** Sets it, from the present tick on. */
  set value(value: number) {
    this.#storage.set(value, this.group.curTick());
  }

  /** The average per tick since the last reset. */
  override result(): number {
    return this.#storage.average(this.group.curTick());
  }

  override prepare(): void {
    this.#storage.advance(this.group.curTick());
  }

  override reset(): void {
    this.#storage.reset(this.group.curTick());
  }

  override saveState(): readonly number[] {
    return this.#storage.saveState();
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== AVERAGE_NUMBERS) return false;
    this.#storage.loadState(state);
    return true;
  }
}

/** A number that somebody else keeps, asked for when it is needed; a reset leaves it alone. */
export class Value extends ScalarStat {
  #source: (() => number) | undefined = undefined;

  /** @param source - a constant, or what to ask for the number; {@link functor} can set it later */
  constructor(
    group: StatGroup,
    name: string,
    unit: Unit,
    description: string,
    source?: number | (() => number),
  ) {
    super(group, name, unit, description);
    if (source !== undefined) this.functor(typeof source === 'number' ? () => source : source);
  }

  /**
   * Sets what to ask for the number.
   *
   * @throws {PanicError} when that is set already
   */
  functor(source: () => number): this {
    this.setInit();
    this.#source = source;
    return this;
  }

  /** The number now, 0 while there is nobody to ask. */
  get value(): number {
    return this.#source === undefined ? 0 : this.#source();
  }

  override result(): number {
    return this.value;
  }

  override check(): string | undefined {
    return this.#source === undefined ? 'call its functor()' : undefined;
  }

  override reset(): void {
    // The number is not this statistic's own.
  }
}
