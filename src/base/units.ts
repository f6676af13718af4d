/**
 * Values with units, as scripts write them: `'512MiB'`, `'3GHz'`, `'30ns'`, `'500t'`.
 *
 * Prefixes of sizes, addresses and memory bandwidths are binary, so `32kB` is `32KiB`; all others
 * are metric. A prefix needs a unit. Every function here throws a `FatalError` that names the value
 * and says what is accepted. Source: gem5 `python/m5/util/convert.py`, `python/m5/params.py`.
 */
import { fatal } from './errors';
import { parseFloatText, parseIntegerText } from './numbers';
import type { Tick } from './types';
import { BINARY_PREFIXES, metric, reject, split } from './unitText';

/** A duration as a script wrote it: seconds, or ticks when it said so (`'500t'`). */
export type TimeValue =
  | { readonly unit: 'seconds'; readonly value: number }
  | { readonly unit: 'ticks'; readonly value: Tick };

/** The bounds and the name that `toInteger` reports. */
export interface IntegerOptions {
  /** The name of the kind of value, for messages. */
  readonly kind?: string;
  /** The smallest value accepted; -(2^53 - 1) when left out. */
  readonly minimum?: number;
  /** The largest value accepted; 2^53 - 1 when left out. */
  readonly maximum?: number;
}

/** A quantity with one metric unit; plain numbers and bare numerals are taken in that unit. */
function quantity(value: unknown, kind: string, unit: string, example: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const parsed = typeof value === 'string' ? metric(value, [unit]) : undefined;
  return (
    parsed?.value ??
    reject(value, kind, `a number of ${unit} with a metric prefix, as '${example}'`)
  );
}

/**
 * A whole number: a number, or a numeral with an optional `0x`, `0o` or `0b`. A fraction is cut
 * off, as gem5 does with a Python float.
 *
 * @throws {FatalError} when it is no number or out of bounds
 */
export function toInteger(value: unknown, options: IntegerOptions = {}): number {
  const kind = options.kind ?? 'integer';
  const minimum = options.minimum ?? Number.MIN_SAFE_INTEGER;
  const maximum = options.maximum ?? Number.MAX_SAFE_INTEGER;
  const accepted = `a whole number from ${String(minimum)} to ${String(maximum)}`;
  const number = integerOf(value);
  if (number === undefined) return reject(value, kind, accepted);
  if (number < minimum || number > maximum) return reject(value, kind, accepted);
  return number;
}

function integerOf(value: unknown): number | undefined {
  if (typeof value === 'string') return parseIntegerText(value.trim());
  if (typeof value === 'bigint') return Number(value);
  // Adding zero turns -0 into 0.
  return typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) + 0 : undefined;
}

/** A number, or a decimal numeral. @throws {FatalError} when it is neither */
export function toFloat(value: unknown): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value;
  const number = typeof value === 'string' ? parseFloatText(value.trim()) : undefined;
  return number ?? reject(value, 'number', "a number such as 2.5 or '1e6'");
}

/**
 * A truth value: a boolean; true, t, yes, y, 1 or false, f, no, n, 0 in any case; the numbers 1, 0.
 *
 * @throws {FatalError} when it is anything else
 */
export function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'number' || typeof value === 'string' ? String(value) : '';
  switch (text.trim().toLowerCase()) {
    case 'true':
    case 't':
    case 'yes':
    case 'y':
    case '1':
      return true;
    case 'false':
    case 'f':
    case 'no':
    case 'n':
    case '0':
      return false;
    default:
      return reject(value, 'truth value', 'true, t, yes, y, 1, false, f, no, n, 0');
  }
}

const SIZE_ACCEPTED =
  "a whole number of bytes below 2^53, plain or with B, kB, KiB, MiB, GiB, ... (binary), as '512MiB'";

/**
 * A size in bytes: a number, or a text such as `'512MiB'`. Prefixes are binary; fractions are
 * rejected, so write `'1536MiB'` rather than `'1.5GiB'`.
 *
 * @throws {FatalError} when it is no such size
 */
