/**
 * XXH64 with seed 0: the checksum of checkpoints. It is meant against accidents, not against
 * attackers. Source: the xxHash specification, "XXH64 Algorithm Description".
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from './checkpointError';
import {
  INPUT_ADDRESS,
  INPUT_BYTES,
  PRIME_1,
  PRIME_2,
  STRIPE_BYTES,
  xxh64Module,
} from './xxh64Wasm';

const FILE_PIECE = 256 * 1024;

const accumulators = new BigUint64Array(xxh64Module.memory.buffer, 0, 4);
const input = new Uint8Array(xxh64Module.memory.buffer, INPUT_ADDRESS, INPUT_BYTES);

/** What the accumulators begin with. */
const BEGINNING = BigUint64Array.of(
  BigInt.asUintN(64, PRIME_1 + PRIME_2),
  PRIME_2,
  0n,
  BigInt.asUintN(64, -PRIME_1),
);

/** A checksum that is fed piece by piece. One at a time: all of them share one working memory. */
export class Xxh64 {
  #bytes = 0;
  /** How much of `input` is waiting to be fed. */
  #filled = 0;
  readonly #taken: ((bytes: Uint8Array) => void) | undefined;

  /**
   * @param taken - told of all bytes, in order, in large pieces: copies that are in the processor's
   *   cache just then. They are gone when it returns, and it uses no checksum.
   */
  constructor(taken?: (bytes: Uint8Array) => void) {
    this.#taken = taken;
    accumulators.set(BEGINNING);
  }

  /** Feeds bytes. */
  update(bytes: Uint8Array): this {
    this.#bytes += bytes.length;
    for (let done = 0; done < bytes.length;) {
      const part = Math.min(INPUT_BYTES - this.#filled, bytes.length - done);
      input.set(part === bytes.length ? bytes : bytes.subarray(done, done + part), this.#filled);
      this.#filled += part;
      done += part;
      if (this.#filled === INPUT_BYTES) this.#feed();
    }
    return this;
  }

  /** Feeds the whole stripes that wait, and moves what is left over, at the very end, to the front. */
  #feed(): void {
    if (this.#filled > 0) this.#taken?.(input.subarray(0, this.#filled));
    const whole = this.#filled - (this.#filled % STRIPE_BYTES);
    if (whole > 0) xxh64Module.stripes(INPUT_ADDRESS, INPUT_ADDRESS + whole);
    input.copyWithin(0, whole, this.#filled);
    this.#filled -= whole;
  }

  /** The checksum of everything fed, an unsigned 64-bit number. Ends the use of this object. */
  digest(): bigint {
    this.#feed();
    const end = INPUT_ADDRESS + this.#filled;
    return BigInt.asUintN(64, xxh64Module.finish(INPUT_ADDRESS, end, this.#bytes));
  }
}

/** The checksum of bytes. */
export function xxh64(bytes: Uint8Array): bigint {
  return new Xxh64().update(bytes).digest();
}

/** The checksum of a file's contents. @throws {CheckpointError} when it cannot be read */
export function xxh64File(path: string): bigint {
  const hash = new Xxh64();
  const piece = new Uint8Array(FILE_PIECE);
  try {
    const descriptor = openSync(path, 'r');
    try {
      for (;;) {
        const count = readSync(descriptor, piece, 0, piece.length, null);
        if (count === 0) return hash.digest();
        hash.update(piece.subarray(0, count));
      }
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    throw fileError(path, 'reading it', error);
  }
}
