import type { PageTableMemory } from '../../../src/arch/x86/index';

const PAGE = 4096;

/** Physical pages that exist while they are allocated: any other access fails the test. */
export class FakePhysicalMemory implements PageTableMemory {
  /** Every store, in order. */
  readonly log: { readonly address: number; readonly value: number }[] = [];
  readonly #pages = new Map<number, Uint32Array>();
  readonly #freed: number[] = [];
  #next = 0x10_0000;

  get pagesInUse(): number {
    return this.#pages.size;
  }

  isAllocated(page: number): boolean {
    return this.#pages.has(page);
  }

  load32(address: number): number {
    const [page, index] = this.#place(address);
    return page[index]!;
  }

  store32(address: number, value: number): void {
    const [page, index] = this.#place(address);
    page[index] = value;
    this.log.push({ address, value });
  }

  allocatePage(): number {
    let page = this.#freed.pop();
    if (page === undefined) {
      page = this.#next;
      this.#next += PAGE;
    }
    this.#pages.set(page, new Uint32Array(PAGE / 4));
    return page;
  }

  freePage(address: number): void {
    if (!this.#pages.delete(address)) throw new Error(`page ${String(address)} was freed twice`);
    this.#freed.push(address);
  }

  #place(address: number): [Uint32Array, number] {
    const offset = address % PAGE;
    const page = this.#pages.get(address - offset);
    if (page === undefined || offset % 4 !== 0) throw new Error(`no word at ${String(address)}`);
    return [page, offset / 4];
  }
}
