import { panic } from '../../base/index';
import { XFeature } from './flags';
import { RegisterSet } from './registerSets';
import type { StateBlock } from './stateBlock';
import { threadStateLayout, xsaveLayout } from './threadStateLayout';

const area = threadStateLayout.xsave.offset;
const xmmBytes = 16;
const registerCount = 16;

/** What FNINIT and reset leave in the x87 control word. */
export const initialFcw = 0x37f;
/** What reset leaves in MXCSR: all exceptions masked, round to nearest. */
export const initialMxcsr = 0x1f80;

/**
 * Typed view of a thread's XSAVE area in standard format: x87, SSE and AVX registers. Components
 * beyond AVX (opmask, ZMM, PKRU) are carried as bytes, since their offsets are the host's.
 *
 * A component whose bit in XSTATE_BV is clear is in its initial state whatever its bytes are (SDM
 * volume 1, 13.6); reading honours that, and writing sets the bit.
 */
export class FpuState {
  readonly #state: StateBlock;
  #cachedView: DataView;

  constructor(state: StateBlock) {
    this.#state = state;
    this.#cachedView = viewOf(state);
  }

  /** Puts every component into its initial state, as after reset and FNINIT. */
  reset(): void {
    this.#state.bytesOf('xsave').fill(0);
    this.#view.setUint16(xsaveLayout.fcw, initialFcw, true);
    this.#view.setUint32(xsaveLayout.mxcsr, initialMxcsr, true);
    this.#view.setUint32(xsaveLayout.xstateBv, XFeature.X87 | XFeature.SSE, true);
    this.#state.stale &= ~RegisterSet.Xsave;
    this.#state.dirty |= RegisterSet.Xsave;
  }

  /**
   * Writes out the initial state of components that are in it ({@link XFeature} bits), so that their
   * bytes may be used directly.
   */
  materialize(components: number): void {
    for (const component of [XFeature.X87, XFeature.SSE, XFeature.AVX]) {
      if ((components & component) !== 0) this.#touch(component);
    }
  }

  /** Which components are not in their initial state ({@link XFeature} bits; low 32). */
  get xstateBv(): number {
    this.#state.refresh(RegisterSet.Xsave);
    return this.#view.getUint32(xsaveLayout.xstateBv, true);
  }

