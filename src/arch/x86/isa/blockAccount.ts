/**
 * What blocks are charged for, and what is left of it: 64 bits, so that generated code begins a block with
 * one addition and one look at the sign.
 *
 * | bits | content |
 * |---|---|
 * | 0–15 | instructions that read memory |
 * | 16–31 | instructions that write it |
 * | 32–46 | branches |
 * | 47–63 | instructions that may still begin, signed |
 *
 * In front of a block stand 8 bytes in the same form: what the block adds, its instructions as a negative
 * number. A record from which control may leave before the end of its block has, in the place
 * of an address that it does not have, the same of the instructions behind it; one that stands for a block
 * that is no more, what was charged for that.
 */
import { coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { recordBytes, recordOffset } from './record';

/** Of what kinds an instruction is: bits. */
export const InstKind = {
  Load: 1,
  Store: 2,
  Branch: 4,
  /** A jump that may not be taken. */
  SideExit: 8,
} as const;

const BUDGET_SHIFT = 15;
const BRANCHES = (1 << BUDGET_SHIFT) - 1;

/** Most instructions that an account is opened for: a block more, and no part runs over. */
export const largestBudget = 32_000;

/** The account of one core. */
export class BlockAccount {
  readonly #memory: CoreMemory;
  readonly #word: number;
  /** What some instructions are charged, in halves. */
  #low = 0;
  #high = 0;

  constructor(memory: CoreMemory) {
    this.#memory = memory;
    this.#word = (memory.base + coreOffset.account) >>> 2;
  }

  /** Begins anew, for at most {@link largestBudget} instructions. */
  open(budget: number): void {
    const { i32 } = this.#memory;
    i32[this.#word] = 0;
    i32[this.#word + 1] = budget << BUDGET_SHIFT;
  }

  /** Instructions that may still begin, less those of the block that is running. */
  get budget(): number {
    return (this.#memory.i32[this.#word + 1] ?? 0) >> BUDGET_SHIFT;
  }

  get loads(): number {
    return (this.#memory.i32[this.#word] ?? 0) & 0xffff;
  }

  get stores(): number {
    return (this.#memory.i32[this.#word] ?? 0) >>> 16;
  }

  get branches(): number {
    return (this.#memory.i32[this.#word + 1] ?? 0) & BRANCHES;
  }

  /** Charges for a block. @param first - its first record */
  charge(first: number): void {
    this.#add(first + recordOffset.block, 1);
  }

  /** Gives back what was charged for the instructions from a record to the end of its block. */
  refund(record: number): void {
    const count = this.#left(record);
    if (count === 0) this.#add(record + recordOffset.paid, -1);
    for (let i = 0; i < count; i++) this.#refundOne(record + i * recordBytes);
  }

  /** The same, but for the first of them. */
  refundAfter(record: number): void {
    const count = this.#left(record);
    for (let i = 1; i < count; i++) this.#refundOne(record + i * recordBytes);
  }

  #left(record: number): number {
    return this.#memory.u16[(record + recordOffset.left) >>> 1] ?? 0;
  }

  #add(word: number, sign: 1 | -1): void {
    const { i32 } = this.#memory;
    const from = word >>> 2;
    i32[this.#word] = (i32[this.#word] ?? 0) + sign * (i32[from] ?? 0);
    i32[this.#word + 1] = (i32[this.#word + 1] ?? 0) + sign * (i32[from + 1] ?? 0);
  }

  #refundOne(record: number): void {
    const { i32, bytes } = this.#memory;
    const kinds = bytes[record + recordOffset.kinds] ?? 0;
    i32[this.#word] = (i32[this.#word] ?? 0) - lowWord(kinds);
    i32[this.#word + 1] = (i32[this.#word + 1] ?? 0) - highWord(kinds);
  }

  /** Writes into the records of a block, and in front of them, what they are charged. */
  write(first: number, count: number): void {
    const { u16, bytes } = this.#memory;
    this.#low = 0;
    this.#high = 0;
    for (let i = count - 1; i >= 0; i--) {
      const record = first + i * recordBytes;
      u16[(record + recordOffset.left) >>> 1] = count - i;
      const kinds = bytes[record + recordOffset.kinds] ?? 0;
      if ((kinds & InstKind.SideExit) !== 0) this.#put(record + recordOffset.paid);
      this.#sum(record);
    }
    this.#put(first + recordOffset.block);
  }

  /** Notes in a record that whoever comes there was charged for the rest of its block, as long as it had one. */
  keepPaid(record: number): void {
    const count = this.#left(record);
    if (count === 0) return;
    this.#low = 0;
    this.#high = 0;
    for (let i = 0; i < count; i++) this.#sum(record + i * recordBytes);
    this.#put(record + recordOffset.paid);
  }

  /** Notes in a record that nothing was charged for it. */
  keepNothingPaid(record: number): void {
    this.#low = 0;
    this.#high = 0;
    this.#put(record + recordOffset.paid);
  }

  #sum(record: number): void {
    const kinds = this.#memory.bytes[record + recordOffset.kinds] ?? 0;
    this.#low += lowWord(kinds);
    this.#high += highWord(kinds);
  }

  #put(word: number): void {
    this.#memory.i32[word >>> 2] = this.#low;
    this.#memory.i32[(word >>> 2) + 1] = this.#high;
  }
}

function lowWord(kinds: number): number {
  return (kinds & InstKind.Load) + ((kinds & InstKind.Store) << 15);
}

function highWord(kinds: number): number {
  return ((kinds & InstKind.Branch) >> 2) - (1 << BUDGET_SHIFT);
}
