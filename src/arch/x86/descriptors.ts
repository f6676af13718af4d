import { panic } from '../../base/index';
import type { SegmentValue } from './segmentRegister';

/** Types of system descriptors in long mode (SDM volume 3, table 3-2). */
export const SystemSegment = {
  Ldt: 0x2,
  AvailableTss: 0x9,
  BusyTss: 0xb,
  CallGate: 0xc,
  InterruptGate: 0xe,
  TrapGate: 0xf,
} as const;

const mask32 = 0xffffffffn;

/**
 * The descriptor that loads a segment register with `value`: 8 bytes, or 16 for a system segment, which
 * has a 64-bit base (SDM volume 3, figures 3-8 and 8-4). `limit` counts bytes whatever `g` says.
 *
 * @throws {PanicError} when the limit cannot be expressed.
 */
export function encodeDescriptor(value: Readonly<SegmentValue>): Uint8Array {
  const limit = value.g ? Math.floor(value.limit / 4096) : value.limit;
  if (limit > 0xfffff || (value.g && value.limit % 4096 !== 4095)) {
    panic(`a descriptor cannot hold a limit of ${String(value.limit)} bytes`);
  }
  const bytes = new Uint8Array(value.s ? 8 : 16);
  const view = new DataView(bytes.buffer);
  const base = Number(value.base & mask32);
  view.setUint16(0, limit & 0xffff, true);
  view.setUint16(2, base & 0xffff, true);
  bytes[4] = base >>> 16;
  bytes[5] = value.type | bit(value.s, 4) | (value.dpl << 5) | bit(value.present, 7);
  bytes[6] =
    (limit >>> 16) | bit(value.avl, 4) | bit(value.l, 5) | bit(value.db, 6) | bit(value.g, 7);
  bytes[7] = base >>> 24;
  if (!value.s) view.setUint32(8, Number(value.base >> 32n), true);
  return bytes;
}

/** What a segment register holds after loading `selector`, whose descriptor these bytes are. */
export function decodeDescriptor(bytes: Uint8Array, selector: number): SegmentValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const low = view.getUint32(0, true);
  const high = view.getUint32(4, true);
  const s = (high & 0x1000) !== 0;
  const g = (high & 0x800000) !== 0;
  const limit = (low & 0xffff) | (high & 0xf0000);
  const base = ((low >>> 16) | ((high & 0xff) << 16) | (high & 0xff000000)) >>> 0;
  return {
    base: BigInt(base) | (s ? 0n : BigInt(view.getUint32(8, true)) << 32n),
    limit: g ? limit * 4096 + 4095 : limit,
    selector,
    type: (high >>> 8) & 0xf,
    present: (high & 0x8000) !== 0,
    dpl: (high >>> 13) & 3,
    db: (high & 0x400000) !== 0,
    s,
    l: (high & 0x200000) !== 0,
    g,
    avl: (high & 0x100000) !== 0,
    unusable: false,
  };
}

/** An entry of the interrupt descriptor table (SDM volume 3, figure 6-8). */
export interface Gate {
  /** Linear address of the handler, unsigned 64 bits. */
  readonly offset: bigint;
  /** Code segment of the handler. */
  readonly selector: number;
  /** Stack of the TSS's interrupt stack table, 1 to 7; 0: the stack of the privilege level. */
  readonly ist: number;
  /** `SystemSegment.InterruptGate` (clears IF) or `TrapGate`. */
  readonly type: number;
  /** Highest privilege level number from which `int n` may use the gate. */
  readonly dpl: number;
}

/** The 16 bytes of a present gate. */
export function encodeGate(gate: Gate): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Number(gate.offset & 0xffffn), true);
  view.setUint16(2, gate.selector, true);
  bytes[4] = gate.ist;
  bytes[5] = gate.type | (gate.dpl << 5) | 0x80;
  view.setUint16(6, Number((gate.offset >> 16n) & 0xffffn), true);
  view.setUint32(8, Number((gate.offset >> 32n) & mask32), true);
  return bytes;
}

/** What a 64-bit task state segment holds that is not zero here. */
export interface TaskState {
  /** Stack pointer for privilege level 0, unsigned 64 bits. */
  readonly rsp0: bigint;
  /** Interrupt stack table: IST1 first, at most 7. */
  readonly interruptStacks: readonly bigint[];
  /** Ports that user mode may use; every other one faults. */
  readonly openPorts: readonly number[];
}

/** Size of a TSS without its I/O permission bitmap. */
const tssBytes = 104;

/**
 * A 64-bit TSS with an I/O permission bitmap as long as its open ports need (SDM volume 3, 8.7; volume
 * 1, 19.5.2). Its limit is its length minus 1: ports beyond the bitmap are closed.
 */
export function encodeTaskState(state: TaskState): Uint8Array {
  const ports = state.openPorts;
  const bitmapBytes = ports.length === 0 ? 0 : (Math.max(...ports) >>> 3) + 1;
  // The processor reads two bytes of the bitmap at once, so one byte of ones ends it.
  const bytes = new Uint8Array(tssBytes + bitmapBytes + 1);
  bytes.fill(0xff, tssBytes);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(4, state.rsp0, true);
  for (const [i, stack] of state.interruptStacks.entries()) {
    if (i >= 7) panic('a task state segment has 7 interrupt stacks');
    view.setBigUint64(36 + i * 8, stack, true);
  }
  view.setUint16(102, tssBytes, true);
  for (const port of ports) {
    const at = tssBytes + (port >>> 3);
    bytes[at] = (bytes[at] ?? 0) & ~(1 << (port & 7));
  }
  return bytes;
}

function bit(set: boolean, position: number): number {
  return set ? 1 << position : 0;
}
