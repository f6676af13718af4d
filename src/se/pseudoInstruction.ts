/**
 * gem5's own instruction, `0F 04` and a 16-bit number, by which programs execute
 * pseudo-instructions. To a processor it is none, so it arrives here as #UD.
 *
 * Source of the behaviour: gem5 `arch/x86/isa/decoder/two_byte_opcodes.isa`.
 */
import { RAX, RIP } from '../arch/x86/index';
import { pseudoInst, ThreadContext } from '../cpu/index';
import type { SystemThreadContext } from '../mem/index';
import type { ProcessThread } from './processThread';
import { succeeds } from './syscallFailure';

const OPCODE = [0x0f, 0x04];
const LENGTH = 4;

/**
 * Executes the instruction that a thread has stopped at, if it is this one.
 * @returns whether it is, and of a number that there is
 */
export function executePseudoInst(thread: ProcessThread, context: SystemThreadContext): boolean {
  if (!(context instanceof ThreadContext)) return false;
  const { registers } = thread;
  const rip = registers.gprNumber(RIP);
  const bytes = new Uint8Array(LENGTH);
  const isReadable = succeeds(() => {
    thread.process.memory.copyIn(rip, bytes);
  });
  if (!isReadable || OPCODE.some((byte, i) => bytes[i] !== byte)) return false;
  const result = pseudoInst(context, bytes[2] ?? 0);
  if (result === undefined) return false;
  registers.setGprNumber(RIP, rip + LENGTH);
  registers.setGpr(RAX, result);
  return true;
}
