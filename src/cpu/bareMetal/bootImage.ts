/** Programs for a machine without an operating system: what is in such a file. */
import { fatal } from '../../base/index';
import type { Addr } from '../../base/index';
import { isElf, readElfImage } from './elfImage';
import { findMultibootHeader, readMultibootImage, SEARCH_BYTES } from './multibootHeader';

/** How a program expects to find the processor. */
export type BootMode =
  /** 16 bits, as after reset. */
  | 'real'
  /** 32 bits, all segments flat, no paging. */
  | 'protected'
  /** 64 bits, memory mapped to its own addresses. */
  | 'long';

/** A part of a program that is loaded. */
export interface LoadSegment {
  /** Physical address of its first byte. */
  readonly address: Addr;
  /** What the file holds of it. */
  readonly data: Uint8Array;
  /** Bytes that it takes in memory; those beyond the data are zero. */
  readonly memorySize: number;
}

/** A program that can be loaded. */
export interface BootImage {
  readonly format: 'flat' | 'elf32' | 'elf64' | 'multiboot';
  readonly mode: BootMode;
  /** Physical address of the first instruction. */
  readonly entry: Addr;
  /** By ascending addresses, without overlaps; at least one. */
  readonly segments: readonly LoadSegment[];
}

/** One past the last address that a 16-bit program can begin at. */
const REAL_MODE_END = 0x10_0000;

/** What a user can say a file is. */
export const BOOT_FORMATS = ['auto', 'flat', 'elf', 'multiboot'] as const;

/** What a file is taken for; `auto` finds out. */
export type BootFormat = (typeof BOOT_FORMATS)[number];

/**
 * Reads a program. What it is `auto` says by its Multiboot header, else by the first word of an ELF
 * file; anything else is plain bytes of a 16-bit program.
 *
 * @param path - for messages
 * @param flatAddress - where plain bytes are loaded and begin to run
 * @throws {FatalError} when the file cannot be run, or is not of the format, saying why
 */
export function readBootImage(
  file: Uint8Array,
  path: string,
  flatAddress: Addr,
  format: BootFormat = 'auto',
): BootImage {
  if (file.length === 0) fatal(`${path} is empty; give an image to run`);
  const header = format === 'auto' || format === 'multiboot' ? findMultibootHeader(file) : null;
  if (header !== null) return readMultibootImage(file, path, header);
  if (format === 'multiboot') {
    fatal(`${path} has no Multiboot header in its first ${String(SEARCH_BYTES)} bytes`);
  }
  if (format !== 'flat' && isElf(file)) {
    const { is64Bit, entry, segments } = readElfImage(file, path);
    return is64Bit
      ? { format: 'elf64', mode: 'long', entry, segments }
      : { format: 'elf32', mode: 'protected', entry, segments };
  }
  if (format === 'elf') fatal(`${path} is no ELF file`);
  return readFlatImage(file, path, flatAddress);
}

function readFlatImage(file: Uint8Array, path: string, flatAddress: Addr): BootImage {
  if (flatAddress + file.length > REAL_MODE_END) {
    fatal(
      `${path} is taken for a 16-bit program, but its ${String(file.length)} ` +
        `bytes do not fit below 1 MiB from 0x${flatAddress.toString(16)} on`,
    );
  }
  const segments = [{ address: flatAddress, data: file, memorySize: file.length }];
  return { format: 'flat', mode: 'real', entry: flatAddress, segments };
}
