import { RegisterSet } from './registerSets';
import type { SegmentIndex } from './registers';
import type { StateBlock } from './stateBlock';
import { segmentLayout, sregsLayout, threadStateLayout } from './threadStateLayout';

/** What a segment register holds, the hidden part included (SDM volume 3, 3.4.3). */
export interface SegmentValue {
  /** Linear address of the segment's first byte, as an unsigned 64-bit value. */
  base: bigint;
  /** Last valid offset in bytes. */
  limit: number;
  selector: number;
  /** Type field of the descriptor, 0 to 15. */
  type: number;
  present: boolean;
  /** Privilege level, 0 to 3. */
  dpl: number;
  /** Default operand size: true for 32 bits. */
  db: boolean;
  /** True for code and data, false for system segments. */
  s: boolean;
  /** True for 64-bit code. */
  l: boolean;
  /** True when the descriptor's limit counts pages. */
  g: boolean;
  avl: boolean;
  /** True when the register holds a null selector. */
  unusable: boolean;
}

/** Typed view of one `struct kvm_segment` of a thread's state. */
export class SegmentRegister implements SegmentValue {
  readonly #state: StateBlock;
  readonly #offset: number;

  constructor(state: StateBlock, index: SegmentIndex) {
    this.#state = state;
    this.#offset =
      threadStateLayout.sregs.offset +
      sregsLayout.segment.offset +
      index * sregsLayout.segment.stride;
  }

  get base(): bigint {
    return this.#view().getBigUint64(segmentLayout.base, true);
  }

  set base(value: bigint) {
    this.#view().setBigUint64(segmentLayout.base, value, true);
    this.#state.dirty |= RegisterSet.Sregs;
  }

  get limit(): number {
    return this.#view().getUint32(segmentLayout.limit, true);
  }

  set limit(value: number) {
    this.#view().setUint32(segmentLayout.limit, value, true);
    this.#state.dirty |= RegisterSet.Sregs;
  }

  get selector(): number {
    return this.#view().getUint16(segmentLayout.selector, true);
  }

  set selector(value: number) {
    this.#view().setUint16(segmentLayout.selector, value, true);
    this.#state.dirty |= RegisterSet.Sregs;
  }

  get type(): number {
    return this.#byte(segmentLayout.type);
  }

  set type(value: number) {
    this.#setByte(segmentLayout.type, value);
  }

  get present(): boolean {
    return this.#byte(segmentLayout.present) !== 0;
  }

  set present(value: boolean) {
    this.#setByte(segmentLayout.present, Number(value));
  }

  get dpl(): number {
    return this.#byte(segmentLayout.dpl);
  }

  set dpl(value: number) {
    this.#setByte(segmentLayout.dpl, value);
  }

  get db(): boolean {
    return this.#byte(segmentLayout.db) !== 0;
  }

  set db(value: boolean) {
    this.#setByte(segmentLayout.db, Number(value));
  }

  get s(): boolean {
    return this.#byte(segmentLayout.s) !== 0;
  }

  set s(value: boolean) {
    this.#setByte(segmentLayout.s, Number(value));
  }

  get l(): boolean {
    return this.#byte(segmentLayout.l) !== 0;
  }

  set l(value: boolean) {
    this.#setByte(segmentLayout.l, Number(value));
  }

  get g(): boolean {
    return this.#byte(segmentLayout.g) !== 0;
  }

  set g(value: boolean) {
    this.#setByte(segmentLayout.g, Number(value));
  }

  get avl(): boolean {
    return this.#byte(segmentLayout.avl) !== 0;
  }

  set avl(value: boolean) {
    this.#setByte(segmentLayout.avl, Number(value));
  }

  get unusable(): boolean {
    return this.#byte(segmentLayout.unusable) !== 0;
  }

  set unusable(value: boolean) {
    this.#setByte(segmentLayout.unusable, Number(value));
  }

  /** Copies every field from `value`. */
  assign(value: Readonly<SegmentValue>): void {
    this.base = value.base;
    this.limit = value.limit;
    this.selector = value.selector;
    this.type = value.type;
    this.present = value.present;
    this.dpl = value.dpl;
    this.db = value.db;
    this.s = value.s;
    this.l = value.l;
    this.g = value.g;
    this.avl = value.avl;
    this.unusable = value.unusable;
  }

  /** The fields as a plain object. */
  toValue(): SegmentValue {
    return {
      base: this.base,
      limit: this.limit,
      selector: this.selector,
      type: this.type,
      present: this.present,
      dpl: this.dpl,
      db: this.db,
      s: this.s,
      l: this.l,
      g: this.g,
      avl: this.avl,
      unusable: this.unusable,
    };
  }

  #view(): DataView {
    return new DataView(
      this.#state.buffer,
      this.#state.offset + this.#offset,
      sregsLayout.segment.stride,
    );
  }

  #byte(offset: number): number {
    return this.#state.block[this.#offset + offset] ?? 0;
  }

  #setByte(offset: number, value: number): void {
    this.#state.block[this.#offset + offset] = value;
    this.#state.dirty |= RegisterSet.Sregs;
  }
}

/** Typed view of GDTR or IDTR (`struct kvm_dtable`). */
export class DescriptorTableRegister {
  readonly #state: StateBlock;
  readonly #offset: number;

  /** @param offset Offset of the table register inside `struct kvm_sregs`. */
  constructor(state: StateBlock, offset: number) {
    this.#state = state;
    this.#offset = threadStateLayout.sregs.offset + offset;
  }

  /** Linear address of the table, as an unsigned 64-bit value. */
  get base(): bigint {
    return this.#view().getBigUint64(0, true);
  }

  set base(value: bigint) {
    this.#view().setBigUint64(0, value, true);
    this.#state.dirty |= RegisterSet.Sregs;
  }

  /** Offset of the table's last byte. */
  get limit(): number {
    return this.#view().getUint16(8, true);
  }

  set limit(value: number) {
    this.#view().setUint16(8, value, true);
    this.#state.dirty |= RegisterSet.Sregs;
  }

  #view(): DataView {
    return new DataView(this.#state.buffer, this.#state.offset + this.#offset, 16);
  }
}
