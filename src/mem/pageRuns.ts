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
