/** What a bench module is asked to do. */
export interface BenchOptions {
  /**
   * True when the bench only has to prove that it still runs: tiny sizes, well under a second,
   * figures without meaning, limits not enforced.
   */
  readonly smoke: boolean;
}

/**
 * One line of `npm run bench`. Figures are only ever comparable inside one invocation, so every
 * result carries the reference it was measured against.
 */
export interface BenchResult {
  /** What was measured, unique over all benches: `event queue, 64 pending`. */
  readonly name: string;
  /** Unit of `measured` and `reference`: `ns/op`, `us/exit`, `s`, `ms`, `bytes`. */
  readonly unit: string;
  /** Our figure; smaller is better. */
  readonly measured: number;
  /** The figure of the reference, taken in the same invocation. */
  readonly reference: number;
  /** What the reference is: `gem5's algorithm in C++`, `the same binary run natively`. */
  readonly referenceName: string;
  /** `measured / reference`, or `measured - reference` where `compare` is 'difference'. */
  readonly ratio: number;
  /** How `ratio` was formed. */
  readonly compare: 'ratio' | 'difference';
  /** Largest `ratio` allowed; null where there is no requirement. */
  readonly limit: number | null;
  /** Whatever helps to read the figure: repetitions, spread, sizes. */
  readonly detail?: Readonly<Record<string, number | string | boolean>>;
}

/** What a bench module exports as `run`. */
export type BenchRun = (
  options: BenchOptions,
) => readonly BenchResult[] | Promise<readonly BenchResult[]>;

/** The part of a {@link BenchResult} that a bench fills in itself. */
export type BenchFigures = Omit<BenchResult, 'ratio' | 'compare' | 'limit'> & {
  readonly limit?: number;
};

/** A result judged by `measured / reference <= limit`. */
export function ratioResult(figures: BenchFigures): BenchResult {
  const ratio = figures.measured / figures.reference;
  return { ...figures, ratio, compare: 'ratio', limit: figures.limit ?? null };
}

/** A result judged by `measured - reference <= limit`, in `unit`. */
export function differenceResult(figures: BenchFigures): BenchResult {
  const ratio = figures.measured - figures.reference;
  return { ...figures, ratio, compare: 'difference', limit: figures.limit ?? null };
}

/** True when the result has no limit or keeps it. A figure that is not a number never does. */
export function withinLimit(result: BenchResult): boolean {
  return result.limit === null || result.ratio <= result.limit;
}
