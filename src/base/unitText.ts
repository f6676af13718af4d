/** Texts such as `3.5GHz` taken apart: a magnitude, a prefix and a unit. */
import { fatal } from './errors';
import { describeValue, parseFloatText } from './numbers';

/** What a prefix of a size multiplies by. */
export const BINARY_PREFIXES: ReadonlyMap<string, number> = new Map([
  ['k', 2 ** 10],
  ['Ki', 2 ** 10],
  ['M', 2 ** 20],
  ['Mi', 2 ** 20],
  ['G', 2 ** 30],
  ['Gi', 2 ** 30],
  ['T', 2 ** 40],
  ['Ti', 2 ** 40],
  ['P', 2 ** 50],
  ['Pi', 2 ** 50],
  ['E', 2 ** 60],
  ['Ei', 2 ** 60],
]);

// A small scale is kept as its divisor: 1 / 10^9 is the double nearest to a nanosecond, 1e9 exact.
const METRIC_PREFIXES: ReadonlyMap<string, { readonly times: number; readonly over: number }> =
  new Map(
    Object.entries({
      a: [1, 1e18],
      f: [1, 1e15],
      p: [1, 1e12],
      n: [1, 1e9],
      u: [1, 1e6],
      m: [1, 1e3],
      k: [1e3, 1],
      M: [1e6, 1],
      G: [1e9, 1],
      T: [1e12, 1],
      P: [1e15, 1],
      E: [1e18, 1],
      Ki: [2 ** 10, 1],
      Mi: [2 ** 20, 1],
      Gi: [2 ** 30, 1],
      Ti: [2 ** 40, 1],
      Pi: [2 ** 50, 1],
      Ei: [2 ** 60, 1],
    } as const).map(([prefix, [times, over]]) => [prefix, { times, over }]),
  );

/** Says that a value does not fit, and what does. */
export function reject(value: unknown, kind: string, accepted: string): never {
  return fatal(`${describeValue(value)} is not a valid ${kind}; accepted: ${accepted}`);
}

/** A text without its unit and prefix. `unit` is '' when the text is a bare number. */
export interface SplitText {
  readonly magnitude: string;
  readonly prefix: string;
  readonly unit: string;
}

/** Takes a text apart into magnitude, prefix and one of the units. */
export function split(
  text: string,
  units: readonly string[],
  prefixes: { has(prefix: string): boolean },
): SplitText {
  const trimmed = text.trim();
  const unit = units.find(candidate => trimmed.endsWith(candidate));
  if (unit === undefined) return { magnitude: trimmed, prefix: '', unit: '' };
  const rest = trimmed.slice(0, trimmed.length - unit.length);
  for (const length of [2, 1]) {
    const prefix = rest.slice(-length);
    if (rest.length >= length && prefixes.has(prefix)) {
      return { magnitude: rest.slice(0, rest.length - length).trim(), prefix, unit };
    }
  }
  return { magnitude: rest.trim(), prefix: '', unit };
}

/** The number before a metric unit, scaled, or undefined when the text is not of that form. */
export function metric(
  text: string,
  units: readonly string[],
): { value: number; unit: string } | undefined {
  const { magnitude, prefix, unit } = split(text, units, METRIC_PREFIXES);
  const number = parseFloatText(magnitude);
  if (number === undefined) return undefined;
  const scale = METRIC_PREFIXES.get(prefix);
  const value = scale === undefined ? number : (number * scale.times) / scale.over;
  return Number.isFinite(value) ? { value, unit } : undefined;
}
