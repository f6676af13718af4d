/** What a user may have meant by a name that is not there. */
import { distance } from 'fastest-levenshtein';

/** The name that is near enough to be meant; undefined when there is none. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const [best] = candidates
    .map(candidate => ({ candidate, cost: distance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.cost - b.cost);
  return best === undefined || best.cost > Math.max(2, name.length / 2)
    ? undefined
    : best.candidate;
}

/**
 * " (did you mean 'x'?)" for the nearest name.
 * @param otherwise - what is said where none is near; default: all of them
 */
export function suggestion(
  name: string,
  candidates: readonly string[],
  otherwise = candidates.length === 0 ? '' : `; it has ${candidates.join(', ')}`,
): string {
  const nearest = nearestName(name, candidates);
  return nearest === undefined ? otherwise : ` (did you mean '${nearest}'?)`;
}
