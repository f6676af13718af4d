/** Statistics of samples. Source: gem5 `base/statistics.hh`. */

import { TickSampleStorage, SampleStorage } from './deviationStorage';
import { bucketLayout, FixedBuckets } from './distributionStorage';
import type { DistributionData, DistributionStorage } from './distributionStorage';
import { GrowingBuckets } from './growingBuckets';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

/** Any statistic that is one distribution. */
export abstract class DistributionStat extends Stat {
  /**
   * Takes a sample.
   *
   * @param value - a finite number
   * @param count - how many times it occurred
   * @throws {PanicError} for a value that is not finite, and before `init`
   */
  abstract sample(value: number, count?: number): void;

  /** Where the samples went, undefined before `init`. */
  protected abstract storage(): DistributionStorage | undefined;

  /**
   * What is known of the samples.
   *
   * @throws {PanicError} before `init`
   */
  data(): DistributionData {
    return (this.storage() ?? this.notReady()).data();
  }

  override zero(): boolean {
    return this.storage()?.zero() ?? true;
  }

  override reset(): void {
    this.storage()?.reset();
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitDistribution(this);
  }

  override saveState(): readonly number[] {
    return this.storage()?.saveState() ?? [];
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== this.saveState().length) return false;
    this.storage()?.loadState(state);
    return true;
  }

  /** Reports the use of a distribution that has no buckets yet. */
  protected notReady(): never {
    return this.noElement('of its buckets', 0);
  }
}

/** Counts samples in buckets of one size between a least and a greatest value. */
export class Distribution extends DistributionStat {
  #buckets: FixedBuckets | undefined = undefined;

  /**
   * Sets the range.
   *
   * @param min - the least value of the first bucket; samples below are underflows
   * @param max - the greatest value; samples above are overflows
   * @param bucketSize - how many values share a bucket; should divide the range
   * @throws {PanicError} for an empty range, for a bucket size that is not above 0, and when the
   *   range was set already
   */
  init(min: number, max: number, bucketSize: number): this {
    const layout = bucketLayout(this.path(), min, max, bucketSize);
    this.setInit();
    this.#buckets = new FixedBuckets(layout);
    return this;
  }

  override sample(value: number, count = 1): void {
    if (this.#buckets === undefined) this.notReady();
    this.#buckets.sample(value, count);
  }

  protected override storage(): DistributionStorage | undefined {
    return this.#buckets;
  }
}

/** Counts samples in a number of buckets that grow until every sample has its place. */
export class Histogram extends DistributionStat {
  #buckets: GrowingBuckets | undefined = undefined;

  /**
   * Sets the number of buckets.
   *
   * @param buckets - at least 2
   * @throws {PanicError} for fewer, and when the number was set already
   */
  init(buckets: number): this {
    this.checkSize('a number of buckets', buckets, 2);
    this.setInit();
    this.#buckets = new GrowingBuckets(buckets);
    return this;
  }

  override sample(value: number, count = 1): void {
    if (this.#buckets === undefined) this.notReady();
    this.#buckets.sample(value, count);
  }

  /**
   * Adds all samples of another histogram to this one.
   *
   * @throws {PanicError} when the numbers of buckets differ
   */
  add(other: Histogram): void {
    const mine = this.#buckets ?? this.notReady();
    mine.add(other.#buckets ?? other.notReady());
  }

  protected override storage(): DistributionStorage | undefined {
    return this.#buckets;
  }
}

/** Mean and standard deviation of samples. */
export class StandardDeviation extends DistributionStat {
  readonly #sums = new SampleStorage();

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.setInit();
  }

  override sample(value: number, count = 1): void {
    this.#sums.sample(value, count);
  }

  protected override storage(): DistributionStorage {
    return this.#sums;
  }
}

/** Mean and standard deviation per tick of what is sampled. */
export class AverageDeviation extends DistributionStat {
  readonly #sums = new TickSampleStorage(() => this.group.curTick());

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.setInit();
  }

  override sample(value: number, count = 1): void {
    this.#sums.sample(value, count);
  }

  protected override storage(): DistributionStorage {
    return this.#sums;
  }
}
