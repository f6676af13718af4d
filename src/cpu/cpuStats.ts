/** The statistics that every CPU has. Source: gem5 `cpu/base.hh`. */
import { div, Formula, Scalar, StatGroup, unit } from '../sim/index';

const cyclesPerInst = unit.rate(unit.Cycle, unit.Count);
const instsPerCycle = unit.rate(unit.Count, unit.Cycle);

/** Statistics of one thread's committed instructions: `commitStats0` and so on. */
export class CommitStats extends StatGroup {
  readonly numInsts = new Scalar(this, 'numInsts', unit.Count, 'instructions committed');
  readonly numOps = new Scalar(
    this,
    'numOps',
    unit.Count,
    'operations committed, including micro-operations',
  );
  readonly cpi: Formula;
  readonly ipc: Formula;

  constructor(parent: StatGroup, threadId: number, numCycles: Scalar) {
    super(parent, `commitStats${String(threadId)}`);
    this.cpi = new Formula(this, 'cpi', cyclesPerInst, 'cycles per instruction of the thread');
    this.cpi.set(div(numCycles, this.numInsts)).precision(6);
    this.ipc = new Formula(this, 'ipc', instsPerCycle, 'instructions per cycle of the thread');
    this.ipc.set(div(this.numInsts, numCycles)).precision(6);
  }
}

/** Statistics of a CPU as a whole, merged into the CPU's own group. */
export class BaseCPUStats extends StatGroup {
  readonly numCycles = new Scalar(this, 'numCycles', unit.Cycle, 'cycles simulated');
  readonly cpi = new Formula(this, 'cpi', cyclesPerInst, 'cycles per instruction of all threads');
  readonly ipc = new Formula(this, 'ipc', instsPerCycle, 'instructions per cycle of all threads');
  readonly numWorkItemsStarted = new Scalar(
    this,
    'numWorkItemsStarted',
    unit.Count,
    'work items that this CPU began',
  );
  readonly numWorkItemsCompleted = new Scalar(
    this,
    'numWorkItemsCompleted',
    unit.Count,
    'work items that this CPU completed',
  );

  constructor(parent: StatGroup) {
    super(parent);
    this.cpi.precision(6);
    this.ipc.precision(6);
  }
}
