import { panic } from '../../base/index';
import type { Addr } from '../../base/index';
import { RFlags } from './flags';
import { pageBytes } from './pageTableEntry';
import type { PageTableMemory, PageTables } from './pageTables';
import { notMapped } from './pageWalk';
import { CS, RAX, RCX, RFLAGS, RIP, RSI, RSP, SS } from './registers';
import type { GprIndex } from './registers';
import { flushRoutineEnd } from './supervisorCode';
import {
  flushFrame,
  flushRoutineOffset,
  kernelCode,
  kernelData,
  stackOffset,
  supervisorAddress as address,
} from './supervisorLayout';
import { supervisorData } from './supervisorPages';
import type { X86ThreadState } from './threadState';
import { setUserSegments } from './userThread';
import type { VirtualAddr } from './virtualAddress';

const itemBytes = 8;
const itemsPerPage = pageBytes / itemBytes;
/** A window of this size holds more items than there can be page tables. */
const maxListPages = 1024;
const two32 = 2 ** 32;

/**
 * Makes the processor forget changed page tables: sends a thread that is about to run through the
 * guest's flush routine first, which goes on to user mode by itself. It costs no exit of its own.
 *
 * Why the guest must do it: under a KVM with shadow page tables (kvm_pvm; any KVM without EPT or NPT)
 * the host's stores to page tables go unseen, and neither CR3, CR4, CR0 and EFER changes by
 * KVM_SET_SREGS, nor INVLPG or MOV CR3 in the guest make it look again, because it believes its shadows
 * to be write-protected. Stores by the guest it sees. Deleting and adding the memory slot works too, at
 * some thirty times the cost.
 */
export class TableFlush {
  readonly #tables: PageTables;
  readonly #memory: PageTableMemory;
  readonly #frame: Addr;
  readonly #list: Addr[] = [];
  #running = false;

  constructor(tables: PageTables, memory: PageTableMemory) {
    this.#tables = tables;
    this.#memory = memory;
    this.#frame = tables.translate(address.stack + stackOffset.flushFrame);
    while (this.#addMappedListPage());
  }

  /** Sends the thread through the flush routine, if there is something to forget. */
  begin(state: X86ThreadState): void {
    const { items } = this.#tables.changes;
    if (items.length === 0) return;
    this.#writeList(items);
    this.#save(flushFrame.rsi, state, RSI);
    this.#save(flushFrame.rcx, state, RCX);
    this.#save(flushFrame.rax, state, RAX);
    this.#save(flushFrame.rip, state, RIP);
    this.#save(flushFrame.rflags, state, RFLAGS);
    this.#save(flushFrame.rsp, state, RSP);
    this.#store(flushFrame.cs, state.segment(CS).selector, 0);
    this.#store(flushFrame.ss, state.segment(SS).selector, 0);
    state.setGprNumber(RSI, address.flushList);
    state.setGprNumber(RCX, items.length);
    state.setGprNumber(RIP, address.text + flushRoutineOffset);
    state.setGprNumber(RSP, address.stack + stackOffset.flushFrame);
    state.setGprNumber(RFLAGS, RFlags.Fixed);
    state.segment(CS).assign(kernelCode);
    state.segment(SS).assign(kernelData);
    this.#running = true;
  }

  /**
   * After the thread stopped: either the routine has done its work, or it was interrupted. Then the
   * thread gets its own registers back, and the next run starts it anew.
   */
  end(state: X86ThreadState): void {
    if (!this.#running) return;
    this.#running = false;
    const offset = state.gprNumber(RIP) - address.text;
    if (offset < flushRoutineOffset || offset >= flushRoutineEnd) {
      this.#tables.changes.clear();
      return;
    }
    this.#restore(flushFrame.rsi, state, RSI);
    this.#restore(flushFrame.rcx, state, RCX);
    this.#restore(flushFrame.rax, state, RAX);
    this.#restore(flushFrame.rip, state, RIP);
    this.#restore(flushFrame.rflags, state, RFLAGS);
    this.#restore(flushFrame.rsp, state, RSP);
    setUserSegments(state);
  }

  #writeList(items: readonly number[]): void {
    const pages = Math.ceil(items.length / itemsPerPage);
    if (pages > maxListPages) panic(`${String(items.length)} page-table changes at once`);
    while (this.#list.length < pages) {
      const virtual = this.#nextListAddress();
      this.#tables.map(virtual, this.#memory.allocatePage(), pageBytes, supervisorData);
      this.#addMappedListPage();
    }
    for (const [i, item] of items.entries()) {
      const page = this.#list[Math.floor(i / itemsPerPage)] ?? panic('a list page is missing');
      const at = page + (i % itemsPerPage) * itemBytes;
      const virtual: VirtualAddr = address.physicalMemory + item;
      this.#memory.store32(at, virtual >>> 0);
      this.#memory.store32(at + 4, Math.floor(virtual / two32) >>> 0);
    }
  }

  #nextListAddress(): VirtualAddr {
    return address.flushList + this.#list.length * pageBytes;
  }

  #addMappedListPage(): boolean {
    const physical = this.#tables.translate(this.#nextListAddress());
    if (physical === notMapped) return false;
    this.#list.push(physical);
    return true;
  }

  #save(offset: number, state: X86ThreadState, register: GprIndex): void {
    this.#store(offset, state.gprUint32(register), state.gprHigh(register));
  }

  #store(offset: number, low: number, high: number): void {
    this.#memory.store32(this.#frame + offset, low);
    this.#memory.store32(this.#frame + offset + 4, high);
  }

  #restore(offset: number, state: X86ThreadState, register: GprIndex): void {
    const low = this.#memory.load32(this.#frame + offset);
    state.setGprHalves(register, low, this.#memory.load32(this.#frame + offset + 4));
  }
}
