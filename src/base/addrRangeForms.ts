/**
 * The forms in which a script or a configuration file gives an address range. Source: gem5
 * `python/m5/params.py`.
 */
import { fatal } from './errors';
import { Interleaving, legacyMasks } from './interleaving';
import { parseIntegerText } from './numbers';
import type { Addr } from './types';
import { toAddr, toInteger } from './units';

/** An address in a script: a number of bytes, or a text such as `'0x1000'` or `'512MiB'`. */
export type AddrLike = number | string;

/** The keyword form of the constructor. One of `end` and `size` is needed. */
export interface AddrRangeSpec {
  /** The first address; 0 when left out. */
  readonly start?: AddrLike;
  /** One past the last address. */
  readonly end?: AddrLike;
  /** The bytes from `start` on. */
  readonly size?: AddrLike;
  /** One mask per selector bit; instead of the three `...Bit(s)` below. */
  readonly masks?: readonly number[];
  /** The selector value that the range owns; 0 when left out. */
  readonly intlvMatch?: number;
  /** The number of selector bits. */
  readonly intlvBits?: number;
  /** The highest of the `intlvBits` neighbouring bits that select. */
  readonly intlvHighBit?: number;
  /** The highest of the bits that the former are combined with; 0 for none. */
  readonly xorHighBit?: number;
}

// A set, so that a plain JavaScript caller's misspelt key is found.
const SPEC_KEYS: ReadonlySet<string> = new Set([
  'start',
  'end',
  'size',
  'masks',
  'intlvMatch',
  'intlvBits',
  'intlvHighBit',
  'xorHighBit',
]);

/** What every form of the constructor comes down to. */
export interface AddrRangeFields {
  readonly start: Addr;
  readonly end: Addr;
  readonly interleaving: Interleaving | null;
}

/** The interleaving of these masks; null without masks. @throws {FatalError} as `Interleaving` */
export function makeInterleaving(masks: readonly Addr[], match: number): Interleaving | null {
  return masks.length === 0 && match === 0 ? null : new Interleaving(masks, match);
}

/** Reads the keyword form. @throws {FatalError} when values are missing or contradict each other */
export function fieldsOfSpec(spec: AddrRangeSpec): AddrRangeFields {
  for (const key of Object.keys(spec)) {
    if (!SPEC_KEYS.has(key)) {
      fatal(`An address range has no '${key}'; accepted: ${[...SPEC_KEYS].join(', ')}`);
    }
  }
  const start = toAddr(spec.start ?? 0);
  if ((spec.end === undefined) === (spec.size === undefined)) {
    return fatal('An address range needs either an end or a size');
  }
  const end = spec.end === undefined ? start + toAddr(spec.size) : toAddr(spec.end);
  if (spec.masks !== undefined && spec.intlvBits !== undefined) {
    fatal('An address range takes either masks or intlvBits, not both');
  }
  const count = toInteger(spec.intlvBits ?? 0, { kind: 'intlvBits', minimum: 0, maximum: 53 });
  if (count > 0 && spec.intlvHighBit === undefined) {
    fatal('An address range with intlvBits needs an intlvHighBit');
  }
  const masks =
    spec.masks ??
    legacyMasks(
      toInteger(spec.intlvHighBit ?? 0, { kind: 'intlvHighBit', minimum: 0, maximum: 52 }),
      toInteger(spec.xorHighBit ?? 0, { kind: 'xorHighBit', minimum: 0, maximum: 52 }),
      count,
    );
  return { start, end, interleaving: makeInterleaving(masks, spec.intlvMatch ?? 0) };
}

/**
 * Reads the form of config.ini: `start:end`, or `start:end:match:mask...`.
 *
 * @throws {FatalError} when the text is not of that form
 */
export function fieldsOfConfig(text: string): AddrRangeFields {
  const numbers = text.split(':').map(part => parseIntegerText(part.trim()) ?? -1);
  const [start = -1, end = -1, match = 0, ...masks] = numbers;
  if (numbers.length < 2 || numbers.length === 3 || numbers.some(number => number < 0)) {
    return fatal(
      `'${text}' is not an address range; accepted: 'start:end' or 'start:end:match:mask...'`,
    );
  }
  return { start, end, interleaving: makeInterleaving(masks, match) };
}
