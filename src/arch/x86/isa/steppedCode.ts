/**
 * Code that is executed an instruction at a time, as it was fetched: records by address, each with the
 * words that it was decoded from. Where those differ from what is fetched, whoever has changed them, they
 * are decoded again; so there is nothing to invalidate.
 */
import { BlockAccount, InstKind } from './blockAccount';
import { coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { Decoder, maxInstructionBytes, type DecodeOutcome } from './decoder';
import { instructionTable } from './instructionTable';
import type { Handlers } from './handlers';
import { recordBytes, recordOffset } from './record';
import type { RecordWriter } from './recordWriter';

/** Not an integer, so that the engine keeps the field as a floating-point number from the start. */
const Fraction = 0.5;
/** Bytes that are looked through for forms that have no handlers yet. */
const AHEAD_BYTES = 2048;
/** Records of an instruction: its own, and the stop behind it. */
const SLOT_BYTES = 2 * recordBytes;
/** Bytes of a fetch, at a multiple of it: gem5's decoder asks for as many. */
export const fetchBytes = 8;
/** Words of 4 bytes of all fetches of an instruction. */
const SLOT_WORDS = 6;
/** Slots that are found by the address's last bits, before all are looked through. A power of 2. */
const RECENT = 16384;

/** Instructions by address. */
export class SteppedCode {
  /** The record of the instruction that {@link decode} has found. */
  record = 0;
  /** Whether it is a locked one. */
  isLocked = false;
  /** Where the instruction is that is being fetched, and how many bytes of its fetches have come. */
  rip: number = Fraction;
  fetched = 0;
  readonly #memory: CoreMemory;
  readonly #handlers: Handlers;
  readonly #writer: RecordWriter;
  readonly #account: BlockAccount;
  readonly #decoder = new Decoder(instructionTable());
  readonly #slots = new Map<number, number>();
  readonly #recent = new Uint32Array(RECENT);
  /** Of each slot: the address, the words that it was decoded from, and how many bytes that were. */
  readonly #rips: Float64Array;
  readonly #words: Uint32Array;
  readonly #needed: Uint8Array;
  /** Whether the instruction is locked. */
  readonly #locked: Uint8Array;
  readonly #capacity: number;
  /** Where fetched bytes are. */
  readonly #buffer: number;
  readonly #window = new Uint8Array(maxInstructionBytes);
  #used = 0;

  constructor(memory: CoreMemory, handlers: Handlers, writer: RecordWriter) {
    this.#memory = memory;
    this.#handlers = handlers;
    this.#writer = writer;
    this.#account = new BlockAccount(memory);
    this.#capacity = Math.floor((memory.coreBytes - coreOffset.records) / SLOT_BYTES) - 1;
    this.#rips = new Float64Array(this.#capacity).fill(NaN);
    this.#words = new Uint32Array(this.#capacity * SLOT_WORDS);
    this.#needed = new Uint8Array(this.#capacity);
    this.#locked = new Uint8Array(this.#capacity);
    this.#buffer = memory.base + coreOffset.fetched;
    this.rip = 0;
  }

  /** Whether the operating system has enabled AVX: else its instructions are undefined. */
  allowAvx(allowed: boolean): void {
    if (this.#decoder.allowsAvx === allowed) return;
    this.#decoder.allowsAvx = allowed;
    this.#dropAll();
  }

  /** Decodes what has been fetched; `truncated` asks for more. */
  decode(): DecodeOutcome {
    const slot = this.#find();
    if (slot < 0 || !this.#isUnchanged(slot)) return this.#decodeAnew(slot);
    if ((this.#needed[slot] ?? 0) > this.fetched) return 'truncated';
    this.record = this.#recordOf(slot);
    this.isLocked = this.#locked[slot] === 1;
    return 'ok';
  }

  /** The slot of the instruction, or -1. */
  #find(): number {
    const { rip } = this;
    const recent = this.#recent[rip & (RECENT - 1)] ?? 0;
    if (this.#rips[recent] === rip) return recent;
    const slot = this.#slots.get(rip);
    if (slot === undefined) return -1;
    this.#recent[rip & (RECENT - 1)] = slot;
    return slot;
  }

  #recordOf(slot: number): number {
    return this.#memory.base + coreOffset.records + slot * SLOT_BYTES;
  }

  /** Whether what has been fetched is what a slot was decoded from, as far as it goes. */
  #isUnchanged(slot: number): boolean {
    const { u32 } = this.#memory;
    const words = Math.min(this.fetched, this.#needed[slot] ?? 0) >>> 2;
    const [known, here] = [slot * SLOT_WORDS, this.#buffer >>> 2];
    for (let i = 0; i < words; i++) if (this.#words[known + i] !== u32[here + i]) return false;
    return true;
  }

  #decodeAnew(known: number): DecodeOutcome {
    const { bytes, u32 } = this.#memory;
    const { rip, fetched } = this;
    const inWord = rip & (fetchBytes - 1);
    const count = Math.min(fetched - inWord, maxInstructionBytes);
    const start = this.#buffer + inWord;
    this.#window.set(bytes.subarray(start, start + count));
    const outcome = this.#decoder.decode(this.#window, count);
    if (outcome !== 'ok') return outcome;
    const slot = this.#slotFor(known);
    this.#slots.set(rip, slot);
    this.#rips[slot] = rip;
    this.#needed[slot] = fetched;
    this.isLocked = this.#decoder.isLocked;
    this.#locked[slot] = this.isLocked ? 1 : 0;
    const word = this.#buffer >>> 2;
    this.#words.set(u32.subarray(word, word + fetched / 4), slot * SLOT_WORDS);
    this.#write(slot, rip);
    return 'ok';
  }

  /** The slot to write to. @param known - that of the address; -1: it has none */
  #slotFor(known: number): number {
    if (this.#handlers.isFull) {
      this.#dropAll();
      this.#handlers.dropAll();
    } else if (known >= 0) {
      return known;
    } else if (this.#used === this.#capacity) {
      this.#dropAll();
    }
    return this.#used++;
  }

  #write(slot: number, rip: number): void {
    const record = this.#recordOf(slot);
    const handler = this.#handlers.handlerFor(this.#decoder);
    const next = rip + this.#decoder.length;
    this.#writer.write(record, this.#decoder, handler, next);
    this.#memory.u16[(record + recordOffset.left) >>> 1] = 1;
    if ((handler.kinds & InstKind.DirectJump) !== 0) this.#account.writeJump(record);
    this.#writer.pseudo(record + recordBytes, this.#handlers.done, next, 0);
    this.record = record;
  }

  #dropAll(): void {
    this.#slots.clear();
    this.#rips.fill(NaN);
    this.#used = 0;
  }

  /**
   * Meets the forms of what seems to be code behind an instruction, so that their handlers are generated
   * together. Whether it is code does not matter.
   */
  lookAhead(linear: number): void {
    const { bytes, guestBytes } = this.#memory;
    const end = Math.min(linear + AHEAD_BYTES, guestBytes - maxInstructionBytes);
    for (let at = linear; at < end; at += Math.max(1, this.#decoder.length)) {
      this.#window.set(bytes.subarray(at, at + maxInstructionBytes));
      if (this.#decoder.decode(this.#window, maxInstructionBytes) !== 'ok') return;
      this.#handlers.handlerFor(this.#decoder);
    }
  }
}
