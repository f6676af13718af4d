/** The registers of the x87, as they lie in the XSAVE area: a stack whose top is first. */
import { threadStateLayout, xsaveLayout } from '../../threadStateLayout';
import { decodeExtended, encodeExtended, type Float80 } from './float80';

const area = threadStateLayout.xsave.offset;
const registerBytes = 16;
const registerCount = 8;

/** Bits of the status word. */
export const Status = {
  StackFault: 0x40,
  ErrorSummary: 0x80,
  C0: 0x100,
  C1: 0x200,
  C2: 0x400,
  C3: 0x4000,
  Busy: 0x8000,
} as const;

const topShift = 11;

/** What an operation may change. */
export interface SavedX87 {
  readonly bytes: Uint8Array;
  readonly status: number;
  readonly tags: number;
}

/** The x87 part of a state block. */
export class X87Registers {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;

  /** @param view - of the state block */
  constructor(view: DataView) {
    this.#view = view;
    this.#bytes = new Uint8Array(view.buffer, view.byteOffset, threadStateLayout.bytes);
  }

  get control(): number {
    return this.#view.getUint16(area + xsaveLayout.fcw, true);
  }

  set control(value: number) {
    this.#view.setUint16(area + xsaveLayout.fcw, value, true);
  }

  get status(): number {
    return this.#view.getUint16(area + xsaveLayout.fsw, true);
  }

  set status(value: number) {
    this.#view.setUint16(area + xsaveLayout.fsw, value, true);
  }

  /** One bit for each physical register that holds something. */
  get tags(): number {
    return this.#view.getUint8(area + xsaveLayout.ftw);
  }

  set tags(value: number) {
    this.#view.setUint8(area + xsaveLayout.ftw, value);
  }

  get top(): number {
    return this.#top;
  }

  get #top(): number {
    return (this.status >> topShift) & 7;
  }

  #bit(index: number): number {
    return 1 << ((this.#top + index) & 7);
  }

  isEmpty(index: number): boolean {
    return (this.tags & this.#bit(index)) === 0;
  }

  /** Marks ST(index) as empty or not. */
  mark(index: number, holds: boolean): void {
    this.tags = holds ? this.tags | this.#bit(index) : this.tags & ~this.#bit(index);
  }

  read(index: number): Float80 {
    const at = area + xsaveLayout.st + index * registerBytes;
    return decodeExtended(this.#view.getBigUint64(at, true), this.#view.getUint16(at + 8, true));
  }

  write(index: number, value: Float80): void {
    const { significand, signExponent } = encodeExtended(value);
    this.writeBits(index, significand, signExponent);
  }

  writeBits(index: number, significand: bigint, signExponent: number): void {
    const at = area + xsaveLayout.st + index * registerBytes;
    this.#view.setBigUint64(at, significand, true);
    this.#view.setUint16(at + 8, signExponent, true);
    this.mark(index, true);
  }

  /** The significand of ST(index), and its sign and exponent. */
  readBits(index: number): { significand: bigint; signExponent: number } {
    const at = area + xsaveLayout.st + index * registerBytes;
    return {
      significand: this.#view.getBigUint64(at, true),
      signExponent: this.#view.getUint16(at + 8, true),
    };
  }

  /** Registers, status and tags. */
  save(): SavedX87 {
    const start = area + xsaveLayout.st;
    const bytes = this.#bytes.slice(start, start + registerCount * registerBytes);
    return { bytes, status: this.status, tags: this.tags };
  }

  restore({ bytes, status, tags }: SavedX87): void {
    this.#bytes.set(bytes, area + xsaveLayout.st);
    this.status = status;
    this.tags = tags;
  }

  /** Turns the stack: -1 makes room for a push, 1 is a pop. Nothing becomes empty or full by it. */
  rotate(by: 1 | -1): void {
    const start = area + xsaveLayout.st;
    const end = start + registerCount * registerBytes;
    if (by === 1) {
      const first = this.#bytes.slice(start, start + registerBytes);
      this.#bytes.copyWithin(start, start + registerBytes, end);
      this.#bytes.set(first, end - registerBytes);
    } else {
      const last = this.#bytes.slice(end - registerBytes, end);
      this.#bytes.copyWithin(start + registerBytes, start, end - registerBytes);
      this.#bytes.set(last, start);
    }
    const top = (this.#top + by) & 7;
    this.status = (this.status & ~(7 << topShift)) | (top << topShift);
  }

  /** Another status word, whose top of the stack counts: physical registers stay where they are. */
  load(status: number): void {
    while (this.#top !== ((status >> topShift) & 7)) this.rotate(1);
    this.status = status;
  }

  /** An MMX instruction: the registers are counted from 0, and none is empty, or all are. */
  becomeMmx(tags: 0 | 0xff): void {
    while (this.#top !== 0) this.rotate(1);
    this.tags = tags;
  }

  /** FNINIT. Physical registers keep their bytes. */
  initialize(): void {
    while (this.#top !== 0) this.rotate(1);
    this.control = 0x37f;
    this.status = 0;
    this.tags = 0;
  }
}
