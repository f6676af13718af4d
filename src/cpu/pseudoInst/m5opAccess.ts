/** A guest's access to the memory-mapped pseudo-instructions. Source: gem5 `arch/x86/tlb.cc`. */
import type { ThreadContext } from '../threadContext';
import { decodeAddrOffset } from './m5Op';
import { pseudoInst } from './pseudoInst';

/**
 * Executes the pseudo-instruction that an access stands for.
 * @param offset - in bytes, from the first of them
 * @param data - of a load: gets the result, little-endian; of a store: of no importance
 */
export function accessM5op(
  thread: ThreadContext,
  offset: number,
  data: Uint8Array,
  isWrite: boolean,
): void {
  const result = pseudoInst(thread, decodeAddrOffset(offset)) ?? 0n;
  if (isWrite) return;
  for (let i = 0, rest = result; i < data.length; i++, rest >>= 8n) data[i] = Number(rest & 0xffn);
}
