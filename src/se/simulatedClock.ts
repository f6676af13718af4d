/** The time that programs see: the simulation's, not the host's. */
import type { Tick } from '../base/index';

/**
 * Seconds since 1970 at which simulated time begins: 9 September 2001, as in gem5. A fixed date makes
 * runs repeatable.
 */
const EPOCH_SECONDS = 1_000_000_000;

const NANOSECONDS = 1e9;

/** Reads simulated time in units that programs know. */
export class SimulatedClock {
  readonly #curTick: () => Tick;
  readonly #ticksPerSecond: number;
  /** After {@link sample}: whole seconds. */
  seconds = 0;
  /** After {@link sample}: nanoseconds on top of them. */
  nanoseconds = 0;

  readonly #hostTime: boolean;

  /** @param hostTime - the date is the host's. */
  constructor(curTick: () => Tick, ticksPerSecond: number, hostTime = false) {
    this.#curTick = curTick;
    this.#ticksPerSecond = ticksPerSecond;
    this.#hostTime = hostTime;
  }

  /** Takes the date: time since 1970. */
  sampleDate(): void {
    if (this.#hostTime) {
      const milliseconds = Date.now();
      this.seconds = Math.floor(milliseconds / 1000);
      this.nanoseconds = (milliseconds % 1000) * 1e6;
    } else {
      this.sample();
      this.seconds += EPOCH_SECONDS;
    }
  }

  /** Nanoseconds since 1970, exact to some hundred of them. */
  date(): number {
    this.sampleDate();
    return this.seconds * NANOSECONDS + this.nanoseconds;
  }

  /** Takes the time: now, or that of so many ticks. */
  sample(tick = this.#curTick()): void {
    this.seconds = Math.floor(tick / this.#ticksPerSecond);
    const rest = tick - this.seconds * this.#ticksPerSecond;
    this.nanoseconds = Math.floor(rest * (NANOSECONDS / this.#ticksPerSecond));
  }

  /** The time in ticks. */
  tick(): Tick {
    return this.#curTick();
  }

  /** The tick that lies this many nanoseconds ahead. */
  tickAfter(nanoseconds: number): Tick {
    return this.#curTick() + this.ticks(nanoseconds);
  }

  /** Ticks in so many nanoseconds. */
  ticks(nanoseconds: number): Tick {
    return Math.ceil(nanoseconds * (this.#ticksPerSecond / NANOSECONDS));
  }

  /** Milliseconds in so many ticks. */
  milliseconds(ticks: Tick): number {
    return (ticks / this.#ticksPerSecond) * 1000;
  }

  /** Nanoseconds from the beginning of the simulation to a tick; exact for 104 days. */
  elapsed(tick?: Tick): number {
    this.sample(tick);
    return this.seconds * NANOSECONDS + this.nanoseconds;
  }
}
