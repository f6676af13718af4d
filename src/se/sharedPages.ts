/**
 * Pages of files that a program has mapped with `MAP_SHARED`: each is in memory once, however many
 * mappings show it, and what the program stores there reaches the file: when the program asks for it
 * (msync), reads the file, unmaps the page or ends. A page whose stores have reached the file is
 * watched again for the next one.
 *
 * Source of the behaviour: mmap(2), msync(2).
 */
import { warnOnce, type Addr } from '../base/index';
import { PAGE_SIZE } from './layout';
import { NO_PAGE, type PageAllocator, type PhysicalBlock } from './pageAllocator';
import type { FileBacking } from './vma';

/** One page of a file. */
interface SharedPage {
  readonly physical: Addr;
  /** Which file, by its identity, and which page of it. */
  readonly file: string;
  readonly index: number;
  /** Mappings that show it. */
  users: number;
  /** What it was mapped with, which it holds: stores reach the file through it, when it is writable. */
  backing: FileBacking;
  /** The program may have stored to it since its contents were last the file's. */
  written: boolean;
}

/** A shared page as a checkpoint has it. */
export interface SharedPageState {
  readonly physical: Addr;
  /** Identity of the file. */
  readonly file: string;
  readonly index: number;
  readonly users: number;
  readonly written: boolean;
  readonly backing: FileBacking;
}

/** The shared pages of one address space. */
export class SharedPages {
  readonly #allocator: PageAllocator;
  readonly #blockOf: (physical: Addr) => PhysicalBlock;
  readonly #watch: (file: string, index: number) => void;
  readonly #byPhysical = new Map<Addr, SharedPage>();
  readonly #byFile = new Map<string, Map<number, SharedPage>>();
  /** Those that are written. */
  readonly #written = new Set<SharedPage>();

  /**
   * @param blockOf - the block of memory that holds a physical address
   * @param watch - sees to it that the next store to a page of a file is told to {@link written}
   */
  constructor(
    allocator: PageAllocator,
    blockOf: (physical: Addr) => PhysicalBlock,
    watch: (file: string, index: number) => void,
  ) {
    this.#allocator = allocator;
    this.#blockOf = blockOf;
    this.#watch = watch;
  }

  /**
   * What a checkpoint needs besides the contents of the pages, which reach their files first. Whoever
   * saves does not change the page tables, so pages stay written.
   */
  saveState(): SharedPageState[] {
    for (const page of this.#written) this.#store(page);
    return [...this.#byPhysical.values()].map(page => ({ ...page }));
  }

  /** Puts back what {@link saveState} gave, with the files that are open now. */
  loadState(pages: readonly SharedPageState[]): void {
    for (const state of pages) {
      state.backing.retain();
      const page = { ...state };
      const known = this.#byFile.get(page.file) ?? new Map<number, SharedPage>();
      this.#byFile.set(page.file, known.set(page.index, page));
      this.#byPhysical.set(page.physical, page);
      if (page.written) this.#written.add(page);
    }
  }

  /** Whether there are none, so that files need no attention. */
  get empty(): boolean {
    return this.#byPhysical.size === 0;
  }

  /**
   * The page of a file, for one more mapping.
   * @returns its physical address, {@link NO_PAGE} when memory is used up.
   */
  take(backing: FileBacking, index: number): Addr {
    const file = backing.identity;
    let pages = this.#byFile.get(file);
    const known = pages?.get(index);
    if (known !== undefined) {
      known.users++;
      return known.physical;
    }
    const physical = this.#allocator.allocate();
    if (physical === NO_PAGE) return NO_PAGE;
    if (pages === undefined) {
      pages = new Map();
      this.#byFile.set(file, pages);
    }
    backing.retain();
    const page: SharedPage = { physical, file, index, users: 1, backing, written: false };
    pages.set(index, page);
    this.#byPhysical.set(physical, page);
    this.#read(page);
    return physical;
  }

  /** The program is about to store to a page, through a mapping of `backing`. */
  written(physical: Addr, backing: FileBacking): void {
    const page = this.#byPhysical.get(physical);
    if (page === undefined || page.written) return;
    page.written = true;
    this.#written.add(page);
    if (page.backing.writable) return;
    backing.retain();
    page.backing.release();
    page.backing = backing;
  }

  /**
   * One mapping of a page is gone; the last one writes it back.
   * @returns whether the page was a shared one.
   */
  drop(physical: Addr): boolean {
    const page = this.#byPhysical.get(physical);
    if (page === undefined) return false;
    if (--page.users > 0) return true;
    if (this.#written.delete(page)) this.#store(page);
    page.backing.release();
    this.#byPhysical.delete(physical);
    const pages = this.#byFile.get(page.file);
    pages?.delete(page.index);
    if (pages?.size === 0) this.#byFile.delete(page.file);
    this.#allocator.free(physical);
    return true;
  }

  /** Brings a file up to date with what the program has stored. */
  writeBack(file: string): void {
    for (const page of this.#written) if (page.file === file) this.#clean(page);
  }

  /**
   * As {@link writeBack}, for a page that comes in while a call may be about to store to others: they
   * stay written.
   */
  copyBack(file: string): void {
    for (const page of this.#written) if (page.file === file) this.#store(page);
  }

  /** Brings all files up to date. */
  writeBackAll(): void {
    for (const page of this.#written) this.#clean(page);
  }

  /** Brings all files up to date, and lets go of them: the pages are not used any more. */
  closeFiles(): void {
    this.writeBackAll();
    for (const { backing } of this.#byPhysical.values()) backing.release();
  }

  /**
   * Brings pages up to date with their file, which has changed from `position` on: each through what
   * it was mapped with, for what the file was changed through need not be readable.
   */
  reload(file: string, position: number, length: number): void {
    for (const page of this.#byFile.get(file)?.values() ?? []) {
      const start = page.index * PAGE_SIZE;
      if (start + PAGE_SIZE > position && start < position + length) this.#read(page);
    }
  }

  #read({ backing, physical, index }: SharedPage): void {
    const { bytes, start } = this.#blockOf(physical);
    const offset = physical - start;
    const count = backing.read(bytes, offset, PAGE_SIZE, index * PAGE_SIZE);
    bytes.fill(0, offset + count, offset + PAGE_SIZE);
  }

  #clean(page: SharedPage): void {
    this.#written.delete(page);
    page.written = false;
    this.#watch(page.file, page.index);
    this.#store(page);
  }

  /** Stores a page to its file. */
  #store({ backing, physical, index }: SharedPage): void {
    const position = index * PAGE_SIZE;
    // What lies behind the end of the file is nobody's.
    const length = Math.min(PAGE_SIZE, backing.size() - position);
    if (length <= 0) return;
    const { bytes, start } = this.#blockOf(physical);
    if (backing.write(bytes, physical - start, length, position) === length) return;
    warnOnce(`write back ${backing.path}`, `what was stored to ${backing.path} in memory is lost`);
  }
}
