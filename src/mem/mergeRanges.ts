/** Interleaved ranges as those who do not care about stripes see them. */
import { AddrRange } from '../base/index';

/**
 * The ranges with each group of interleaved neighbours merged into one.
 *
 * @param ranges - in ascending order, the stripes of one range next to each other
 * @throws {FatalError} when stripes are missing
 */
export function mergeRanges(ranges: readonly AddrRange[]): AddrRange[] {
  const merged: AddrRange[] = [];
  let group: AddrRange[] = [];
  const finishGroup = (): void => {
    if (group.length > 0) merged.push(AddrRange.merge(group));
    group = [];
  };
  for (const range of ranges) {
    if (!range.interleaved || group[0]?.mergesWith(range) !== true) finishGroup();
    group.push(range);
  }
  finishGroup();
  return merged;
}