  /** Whether the upper half of a YMM register holds anything but zeros. */
  get hasUpperHalves(): boolean {
    if (!this.#has(XFeature.AVX)) return false;
    const start = area + xsaveLayout.ymmHigh;
    return this.#state.block
      .subarray(start, start + registerCount * xmmBytes)
      .some(byte => byte !== 0);
  }

  /** x87 control word. */
  get fcw(): number {
    return this.#has(XFeature.X87) ? this.#view.getUint16(xsaveLayout.fcw, true) : initialFcw;
  }

  set fcw(value: number) {
    this.#touch(XFeature.X87);
    this.#view.setUint16(xsaveLayout.fcw, value, true);
  }

  /** x87 status word; bits 11 to 13 are the top of the stack. */
  get fsw(): number {
    return this.#has(XFeature.X87) ? this.#view.getUint16(xsaveLayout.fsw, true) : 0;
  }

  set fsw(value: number) {
    this.#touch(XFeature.X87);
    this.#view.setUint16(xsaveLayout.fsw, value, true);
  }

  /** Abridged tag word: bit i is set when *physical* register i holds something. */
  get ftw(): number {
    return this.#has(XFeature.X87) ? this.#view.getUint8(xsaveLayout.ftw) : 0;
  }

  set ftw(value: number) {
    this.#touch(XFeature.X87);
    this.#view.setUint8(xsaveLayout.ftw, value);
  }

  /** SSE control and status; it belongs to no component's initial state. */
  get mxcsr(): number {
    this.#state.refresh(RegisterSet.Xsave);
    return this.#view.getUint32(xsaveLayout.mxcsr, true);
  }

  set mxcsr(value: number) {
    this.#touch(XFeature.SSE);
    this.#view.setUint32(xsaveLayout.mxcsr, value, true);
  }

  /** ST(i), `i` counted from the top of the stack: a copy of its 10 bytes. */
  st(index: number): Uint8Array {
    checkIndex(index, 8, 'st');
    if (!this.#has(XFeature.X87)) return new Uint8Array(10);
    const start = area + xsaveLayout.st + index * 16;
    return this.#state.block.slice(start, start + 10);
  }

  /** Sets the 10 bytes of ST(i); the tag word stays. */
  setSt(index: number, value: Uint8Array): void {
    checkIndex(index, 8, 'st');
    checkLength(value, 10, 'st');
    this.#touch(XFeature.X87);
    this.#state.block.set(value, area + xsaveLayout.st + index * 16);
  }

  /** A copy of the 16 bytes of XMM register `index`. */
  xmm(index: number): Uint8Array {
    checkIndex(index, registerCount, 'xmm');
    if (!this.#has(XFeature.SSE)) return new Uint8Array(xmmBytes);
    const start = area + xsaveLayout.xmm + index * xmmBytes;
    return this.#state.block.slice(start, start + xmmBytes);
  }

  /** Sets XMM register `index`; the upper half of the YMM register stays. */
  setXmm(index: number, value: Uint8Array): void {
    checkIndex(index, registerCount, 'xmm');
    checkLength(value, xmmBytes, 'xmm');
    this.#touch(XFeature.SSE);
    this.#state.block.set(value, area + xsaveLayout.xmm + index * xmmBytes);
  }

  /** A copy of the 32 bytes of YMM register `index`. */
  ymm(index: number): Uint8Array {
    const value = new Uint8Array(2 * xmmBytes);
    value.set(this.xmm(index));
    if (this.#has(XFeature.AVX)) {
      const start = area + xsaveLayout.ymmHigh + index * xmmBytes;
      value.set(this.#state.block.subarray(start, start + xmmBytes), xmmBytes);
    }
    return value;
  }

  /** Sets all 32 bytes of YMM register `index`. */
  setYmm(index: number, value: Uint8Array): void {
    checkLength(value, 2 * xmmBytes, 'ymm');
    this.setXmm(index, value.subarray(0, xmmBytes));
    this.#touch(XFeature.AVX);
    const start = area + xsaveLayout.ymmHigh + index * xmmBytes;
    this.#state.block.set(value.subarray(xmmBytes), start);
  }

  /** The view follows the block when that is attached elsewhere. */
  get #view(): DataView {
    const { buffer, offset } = this.#state;
    const view = this.#cachedView;
    if (view.buffer !== buffer || view.byteOffset !== offset + area) {
      this.#cachedView = viewOf(this.#state);
    }
    return this.#cachedView;
  }

  #has(component: number): boolean {
    return (this.xstateBv & component) !== 0;
  }

  /** Before a component is written: bytes that its clear bit made void become the initial state. */
  #touch(component: number): void {
    const before = this.xstateBv;
    if ((before & component) === 0) {
      clearComponent(this.#state.block, component);
      if (component === XFeature.X87) this.#view.setUint16(xsaveLayout.fcw, initialFcw, true);
      this.#view.setUint32(xsaveLayout.xstateBv, before | component, true);
    }
    this.#state.dirty |= RegisterSet.Xsave;
  }
}

function viewOf(state: StateBlock): DataView {
  return new DataView(state.buffer, state.offset + area, threadStateLayout.xsave.bytes);
}

function clearComponent(block: Uint8Array, component: number): void {
  const [start, end] =
    component === XFeature.X87
      ? [xsaveLayout.fcw, xsaveLayout.mxcsr]
      : component === XFeature.SSE
        ? [xsaveLayout.xmm, xsaveLayout.xmm + registerCount * xmmBytes]
        : [xsaveLayout.ymmHigh, xsaveLayout.ymmHigh + registerCount * xmmBytes];
  block.fill(0, area + start, area + end);
  if (component === XFeature.X87) {
    block.fill(0, area + xsaveLayout.st, area + xsaveLayout.st + 8 * 16);
  }
}

function checkIndex(index: number, count: number, name: string): void {
  if (!(index >= 0 && index < count)) panic(`no such register: ${name}${String(index)}`);
}

function checkLength(value: Uint8Array, bytes: number, name: string): void {
  if (value.length !== bytes) {
    panic(`${name} register takes ${String(bytes)} bytes, not ${String(value.length)}`);
  }
}
