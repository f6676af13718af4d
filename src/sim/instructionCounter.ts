/** What the simulation counts instructions with. */

/** Something that executes instructions; simInsts and simOps add all of them up. */
export interface InstructionCounter {
  totalInsts(): number;
  totalOps(): number;
}

/** The sums over several of them. */
export function totalsOf(counters: readonly InstructionCounter[]): {
  insts: () => number;
  ops: () => number;
} {
  return {
    insts: () => counters.reduce((sum, counter) => sum + counter.totalInsts(), 0),
    ops: () => counters.reduce((sum, counter) => sum + counter.totalOps(), 0),
  };
}
