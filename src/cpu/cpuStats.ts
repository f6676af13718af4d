import { add, div, Formula, Scalar, StatGroup, sum, unit } from '../sim/index';

const cyclesPerInst = unit.rate(unit.Cycle, unit.Count);
const instsPerCycle = unit.rate(unit.Count, unit.Cycle);

/** Statistics of a CPU as a whole. Source: gem5 `cpu/base.cc`, `BaseCPUStats`. */
export class BaseCPUStats extends StatGroup {
  readonly numCycles = new Scalar(this, 'numCycles', unit.Cycle, 'Number of cpu cycles simulated');
  readonly cpi = new Formula(
    this,
    'cpi',
    cyclesPerInst,
    'CPI: cycles per instruction (core level)',
  );
  readonly ipc = new Formula(
    this,
    'ipc',
    instsPerCycle,
    'IPC: instructions per cycle (core level)',
  );
  readonly numWorkItemsStarted = new Scalar(
    this,
    'numWorkItemsStarted',
    unit.Count,
    'Number of work items this cpu started',
  );
  readonly numWorkItemsCompleted = new Scalar(
    this,
    'numWorkItemsCompleted',
    unit.Count,
    'Number of work items this cpu completed',
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
    'Number of instructions committed (thread level)',
  );
  readonly numOps = new Scalar(
    this,
    'numOps',
    unit.Count,
    'Number of ops (including micro ops) committed (thread level)',
  );
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
      'CPI: cycles per instruction (thread level)',
      div(numCycles, this.numInsts),
    );
    this.ipc = new Formula(
      this,
      'ipc',
      instsPerCycle,
      'IPC: instructions per cycle (thread level)',
      div(this.numInsts, numCycles),
    );
    this.cpi.precision(6);
    this.ipc.precision(6);
  }
}
