/**
 * Images that follow the Multiboot standard. Source: "Multiboot Specification" version 0.6.96,
 * sections 3.1 and 3.2.
 */
import { fatal, warn } from '../../base/index';
import type { Addr } from '../../base/index';
import type { BootImage, LoadSegment } from './bootImage';
import { isElf, readElfImage } from './elfImage';

/** What an image holds that wants to be found by a boot loader. */
const HEADER_MAGIC = 0x1badb002;
/** What the boot loader leaves in EAX. */
export const BOOT_MAGIC = 0x2badb002;

/** The header lies within so many bytes of the file, at a multiple of 4. */
export const SEARCH_BYTES = 8192;

/** Bits of the header's flags. The lower half are demands, which a boot loader must understand. */
const HeaderFlag = {
  PageAligned: 1 << 0,
  MemoryInfo: 1 << 1,
  VideoMode: 1 << 2,
  Demands: 0xffff,
  /** The header says where to load the image. */
  HasAddresses: 1 << 16,
} as const;

/** Demands that are met: modules are always page-aligned, memory is always described. */
const UNDERSTOOD = HeaderFlag.PageAligned | HeaderFlag.MemoryInfo | HeaderFlag.VideoMode;

/** A Multiboot header. */
export interface MultibootHeader {
  /** Where in the file it is. */
  readonly offset: number;
  readonly flags: number;
}

const hex = (value: number): string => `0x${value.toString(16)}`;

/** The Multiboot header of a file, or null when it has none. */
export function findMultibootHeader(file: Uint8Array): MultibootHeader | null {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const end = Math.min(file.length, SEARCH_BYTES);
  for (let offset = 0; offset + 12 <= end; offset += 4) {
    if (view.getUint32(offset, true) !== HEADER_MAGIC) continue;
    const flags = view.getUint32(offset + 4, true);
    const checksum = view.getUint32(offset + 8, true);
    if ((HEADER_MAGIC + flags + checksum) % 2 ** 32 === 0) return { offset, flags };
  }
  return null;
}

/**
 * Reads a Multiboot image: an ELF file of either class, or any file whose header says where to load
 * it.
 *
 * @param path - for messages
 * @throws {FatalError} when it cannot be loaded, or demands what is not there
 */
export function readMultibootImage(
  file: Uint8Array,
  path: string,
  header: MultibootHeader,
): BootImage {
  const { flags } = header;
  const demands = flags & HeaderFlag.Demands & ~UNDERSTOOD;
  if (demands !== 0) {
    fatal(`${path} demands what Multiboot 1 does not know (flags ${hex(demands)} of its header)`);
  }
  if ((flags & HeaderFlag.VideoMode) !== 0) {
    warn(`${path} asks for a video mode, but there is no display`);
  }
  const common = { format: 'multiboot', mode: 'protected' } as const;
  if ((flags & HeaderFlag.HasAddresses) !== 0) {
    return { ...common, ...readByAddresses(file, path, header) };
  }
  if (!isElf(file)) {
    fatal(`${path} has a Multiboot header, but is no ELF file and does not say where to load it`);
  }
  const { entry, segments } = readElfImage(file, path);
  if (entry >= 2 ** 32) fatal(`${path} begins at ${hex(entry)}, which 32-bit code cannot reach`);
  return { ...common, entry, segments };
}

/** Reads an image whose header holds the addresses: `header_addr` to `entry_addr`. */
function readByAddresses(
  file: Uint8Array,
  path: string,
  { offset }: MultibootHeader,
): { readonly entry: Addr; readonly segments: readonly LoadSegment[] } {
  if (offset + 32 > file.length) fatal(`${path} is truncated within its Multiboot header`);
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const field = (index: number): number => view.getUint32(offset + 12 + index * 4, true);
  const headerAddress = field(0);
  const loadAddress = field(1);
  const loadEnd = field(2);
  const bssEnd = field(3);
  const entry = field(4);
  const damaged = (why: string): never => fatal(`${path} has a damaged Multiboot header: ${why}`);
  const start = offset - (headerAddress - loadAddress);
  if (headerAddress < loadAddress || start < 0) {
    damaged(`it is at ${hex(headerAddress)}, but loading begins at ${hex(loadAddress)}`);
  }
  const length = loadEnd === 0 ? file.length - start : loadEnd - loadAddress;
  if (length <= 0 || start + length > file.length) {
    damaged(`loading ends at ${hex(loadEnd)}, which is not in the file`);
  }
  const end = loadAddress + length;
  if (bssEnd !== 0 && bssEnd < end) damaged(`its bss ends at ${hex(bssEnd)}, before the data`);
  const memorySize = Math.max(bssEnd, end) - loadAddress;
  if (entry < loadAddress || entry >= loadAddress + memorySize) {
    damaged(`its entry point ${hex(entry)} is not in the image`);
  }
  const data = file.subarray(start, start + length);
  return { entry, segments: [{ address: loadAddress, data, memorySize }] };
}
