/** Builds images for bare machines, correct ones unless the options say otherwise. */

export interface ImageSegment {
  /** Physical address. */
  readonly address: number;
  /** Default: the physical address. */
  readonly virtual?: bigint;
  readonly data: readonly number[] | Uint8Array;
  /** Default: as much as there is data. */
  readonly memorySize?: number;
  readonly type?: number;
}

export interface ImageOptions {
  readonly is64Bit?: boolean;
  readonly segments?: readonly ImageSegment[];
  readonly entry?: bigint;
  readonly type?: number;
  readonly machine?: number;
  /** Bytes between the headers and the first segment's data. */
  readonly padding?: readonly number[];
}

/** Code that halts, at 1 MiB. */
export const HALT: readonly ImageSegment[] = [{ address: 0x10_0000, data: [0xf4, 0xeb, 0xfd] }];

/** An ELF file for x86. */
export function anElfImage(options: ImageOptions = {}): Uint8Array {
  const { is64Bit = false, segments = HALT, padding = [] } = options;
  const [headerSize, entrySize] = is64Bit ? [64, 56] : [52, 32];
  const start = headerSize + segments.length * entrySize + padding.length;
  const size = segments.reduce((sum, { data }) => sum + data.length, start);
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (at: number, value: bigint): void => {
    if (is64Bit) view.setBigUint64(at, value, true);
    else view.setUint32(at, Number(value), true);
  };
  bytes.set([0x7f, 0x45, 0x4c, 0x46, is64Bit ? 2 : 1, 1, 1]);
  view.setUint16(16, options.type ?? 2, true);
  view.setUint16(18, options.machine ?? (is64Bit ? 62 : 3), true);
  view.setUint32(20, 1, true);
  put(24, options.entry ?? BigInt(segments[0]?.address ?? 0));
  put(is64Bit ? 32 : 28, BigInt(headerSize));
  view.setUint16(is64Bit ? 54 : 42, entrySize, true);
  view.setUint16(is64Bit ? 56 : 44, segments.length, true);
  bytes.set(padding, start - padding.length);
  let place = start;
  const [offset, virtual, physical, fileSize, memorySize] = is64Bit
    ? [8, 16, 24, 32, 40]
    : [4, 8, 12, 16, 20];
  segments.forEach((segment, i) => {
    const at = headerSize + i * entrySize;
    view.setUint32(at, segment.type ?? 1, true);
    put(at + offset, BigInt(place));
    put(at + virtual, segment.virtual ?? BigInt(segment.address));
    put(at + physical, BigInt(segment.address));
    put(at + fileSize, BigInt(segment.data.length));
    put(at + memorySize, BigInt(segment.memorySize ?? segment.data.length));
    bytes.set(segment.data, place);
    place += segment.data.length;
  });
  return bytes;
}

/** The words of a Multiboot header, addresses included when they are given. */
export function aMultibootHeader(
  flags = 0,
  addresses: readonly number[] = [],
  checksum = -(0x1badb002 + flags),
): number[] {
  const words = new Uint32Array([0x1badb002, flags, checksum, ...addresses]);
  return [...new Uint8Array(words.buffer)];
}