export function toMemorySize(value: unknown): number {
  return sizeOf(value) ?? reject(value, 'memory size', SIZE_ACCEPTED);
}

/** An address: as a size, or a bigint. @throws {FatalError} when it is none */
export function toAddr(value: unknown): number {
  return sizeOf(value) ?? reject(value, 'address', SIZE_ACCEPTED);
}

function sizeOf(value: unknown): number | undefined {
  let bytes: number | undefined;
  if (typeof value === 'number') {
    bytes = value;
  } else if (typeof value === 'bigint') {
    bytes = Number(value);
  } else if (typeof value === 'string') {
    const { magnitude, prefix } = split(value, ['B'], BINARY_PREFIXES);
    const number = parseIntegerText(magnitude);
    bytes = number === undefined ? undefined : number * (BINARY_PREFIXES.get(prefix) ?? 1);
  }
  return bytes !== undefined && bytes >= 0 && Number.isSafeInteger(bytes) ? bytes + 0 : undefined;
}

/** `'500t'` as a number of ticks; undefined when the text does not end in `t`. */
function ticksOf(text: string): TimeValue | undefined {
  const trimmed = text.trim();
  if (!trimmed.endsWith('t')) return undefined;
  const value = parseIntegerText(trimmed.slice(0, -1).trim());
  return value === undefined || value < 0 ? undefined : { unit: 'ticks', value };
}

const LATENCY_ACCEPTED = "a time with its unit such as '30ns' or '1us', or ticks as '500t'";

/**
 * A duration: a text such as `'30ns'`, ticks such as `'500t'`, or 0. Any other plain number is
 * rejected, since it could mean seconds or ticks.
 *
 * @throws {FatalError} when it is no such duration or is negative
 */
export function toLatencySeconds(value: unknown): TimeValue {
  if (value === 0) return { unit: 'seconds', value: 0 };
  if (typeof value !== 'string') return reject(value, 'latency', LATENCY_ACCEPTED);
  const ticks = ticksOf(value);
  if (ticks !== undefined) return ticks;
  const parsed = metric(value, ['s']);
  if (parsed === undefined || parsed.value < 0) return reject(value, 'latency', LATENCY_ACCEPTED);
  return { unit: 'seconds', value: parsed.value };
}

const CLOCK_ACCEPTED = "a frequency such as '1GHz', a period such as '1ns', or ticks as '500t'";

/**
 * The period of a clock given by its frequency (`'1GHz'`), period (`'1ns'`) or ticks (`'500t'`).
 *
 * @throws {FatalError} when it is none of these, or has no unit, or is not positive
 */
export function toClockPeriodSeconds(value: unknown): TimeValue {
  if (typeof value !== 'string') return reject(value, 'clock', CLOCK_ACCEPTED);
  const ticks = ticksOf(value);
  if (ticks !== undefined) return ticks;
  return { unit: 'seconds', value: anyToLatency(value) };
}

/**
 * A period in seconds from a frequency or a period with its unit.
 *
 * @throws {FatalError} when it has no unit or is not positive
 */
export function anyToLatency(value: unknown): number {
  const parsed = typeof value === 'string' ? metric(value, ['Hz', 's']) : undefined;
  if (parsed === undefined || parsed.unit === '' || !(parsed.value > 0)) {
    return reject(value, 'clock', CLOCK_ACCEPTED);
  }
  return parsed.unit === 's' ? parsed.value : 1 / parsed.value;
}

/**
 * A frequency in Hz from a frequency or a period with its unit.
 *
 * @throws {FatalError} when it has no unit or is not positive
 */
export function anyToFrequency(value: unknown): number {
  const parsed = typeof value === 'string' ? metric(value, ['Hz', 's']) : undefined;
  if (parsed === undefined || parsed.unit === '' || !(parsed.value > 0)) {
    return reject(value, 'frequency', "a frequency such as '1GHz' or a period such as '1ns'");
  }
  return parsed.unit === 'Hz' ? parsed.value : 1 / parsed.value;
}

