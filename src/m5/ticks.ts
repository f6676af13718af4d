/** How long a tick is, as scripts say it. Source: gem5 `python/m5/ticks.py`. */
import { anyToFrequency, fatal, secondsToTicks, type Tick } from '../base/index';
import type { Simulation } from '../sim/index';

/** The tick frequency of one simulation. */
export interface M5Ticks {
  /**
   * Sets how many ticks a second has, before anything needs to know: 10^12 unless a script calls
   * this. Longer ticks let a simulation go on for more than 2.5 hours of simulated time.
   * @param frequency - in Hz, or a text such as `'1GHz'` or `'1ns'`
   * @throws {FatalError} when it is fixed already, or is no frequency
   */
  setGlobalFrequency(frequency: number | string): void;
  /** Lets nobody change it any more. `instantiate()` does so too. */
  fixGlobalFrequency(): void;
  /**
   * Ticks in a time, rounded half up.
   * @param seconds - at least 0
   * @throws {FatalError} when the frequency is not fixed yet, or it is no such time
   */
  fromSeconds(seconds: number): Tick;
}

/** The face of a simulation's tick frequency. */
export function ticksOf(simulation: Simulation): M5Ticks {
  const { tickFrequency } = simulation;
  return {
    setGlobalFrequency: frequency => {
      const hertz = typeof frequency === 'string' ? anyToFrequency(frequency) : frequency;
      tickFrequency.set(Math.round(hertz));
    },
    fixGlobalFrequency: () => {
      simulation.fixTickFrequency();
    },
    fromSeconds: seconds => {
      if (!tickFrequency.isFixed) {
        fatal('fromSeconds() needs a fixed global frequency; call fixGlobalFrequency() before it');
      }
      return secondsToTicks(seconds, tickFrequency.hertz);
    },
  };
}
