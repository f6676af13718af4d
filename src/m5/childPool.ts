/** Children that work, not too many at once. */
import { availableParallelism } from 'node:os';
import { describeValue, fatal } from '../base/index';
import { ForkError, onFork } from '../host/index';
import { failedOutcome, type ChildOutcome, type ChildTask } from './childTask';

const pools = new Set<ChildPool>();

// What waits in a pool is the parent's to start.
onFork(() => {
  for (const pool of pools) pool.abandon();
  pools.clear();
});

/** How many children, and how long each. */
interface PoolLimits {
  readonly parallel?: number;
  readonly timeout?: number;
}

/** Starts children in order as soon as there is room. */
export class ChildPool {
  readonly #limit: number;
  /** Each starts a child; false when the host has no room for it now. */
  readonly #waiting: (() => boolean)[] = [];
  /** Milliseconds of host time that each child may take; Infinity for any. */
  readonly timeout: number;
  #running = 0;
  #abandoned = false;

  /**
   * @param limits - `parallel`: how many run at once, default as many as the host has processors;
   *   `timeout`: milliseconds that each may take, default any
   * @throws {FatalError} when `parallel` is not a whole number, at least 1, or `timeout` not above 0
   */
  constructor({ parallel = availableParallelism(), timeout = Infinity }: PoolLimits) {
    if (!Number.isSafeInteger(parallel) || parallel < 1) {
      fatal(`parallel is ${describeValue(parallel)}; it must be a whole number, at least 1`);
    }
    if (typeof timeout !== 'number' || !(timeout > 0)) {
      fatal(`timeout is ${describeValue(timeout)}; it must be a number of milliseconds, above 0`);
    }
    this.#limit = parallel;
    this.timeout = timeout;
    pools.add(this);
  }

  /** In a child: starts nothing any more. */
  abandon(): void {
    this.#abandoned = true;
    this.#waiting.length = 0;
  }

  /**
   * Runs one child when there is room.
   * @param start - makes the child; null in it
   * @returns what comes of it; in the child it never settles
   */
  run<Result>(start: () => ChildTask<Result> | null): Promise<ChildOutcome<Result>> {
    return new Promise(resolve => {
      if (this.#abandoned) return;
      this.#waiting.push(() => this.#start(start, resolve));
      this.#startMore();
    });
  }

  #start<Result>(
    start: () => ChildTask<Result> | null,
    resolve: (outcome: ChildOutcome<Result>) => void,
  ): boolean {
    let task: ChildTask<Result> | null;
    try {
      task = start();
    } catch (error) {
      // There may be room for one more when another has ended.
      if (error instanceof ForkError && error.code === 'EAGAIN' && this.#running > 0) return false;
      resolve(failedOutcome(error));
      return true;
    }
    if (task === null) return true;
    this.#running++;
    const end = (outcome: ChildOutcome<Result>): void => {
      this.#running--;
      resolve(outcome);
      this.#startMore();
    };
    task.outcome.then(end, (error: unknown) => {
      end(failedOutcome(error));
    });
    return true;
  }

  #startMore(): void {
    while (this.#running < this.#limit) {
      const start = this.#waiting.shift();
      if (start === undefined) return;
      if (!start()) {
        this.#waiting.unshift(start);
        return;
      }
    }
  }

  /** Lets go of the pool, when nothing more will be run. */
  dispose(): void {
    pools.delete(this);
  }
}
