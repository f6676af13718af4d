/**
 * A deterministic source of random numbers (xoshiro128**). The same seed gives the same sequence
 * everywhere, and its state can be saved and put back. Source: Blackman and Vigna, "Scrambled
 * linear pseudorandom number generators"; gem5 `base/random.hh` for its purpose.
 */
import { fatal, panic } from './errors';

/** The whole state of a `Random`: four unsigned 32-bit words, not all zero. */
export type RandomState = readonly [number, number, number, number];

const rotl = (x: number, k: number): number => (x << k) | (x >>> (32 - k));

/** A generator of its own; two of them never influence each other. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** @param seed - any integer; its low 53 bits count */
  constructor(seed = 5489) {
    this.seed(seed);
  }

  /**
   * Starts the sequence of this seed.
   *
   * @throws {FatalError} when the seed is not an integer
   */
  seed(seed: number): void {
    if (!Number.isSafeInteger(seed)) fatal(`A random seed must be an integer, not ${String(seed)}`);
    // splitmix32 spreads the seed: neighbouring seeds must not give similar sequences.
    let z = (seed ^ Math.imul(Math.floor(seed / 0x1_0000_0000), 0x85ebca6b)) | 0;
    const next = (): number => {
      z = (z + 0x9e3779b9) | 0;
      let t = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      t = Math.imul(t ^ (t >>> 15), 0x735a2d97);
      return (t ^ (t >>> 15)) | 0;
    };
    this.#a = next();
    this.#b = next();
    this.#c = next();
    this.#d = next();
    if ((this.#a | this.#b | this.#c | this.#d) === 0) this.#a = 1;
  }

  /** The next number, uniform over 0 .. 2^32 - 1. */
  next32(): number {
    const result = Math.imul(rotl(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = rotl(this.#d, 11);
    return result;
  }

  /** The next number, uniform over 0 .. 2^53 - 1. */
  next53(): number {
    return (this.next32() >>> 11) * 0x1_0000_0000 + this.next32();
  }

  /** The next fraction, uniform over [0, 1). */
  nextDouble(): number {
    return this.next53() / 0x20_0000_0000_0000;
  }

  /**
   * The next integer, uniform over `min` to `max`, both included.
   *
   * @throws {PanicError} when the bounds are not integers or are in the wrong order
   */
  nextInt(min: number, max: number): number {
    const span = max - min + 1;
    if (!Number.isSafeInteger(min) || !Number.isSafeInteger(span) || span < 1) {
      panic(`Bad bounds for a random integer: ${String(min)} to ${String(max)}`);
    }
    // Numbers past the last whole multiple of span would favour the small results; draw again.
    if (span <= 0x1_0000_0000) {
      const limit = 0x1_0000_0000 - (0x1_0000_0000 % span);
      let value = this.next32();
      while (value >= limit) value = this.next32();
      return min + (value % span);
    }
    const limit = 0x20_0000_0000_0000 - (0x20_0000_0000_0000 % span);
    let value = this.next53();
    while (value >= limit) value = this.next53();
    return min + (value % span);
  }

  /** The state, to save. */
  getState(): RandomState {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#d >>> 0];
  }

  /**
   * Puts a saved state back.
   *
   * @throws {FatalError} when it is not four unsigned 32-bit words of which one is not zero
   */
  setState(state: readonly number[]): void {
    const [a, b, c, d, ...rest] = state;
    const isWord = (x: number | undefined): x is number => x !== undefined && x >>> 0 === x;
    if (!isWord(a) || !isWord(b) || !isWord(c) || !isWord(d) || rest.length > 0) {
      return fatal('The state of a random generator must be four unsigned 32-bit words');
    }
    if (a + b + c + d === 0) fatal('The state of a random generator must not be all zero');
    this.#a = a | 0;
    this.#b = b | 0;
    this.#c = c | 0;
    this.#d = d | 0;
  }
}
