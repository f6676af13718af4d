/** What is kept of the samples of a distribution. Source: gem5 `base/stats/{storage,types}.hh`. */

import { panic, warn } from '../../base/index';

/** `Dist` has fixed buckets, `Hist` buckets that grow, `Deviation` none. */
export type DistributionKind = 'Deviation' | 'Dist' | 'Hist';

/** The state of a distribution as writers need it. What a kind does not have is 0. */
export interface DistributionData {
  readonly kind: DistributionKind;
  /** The least value of the first bucket. */
  readonly min: number;
  /** The greatest value of the last bucket. */
  readonly max: number;
  /** The width of a bucket. */
  readonly bucketSize: number;
  /** The least sample (of a histogram: the least value of the first bucket); 0 without samples. */
  readonly minValue: number;
  /** The greatest sample (of a histogram: the least value of the last bucket). */
  readonly maxValue: number;
  /** The number of samples below the first bucket. */
  readonly underflow: number;
  /** The number of samples above the last bucket. */
  readonly overflow: number;
  /** The number of samples in each bucket. Borrowed: read it at once. */
  readonly buckets: Float64Array;
  /** The sum of the samples. */
  readonly sum: number;
  /** The sum of their squares. */
  readonly squares: number;
  /** The sum of their natural logarithms (histograms only). */
  readonly logs: number;
  /** How many samples there were; of a deviation per tick, how many ticks. */
  readonly samples: number;
}

/** Keeps what a distribution needs to know of its samples. */
export interface DistributionStorage {
  /** Takes a sample `count` times. */
  sample(value: number, count: number): void;
  zero(): boolean;
  reset(): void;
  data(): DistributionData;
  /** All of it as numbers, always as many. */
  saveState(): readonly number[];
  /** Goes on from what {@link saveState} gave; as many numbers. */
  loadState(state: readonly number[]): void;
}

/** An empty list of buckets. */
export const NO_BUCKETS = new Float64Array(0);

/** Panics about a sample that is not a finite number: it would spoil every sum for good. */
export function badSample(value: number): never {
  return panic(`A distribution takes finite samples, not ${value}`);
}

/** The buckets of a `Distribution`: `bucketSize` values each, from `min` up to `max`. */
export interface BucketLayout {
  readonly min: number;
  readonly max: number;
  readonly bucketSize: number;
  readonly buckets: number;
}

/**
 * Works out how many buckets there are; warns when the last one is not full.
 *
 * @param owner - the path of the statistic, for messages
 * @throws {PanicError} when the range is empty or the bucket size is not above 0
 */
export function bucketLayout(
  owner: string,
  min: number,
  max: number,
  bucketSize: number,
): BucketLayout {
  if (!(bucketSize > 0)) panic(`${owner}: a bucket size is greater than zero, not ${bucketSize}`);
  const exact = (max - min + 1) / bucketSize;
  const buckets = Math.ceil(exact);
  if (!(buckets >= 1) || !Number.isSafeInteger(buckets)) {
    panic(`${owner}: no range to distribute over from ${min} to ${max}`);
  }
  if (buckets !== Math.floor(exact)) {
    warn(`${owner}: buckets of ${bucketSize} do not divide [${min}, ${max}] evenly; rounding up`);
  }
  return { min, max, bucketSize, buckets };
}

/** Counts samples in fixed buckets. */
export class FixedBuckets implements DistributionStorage {
  readonly #layout: BucketLayout;
  readonly #buckets: Float64Array;
  #minValue = Infinity;
  #maxValue = -Infinity;
  #underflow = 0;
  #overflow = 0;
  #sum = 0;
  #squares = 0;
  #samples = 0;

  constructor(layout: BucketLayout) {
    this.#layout = layout;
    this.#buckets = new Float64Array(layout.buckets);
  }

  sample(value: number, count: number): void {
    if (!Number.isFinite(value)) badSample(value);
    const { min, max, bucketSize } = this.#layout;
    if (value < min) {
      this.#underflow += count;
    } else if (value > max) {
      this.#overflow += count;
    } else {
      const index = Math.floor((value - min) / bucketSize);
      this.#buckets[index] = (this.#buckets[index] ?? 0) + count;
    }
    if (value < this.#minValue) this.#minValue = value;
    if (value > this.#maxValue) this.#maxValue = value;
    this.#sum += value * count;
    this.#squares += value * value * count;
    this.#samples += count;
  }

  zero(): boolean {
    return this.#samples === 0;
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#minValue = Infinity;
    this.#maxValue = -Infinity;
    this.#underflow = 0;
    this.#overflow = 0;
    this.#sum = 0;
    this.#squares = 0;
    this.#samples = 0;
  }

  saveState(): readonly number[] {
    return [
      ...[this.#minValue, this.#maxValue, this.#underflow, this.#overflow],
      ...[this.#sum, this.#squares, this.#samples],
      ...this.#buckets,
    ];
  }

  loadState(state: readonly number[]): void {
    const [minValue = 0, maxValue = 0, underflow = 0, overflow = 0, ...rest] = state;
    const [sum = 0, squares = 0, samples = 0, ...buckets] = rest;
    this.#minValue = minValue;
    this.#maxValue = maxValue;
    this.#underflow = underflow;
    this.#overflow = overflow;
    this.#sum = sum;
    this.#squares = squares;
    this.#samples = samples;
    this.#buckets.set(buckets);
  }

  data(): DistributionData {
    const sampled = this.#maxValue >= this.#minValue;
    return {
      kind: 'Dist',
      min: this.#layout.min,
      max: this.#layout.max,
      bucketSize: this.#layout.bucketSize,
      minValue: sampled ? this.#minValue : 0,
      maxValue: sampled ? this.#maxValue : 0,
      underflow: this.#underflow,
      overflow: this.#overflow,
      buckets: this.#buckets,
      sum: this.#sum,
      squares: this.#squares,
      logs: 0,
      samples: this.#samples,
    };
  }
}
