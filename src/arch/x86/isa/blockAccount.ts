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
 * number. The record of a direct jump has, in the place of an address that it does not have, what the jump
 * adds: what its target is charged, less what was charged for the instructions behind it, which are not
 * executed. As long as it is not known where it leads it adds so much less that the account is overdrawn.
 */
import { coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { recordBytes, recordOffset } from './record';

/** Of what kinds an instruction is: bits. */
export const InstKind = {
  Load: 1,
  Store: 2,
  Branch: 4,
  /** A branch to an address that the instruction names. */
  DirectJump: 8,
} as const;

const BUDGET_SHIFT = 15;
const TWO_32 = 2 ** 32;
/** What overdraws an account, in its upper half. */
const OVERDRAWS = -(1 << 30);
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
    this.#clear();
    this.#addWord(first + recordOffset.block, -1);
    this.#refundSum();
  }

  /** Gives back what was charged for the instructions from a record to the end of its block. */
  refund(record: number): void {
    const count = this.#left(record);
    this.#clear();
    if (count === 0) this.#sumPaid(record);
    for (let i = 0; i < count; i++) this.#sum(record + i * recordBytes);
    this.#refundSum();
  }

  /** The same, but for the first of them. */
  refundAfter(record: number): void {
    const count = this.#left(record);
    this.#clear();
    for (let i = 1; i < count; i++) this.#sum(record + i * recordBytes);
    this.#refundSum();
  }

  /** Takes back what a direct jump has added that leads nowhere yet. */
  refundJump(record: number): void {
    this.#clear();
    this.#addWord(record + recordOffset.jump, 1);
    this.#refundSum();
  }

  /** Writes into the records of a block, and in front of them, what they are charged. */
  write(first: number, count: number): void {
    const { u16, u32, bytes } = this.#memory;
    this.#clear();
    for (let i = count - 1; i >= 0; i--) {
      const record = first + i * recordBytes;
      u16[(record + recordOffset.left) >>> 1] = count - i;
      if (((bytes[record + recordOffset.kinds] ?? 0) & InstKind.DirectJump) !== 0) {
        u32[(record + recordOffset.operand) >>> 2] = 0;
        this.#put(record + recordOffset.jump, -this.#low, OVERDRAWS - this.#high);
      }
      this.#sum(record);
    }
    this.#put(first + recordOffset.block, this.#low, this.#high);
  }

  /** Makes a record a jump that leads nowhere yet, with nothing behind it. */
  writeJump(record: number): void {
    this.#put(record + recordOffset.jump, 0, OVERDRAWS);
  }

  /** Has a direct jump that led nowhere add what its target is charged. */
  resolve(record: number, target: number): void {
    this.#clear();
    this.#addWord(record + recordOffset.jump, 1);
    this.#addWord(target + recordOffset.block, 1);
    this.#put(record + recordOffset.jump, this.#low, this.#high - OVERDRAWS);
  }

  /**
   * Makes a record a jump to the block that has taken the place of the rest of its own, for which whoever
   * comes there was charged. To be called before anything else of it changes.
   */
  replace(record: number, successor: number): void {
    const count = this.#left(record);
    this.#clear();
    if (count === 0) this.#sumPaid(record);
    for (let i = 0; i < count; i++) this.#sum(record + i * recordBytes);
    this.#low = -this.#low;
    this.#high = -this.#high;
    this.#addWord(successor + recordOffset.block, 1);
    this.#put(record + recordOffset.jump, this.#low, this.#high);
  }

  #left(record: number): number {
    return this.#memory.u16[(record + recordOffset.left) >>> 1] ?? 0;
  }

  #clear(): void {
    this.#low = 0;
    this.#high = 0;
  }

  #sum(record: number): void {
    const kinds = this.#memory.bytes[record + recordOffset.kinds] ?? 0;
    this.#low += lowWord(kinds);
    this.#high += highWord(kinds);
  }

  /** Of a record that has become a jump to its successor: what was charged for what it was. */
  #sumPaid(record: number): void {
    const target = this.#memory.u32[(record + recordOffset.operand) >>> 2] ?? 0;
    this.#addWord(target + recordOffset.block, 1);
    this.#addWord(record + recordOffset.jump, -1);
  }

  #addWord(word: number, sign: 1 | -1): void {
    const { i32, u32 } = this.#memory;
    this.#low += sign * (u32[word >>> 2] ?? 0);
    this.#high += sign * (i32[(word >>> 2) + 1] ?? 0);
  }

  #refundSum(): void {
    const { u32, i32 } = this.#memory;
    const low = (u32[this.#word] ?? 0) - this.#low;
    this.#put(this.#word << 2, low, (i32[this.#word + 1] ?? 0) - this.#high);
  }

  /** Writes 64 bits, from halves of which the lower may be negative or too big. */
  #put(word: number, low: number, high: number): void {
    this.#memory.i32[word >>> 2] = low;
    this.#memory.i32[(word >>> 2) + 1] = high + Math.floor(low / TWO_32);
  }
}

function lowWord(kinds: number): number {
  return (kinds & InstKind.Load) + ((kinds & InstKind.Store) << 15);
}

function highWord(kinds: number): number {
  return ((kinds & InstKind.Branch) >> 2) - (1 << BUDGET_SHIFT);
}
