/** Pieces of work that a program marks, and how long they take. Source: gem5 `sim/system.cc`. */
import { debugFlag, dprintf, fatal } from '../base/index';
import type { Tick } from '../base/index';
import { Histogram, unit } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Serializable, SimObject } from '../sim/index';

/** Traces the beginning and end of work items. */
export const WorkItems = debugFlag('WorkItems', 'Work items that programs mark');

const BUCKETS = 20;

/** Times the work items of one system. */
export class WorkItemTimer implements Serializable {
  readonly #system: SimObject;
  readonly #times: readonly Histogram[];
  readonly #started = new Map<string, Tick>();
  readonly #cpus = new Set<number>();
  #begun = 0;
  #ended = 0;

  /**
   * @param system - whose statistics they are
   * @param numWorkIds - how many kinds of work there are
   */
  constructor(system: SimObject, numWorkIds: number) {
    this.#system = system;
    this.#times = Array.from({ length: numWorkIds }, (_, id) => {
      const name = `work_item_type${String(id)}`;
      const times = new Histogram(system.stats, name, unit.Tick, `run time of ${name}`);
      return times.init(BUCKETS).prereq(times);
    });
  }

  /** A thread begins a piece of work. */
  begin(threadId: number, workId: number): void {
    this.#started.set(`${String(threadId)}:${String(workId)}`, this.#system.curTick());
    if (WorkItems.enabled) this.#trace(`Work item begin: ${String(threadId)} ${String(workId)}`);
  }

  /**
   * A thread ends a piece of work; without a beginning nothing happens.
   *
   * @throws {FatalError} when there is no such kind of work
   */
  end(threadId: number, workId: number): void {
    const key = `${String(threadId)}:${String(workId)}`;
    const start = this.#started.get(key);
    if (start === undefined) return;
    const ticks = this.#system.curTick() - start;
    if (WorkItems.enabled) {
      this.#trace(`Work item end: ${String(threadId)} ${String(workId)} ${String(ticks)}`);
    }
    const times = this.#times[workId];
    if (times === undefined) {
      fatal(
        `${this.#system.name()}: work id ${String(workId)} is not below numWorkIds ` +
          `(${String(this.#times.length)}); raise it`,
      );
    }
    times.sample(ticks);
    this.#started.delete(key);
  }

  /** Counts the beginning of a work item. @returns how many have begun */
  countBegin(): number {
    return ++this.#begun;
  }

  /** Counts the end of a work item. @returns how many have ended */
  countEnd(): number {
    return ++this.#ended;
  }

  /** Notes that a CPU works on items. @returns how many CPUs have done so */
  markCpu(cpuId: number): number {
    return this.#cpus.add(cpuId).size;
  }

  serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('workItems', [...this.#started.keys()]);
    checkpoint.paramOut('workItemStarts', [...this.#started.values()]);
    checkpoint.paramOut('workItemsBegun', this.#begun);
    checkpoint.paramOut('workItemsEnded', this.#ended);
    checkpoint.paramOut('workItemCpus', [...this.#cpus]);
  }

  unserialize(checkpoint: CheckpointIn): void {
    const starts = checkpoint.numbers('workItemStarts');
    for (const [i, key] of checkpoint.strings('workItems').entries()) {
      this.#started.set(key, starts[i] ?? 0);
    }
    this.#begun = checkpoint.number('workItemsBegun');
    this.#ended = checkpoint.number('workItemsEnded');
    for (const cpuId of checkpoint.numbers('workItemCpus')) this.#cpus.add(cpuId);
  }

  #trace(text: string): void {
    dprintf(WorkItems, this.#system.curTick(), this.#system.name(), text);
  }
}
