/** Children that work, not too many at once. */
import { availableParallelism } from 'node:os';
import { fatal } from '../base/index';
import { ForkError, onFork } from '../host/index';
import { failedOutcome, type ChildOutcome, type ChildTask } from './childTask';

const pools = new Set<ChildPool>();

// What waits in a pool is the parent's to start.
onFork(() => {
  for (const pool of pools) pool.abandon();
  pools.clear();
});

/** Starts children in order as soon as there is room. */
export class ChildPool {
  readonly #limit: number;
  /** Each starts a child; false when the host has no room for it now. */
  readonly #waiting: (() => boolean)[] = [];
  #running = 0;
  #abandoned = false;

  /**
   * @param limit - how many run at once; default: as many as the host has processors
   * @throws {FatalError} when it is not a whole number, at least 1
   */
  constructor(limit = availableParallelism()) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      fatal(`parallel is ${limit}; it must be a whole number, at least 1`);
    }
    this.#limit = limit;
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
