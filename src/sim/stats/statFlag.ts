/** How a statistic is printed. Source: gem5 `base/stats/info.hh`. */

/** Flags of a statistic; combine them with `|`. The numbers are gem5's. */
export const StatFlag = {
  /** Nothing extra. */
  none: 0x0000,
  /** The statistic has its size and parameters. Set by the statistic itself. */
  init: 0x0001,
  /** The statistic is printed. Set from the start; `Stat.hide` clears it. */
  display: 0x0002,
  /** Print the total of a vector. */
  total: 0x0010,
  /** Print each element's share of the total. */
  pdf: 0x0020,
  /** Print the share of the total up to and including each element. */
  cdf: 0x0040,
  /** Print the distribution. Kept for gem5's sake; distributions always print. */
  dist: 0x0080,
  /** Leave out what is zero: a line, or a whole vector whose total is zero. */
  nozero: 0x0100,
  /** Leave out lines whose value is not a number. */
  nonan: 0x0200,
  /** Print all elements in one line. */
  oneline: 0x0400,
} as const;

/** Some of {@link StatFlag}, combined with `|`. */
export type StatFlags = number;
