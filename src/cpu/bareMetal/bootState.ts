/**
 * The state in which a program finds the processor. Sources: "Multiboot Specification" version
 * 0.6.96, section 3.2; SDM volume 3, 9.8 (long mode).
 */
import {
  Cr0,
  Cr4,
  CS,
  DS,
  Efer,
  encodeDescriptor,
  ES,
  FS,
  GS,
  largePageBytes,
  PageFlags,
  RAX,
  RBX,
  resetThreadState,
  RSP,
  SS,
} from '../../arch/x86/index';
import type { SegmentValue, X86ThreadState } from '../../arch/x86/index';
import { fatal } from '../../base/index';
import type { Addr } from '../../base/index';
import type { BootMemory } from './bootMemory';
import { BOOT_MAGIC } from './multibootHeader';

const CODE_SELECTOR = 0x08;
const DATA_SELECTOR = 0x10;
const DATA_SEGMENTS = [DS, ES, FS, GS, SS];
const PAGE_BYTES = 4096;
const GIB = 2 ** 30;
const TABLE_ENTRIES = 512;

/** A segment of all 4 GiB, accessed already. */
const flat: SegmentValue = {
  ...{ base: 0n, limit: 0xffffffff, selector: DATA_SELECTOR, type: 0x3, present: true, dpl: 0 },
  ...{ db: true, s: true, l: false, g: true, avl: false, unusable: false },
};
const code32: SegmentValue = { ...flat, selector: CODE_SELECTOR, type: 0xb };
const code64: SegmentValue = { ...code32, db: false, l: true };

/** 16 bits, as after reset but at the program's first byte, and with a stack below it. */
export function enterRealMode(state: X86ThreadState, entry: Addr): void {
  resetThreadState(state);
  // The segment is 0 where that reaches, as firmware does it.
  const selector = entry < 0x10000 ? 0 : (entry - (entry & 0xf)) / 16;
  const base = selector * 16;
  const code = state.segment(CS);
  code.assign({ ...code.toValue(), selector, base: BigInt(base) });
  state.rip = BigInt(entry - base);
  state.setGprNumber(RSP, Math.min(entry, 0xfff0));
}

/** 32 bits without paging. */
export function enterProtectedMode(
  state: X86ThreadState,
  memory: BootMemory,
  entry: Addr,
  info: Addr,
): void {
  resetThreadState(state);
  setFlatSegments(state, memory, code32);
  state.cr0 = BigInt(Cr0.PE | Cr0.ET | Cr0.NE);
  setStart(state, entry, info);
}

/** 64 bits, with all of memory at its own addresses. */
export function enterLongMode(
  state: X86ThreadState,
  memory: BootMemory,
  entry: Addr,
  info: Addr,
): void {
  resetThreadState(state);
  setFlatSegments(state, memory, code64);
  state.cr3 = BigInt(writePageTables(memory));
  state.cr4 = BigInt(Cr4.PAE | Cr4.OSFXSR | Cr4.OSXMMEXCPT);
  state.efer = BigInt(Efer.LME | Efer.LMA);
  state.cr0 = BigInt(Cr0.PE) | BigInt(Cr0.MP | Cr0.ET | Cr0.NE) | BigInt(Cr0.PG);
  setStart(state, entry, info);
}

function setStart(state: X86ThreadState, entry: Addr, info: Addr): void {
  state.rip = BigInt(entry);
  state.setGprNumber(RAX, BOOT_MAGIC);
  state.setGprNumber(RBX, info);
}

/** Loads the segment registers, and leaves a table behind from which they can be loaded again. */
function setFlatSegments(state: X86ThreadState, memory: BootMemory, code: SegmentValue): void {
  const table = new Uint8Array(24);
  table.set(encodeDescriptor(code), CODE_SELECTOR);
  table.set(encodeDescriptor(flat), DATA_SELECTOR);
  const base = memory.allocate(table.length, 8, 'the descriptor table');
  memory.write(base, table);
  state.gdt.base = BigInt(base);
  state.gdt.limit = table.length - 1;
  state.idt.limit = 0;
  state.segment(CS).assign(code);
  for (const index of DATA_SEGMENTS) state.segment(index).assign(flat);
}

/** Maps the first 4 GiB, or as much as there is memory, by pages of 2 MiB. @returns the root */
function writePageTables(memory: BootMemory): Addr {
  const gibibytes = Math.max(4, Math.ceil(memory.end / GIB));
  if (gibibytes > TABLE_ENTRIES) {
    fatal('a 64-bit program begins with at most 512 GiB mapped; give the system less memory');
  }
  const flags = BigInt(PageFlags.Present | PageFlags.Writable);
  const large = flags | BigInt(PageFlags.Large);
  const base = memory.allocate((2 + gibibytes) * PAGE_BYTES, PAGE_BYTES, 'page tables');
  const tables = new BigUint64Array(((2 + gibibytes) * PAGE_BYTES) / 8);
  const addressOf = (table: number): bigint => BigInt(base + table * PAGE_BYTES);
  tables[0] = addressOf(1) | flags;
  for (let i = 0; i < gibibytes; i++) {
    tables[TABLE_ENTRIES + i] = addressOf(2 + i) | flags;
  }
  for (let i = 0; i < gibibytes * TABLE_ENTRIES; i++) {
    tables[2 * TABLE_ENTRIES + i] = BigInt(i * largePageBytes) | large;
  }
  memory.write(base, new Uint8Array(tables.buffer));
  return base;
}
