/** Builds small ELF files for tests. */

export interface SegmentOptions {
  readonly type?: number;
  readonly flags?: number;
  readonly offset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize?: number;
  readonly align?: number;
}

export interface ElfOptions {
  readonly elfClass?: number;
  readonly data?: number;
  readonly version?: number;
  readonly system?: number;
  readonly type?: number;
  readonly machine?: number;
  readonly entry?: number;
  readonly headerOffset?: number;
  readonly headerSize?: number;
  readonly headerCount?: number;
  readonly segments?: readonly SegmentOptions[];
  readonly size?: number;
  /** Bytes to put at an offset. */
  readonly contents?: readonly (readonly [offset: number, bytes: readonly number[]])[];
}

export const PT_LOAD = 1;
export const PT_DYNAMIC = 2;
export const PT_INTERP = 3;
export const PT_GNU_STACK = 0x6474e551;
export const ET_EXEC = 2;
export const ET_DYN = 3;
/** Where the first code segment of {@link anElf} is. */
export const CODE = 0x40_1000;

const HEADER = 64;
const ENTRY = 56;

/** A program with one code segment (one page in, at 0x401000) and one data segment with zeros. */
export const USUAL_SEGMENTS: readonly SegmentOptions[] = [
  { flags: 4, offset: 0, address: 0x40_0000, fileSize: 0x200 },
  { flags: 5, offset: 0x1000, address: CODE, fileSize: 0x100 },
  { flags: 6, offset: 0x1100, address: 0x40_2100, fileSize: 0x80, memorySize: 0x3000 },
];

/** The bytes of an ELF file: a correct one, unless the options say otherwise. */
export function anElf(options: ElfOptions = {}): Uint8Array {
  const segments = options.segments ?? USUAL_SEGMENTS;
  const bytes = new Uint8Array(options.size ?? 0x1180);
  const view = new DataView(bytes.buffer);
  const u64 = (at: number, value: number): void => {
    view.setBigUint64(at, BigInt(value), true);
  };
  bytes.set([0x7f, 0x45, 0x4c, 0x46, options.elfClass ?? 2, options.data ?? 1]);
  bytes[6] = options.version ?? 1;
  bytes[7] = options.system ?? 0;
  view.setUint16(16, options.type ?? ET_EXEC, true);
  view.setUint16(18, options.machine ?? 62, true);
  view.setUint32(20, 1, true);
  u64(24, options.entry ?? CODE);
  u64(32, options.headerOffset ?? HEADER);
  view.setUint16(52, HEADER, true);
  view.setUint16(54, options.headerSize ?? ENTRY, true);
  view.setUint16(56, options.headerCount ?? segments.length, true);
  segments.forEach((segment, i) => {
    const at = HEADER + i * ENTRY;
    view.setUint32(at, segment.type ?? PT_LOAD, true);
    view.setUint32(at + 4, segment.flags ?? 4, true);
    u64(at + 8, segment.offset);
    u64(at + 16, segment.address);
    u64(at + 24, segment.address);
    u64(at + 32, segment.fileSize);
    u64(at + 40, segment.memorySize ?? segment.fileSize);
    u64(at + 48, segment.align ?? 0x1000);
  });
  for (const [offset, piece] of options.contents ?? []) bytes.set(piece, offset);
  return bytes;
}
