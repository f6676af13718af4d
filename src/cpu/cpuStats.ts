import { add, div, Formula, Scalar, StatGroup, sum, unit } from '../sim/index';

const cyclesPerInst = unit.rate(unit.Cycle, unit.Count);
const instsPerCycle = unit.rate(unit.Count, unit.Cycle);

/** Statistics of a CPU as a whole. Source: gem5 `cpu/base.cc`, `BaseCPUStats`. */
export class BaseCPUStats extends StatGroup {
  readonly numCycles = new Scalar(
    this,
    'numCycles',
    unit.Cycle,
    'clock cycles that were simulated',
  );
  readonly cpi = new Formula(this, 'cpi', cyclesPerInst, 'cycles per instruction of all threads');
  readonly ipc = new Formula(this, 'ipc', instsPerCycle, 'instructions of all threads per cycle');
  readonly numWorkItemsStarted = new Scalar(
    this,
    'numWorkItemsStarted',
    unit.Count,
    'pieces of work that were begun on it',
  );
  readonly numWorkItemsCompleted = new Scalar(
    this,
    'numWorkItemsCompleted',
    unit.Count,
    'pieces of work that were ended on it',
  );

  /** @param parent The group of the CPU, of which these are part. */
  constructor(parent: StatGroup) {
    super(parent);
    this.cpi.precision(6);
    this.ipc.precision(6);
  }

  /** Says what counts the instructions that each thread has committed. */
  setInsts(counters: readonly Scalar[]): void {
    const numInsts = counters.map(counter => sum(counter)).reduce((a, b) => add(a, b));
    this.cpi.set(div(this.numCycles, numInsts));
    this.ipc.set(div(numInsts, this.numCycles));
  }
}

/** What a thread of a CPU has committed. Source: gem5 `cpu/base.cc`, `CommitCPUStats`. */
export class CommitCPUStats extends StatGroup {
  readonly numInsts = new Scalar(
    this,
    'numInsts',
    unit.Count,
    'instructions that the thread has committed',
  );
  readonly numOps = new Scalar(this, 'numOps', unit.Count, 'operations of these instructions');
  readonly cpi: Formula;
  readonly ipc: Formula;

  /**
   * @param parent The group of the CPU.
   * @param threadId Which of its threads, from 0.
   */
  constructor(parent: StatGroup, threadId: number, numCycles: Scalar) {
    super(parent, `commitStats${String(threadId)}`);
    this.cpi = new Formula(
      this,
      'cpi',
      cyclesPerInst,
      'cycles per instruction of the thread',
      div(numCycles, this.numInsts),
    );
    this.ipc = new Formula(
      this,
      'ipc',
      instsPerCycle,
      'instructions of the thread per cycle',
      div(this.numInsts, numCycles),
    );
    this.cpi.precision(6);
    this.ipc.precision(6);
  }
}
