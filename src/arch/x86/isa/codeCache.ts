/**
 * Predecoded code: blocks of records, by the virtual address at which they begin, and the pages that they
 * were decoded from, so that they can be declared stale when the pages change.
 *
 * Records stay where they are until all are dropped: a stale one gets a handler that says so, which is
 * what the interpreter meets however it got there.
 */
import type { BlockAccount } from './blockAccount';
import { chainRecord, RecordWriter } from './recordWriter';
import { coreOffset, entryShift, jumpCacheEntries } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { Decoder, maxInstructionBytes, type DecodeOutcome } from './decoder';
import type { Handlers } from './handlers';
import { instructionTable } from './instructionTable';
import { blockWordBytes, recordBytes, recordOffset } from './record';
import type { Translations } from './translations';

const PAGE = 4096;
/** Longest block, in instructions. */
const MAX_BLOCK = 64;
/** Instructions that are decoded ahead when a program meets forms that have no handlers yet. */
const MAX_AHEAD = 4000;
const two32 = 2 ** 32;

/** A page that code was decoded from. */
interface CodePage {
  readonly virtual: number;
  readonly linear: number;
  readonly writable: boolean;
  /** What was in it. */
  readonly content: Uint8Array;
  /** First record and number of records of each block. */
  readonly blocks: { readonly rip: number; readonly first: number; readonly count: number }[];
}

/** Why there is no block at an address. */
export type NoBlock =
  { readonly kind: 'access' } | { readonly kind: 'undefined'; readonly outcome: DecodeOutcome };

/** The blocks of one address space. */
export class CodeCache {
  /** After {@link find} has returned 0: why. */
  problem: NoBlock = { kind: 'access' };
  /** How often everything was dropped: records from before mean nothing. */
  drops = 0;
  readonly #memory: CoreMemory;
  readonly #account: BlockAccount;
  readonly #translations: Translations;
  readonly #handlers: Handlers;
  readonly #writer: RecordWriter;
  readonly #decoder = new Decoder(instructionTable());
  readonly #bytes = new Uint8Array(maxInstructionBytes);
  readonly #blocks = new Map<number, number>();
  readonly #pages = new Map<number, CodePage>();
  readonly #part: number;
  readonly #firstRecord: number;
  readonly #end: number;
  #next: number;

  constructor(
    memory: CoreMemory,
    account: BlockAccount,
    translations: Translations,
    handlers: Handlers,
  ) {
    this.#memory = memory;
    this.#account = account;
    this.#translations = translations;
    this.#handlers = handlers;
    this.#writer = new RecordWriter(memory);
    // The first records are a copy of part of a block.
    this.#part = memory.base + coreOffset.records;
    this.#firstRecord = this.#part + (MAX_BLOCK + 1) * recordBytes + blockWordBytes;
    this.#next = this.#firstRecord;
    this.#end = memory.base + memory.coreBytes - (MAX_BLOCK + 2) * recordBytes - blockWordBytes;
    this.#clearJumpCache();
  }

