/** Runs of pages. */
import type { PageRun } from '../sim/index';

/** The pages that are marked, as runs. @param marks - one byte for each page: 0 or not */
export function* pagesOf(marks: Uint8Array): Generator<PageRun> {
  for (let first = marks.indexOf(1); first >= 0;) {
    let end = marks.indexOf(0, first);
    if (end < 0) end = marks.length;
    yield { first, count: end - first };
    first = marks.indexOf(1, end);
  }
}

/** Runs with those that touch made into one. They are in ascending order. */
export function* mergePages(runs: Iterable<PageRun>): Generator<PageRun> {
  let first = 0;
  let count = 0;
  for (const run of runs) {
    if (count > 0 && first + count === run.first) {
      count += run.count;
      continue;
    }
    if (count > 0) yield { first, count };
    ({ first, count } = run);
  }
  if (count > 0) yield { first, count };
}

/**
 * The pages of two lists of runs, each in ascending order: one of the lists itself where the other has
 * none.
 */
export function unite(a: readonly PageRun[], b: readonly PageRun[]): readonly PageRun[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const all: PageRun[] = [];
  let first = 0;
  let end = -1;
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const isNextOfA = (a[i]?.first ?? Infinity) <= (b[j]?.first ?? Infinity);
    const run = isNextOfA ? a[i++] : b[j++];
    if (run === undefined) break;
    if (run.first <= end) {
      end = Math.max(end, run.first + run.count);
      continue;
    }
    if (end >= 0) all.push({ first, count: end - first });
    first = run.first;
    end = first + run.count;
  }
  all.push({ first, count: end - first });
  return all;
}
