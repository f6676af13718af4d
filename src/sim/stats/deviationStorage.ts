/** Sums for a mean and a standard deviation, without buckets. Source: gem5 `base/stats/storage.hh`. */

import type { Tick } from '../../base/index';
import { badSample, NO_BUCKETS } from './distributionStorage';
import type { DistributionData, DistributionStorage } from './distributionStorage';

abstract class DeviationStorage implements DistributionStorage {
  protected sum = 0;
  protected squares = 0;

  abstract sample(value: number, count: number): void;
  abstract zero(): boolean;
  abstract reset(): void;
  abstract data(): DistributionData;
  abstract saveState(): readonly number[];
  abstract loadState(state: readonly number[]): void;

  protected accumulate(value: number, count: number): void {
    if (!Number.isFinite(value)) badSample(value);
    this.sum += value * count;
    this.squares += value * value * count;
  }

  protected dataOf(samples: number): DistributionData {
    return {
      kind: 'Deviation',
      min: 0,
      max: 0,
      bucketSize: 0,
      minValue: 0,
      maxValue: 0,
      underflow: 0,
      overflow: 0,
      buckets: NO_BUCKETS,
      sum: this.sum,
      squares: this.squares,
      logs: 0,
      samples,
    };
  }
}

/** Mean and deviation per sample. */
export class SampleStorage extends DeviationStorage {
  #samples = 0;

  override sample(value: number, count: number): void {
    this.accumulate(value, count);
    this.#samples += count;
  }

  override zero(): boolean {
    return this.#samples === 0;
  }

  override reset(): void {
    this.sum = 0;
    this.squares = 0;
    this.#samples = 0;
  }

  override data(): DistributionData {
    return this.dataOf(this.#samples);
  }

  override saveState(): readonly number[] {
    return [this.sum, this.squares, this.#samples];
  }

  override loadState([sum = 0, squares = 0, samples = 0]: readonly number[]): void {
    this.sum = sum;
    this.squares = squares;
    this.#samples = samples;
  }
}

/** Mean and deviation per tick since the last reset. */
export class TickSampleStorage extends DeviationStorage {
  readonly #curTick: () => Tick;
  #lastReset: Tick = 0;

  constructor(curTick: () => Tick) {
    super();
    this.#curTick = curTick;
  }

  override sample(value: number, count: number): void {
    this.accumulate(value, count);
  }

  override zero(): boolean {
    return this.sum === 0;
  }

  override reset(): void {
    this.sum = 0;
    this.squares = 0;
    this.#lastReset = this.#curTick();
  }

  override data(): DistributionData {
    // gem5 divides by the current tick even after a reset, which took away the sums up to it.
    return this.dataOf(this.#curTick() - this.#lastReset);
  }

  override saveState(): readonly number[] {
    return [this.sum, this.squares, this.#lastReset];
  }

  override loadState([sum = 0, squares = 0, lastReset = 0]: readonly number[]): void {
    this.sum = sum;
    this.squares = squares;
    this.#lastReset = lastReset;
  }
}
