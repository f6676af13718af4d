import type { Addr } from '../../base/index';
import { largePageBytes, pageBytes, PageFlags } from './pageTableEntry';
import type { PageTableMemory, PageTables } from './pageTables';
import { notMapped } from './pageWalk';
import {
  globalDescriptors,
  interruptGates,
  syscallPage,
  taskState,
  textPage,
} from './supervisorCode';
import { supervisorAddress as address } from './supervisorLayout';
import type { VirtualAddr } from './virtualAddress';

/** Page flags of what only the supervisor reads and writes. */
export const supervisorData = PageFlags.Writable | PageFlags.NoExecute;

/**
 * Puts the supervisor's pages into the high half of page tables, unless they are there already (the
 * tables and the memory were restored).
 *
 * @param physicalEnd End of the physical memory that page tables may lie in.
 */
export function installSupervisor(
  tables: PageTables,
  memory: PageTableMemory,
  physicalEnd: Addr,
): void {
  if (tables.translate(address.text) !== notMapped) return;
  const tss = taskState();
  const pages: readonly (readonly [VirtualAddr, number, Uint8Array])[] = [
    [address.syscallStub, PageFlags.User, syscallPage()],
    [address.text, 0, textPage()],
    [address.gdt, supervisorData, globalDescriptors(tss.length - 1)],
    [address.idt, supervisorData, interruptGates()],
    [address.tss, supervisorData, tss],
    [address.stack, supervisorData, new Uint8Array(0)],
    // Enough for the flush of a program that has used up all memory.
    [address.flushList, supervisorData, new Uint8Array(0)],
    [address.flushList + pageBytes, supervisorData, new Uint8Array(0)],
  ];
  for (const [virtual, flags, contents] of pages) {
    const physical = memory.allocatePage();
    storeBytes(memory, physical, contents);
    tables.map(virtual, physical, pageBytes, flags);
  }
  const physicalBytes = Math.ceil(physicalEnd / largePageBytes) * largePageBytes;
  tables.mapLarge(address.physicalMemory, 0, physicalBytes, supervisorData);
}

/** Writes bytes to physical memory in words; the last word is filled up with zeros. */
function storeBytes(memory: PageTableMemory, physical: Addr, bytes: Uint8Array): void {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  for (let at = 0; at < padded.length; at += 4) {
    memory.store32(physical + at, view.getUint32(at, true));
  }
}
