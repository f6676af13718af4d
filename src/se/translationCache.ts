/**
 * Translations of a program's addresses that were needed lately. A walk through page tables takes ten
 * times as long as a look here, and system calls touch the same few pages again and again.
 */
import type { PageTableChanges } from '../arch/x86/index';
import type { Addr } from '../base/index';
import { NO_PAGE } from './pageAllocator';

/** Entries; neighbouring pages go to different ones. */
const SIZE = 64;
const PAGE_SHIFT = 12;

/** Remembers where pages are, until the page tables change for the worse. */
export class TranslationCache {
  readonly #changes: PageTableChanges;
  readonly #pages = new Float64Array(SIZE).fill(-1);
  readonly #physical = new Float64Array(SIZE);
  #generation: number;

  constructor(changes: PageTableChanges) {
    this.#changes = changes;
    this.#generation = changes.generation;
  }

  /** Where a page lies, {@link NO_PAGE} when that is not remembered. */
  get(page: number): Addr {
    if (this.#generation !== this.#changes.generation) {
      this.#generation = this.#changes.generation;
      this.#pages.fill(-1);
      return NO_PAGE;
    }
    const index = (page >>> PAGE_SHIFT) & (SIZE - 1);
    return this.#pages[index] === page ? (this.#physical[index] ?? NO_PAGE) : NO_PAGE;
  }

  /** Remembers where a page lies. */
  set(page: number, physical: Addr): void {
    const index = (page >>> PAGE_SHIFT) & (SIZE - 1);
    this.#pages[index] = page;
    this.#physical[index] = physical;
  }
}
