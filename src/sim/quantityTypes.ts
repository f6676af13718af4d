/**
 * Parameter types of quantities with units: times, frequencies, voltages, bandwidths.
 *
 * Source of the behaviour: gem5 `python/m5/params.py`, `python/m5/ticks.py`.
 */
import {
  describeValue,
  fatal,
  secondsToTicks,
  toClockPeriodSeconds,
  toCurrent,
  toEnergy,
  toFrequency,
  toLatencySeconds,
  toMemoryBandwidth,
  toNetworkBandwidth,
  toTemperature,
  toVoltage,
  type Tick,
  type TimeValue,
} from '../base/index';
import { realType, type ParamType } from './paramTypes';

/** A time before the tick frequency is known: seconds, ticks, or the inverse of a frequency. */
export type TimeQuantity = TimeValue | { readonly unit: 'hertz'; readonly value: number };

/** Whether `value` is what a time parameter holds after conversion. */
export function isTimeQuantity(value: unknown): value is TimeQuantity {
  return typeof value === 'object' && value !== null && 'unit' in value && 'value' in value;
}

/** How far a time in whole ticks may be from what the script said without a warning. */
const RoundingTolerance = 0.001;
// 3GHz is 333.33 ticks, and exactly 0.1 % off: that must not depend on the last bit.
const WarningThreshold = RoundingTolerance * (1 + 1e-9);

function inTicks(
  quantity: TimeQuantity,
  ticksPerSecond: number,
  report: (warning: string) => void,
): Tick {
  const { unit, value } = quantity;
  if (value === 0) return 0;
  const seconds =
    unit === 'seconds' ? value : unit === 'hertz' ? 1 / value : value / ticksPerSecond;
  // Ticks of the script's own stay as they are.
  if (unit === 'ticks' && Number.isSafeInteger(value)) return value;
  const exact = seconds * ticksPerSecond;
  const ticks = secondsToTicks(seconds, ticksPerSecond);
  const error = Math.abs(ticks - exact) / exact;
  if (error > WarningThreshold) {
    const percent = String(Number((error * 100).toPrecision(2)));
    report(`${String(exact)} ticks rounded to ${String(ticks)}, which is ${percent} % off`);
  }
  return ticks;
}

function timeType<In>(
  kind: string,
  minimumTicks: Tick,
  convert: (value: unknown) => TimeQuantity,
): ParamType<In, Tick> {
  return {
    kind,
    // A proxy hands over what another time parameter holds.
    convert: value => (isTimeQuantity(value) ? value : convert(value)),
    resolve: (converted, ticksPerSecond, report) => {
      const quantity = converted as TimeQuantity;
      if (!(quantity.value >= 0)) {
        fatal(`${String(quantity.value)} ${quantity.unit} is not a valid ${kind}; it is negative`);
      }
      const ticks = inTicks(quantity, ticksPerSecond, report);
      if (ticks >= minimumTicks) return ticks;
      return fatal(
        `${String(ticks)} ticks are too short for a ${kind}; ` +
          `accepted: from ${String(minimumTicks)} to ${String(Number.MAX_SAFE_INTEGER)} ticks`,
      );
    },
    toIni: String,
    toJson: value => value,
  };
}

/** A duration such as '30ns' or '500t'; the model receives ticks. */
export const latencyType = timeType<string | 0>('Latency', 0, toLatencySeconds);

/** A clock given by frequency or period; the model receives the period in ticks. */
export const clockType = timeType<string>('Clock', 1, toClockPeriodSeconds);

/**
 * A frequency in Hz, or the period of one; as in gem5 the model receives the *period* in ticks, and
 * 0 for a frequency of 0.
 */
export const frequencyType = timeType<string | number>('Frequency', 0, value =>
  typeof value === 'string' && /[st]\s*$/.test(value)
    ? toClockPeriodSeconds(value)
    : { unit: 'hertz', value: toFrequency(value) },
);

/** A voltage in V. */
export const voltageType = realType<number | string>('Voltage', toVoltage);

/** A current in A. */
export const currentType = realType<number | string>('Current', toCurrent);

/** An energy in J. */
export const energyType = realType<number | string>('Energy', toEnergy);

/** A temperature; a plain number is in kelvin, and the model receives kelvin. */
export const temperatureType = realType<number | string>('Temperature', value =>
  typeof value === 'number' && value >= 0 ? value : toTemperature(value),
);

/**
 * Ticks per byte, rounded to whole ones as in gem5. Where that would change the bandwidth by more
 * than 1 % it stays exact: gem5 turns 3 TB/s into 0 ticks per byte, which is no limit at all.
 */
function ticksPerByte(bytesPerSecond: number, ticksPerSecond: number): number {
  if (bytesPerSecond === 0) return 0;
  const exact = ticksPerSecond / bytesPerSecond;
  const whole = Math.floor(exact + 0.5);
  return Math.abs(whole - exact) <= exact * 0.01 ? whole : exact;
}

function bandwidthType(
  kind: string,
  convert: (value: unknown) => number,
  unitsPerByte: number,
): ParamType<string | number, number> {
  return {
    kind,
    convert,
    resolve: (value, ticksPerSecond) => {
      const rate = value as number;
      if (rate >= 0) return ticksPerByte(rate / unitsPerByte, ticksPerSecond);
      return fatal(`${describeValue(rate)} is not a valid ${kind}; it is negative`);
    },
    toIni: value => value.toFixed(6),
    // gem5 writes it as a text.
    toJson: value => value.toFixed(6),
  };
}

/** Bytes per second in a script; the model receives ticks per byte, 0 for no limit. */
export const memoryBandwidthType = bandwidthType('MemoryBandwidth', toMemoryBandwidth, 1);

/** Bits per second in a script; the model receives ticks per byte. */
export const networkBandwidthType = bandwidthType('NetworkBandwidth', toNetworkBandwidth, 8);
