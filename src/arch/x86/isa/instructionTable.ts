/** The table of all instructions, made for the first core: what runs on KVM alone starts sooner without it. */
import { OpcodeTable } from './decoder';

type Instructions = typeof import('./instructions/instructionSet');

let table: OpcodeTable | undefined;

/** The one table of every encoding of every instruction. */
export function instructionTable(): OpcodeTable {
  if (table === undefined) {
    const { instructionSet } = require('./instructions/instructionSet') as Instructions;
    table = new OpcodeTable(instructionSet);
  }
  return table;
}
