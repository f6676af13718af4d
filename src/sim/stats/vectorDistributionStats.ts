/** Vectors of distributions. Source: gem5 `base/statistics.hh`. */

import { SampleStorage, TickSampleStorage } from './deviationStorage';
import { bucketLayout, FixedBuckets } from './distributionStorage';
import type { DistributionData, DistributionStorage } from './distributionStorage';
import { ElementTexts } from './elementTexts';
import { Stat } from './stat';
import type { StatGroup } from './statGroup';
import type { StatVisitor } from './statVisitor';
import type { Unit } from './unit';

/** Any statistic that is a list of distributions; each prints as `name_subname` or `name_index`. */
export abstract class VectorDistributionStat extends Stat {
  readonly elementNames: ElementTexts;
  readonly elementDescriptions: ElementTexts;

  #storage: readonly DistributionStorage[] = [];

  constructor(group: StatGroup, name: string, unit: Unit, description: string) {
    super(group, name, unit, description);
    this.elementNames = new ElementTexts(this);
    this.elementDescriptions = new ElementTexts(this);
  }

  /** The number of distributions, 0 before `init`. */
  size(): number {
    return this.#storage.length;
  }

  /**
   * Gives one distribution a sample.
   *
   * @throws {PanicError} when there is no such distribution, or when the value is not finite
   */
  sample(index: number, value: number, count = 1): void {
    this.#element(index).sample(value, count);
  }

  /** What is known of the samples of one distribution. */
  data(index: number): DistributionData {
    return this.#element(index).data();
  }

  /** Names a distribution. */
  subname(index: number, name: string): this {
    this.elementNames.setName(index, name);
    return this;
  }

  /** Names the first distributions, in order. */
  subnames(names: readonly string[]): this {
    this.elementNames.setNames(names);
    return this;
  }

  /** Describes a distribution. */
  subdesc(index: number, description: string): this {
    this.elementDescriptions.set(index, description);
    return this;
  }

  override zero(): boolean {
    return this.#storage.every(element => element.zero());
  }

  override check(): string | undefined {
    const missing = super.check();
    if (missing !== undefined) return missing;
    const named = Math.max(this.elementNames.length, this.elementDescriptions.length);
    if (named <= this.size()) return undefined;
    return `element ${named - 1} has a name, but there are ${this.size()} elements`;
  }

  override reset(): void {
    for (const element of this.#storage) element.reset();
  }

  override saveState(): readonly number[] {
    return this.#storage.flatMap(element => element.saveState());
  }

  override loadState(state: readonly number[]): boolean {
    if (state.length !== this.saveState().length) return false;
    const each = state.length / this.size();
    this.#storage.forEach((element, index) => {
      element.loadState(state.slice(index * each, (index + 1) * each));
    });
    return true;
  }

  override visit(visitor: StatVisitor): void {
    visitor.visitVectorDistribution(this);
  }

  /** Makes the distributions, once. */
  protected setStorage(size: number, create: () => DistributionStorage): void {
    this.checkSize('a size', size);
    this.setInit();
    this.#storage = Array.from({ length: size }, create);
  }

  #element(index: number): DistributionStorage {
    return this.#storage[index] ?? this.noElement(index, this.size());
  }
}

/** Several distributions with the same buckets. */
export class VectorDistribution extends VectorDistributionStat {
  /**
   * Sets the number of distributions and their range, as `Distribution.init`.
   *
   * @throws {PanicError} when the size is not a whole number from 1, and as `Distribution.init`
   */
  init(size: number, min: number, max: number, bucketSize: number): this {
    const layout = bucketLayout(this.path(), min, max, bucketSize);
    this.setStorage(size, () => new FixedBuckets(layout));
    return this;
  }
}

/** Several `StandardDeviation`s. */
export class VectorStandardDeviation extends VectorDistributionStat {
  /** @throws {PanicError} when the size is not a whole number from 1, or was set already */
  init(size: number): this {
    this.setStorage(size, () => new SampleStorage());
    return this;
  }
}

/** Several `AverageDeviation`s. */
export class VectorAverageDeviation extends VectorDistributionStat {
  /** @throws {PanicError} when the size is not a whole number from 1, or was set already */
  init(size: number): this {
    this.setStorage(size, () => new TickSampleStorage(() => this.group.curTick()));
    return this;
  }
}
