/** Physical addresses of pages that were found lately, for accesses that generated code does not make. */

/** A power of 2. */
const ENTRIES = 256;
const PAGE = 4096;

/** One kind of access of one address space. */
export class PageCache {
  /** Virtual addresses of pages; NaN is equal to none. */
  readonly #virtual = new Float64Array(ENTRIES).fill(NaN);
  readonly #physical = new Float64Array(ENTRIES);

  /** @returns the physical address, or -1 when it is not known */
  find(page: number): number {
    const index = Math.floor(page / PAGE) & (ENTRIES - 1);
    return this.#virtual[index] === page ? (this.#physical[index] ?? -1) : -1;
  }

  add(page: number, physical: number): void {
    const index = Math.floor(page / PAGE) & (ENTRIES - 1);
    this.#virtual[index] = page;
    this.#physical[index] = physical;
  }

  clear(): void {
    this.#virtual.fill(NaN);
  }
}
