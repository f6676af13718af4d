/**
 * Which pages of a memory have changed since it was saved, so that the next checkpoint need not look
 * at the others.
 */
import { pageSize, WrittenPages } from '../host/index';
import { ImagePageBytes, type PageRun } from '../sim/index';
import { unite } from './pageRuns';

/** The time from one save of a memory to the next. */
interface SavedMoment {
  /** Which checkpoint it was saved in; undefined while that is being written. */
  checkpoint: bigint | undefined;
  /** What was written between this moment and the next one, in ascending order. */
  written: readonly PageRun[];
}

/** Follows the stores to a memory, whoever makes them, once {@link begin} was called. */
export class ChangeTracking {
  readonly #address: number;
  readonly #size: number;
  #pages: WrittenPages | undefined;
  /** Oldest first. */
  #moments: SavedMoment[] = [];

  /** @param size - bytes of private memory, whole pages; 0 for memory that cannot be followed */
  constructor(address: bigint, size: number) {
    this.#address = Number(address);
    this.#size = pageSize() === ImagePageBytes ? size : 0;
  }

  /**
   * Marks a moment at which the memory is about to be saved. Until it has been, nothing writes to it,
   * or whoever saves it has a copy as of now.
   * @returns undefined where the host does not say what is written
   */
  begin(): SavedMoment | undefined {
    if (this.#size === 0) return undefined;
    const written = this.#pages?.take();
    if (written === undefined) {
      // The first time, or in the child of a fork: what is known ends here.
      this.#pages?.dispose();
      this.#moments = [];
      this.#pages = WrittenPages.track(this.#address, this.#size);
      if (this.#pages === undefined) return undefined;
    } else {
      this.#note(this.#moments.at(-1), written);
    }
    const moment = { checkpoint: undefined, written: [] };
    this.#moments.push(moment);
    return moment;
  }

  #note(moment: SavedMoment | undefined, written: readonly PageRun[]): void {
    if (moment !== undefined) moment.written = unite(moment.written, written);
  }

  /** The memory of a moment is in a checkpoint now. Earlier moments are forgotten. */
  commit(moment: SavedMoment, checkpoint: bigint): void {
    const index = this.#moments.indexOf(moment);
    if (index < 0) return;
    moment.checkpoint = checkpoint;
    this.#moments.splice(0, index);
  }

  /** The memory of a moment could not be saved: the next save is about what changed before it, too. */
  abandon(moment: SavedMoment): void {
    const index = this.#moments.indexOf(moment);
    if (index < 0) return;
    this.#moments.splice(index, 1);
    this.#note(this.#moments[index - 1], moment.written);
  }

  /**
   * The pages that were written between a checkpoint and the moment that was marked last.
   * @returns runs of pages, in ascending order; undefined when it is not known
   */
  since(checkpoint: bigint): readonly PageRun[] | undefined {
    const first = this.#moments.findIndex(moment => moment.checkpoint === checkpoint);
    if (first < 0) return undefined;
    return this.#moments
      .slice(first)
      .reduce<readonly PageRun[]>((runs, moment) => unite(runs, moment.written), []);
  }

  /** Ends it. */
  dispose(): void {
    this.#pages?.dispose();
    this.#pages = undefined;
    this.#moments = [];
  }
}

/** A moment at which several memories are saved together. */
export interface TrackedMoment {
  /** All of them are in a checkpoint now. */
  commit(checkpoint: bigint): void;
  /** They could not be saved. */
  abandon(): void;
}

/** Marks a moment in several memories: see {@link ChangeTracking.begin}. */
export function trackMoment(memories: readonly ChangeTracking[]): TrackedMoment {
  const moments = memories.map(memory => ({ memory, moment: memory.begin() }));
  return {
    commit(checkpoint) {
      for (const { memory, moment } of moments) {
        if (moment !== undefined) memory.commit(moment, checkpoint);
      }
    },
    abandon() {
      for (const { memory, moment } of moments) if (moment !== undefined) memory.abandon(moment);
    },
  };
}
