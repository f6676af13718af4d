/** What the simulation counts instructions with. */

/** Something that executes instructions; simInsts and simOps add all of them up. */
export interface InstructionCounter {
  totalInsts(): number;
  totalOps(): number;
}
