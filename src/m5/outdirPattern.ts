/** The name of a forked child's output directory. Source: gem5 `python/m5/simulate.py` (fork). */
import { fatal } from '../base/index';

/** gem5's: `m5out.f0` for the first child of a run in `m5out`, `m5out.f0.f0` for that one's first. */
export const DefaultForkOutdir = '%(parent)s.f%(fork_seq)i';

/** What the pattern may name. */
export interface ForkNames {
  /** The parent's output directory. */
  readonly parent: string;
  /** How many children the parent had before this one. */
  readonly fork_seq: number;
  /** The child's process number. */
  readonly pid: number;
}

/**
 * Fills a pattern as Python's `%` does: `%(parent)s`, `%(fork_seq)i`, `%(pid)i`, with a width as in
 * `%(fork_seq)03i`; `%%` is a percent sign.
 * @throws {FatalError} when the pattern names something else
 */
export function expandOutdir(pattern: string, names: ForkNames): string {
  const expanded = pattern.replace(
    /%(?:%|\((\w+)\)(0?)(\d*)([sid]))/g,
    (text, name: string | undefined, zero: string, width: string) => {
      if (name === undefined) return '%';
      const value = new Map<string, string | number>(Object.entries(names)).get(name);
      if (value === undefined) return unknown(pattern, text);
      return `${value}`.padStart(Number(width), zero === '' ? ' ' : '0');
    },
  );
  const rest = pattern.replace(/%(?:%|\(\w+\)\d*[sid])/g, '');
  if (rest.includes('%')) unknown(pattern, rest.slice(rest.indexOf('%')));
  return expanded;
}

function unknown(pattern: string, text: string): never {
  return fatal(
    `output directory '${pattern}': '${text}' is unknown; there are %(parent)s, %(fork_seq)i and %(pid)i`,
  );
}
