/**
 * XXH64 with seed 0: the checksum of checkpoints. It is meant against accidents, not against
 * attackers. Source: the xxHash specification, "XXH64 Algorithm Description".
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileError } from './checkpointError';
import { INPUT_ADDRESS, INPUT_BYTES, PRIME_1, PRIME_2, xxh64Module } from './xxh64Wasm';

const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;
const STRIPE_BYTES = 32;
const FILE_PIECE = 256 * 1024;

const accumulators = new BigUint64Array(xxh64Module.memory.buffer, 0, 4);
const input = new Uint8Array(xxh64Module.memory.buffer, INPUT_ADDRESS, INPUT_BYTES);

const word = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotl = (value: bigint, bits: bigint): bigint =>
  word((value << bits) | (value >> (64n - bits)));
const round = (accumulator: bigint, lane: bigint): bigint =>
  word(rotl(word(accumulator + lane * PRIME_2), 31n) * PRIME_1);

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
    accumulators[0] = word(PRIME_1 + PRIME_2);
    accumulators[1] = PRIME_2;
    accumulators[2] = 0n;
    accumulators[3] = word(-PRIME_1);
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
    let hash = this.#bytes >= STRIPE_BYTES ? mergeAccumulators() : PRIME_5;
    hash = word(hash + BigInt(this.#bytes));
    return avalanche(addTail(hash, input.subarray(0, this.#filled)));
  }
}

function mergeAccumulators(): bigint {
  const [a = 0n, b = 0n, c = 0n, d = 0n] = accumulators;
  let hash = word(rotl(a, 1n) + rotl(b, 7n) + rotl(c, 12n) + rotl(d, 18n));
  for (const accumulator of [a, b, c, d]) {
    hash = word((hash ^ round(0n, accumulator)) * PRIME_1 + PRIME_4);
  }
  return hash;
}

/** Takes in the last bytes, fewer than a stripe. */
function addTail(start: bigint, tail: Uint8Array): bigint {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.length);
  let hash = start;
  let at = 0;
  for (; at + 8 <= tail.length; at += 8) {
    const lane = round(0n, view.getBigUint64(at, true));
    hash = word(rotl(hash ^ lane, 27n) * PRIME_1 + PRIME_4);
  }
  if (at + 4 <= tail.length) {
    const lane = word(BigInt(view.getUint32(at, true)) * PRIME_1);
    hash = word(rotl(hash ^ lane, 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (; at < tail.length; at++) {
    hash = word(rotl(hash ^ word(BigInt(view.getUint8(at)) * PRIME_5), 11n) * PRIME_1);
  }
  return hash;
}

function avalanche(start: bigint): bigint {
  let hash = word((start ^ (start >> 33n)) * PRIME_2);
  hash = word((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
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
