/**
 * The sources of random numbers of one simulation: one for each user, so that one more call of one of
 * them changes nothing for the others.
 */
import { Random } from '../base/index';

/** Hands out generators by name, and can give all of them new sequences. */
export class RandomStreams {
  readonly #streams = new Map<string, Random>();

  /** The generator of this name, seeded by it when it is made. */
  get(name: string): Random {
    let stream = this.#streams.get(name);
    if (stream === undefined) {
      stream = new Random(seedOf(name));
      this.#streams.set(name, stream);
    }
    return stream;
  }

  /** Starts every generator afresh, with a sequence that depends on its name and on `seed`. */
  reseed(seed: number): void {
    for (const [name, stream] of this.#streams) stream.seed(seedOf(`${name} ${seed}`));
  }
}

/** Different names have different sequences, the same in every run. */
function seedOf(name: string): number {
  let seed = 0;
  for (let i = 0; i < name.length; i++) seed = (Math.imul(seed, 31) + name.charCodeAt(i)) | 0;
  return seed;
}
