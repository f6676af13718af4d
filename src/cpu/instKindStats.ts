import { Scalar, StatGroup, unit } from '../sim/index';
import type { CommitCPUStats } from './cpuStats';

/** How many instructions of which kind were executed. */
export interface InstKindCounts {
  readonly loads: number;
  readonly stores: number;
  readonly branches: number;
}

/**
 * How many instructions of which kind a thread has executed. One that reads memory and writes it is a load
 * and a store, and two references. Source: gem5 `cpu/base.cc` (`CommitCPUStats`, `ExecuteCPUStats`,
 * `FetchCPUStats`).
 */
export class InstKindStats {
  readonly numLoadInsts: Scalar;
  readonly numStoreInsts: Scalar;
  readonly numMemRefs: Scalar;
  readonly numBranches: Scalar;

  /**
   * @param cpu - the group of the CPU
   * @param commit - what the thread has committed
   */
  constructor(cpu: StatGroup, commit: CommitCPUStats, threadId: number) {
    const { Count } = unit;
    const execute = new StatGroup(cpu, `executeStats${String(threadId)}`);
    const fetch = new StatGroup(cpu, `fetchStats${String(threadId)}`);
    this.numLoadInsts = new Scalar(commit, 'numLoadInsts', Count, 'instructions that read memory');
    this.numStoreInsts = new Scalar(
      commit,
      'numStoreInsts',
      Count,
      'instructions that write memory',
    );
    this.numMemRefs = new Scalar(
      execute,
      'numMemRefs',
      Count,
      'instructions that read or write memory',
    );
    this.numBranches = new Scalar(fetch, 'numBranches', Count, 'branches');
  }

  add({ loads, stores, branches }: InstKindCounts): void {
    this.numLoadInsts.value += loads;
    this.numStoreInsts.value += stores;
    this.numMemRefs.value += loads + stores;
    this.numBranches.value += branches;
  }
}
