/** How long a tick is. Source: gem5 `sim/core.cc` (`setClockFrequency`, `fixClockFrequency`). */
import { fatal } from '../base/index';

/** One tick is a picosecond unless a script wants it otherwise. */
const DefaultFrequency = 1e12;

/** The number of ticks in a second, until and after it is fixed. */
export class TickFrequency {
  #hertz = DefaultFrequency;
  #isFixed = false;

  /** Ticks per second. */
  get hertz(): number {
    return this.#hertz;
  }

  /** Whether it can no longer change. */
  get isFixed(): boolean {
    return this.#isFixed;
  }

  /**
   * @param hertz - ticks per second, a whole number
   * @throws {FatalError} when it is fixed, or is no whole number of at least 1
   */
  set(hertz: number): void {
    if (this.#isFixed) {
      fatal(
        'the global frequency is fixed; call setGlobalFrequency() before instantiate() and ' +
          'fixGlobalFrequency()',
      );
    }
    if (!Number.isSafeInteger(hertz) || hertz < 1) {
      fatal(`${String(hertz)} is not a global frequency; accepted: a whole number of Hz from 1 on`);
    }
    this.#hertz = hertz;
  }

  /** From now on it stays. @returns whether it did before */
  fix(): boolean {
    const wasFixed = this.#isFixed;
    this.#isFixed = true;
    return wasFixed;
  }
}