/** A frequency in Hz: `'1GHz'`, or a number of Hz. @throws {FatalError} when it is none */
export function toFrequency(value: unknown): number {
  const hertz = quantity(value, 'frequency', 'Hz', '1GHz');
  return hertz >= 0 ? hertz : reject(value, 'frequency', "a frequency such as '1GHz'");
}

/** A voltage in V: `'0.9V'`, or a number of V. @throws {FatalError} when it is none */
export function toVoltage(value: unknown): number {
  return quantity(value, 'voltage', 'V', '900mV');
}

/** A current in A: `'1mA'`, or a number of A. @throws {FatalError} when it is none */
export function toCurrent(value: unknown): number {
  return quantity(value, 'current', 'A', '1mA');
}

/** An energy in J: `'1pJ'`, or a number of J. @throws {FatalError} when it is none */
export function toEnergy(value: unknown): number {
  return quantity(value, 'energy', 'J', '1pJ');
}

/**
 * A temperature in kelvin: `'300K'`, `'25C'` or `'77F'`.
 *
 * @throws {FatalError} when it has no unit or lies below absolute zero
 */
export function toTemperature(value: unknown): number {
  const parsed = typeof value === 'string' ? metric(value, ['K', 'C', 'F']) : undefined;
  const kelvin = parsed === undefined ? Number.NaN : kelvinOf(parsed.value, parsed.unit);
  if (!(kelvin >= 0)) {
    return reject(value, 'temperature', "one above absolute zero with K, C or F, as '25C'");
  }
  return kelvin;
}

function kelvinOf(value: number, unit: string): number {
  switch (unit) {
    case 'K':
      return value;
    case 'C':
      return value + 273.15;
    case 'F':
      return (value + 459.67) / 1.8;
    default:
      return Number.NaN;
  }
}

/**
 * A memory bandwidth in bytes per second: `'12.8GiB/s'` with binary prefixes, or a number.
 *
 * @throws {FatalError} when it is none or is negative
 */
export function toMemoryBandwidth(value: unknown): number {
  const accepted = "a number of B/s with a binary prefix, as '12.8GiB/s'";
  let bandwidth: number | undefined;
  if (typeof value === 'number') {
    bandwidth = value;
  } else if (typeof value === 'string') {
    const { magnitude, prefix } = split(value, ['B/s'], BINARY_PREFIXES);
    const number = parseFloatText(magnitude);
    bandwidth = number === undefined ? undefined : number * (BINARY_PREFIXES.get(prefix) ?? 1);
  }
  if (bandwidth === undefined || !Number.isFinite(bandwidth) || bandwidth < 0) {
    return reject(value, 'memory bandwidth', accepted);
  }
  return bandwidth;
}

/**
 * A network bandwidth in bits per second: `'1Gbps'` with metric prefixes, or a number.
 *
 * @throws {FatalError} when it is none or is not positive
 */
export function toNetworkBandwidth(value: unknown): number {
  const bandwidth = quantity(value, 'network bandwidth', 'bps', '1Gbps');
  return bandwidth > 0
    ? bandwidth
    : reject(value, 'network bandwidth', "a positive number of bps, as '1Gbps'");
}

/**
 * A time in ticks, rounded half up.
 *
 * @param ticksPerSecond - the tick frequency in Hz
 * @throws {FatalError} when it does not fit in a tick
 */
export function secondsToTicks(seconds: number, ticksPerSecond: number): Tick {
  const ticks = Math.floor(seconds * ticksPerSecond + 0.5);
  if (!Number.isSafeInteger(ticks) || ticks < 0) {
    fatal(`${String(seconds)} s is more than the 2^53 - 1 ticks that a simulation can count`);
  }
  return ticks;
}
