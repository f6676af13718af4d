/** The linear memory that a software core works in, seen as JavaScript sees it. */
import type { WasmMemory } from '../../../mem/index';
import type { SupervisorMemory } from '../exceptionDelivery';

/** What a core needs of the memory that it works in. */
export interface CoreMemoryOptions {
  readonly wasm: WasmMemory;
  /** Guest physical address of the first byte of the linear memory. */
  readonly guestStart: number;
  /** Bytes of guest memory. */
  readonly guestBytes: number;
  /** Where the core's own part begins; a multiple of 64. */
  readonly base: number;
  /** Bytes of the core's own part. */
  readonly bytes: number;
}

/** Views of the memory. */
export class CoreMemory implements SupervisorMemory {
  readonly wasm: WasmMemory;
  readonly bytes: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly i32: Int32Array;
  readonly f64: Float64Array;
  /** The core's own part. */
  readonly view: DataView;
  readonly base: number;
  readonly guestStart: number;
  readonly guestBytes: number;
  readonly coreBytes: number;

  constructor({ wasm, guestStart, guestBytes, base, bytes }: CoreMemoryOptions) {
    const { buffer } = wasm;
    this.wasm = wasm;
    this.bytes = new Uint8Array(buffer);
    this.u16 = new Uint16Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.view = new DataView(buffer, base, bytes);
    this.base = base;
    this.guestStart = guestStart;
    this.guestBytes = guestBytes;
    this.coreBytes = bytes;
  }

  /** Where a guest physical address lies in the linear memory, or -1. */
  linear(physical: number): number {
    const offset = physical - this.guestStart;
    return offset >= 0 && offset < this.guestBytes ? offset : -1;
  }

  load32(physical: number): number {
    const linear = this.linear(physical);
    // What is not there reads as ones, as on a bus that nobody answers.
    return linear < 0 ? 0xffffffff : (this.u32[linear >>> 2] ?? 0);
  }

  store32(physical: number, value: number): void {
    const linear = this.linear(physical);
    if (linear >= 0) this.u32[linear >>> 2] = value;
  }
}
