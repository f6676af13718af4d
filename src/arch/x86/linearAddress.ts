/** Where a linear address leads, in whatever mode the processor is. Source: SDM volume 3, chapter 4. */
import type { Addr } from '../../base/index';
import { Cr0, Cr4, Efer } from './flags';
import { entryAddress, PageFlags } from './pageTableEntry';
import { notMapped, walkTo, type WordReader } from './pageWalk';
import type { X86ThreadState } from './threadState';

const PAGE_MASK = 0xfff;
const MIB4 = 2 ** 22;
const MIB2 = 2 ** 21;
const ENTRIES_PAE = 512;

/**
 * Physical address behind a linear one, or a negative number where an access would fault. Rights are
 * not checked.
 *
 * @param linear - 64 bits; those that the mode does not have are ignored
 */
export function translateLinear(memory: WordReader, state: X86ThreadState, linear: bigint): Addr {
  if ((state.cr0 & BigInt(Cr0.PG)) === 0n) return Number(BigInt.asUintN(32, linear));
  const root = Number(state.cr3);
  const { cr4 } = state;
  if ((state.efer & BigInt(Efer.LMA)) !== 0n) {
    return walkTo(memory, root - (root & PAGE_MASK), Number(BigInt.asIntN(64, linear)));
  }
  const address = Number(BigInt.asUintN(32, linear));
  if ((cr4 & BigInt(Cr4.PAE)) !== 0n) return walkPae(memory, root - (root & 0x1f), address);
  return walk32(memory, root - (root & PAGE_MASK), address, (cr4 & BigInt(Cr4.PSE)) !== 0n);
}

/** 32-bit paging: two levels of 1024 entries of 4 bytes, and pages of 4 MiB where they are on. */
function walk32(memory: WordReader, root: Addr, address: number, largePages: boolean): Addr {
  const directory = memory.load32(root + (address >>> 22) * 4);
  if ((directory & PageFlags.Present) === 0) return notMapped;
  if (largePages && (directory & PageFlags.Large) !== 0) {
    // Bits 13 to 20 of the entry are bits 32 to 39 of the address.
    const high = ((directory >>> 13) & 0xff) * 2 ** 32;
    return high + ((directory & ~(MIB4 - 1)) >>> 0) + (address & (MIB4 - 1));
  }
  const entry = memory.load32(((directory & ~PAGE_MASK) >>> 0) + ((address >>> 12) & 0x3ff) * 4);
  if ((entry & PageFlags.Present) === 0) return notMapped;
  return ((entry & ~PAGE_MASK) >>> 0) + (address & PAGE_MASK);
}

/** PAE paging: 4 pointers, then two levels of 512 entries of 8 bytes, and pages of 2 MiB. */
function walkPae(memory: WordReader, root: Addr, address: number): Addr {
  let table = root + (address >>> 30) * 8;
  for (const [shift, last] of [
    [30, false],
    [21, false],
    [12, true],
  ] as const) {
    const at = shift === 30 ? table : table + ((address >>> shift) & (ENTRIES_PAE - 1)) * 8;
    const low = memory.load32(at);
    if ((low & PageFlags.Present) === 0) return notMapped;
    const next = entryAddress(low, memory.load32(at + 4));
    if (last) return next + (address & PAGE_MASK);
    if (shift === 21 && (low & PageFlags.Large) !== 0) {
      return next - (next % MIB2) + (address & (MIB2 - 1));
    }
    table = next;
  }
  return notMapped;
}
