/**
 * What is in memory, page by page, at the speed of the memory and not of JavaScript: which pages were
 * ever touched, which are zero, which are the same.
 *
 * Source: proc_pid_pagemap(5); memcmp(3).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { libc, pointerOf } from './libc';
import { pageSize } from './processInfo';

/** The largest block that {@link isZeroMemory} takes, in bytes. */
export const ZERO_BLOCK_BYTES = 65536;

const zeros = new Uint8Array(ZERO_BLOCK_BYTES);
let zerosAddress: bigint | undefined;

/** Whether all of `length` bytes, at most {@link ZERO_BLOCK_BYTES}, are zero. */
export function isZeroMemory(address: number, length: number): boolean {
  zerosAddress ??= pointerOf(zeros);
  // SAFETY: the caller vouches for `length` readable bytes; `zeros` has as many.
  return libc.memcmp(address, zerosAddress, length) === 0;
}

/** Whether the bytes at two addresses are the same. */
export function sameMemory(a: number, b: number, length: number): boolean {
  // SAFETY: the caller vouches for `length` readable bytes at both.
  return libc.memcmp(a, b, length) === 0;
}

/** Bits 62 and 63 of an entry, seen from its upper half: swapped out, present. */
const TOUCHED_SHIFT = 30;
/** Bit 61, seen from its upper half: the page belongs to a file, or to shared memory. */
const FILE_BIT = 1 << 29;
const ENTRY_BYTES = 8;
const CHUNK_PAGES = 65536;

/** The upper halves of the pagemap's entries for a range; undefined where the kernel hides them. */
function* pagemap(address: number, length: number): Generator<Uint32Array | undefined> {
  const page = pageSize();
  const pages = Math.ceil(length / page);
  let descriptor: number;
  try {
    descriptor = openSync('/proc/self/pagemap', 'r');
  } catch {
    yield undefined;
    return;
  }
  try {
    const words = new Uint32Array(CHUNK_PAGES * 2);
    const bytes = new Uint8Array(words.buffer);
    for (let first = 0; first < pages; first += CHUNK_PAGES) {
      const count = Math.min(CHUNK_PAGES, pages - first) * ENTRY_BYTES;
      const position = (Math.floor(address / page) + first) * ENTRY_BYTES;
      if (readSync(descriptor, bytes, 0, count, position) !== count) {
        yield undefined;
        return;
      }
      yield words.subarray(0, count / 4);
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * For each page of a range, whether it matches; all of them where the kernel does not say.
 * @param matches - takes the upper half of the page's pagemap entry
 */
function pagesThat(
  address: number,
  length: number,
  matches: (entry: number) => boolean,
): Uint8Array {
  const result = new Uint8Array(Math.ceil(length / pageSize()));
  let at = 0;
  for (const entries of pagemap(address, length)) {
    if (entries === undefined) return result.fill(1);
    for (let i = 1; i < entries.length; i += 2) result[at++] = matches(entries[i] ?? 0) ? 1 : 0;
  }
  return result;
}

/**
 * Which pages of a range have ever been touched, so that memory is behind them: pages of private
 * anonymous memory that have not are zero, and pages of a private file mapping are the file's.
 *
 * @param address - of the range, a multiple of the page size
 * @returns one byte for each page: 1 or 0; all 1 where the kernel does not tell
 */
export function touchedPages(address: number, length: number): Uint8Array {
  return pagesThat(address, length, entry => entry >>> TOUCHED_SHIFT !== 0);
}

/**
 * Which pages of a range have memory of their own behind them, and not a file's: pages of a private
 * file mapping that have not are what the file has.
 *
 * @returns as {@link touchedPages}
 */
export function anonymousPages(address: number, length: number): Uint8Array {
  return pagesThat(
    address,
    length,
    entry => entry >>> TOUCHED_SHIFT !== 0 && (entry & FILE_BIT) === 0,
  );
}
