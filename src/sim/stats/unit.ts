/** What a statistic is measured in. Source: gem5 `base/stats/units.hh`. */

import { panic } from '../../base/index';

/** A unit of measurement; only its text matters, and it appears at the end of every line. */
export class Unit {
  /** As printed: `Tick`, or `(Tick/Second)` for a rate. */
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** As outputs show it. */
  toString(): string {
    return this.text;
  }
}

const Count = new Unit('Count');
const Unspecified = new Unit('Unspecified');

/**
 * A quantity of one unit per quantity of another, printed as `(Byte/Second)`.
 *
 * @throws {PanicError} when both are the same unit: that is a `Ratio` (two different counts, as in
 *   `Count` per `Count`, are allowed)
 */
function rate(dividend: Unit, divisor: Unit): Unit {
  if (dividend === divisor && dividend !== Count && dividend !== Unspecified) {
    panic(`A rate of ${dividend.text} per ${divisor.text} is a ratio: use unit.Ratio`);
  }
  return new Unit(`(${dividend.text}/${divisor.text})`);
}

/**
 * The units there are. Whatever has none of its own is a `Count`; a share of a whole is a `Ratio`;
 * `unit.rate(unit.Byte, unit.Second)` makes the others.
 */
export const unit = {
  /** A number of things that have no unit of their own. */
  Count,
  /** Simulated time, one picosecond at the default frequency. */
  Tick: new Unit('Tick'),
  /** Seconds, simulated or of the host. */
  Second: new Unit('Second'),
  /** Periods of some clock. */
  Cycle: new Unit('Cycle'),
  Bit: new Unit('Bit'),
  Byte: new Unit('Byte'),
  Watt: new Unit('Watt'),
  Joule: new Unit('Joule'),
  Volt: new Unit('Volt'),
  DegreeCelsius: new Unit('Celsius'),
  /** A quantity divided by a quantity of the same unit. */
  Ratio: new Unit('Ratio'),
  /** Nobody has said. */
  Unspecified,
  /** So much of one unit for each of another. */
  rate,
} as const;
