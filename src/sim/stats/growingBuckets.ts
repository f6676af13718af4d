/** Buckets that grow with the samples. Source: gem5 `base/stats/storage.{hh,cc}`, `HistStor`. */

import { panic } from '../../base/index';
import { badSample } from './distributionStorage';
import type { DistributionData, DistributionStorage } from './distributionStorage';

/**
 * Counts samples in a fixed number of buckets whose size doubles whenever a sample falls outside.
 * It begins with the values 0, 1, 2, …, one in a bucket. Growing merges neighbours in pairs, so no
 * sample is ever lost:
 *
 * - up, while there are no negative samples: [0, N) becomes [0, 2N);
 * - down, at the first negative sample: zero becomes the lower bound of the middle bucket;
 * - out, from then on: [M, N) becomes [2M, 2N).
 */
export class GrowingBuckets implements DistributionStorage {
  #buckets: Float64Array;
  /** The lower bound of the first bucket. */
  #minBucket = 0;
  /** The lower bound of the last bucket. */
  #maxBucket: number;
  #bucketSize = 1;
  #sum = 0;
  #squares = 0;
  #logs = 0;
  #samples = 0;

  /** @param buckets - a whole number from 2 */
  constructor(buckets: number) {
    this.#buckets = new Float64Array(buckets);
    this.#maxBucket = buckets - 1;
  }

  sample(value: number, count: number): void {
    if (!Number.isFinite(value)) badSample(value);
    if (value < this.#minBucket && this.#minBucket === 0) this.#growDown();
    while (value < this.#minBucket || value >= this.#maxBucket + this.#bucketSize) this.#grow();

    // Exact, since bucket sizes are powers of two; `value - min` could be rounded up to the end.
    const index = Math.floor(value / this.#bucketSize) - this.#minBucket / this.#bucketSize;
    this.#buckets[index] = (this.#buckets[index] ?? 0) + count;
    this.#sum += value * count;
    this.#squares += value * value * count;
    this.#logs += Math.log(value) * count;
    this.#samples += count;
  }

  /**
   * Adds all samples of another histogram to this one; the other stays as it is.
   *
   * @throws {PanicError} when the numbers of buckets differ
   */
  add(other: GrowingBuckets): void {
    if (other.#buckets.length !== this.#buckets.length) {
      panic(
        `Histograms of ${this.#buckets.length} and ${other.#buckets.length} buckets do not add`,
      );
    }
    const addend = other.#clone();
    if (addend.#minBucket < 0 && this.#minBucket === 0) this.#growDown();
    if (this.#minBucket < 0 && addend.#minBucket === 0) addend.#growDown();
    while (this.#bucketSize < addend.#bucketSize) this.#grow();
    while (addend.#bucketSize < this.#bucketSize) addend.#grow();

    this.#buckets.forEach((value, index) => {
      this.#buckets[index] = value + (addend.#buckets[index] ?? 0);
    });
    this.#sum += addend.#sum;
    this.#squares += addend.#squares;
    this.#logs += addend.#logs;
    this.#samples += addend.#samples;
  }

  zero(): boolean {
    return this.#samples === 0;
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#minBucket = 0;
    this.#maxBucket = this.#buckets.length - 1;
    this.#bucketSize = 1;
    this.#sum = 0;
    this.#squares = 0;
    this.#logs = 0;
    this.#samples = 0;
  }

  data(): DistributionData {
    return {
      kind: 'Hist',
      min: this.#minBucket,
      max: this.#maxBucket + this.#bucketSize - 1,
      bucketSize: this.#bucketSize,
      minValue: this.#minBucket,
      maxValue: this.#maxBucket,
      underflow: 0,
      overflow: 0,
      buckets: this.#buckets,
      sum: this.#sum,
      squares: this.#squares,
      logs: this.#logs,
      samples: this.#samples,
    };
  }

  saveState(): readonly number[] {
    return [
      ...[this.#minBucket, this.#maxBucket, this.#bucketSize],
      ...[this.#sum, this.#squares, this.#logs, this.#samples],
      ...this.#buckets,
    ];
  }

  loadState(state: readonly number[]): void {
    const [minBucket = 0, maxBucket = 0, bucketSize = 1, ...rest] = state;
    const [sum = 0, squares = 0, logs = 0, samples = 0, ...buckets] = rest;
    this.#minBucket = minBucket;
    this.#maxBucket = maxBucket;
    this.#bucketSize = bucketSize;
    this.#sum = sum;
    this.#squares = squares;
    this.#logs = logs;
    this.#samples = samples;
    this.#buckets.set(buckets);
  }

  #grow(): void {
    if (this.#minBucket === 0) this.#growUp();
    else this.#growOut();
  }

  #growUp(): void {
    this.#redistribute(index => index >> 1);
    this.#maxBucket *= 2;
    this.#bucketSize *= 2;
  }

  #growDown(): void {
    const zero = this.#buckets.length >> 1;
    this.#redistribute(index => zero + (index >> 1));
    this.#minBucket = -zero * 2 * this.#bucketSize;
    this.#maxBucket = this.#minBucket + (this.#buckets.length - 1) * 2 * this.#bucketSize;
    this.#bucketSize *= 2;
  }

  #growOut(): void {
    // gem5 drops the lowest bucket here when there are 3, 7, 11, … buckets.
    const zero = this.#buckets.length >> 1;
    this.#redistribute(index => zero + ((index - zero) >> 1));
    this.#maxBucket *= 2;
    this.#minBucket *= 2;
    this.#bucketSize *= 2;
  }

  /** Moves the samples of each bucket to the bucket that `target` names. */
  #redistribute(target: (index: number) => number): void {
    const old = this.#buckets;
    const grown = new Float64Array(old.length);
    old.forEach((count, index) => {
      const place = target(index);
      grown[place] = (grown[place] ?? 0) + count;
    });
    this.#buckets = grown;
  }

  #clone(): GrowingBuckets {
    const copy = new GrowingBuckets(this.#buckets.length);
    copy.#buckets = this.#buckets.slice();
    copy.#minBucket = this.#minBucket;
    copy.#maxBucket = this.#maxBucket;
    copy.#bucketSize = this.#bucketSize;
    copy.#sum = this.#sum;
    copy.#squares = this.#squares;
    copy.#logs = this.#logs;
    copy.#samples = this.#samples;
    return copy;
  }
}
