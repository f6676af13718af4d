/** What a script may have meant by a name that is not there. */
import { distance } from 'fastest-levenshtein';

/** " (did you mean 'x'?)" for the nearest name, or nothing when none is near. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const ranked = candidates
    .map(candidate => ({ candidate, cost: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.cost - b.cost);
  const best = ranked[0];
  if (best === undefined || best.cost > Math.max(2, name.length / 2)) {
    return candidates.length === 0 ? '' : `; it has ${candidates.join(', ')}`;
  }
  return ` (did you mean '${best.candidate}'?)`;
}
