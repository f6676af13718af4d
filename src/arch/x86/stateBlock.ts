import { panic } from '../../base/index';
import { RegisterSet, registerSetNames } from './registerSets';
import type { RegisterSource } from './registerSets';
import { threadStateLayout as layout } from './threadStateLayout';

/** The parts of the block that have a struct of their own. */
export type StatePart =
  'regs' | 'sregs' | 'events' | 'debugRegs' | 'msrs' | 'scratch' | 'lapic' | 'xsave';

/**
 * The bytes of a thread's state ({@link layout}), wherever they lie, and how they relate to a vCPU that
 * runs the thread. Two masks of {@link RegisterSet} bits say the latter:
 * - `dirty`: changed here since the vCPU last got them. Setters set the bits; whoever pushes clears them.
 * - `stale`: the vCPU has newer values. Whoever ran it sets the bits (a KVM CPU reads regs, sregs and
 *   events after each run with SYNC_REGS and leaves the rest stale) and sets `source`; accessors of the
 *   rarer sets pull them when they are asked for. Regs, sregs and events are never stale while the vCPU
 *   is stopped: their accessors do not look.
 */
export class StateBlock {
  /** Sets changed here since the last push to a vCPU; at first all of them. */
  dirty: number = RegisterSet.All;
  /** Sets of which a vCPU has newer values. */
  stale = 0;
  /** Who brings stale sets up to date. */
  source: RegisterSource | null = null;

  #buffer: ArrayBufferLike;
  #offset: number;
  #block: Uint8Array;
  #low: Uint32Array;
  #high: Int32Array;
  #words: BigUint64Array;

  /**
   * @param buffer Memory that holds the block; it is not cleared. Default: a buffer of its own, zeroed.
   * @param offset Byte offset of the block, a multiple of 64.
   * @throws {PanicError} when the offset is not aligned or the block does not fit.
   */
  constructor(buffer: ArrayBufferLike = new ArrayBuffer(layout.bytes), offset = 0) {
    checkPlace(buffer, offset);
    this.#buffer = buffer;
    this.#offset = offset;
    this.#block = new Uint8Array(buffer, offset, layout.bytes);
    this.#low = new Uint32Array(buffer, offset, layout.bytes / 4);
    this.#high = new Int32Array(buffer, offset, layout.bytes / 4);
    this.#words = new BigUint64Array(buffer, offset, layout.bytes / 8);
  }

  /** The memory that holds the block. */
  get buffer(): ArrayBufferLike {
    return this.#buffer;
  }

  /** Where in {@link buffer} the block starts, in bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** The whole block as bytes. Writing here marks nothing dirty. */
  get block(): Uint8Array {
    return this.#block;
  }

  /** The whole block as unsigned 32-bit words. Writing here marks nothing dirty. */
  get unsignedHalves(): Uint32Array {
    return this.#low;
  }

  /** The whole block as signed 32-bit words. Writing here marks nothing dirty. */
  get signedHalves(): Int32Array {
    return this.#high;
  }

  /** The whole block as 64-bit words. Writing here marks nothing dirty. */
  get words(): BigUint64Array {
    return this.#words;
  }

  /**
   * Points the view at another place, for instance the same memory after it grew (growing detaches the
   * old buffer). Bytes are not copied.
   *
   * @throws {PanicError} as the constructor.
   */
  attach(buffer: ArrayBufferLike, offset: number): void {
    checkPlace(buffer, offset);
    this.#buffer = buffer;
    this.#offset = offset;
    this.#block = new Uint8Array(buffer, offset, layout.bytes);
    this.#low = new Uint32Array(buffer, offset, layout.bytes / 4);
    this.#high = new Int32Array(buffer, offset, layout.bytes / 4);
    this.#words = new BigUint64Array(buffer, offset, layout.bytes / 8);
  }

  /** As {@link attach}, and takes the bytes along. */
  moveTo(buffer: ArrayBufferLike, offset: number): void {
    const bytes = this.#block;
    this.attach(buffer, offset);
    this.#block.set(bytes);
  }

  /**
   * Ends the tie to the vCPU that ran the thread: everything is brought up to date, and whoever runs
   * the thread next gets everything.
   */
  detachSource(): void {
    this.refresh(RegisterSet.All);
    this.source = null;
    this.dirty = RegisterSet.All;
  }

  /** Copies the whole architectural state from another thread (a CPU taking over from another). */
  copyFrom(other: StateBlock): void {
    other.refresh(RegisterSet.All);
    this.#block.set(other.#block);
    this.stale = 0;
    this.dirty = RegisterSet.All;
  }

  /** Brings stale sets of `mask` up to date, so that their bytes may be read directly. */
  refresh(mask: number): void {
    const wanted = this.stale & mask;
    if (wanted === 0) return;
    if (this.source === null) panic(`no source for stale ${registerSetNames(wanted).join(', ')}`);
    this.source.pull(wanted);
    const left = this.stale & wanted;
    if (left !== 0) panic(`source left ${registerSetNames(left).join(', ')} stale`);
  }

  /**
   * A view of one part's bytes, as the kernel's struct lays them out; allocates the view, not a copy.
   * Brings nothing up to date and marks nothing dirty: it is for whoever moves whole sets.
   */
  bytesOf(part: StatePart): Uint8Array {
    const { offset, bytes } = layout[part];
    return new Uint8Array(this.#buffer, this.#offset + offset, bytes);
  }

  /** The first 520 bytes: `struct kvm_sync_regs`. See {@link bytesOf}. */
  syncRegsBytes(): Uint8Array {
    const { offset, bytes } = layout.events;
    return new Uint8Array(this.#buffer, this.#offset, offset + bytes);
  }
}

function checkPlace(buffer: ArrayBufferLike, offset: number): void {
  if (offset % layout.alignment !== 0 || offset < 0 || offset + layout.bytes > buffer.byteLength) {
    panic(
      `thread state at offset ${String(offset)} of ${String(buffer.byteLength)} bytes: ` +
        `it needs ${String(layout.bytes)} bytes aligned to ${String(layout.alignment)}`,
    );
  }
}
