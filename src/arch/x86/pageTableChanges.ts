import type { Addr } from '../../base/index';
import { pageBytes } from './pageTableEntry';

/** So many entries of one table in a row, and the table is noted as a whole. */
const entriesBeforeWhole = 32;
/** So many items, and every table that has one is noted as a whole instead. */
const itemsBeforeCompaction = 8192;

/**
 * What a processor may still remember of page tables although it is true no more: entries that were
 * present and now are not, or lead elsewhere, or allow less. (An entry that becomes present, or allows
 * more, is never in here: the processor looks again before it faults, or the fault is answered by
 * trying again.)
 *
 * An item is a physical address: of an entry (a multiple of 8), or of a table plus 1 for all of its
 * entries. That is the form in which `GuestSupervisor` hands them to the guest.
 */
export class PageTableChanges {
  /**
   * Grows with every change: a model that keeps translations of its own compares it with the value it
   * saw last, and forgets them all when it differs.
   */
  generation = 0;

  #items: number[] = [];
  /** Table of the last items, where they begin, and whether they have become one for the whole table. */
  #table: Addr = -1;
  #tableStart = 0;
  #whole = false;

  /** The items, oldest first. */
  get items(): readonly number[] {
    return this.#items;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Notes that a present entry, at this physical address, was changed. */
  noteEntry(entry: Addr): void {
    this.generation++;
    const table = entry - (entry % pageBytes);
    if (table !== this.#table) this.#begin(table);
    else if (this.#whole) return;
    if (this.#items.length - this.#tableStart >= entriesBeforeWhole) {
      this.#items.length = this.#tableStart;
      this.#items.push(table + 1);
      this.#whole = true;
    } else {
      this.#items.push(entry);
    }
  }

  /** Notes that all entries of the table at this physical address are void: it was freed. */
  noteTable(table: Addr): void {
    this.generation++;
    if (table === this.#table) this.#items.length = this.#tableStart;
    else this.#begin(table);
    this.#items.push(table + 1);
    this.#whole = true;
  }

  /** Every processor that walks these tables has forgotten. */
  clear(): void {
    this.#items = [];
    this.#table = -1;
  }

  #begin(table: Addr): void {
    if (this.#items.length >= itemsBeforeCompaction) this.#compact();
    this.#table = table;
    this.#tableStart = this.#items.length;
    this.#whole = false;
  }

  /** While nobody asks, the list must not outgrow the tables themselves. */
  #compact(): void {
    const tables = new Set(this.#items.map(item => item - (item % pageBytes) + 1));
    this.#items = [...tables];
  }
}
