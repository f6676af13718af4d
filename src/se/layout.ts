/**
 * The layout of a user address space of x86-64 Linux, with 4-level page tables and without address
 * space randomisation, so that every run of a program is the same.
 *
 * Source: Linux `arch/x86/include/asm/{page_64_types,processor,elf}.h`.
 */

/** Bytes in a page. */
export const PAGE_SIZE = 4096;
/** Bytes in a large page, which one entry of a page directory maps. */
export const LARGE_PAGE_SIZE = 0x20_0000;
/** Bytes above the last page that a user program may map. */
export const USER_END = 0x7fff_ffff_f000;
/** No mapping that a program asks for begins below this (Linux: `vm.mmap_min_addr`). */
export const LOWEST_MAPPING = 0x1_0000;
/** The stack ends here and grows down. */
export const STACK_TOP = 0x7fff_ffff_f000;
/** Kept free below the largest stack, so that running over it faults. */
export const STACK_GUARD = 0x10_0000;
/** A position-independent executable is loaded here. */
export const PIE_BASE = 0x5555_5555_4000;

/** Bytes of an address past the start of its page. */
export function pageOffset(address: number): number {
  return address & (PAGE_SIZE - 1);
}

/** The start of the page that holds `address`. */
export function pageDown(address: number): number {
  return address - pageOffset(address);
}

/** `address`, or the start of the next page when it is inside one. */
export function pageUp(address: number): number {
  const offset = pageOffset(address);
  return offset === 0 ? address : address + (PAGE_SIZE - offset);
}

/** What a program may do with a mapping (`PROT_*` of mmap). */
export const Protection = { None: 0, Read: 1, Write: 2, Execute: 4 } as const;