  /** The record at which the block of an address begins; 0 when there can be none: see {@link problem}. */
  find(rip: number): number {
    const known = this.#blocks.get(rip);
    if (known !== undefined) return known;
    if (this.#handlers.isFull) {
      this.dropAll();
      this.#handlers.dropAll();
    } else if (this.#next > this.#end) {
      this.dropAll();
    }
    const found = this.#decodeBlock(rip, true);
    if (found !== 0 && this.#handlers.hasNew) this.#decodeAhead(found);
    return found;
  }

  /** As {@link find}, but drops nothing: 0 also when there is no room. */
  findWithin(rip: number): number {
    const known = this.#blocks.get(rip);
    if (known !== undefined) return known;
    return this.#next > this.#end || this.#handlers.isFull ? 0 : this.find(rip);
  }

  /** Whether a record is of a copy that {@link part} made. */
  isPart(record: number): boolean {
    return record < this.#firstRecord;
  }

  /** Notes where an indirect jump leads, in place of the older of the two that share the entries. */
  noteJump(low: number, high: number, record: number): void {
    const { i32, base } = this.#memory;
    const address = high * two32 + (low >>> 0);
    const pair = (low ^ Math.floor(address / PAGE)) & (jumpCacheEntries / 2 - 1);
    const entry = (base + coreOffset.jumpCache + (pair << (entryShift + 1))) >>> 2;
    const words = (1 << entryShift) / 4;
    i32.copyWithin(entry + words, entry, entry + words);
    i32[entry] = low;
    i32[entry + 1] = high;
    i32[entry + 2] = record;
  }

  /** A copy of the first `count` instructions of a block, with a stop behind them. */
  part(first: number, count: number): number {
    const copy = this.#part;
    const bytes = blockWordBytes + count * recordBytes;
    this.#memory.bytes.copyWithin(copy, first, first + bytes);
    this.#account.write(copy, count);
    const last = copy + (count - 1) * recordBytes;
    this.#writer.pseudo(last + recordBytes, this.#handlers.done, this.#writer.nextRip(last), 0);
    return copy;
  }

  /** Drops every block. No record may be in use. */
  dropAll(): void {
    for (const page of this.#pages.values()) this.#translations.hasCode[page.linear / PAGE] = 0;
    this.drops++;
    this.#pages.clear();
    this.#blocks.clear();
    this.#next = this.#firstRecord;
    this.#clearJumpCache();
  }

  /** A page of guest memory was written to: its blocks are stale. */
  invalidate(linear: number): void {
    const start = linear - (linear % PAGE);
    for (const page of [...this.#pages.values()]) if (page.linear === start) this.#dropPage(page);
  }

  /** Page tables have changed: drops the blocks of pages that are no longer what they were. */
  revalidate(): void {
    for (const page of [...this.#pages.values()]) {
      const linear = this.#translations.page(page.virtual, 'execute', page.virtual);
      const same =
        linear === page.linear &&
        this.#translations.isWritable(page.virtual) === page.writable &&
        this.#isUnchanged(page);
      if (!same) this.#dropPage(page);
    }
  }

  /** Somebody else may have written to memory: drops blocks of pages that have changed. */
  revalidateWritable(): void {
    for (const page of [...this.#pages.values()]) {
      if (page.writable && !this.#isUnchanged(page)) this.#dropPage(page);
    }
  }

  /** A block began at a record that is stale: leads who comes there on to its successor. */
  replace(stale: number, successor: number): void {
    this.#account.replace(stale, successor);
    this.#writer.pseudo(stale, this.#handlers.chain, this.#writer.ripOf(successor), successor);
  }

  /** Whether the operating system has enabled AVX: else its instructions are undefined. */
  allowAvx(allowed: boolean): void {
    if (this.#decoder.allowsAvx === allowed) return;
    this.#decoder.allowsAvx = allowed;
    this.dropAll();
  }

  /** The address that a direct jump leads to. */
  targetOf(record: number): number {
    return this.#writer.nextRip(record) + this.#writer.immediate(record);
  }

  /** Makes a direct jump lead to a record. */
  resolve(record: number, target: number): void {
    this.#account.resolve(record, target);
    chainRecord(this.#memory, record, target);
  }

  #isUnchanged({ linear, content }: CodePage): boolean {
    return Buffer.compare(content, this.#memory.bytes.subarray(linear, linear + PAGE)) === 0;
  }

  #dropPage(page: CodePage): void {
    this.#pages.delete(page.virtual);
    const others = [...this.#pages.values()].some(({ linear }) => linear === page.linear);
    if (!others) this.#translations.hasCode[page.linear / PAGE] = 0;
    for (const { rip, first, count } of page.blocks) {
      if (this.#blocks.get(rip) === first) this.#blocks.delete(rip);
      this.#makeStale(first, count);
    }
    this.#makeStale(this.#part, MAX_BLOCK);
    this.#clearJumpCache();
  }

  #makeStale(first: number, count: number): void {
    const { u16 } = this.#memory;
    for (let i = 0; i < count; i++) {
      u16[(first + i * recordBytes + recordOffset.handler) >>> 1] = this.#handlers.stale;
    }
  }

  #clearJumpCache(): void {
    const { u32, base } = this.#memory;
    const start = (base + coreOffset.jumpCache) >>> 2;
    // No instruction begins at -1.
    u32.fill(0xffffffff, start, start + (jumpCacheEntries << entryShift) / 4);
  }

  /** Decodes what can be reached from a block without knowing registers, so that new forms come together. */
  #decodeAhead(first: number): void {
    const waiting = [first];
    const limit = this.#next + MAX_AHEAD * recordBytes;
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop()) {
      for (const rip of this.#exitsOf(block)) {
        if (this.#next > limit || this.#next > this.#end) return;
        if (this.#blocks.has(rip)) continue;
        const found = this.#decodeBlock(rip, false);
        if (found !== 0) waiting.push(found);
      }
    }
  }

  #exitsOf(first: number): number[] {
    const exits: number[] = [];
    for (let record = first; ; record += recordBytes) {
      const { definition, operands } = this.#handlers.formOf(this.#writer.handler(record));
      const isJump = operands.some(({ kind }) => kind === 'target') || definition.name === 'chain';
      if (isJump) exits.push(this.targetOf(record));
      if (definition.name === 'call') exits.push(this.#writer.nextRip(record));
      if (definition.ends === true) return exits;
    }
  }

  /** @param reports - whether {@link problem} is to say why there is no block */
  #decodeBlock(rip: number, reports: boolean): number {
    const page = this.#pageOf(rip);
    if (page === null) {
      if (reports) this.problem = { kind: 'access' };
      return 0;
    }
    const first = this.#next;
    let at = rip;
    let count = 0;
    let ended = false;
    while (!ended && count < MAX_BLOCK && Math.floor(at / PAGE) * PAGE === page.virtual) {
      const outcome = this.#decodeOne(at);
      if (outcome !== 'ok') {
        if (count > 0) break;
        if (reports) this.#report(outcome);
        return 0;
      }
      const handler = this.#handlers.handlerFor(this.#decoder);
      const record = first + count * recordBytes;
      at += this.#decoder.length;
      this.#writer.write(record, this.#decoder, handler, at);
      count++;
      ended = handler.form.definition.ends === true;
    }
    this.#finishBlock(page, rip, first, count, ended ? null : at);
    return first;
  }

  #report(outcome: DecodeOutcome | 'access'): void {
    this.problem = outcome === 'access' ? { kind: 'access' } : { kind: 'undefined', outcome };
  }

  #finishBlock(
    page: CodePage,
    rip: number,
    first: number,
    count: number,
    goesOnAt: number | null,
  ): void {
    this.#account.write(first, count);
    const end = first + count * recordBytes;
    this.#next = end + blockWordBytes;
    if (goesOnAt !== null) {
      this.#writer.pseudo(end, this.#handlers.chain, goesOnAt, 0);
      this.#account.writeJump(end);
      this.#next += recordBytes;
    }
    const block = { rip, first, count };
    page.blocks.push(block);
    const last = this.#writer.nextRip(end - recordBytes) - 1;
    if (Math.floor(last / PAGE) * PAGE !== page.virtual) this.#pageOf(last)?.blocks.push(block);
    this.#blocks.set(rip, first);
  }

  /** Decodes the instruction at an address. */
  #decodeOne(rip: number): DecodeOutcome | 'access' {
    const inPage = rip - Math.floor(rip / PAGE) * PAGE;
    const page = this.#pageOf(rip);
    if (page === null) return 'access';
    const here = Math.min(PAGE - inPage, maxInstructionBytes);
    const { bytes } = this.#memory;
    const start = page.linear + inPage;
    this.#bytes.set(bytes.subarray(start, start + here));
    const outcome = this.#decoder.decode(this.#bytes, here);
    if (outcome !== 'truncated') return outcome;
    const next = this.#pageOf(rip + here);
    if (next === null) return 'access';
    const rest = maxInstructionBytes - here;
    this.#bytes.set(bytes.subarray(next.linear, next.linear + rest), here);
    return this.#decoder.decode(this.#bytes, maxInstructionBytes);
  }

  #pageOf(rip: number): CodePage | null {
    const virtual = Math.floor(rip / PAGE) * PAGE;
    const known = this.#pages.get(virtual);
    if (known !== undefined) return known;
    const linear = this.#translations.page(virtual, 'execute', rip);
    if (linear < 0) return null;
    const content = this.#memory.bytes.slice(linear, linear + PAGE);
    const writable = this.#translations.isWritable(virtual);
    const page: CodePage = { virtual, linear, writable, content, blocks: [] };
    this.#pages.set(virtual, page);
    this.#translations.hasCode[linear / PAGE] = 1;
    this.#translations.flushWrites();
    return page;
  }
}
