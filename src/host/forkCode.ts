/**
 * The call of `fork()` itself.
 *
 * V8 keeps its pages out of forked processes (`MADV_DONTFORK`), and a child without its heap dies at
 * once. The advice can be taken back, but V8 maps new pages so marked at any moment, even between
 * two calls made from JavaScript. So taking it back and forking is one piece of machine code, during
 * which no JavaScript runs.
 *
 * One `madvise` covers any range, whatever is mapped in it; only mappings that may not be inherited
 * by their kind (devices, the kernel's own pages) stop it. The code walks over a table of the ranges
 * between those.
 */
import { readFileSync } from 'node:fs';
import { Errno } from './errno';
import { lastErrno, libc, callCode } from './libc';
import { HostMapping, MemoryAdvice, Protection, protectMemory } from './memoryMap';

const PAGE_BYTES = 4096;
/** Where user space ends on x86-64. */
const END_OF_USER_SPACE = 0x7fff_ffff_f000n;

// The table: pairs of address and length, 8 bytes each; a pair of zeros; the address of fork().
const TABLE_WORDS = 2 * 512;
const MAX_RANGES = TABLE_WORDS / 2 - 2;

/** `int code(table)`: madvise() every range of the table, whatever comes of it, then fork(). */
const CODE = Uint8Array.from(
  [
    [0xf3, 0x0f, 0x1e, 0xfa], //             endbr64
    [0x53], //                               push rbx
    [0x48, 0x89, 0xfb], //                   mov  rbx, rdi
    [0x48, 0x8b, 0x3b], //             next: mov  rdi, [rbx]
    [0x48, 0x8b, 0x73, 0x08], //             mov  rsi, [rbx + 8]
    [0x48, 0x85, 0xf6], //                   test rsi, rsi
    [0x74, 0x12], //                         jz   done
    [0xba, MemoryAdvice.DoFork, 0, 0, 0], // mov  edx, MADV_DOFORK
    [0xb8, 28, 0, 0, 0], //                  mov  eax, 28             ; madvise
    [0x0f, 0x05], //                         syscall
    [0x48, 0x83, 0xc3, 0x10], //             add  rbx, 16
    [0xeb, 0xe2], //                         jmp  next
    [0x48, 0x8b, 0x43, 0x10], //       done: mov  rax, [rbx + 16]
    [0x5b], //                               pop  rbx
    [0xff, 0xe0], //                         jmp  rax                 ; fork()
  ].flat(),
);

let code: HostMapping | undefined;
const table = new BigUint64Array(TABLE_WORDS);

function codeAddress(): bigint {
  if (code === undefined) {
    const doing = 'preparing to fork';
    code = new HostMapping({ length: PAGE_BYTES, doing });
    code.bytes.set(CODE);
    protectMemory(code.address, PAGE_BYTES, Protection.Read | Protection.Exec, doing);
  }
  return code.address;
}

/**
 * Forks with all of this process's memory in the child, V8's heap included.
 *
 * @returns the child's number, 0 in the child, or the negated error number
 */
export function forkWithAllMemory(): number {
  const address = codeAddress();
  fillTable();
  const result = callCode(address, table);
  return result < 0 ? -lastErrno() : result;
}

/** Fills the table with the ranges between mappings that no advice changes. */
function fillTable(): void {
  let words = 0;
  let start = BigInt(PAGE_BYTES);
  const addRange = (end: bigint): void => {
    if (end <= start) return;
    table[words++] = start;
    table[words++] = end - start;
  };
  for (const [from, to] of unadvisableMappings().slice(0, MAX_RANGES - 1)) {
    addRange(from);
    start = to;
  }
  addRange(END_OF_USER_SPACE);
  table[words++] = 0n;
  table[words++] = 0n;
  table[words] = libc.fork;
}

/** The mappings that refuse the advice, in ascending order. */
function unadvisableMappings(): [bigint, bigint][] {
  const refusing: [bigint, bigint][] = [];
  for (const [, from, to] of readFileSync('/proc/self/maps', 'latin1').matchAll(
    /^([0-9a-f]+)-([0-9a-f]+) /gm,
  )) {
    const [start, end] = [BigInt(`0x${from ?? ''}`), BigInt(`0x${to ?? ''}`)];
    if (start >= END_OF_USER_SPACE) break;
    // SAFETY: the advice changes no contents, only whether a child has the pages.
    const result = libc.madvise(start, Number(end - start), MemoryAdvice.DoFork);
    // Something that was unmapped meanwhile is no obstacle.
    if (result < 0 && lastErrno() !== Errno.ENOMEM) refusing.push([start, end]);
  }
  return refusing;
}
