/**
 * Code that is executed an instruction at a time, as it was fetched: records by address, each with the
 * bytes that it was decoded from. Bytes that differ from those are decoded again, whoever has changed
 * them; so there is nothing to invalidate.
 */
import { coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { Decoder, maxInstructionBytes, type DecodeOutcome } from './decoder';
import { instructionTable } from './instructionTable';
import type { Handlers } from './handlers';
import { recordBytes, recordOffset } from './record';
import type { RecordWriter } from './recordWriter';

/** Bytes that are looked through for forms that have no handlers yet. */
const AHEAD_BYTES = 2048;
/** Records of an instruction: its own, and the stop behind it. */
const SLOT_BYTES = 2 * recordBytes;
const BYTES_OF_SLOT = 16;

/** Instructions by address. */
export class SteppedCode {
  /** The record of the instruction that {@link decode} has found. */
  record = 0;
  readonly #memory: CoreMemory;
  readonly #handlers: Handlers;
  readonly #writer: RecordWriter;
  readonly #decoder = new Decoder(instructionTable());
  readonly #slots = new Map<number, number>();
  /** The bytes of each slot. */
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  readonly #window = new Uint8Array(maxInstructionBytes);
  #used = 0;

  constructor(memory: CoreMemory, handlers: Handlers, writer: RecordWriter) {
    this.#memory = memory;
    this.#handlers = handlers;
    this.#writer = writer;
    this.#capacity = Math.floor((memory.coreBytes - coreOffset.records) / SLOT_BYTES) - 1;
    this.#bytes = new Uint8Array(this.#capacity * BYTES_OF_SLOT);
  }

  /** Whether the operating system has enabled AVX: else its instructions are undefined. */
  allowAvx(allowed: boolean): void {
    if (this.#decoder.allowsAvx === allowed) return;
    this.#decoder.allowsAvx = allowed;
    this.#slots.clear();
    this.#used = 0;
  }

  /**
   * Decodes fetched bytes.
   * @param at - where in the core's memory they are
   * @param available - how many there are; more may have to be fetched
   */
  decode(rip: number, at: number, available: number): DecodeOutcome {
    const known = this.#slots.get(rip);
    if (known !== undefined) {
      const record = this.#recordOf(known);
      const length = this.#memory.bytes[record + recordOffset.length] ?? 0;
      if (length > available && this.#equals(known, at, available)) return 'truncated';
      if (length <= available && this.#equals(known, at, length)) {
        this.record = record;
        return 'ok';
      }
    }
    return this.#decodeAnew(rip, at, available, known);
  }

  #recordOf(slot: number): number {
    return this.#memory.base + coreOffset.records + slot * SLOT_BYTES;
  }

  #equals(slot: number, at: number, count: number): boolean {
    const { bytes } = this.#memory;
    const start = slot * BYTES_OF_SLOT;
    for (let i = 0; i < count; i++) if (this.#bytes[start + i] !== bytes[at + i]) return false;
    return true;
  }

  #decodeAnew(
    rip: number,
    at: number,
    available: number,
    known: number | undefined,
  ): DecodeOutcome {
    const { bytes } = this.#memory;
    const count = Math.min(available, maxInstructionBytes);
    this.#window.set(bytes.subarray(at, at + count));
    const outcome = this.#decoder.decode(this.#window, count);
    if (outcome !== 'ok') return outcome;
    if (known === undefined && this.#used === this.#capacity) this.#dropAll();
    const slot = known ?? this.#used++;
    this.#slots.set(rip, slot);
    this.#bytes.set(bytes.subarray(at, at + count), slot * BYTES_OF_SLOT);
    this.#write(slot, rip);
    return 'ok';
  }

  #write(slot: number, rip: number): void {
    const record = this.#recordOf(slot);
    const handler = this.#handlers.numberFor(this.#decoder);
    const form = this.#handlers.formOf(handler);
    const next = rip + this.#decoder.length;
    this.#writer.write(record, this.#decoder, form, handler, next);
    this.#memory.u16[(record + recordOffset.left) >>> 1] = 1;
    this.#writer.pseudo(record + recordBytes, this.#handlers.done, next, 0);
    this.record = record;
  }

  #dropAll(): void {
    this.#slots.clear();
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
      this.#handlers.numberFor(this.#decoder);
    }
  }
}
