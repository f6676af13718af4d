import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE, Protection } from '../../src/se/layout';
import { UserMemory } from '../../src/se/userMemory';
import { anAddressSpace, type TestSpace } from '../support/se';

const BASE = 0x100_0000;
const PIECES = 24;
const HEAP_PIECES = 8;
const PROTECTIONS = [0, 1, 3, 5, 7];

/** In what pieces a program changes its memory, and how much there is. */
interface Scale {
  /** Bytes of a piece: a number of pages. */
  readonly piece: number;
  readonly memorySize: number;
}

const PAGES: Scale = { piece: PAGE_SIZE, memorySize: 0x40_0000 };
/** Walked through, these are parts of large pages, and need more than one. */
const PARTS_OF_LARGE_PAGES: Scale = { piece: 0x8_0000, memorySize: 0x400_0000 };

/** One piece as a program must find it. */
interface NaivePiece {
  protection: number;
  value: number;
}

/** The truth about an address space, one piece at a time. */
class NaiveSpace {
  readonly pages = new Map<number, NaivePiece>();
  readonly piece: number;
  heapEnd: number;

  constructor(piece: number) {
    this.piece = piece;
    this.heapEnd = this.at(PIECES);
  }

  /** The address of a piece. */
  at(index: number): number {
    return BASE + index * this.piece;
  }

  each(page: number, count: number, visit: (address: number) => void): void {
    for (let i = 0; i < count; i++) visit(this.at(page + i));
  }

  map(page: number, count: number, protection: number): void {
    this.each(page, count, address => this.pages.set(address, { protection, value: 0 }));
  }

  unmap(page: number, count: number): void {
    this.each(page, count, address => this.pages.delete(address));
  }

  /** Whether all of it is mapped; otherwise nothing changes. */
  protect(page: number, count: number, protection: number): boolean {
    const addresses: number[] = [];
    this.each(page, count, address => addresses.push(address));
    if (!addresses.every(address => this.pages.has(address))) return false;
    for (const address of addresses) {
      const entry = this.pages.get(address);
      if (entry !== undefined) entry.protection = protection;
    }
    return true;
  }

  /** Moves one piece, when it is there, over another. */
  move(from: number, to: number): boolean {
    const entry = this.pages.get(this.at(from));
    if (entry === undefined) return false;
    this.pages.delete(this.at(from));
    this.pages.set(this.at(to), entry);
    return true;
  }

  forget(page: number, count: number): void {
    this.each(page, count, address => {
      const entry = this.pages.get(address);
      if (entry !== undefined) entry.value = 0;
    });
  }

  setBreak(end: number): void {
    for (let page = this.#up(this.heapEnd); page < this.#up(end); page += this.piece) {
      this.pages.set(page, { protection: 3, value: 0 });
    }
    for (let page = this.#up(end); page < this.#up(this.heapEnd); page += this.piece) {
      this.pages.delete(page);
    }
    this.heapEnd = end;
  }

  #up(end: number): number {
    return BASE + Math.ceil((end - BASE) / this.piece) * this.piece;
  }
}

class Pair {
  readonly real: TestSpace;
  readonly naive: NaiveSpace;
  readonly memory: UserMemory;
  readonly total: number;

  constructor({ piece, memorySize }: Scale) {
    this.real = anAddressSpace({ memorySize });
    this.naive = new NaiveSpace(piece);
    this.memory = new UserMemory(this.real.space);
    this.total = this.real.allocator.freePages;
    this.real.space.startHeap(this.naive.at(PIECES));
  }
}

type Operation = (pair: Pair) => void;

const range = fc
  .tuple(fc.nat(PIECES - 1), fc.integer({ min: 1, max: 6 }))
  .map(([page, count]) => [page, Math.min(count, PIECES - page)] as const);
const protection = fc.constantFrom(...PROTECTIONS);

const map = fc
  .tuple(range, protection)
  .map(([[page, count], rights]): Operation => ({ real, naive }) => {
    const result = real.space.map({
      address: naive.at(page),
      length: count * naive.piece - 5,
      protection: rights,
      fixed: true,
    });
    expect(result).to.equal(naive.at(page));
    naive.map(page, count, rights);
  });

const unmap = range.map(([page, count]): Operation => ({ real, naive }) => {
  expect(real.space.unmap(naive.at(page), count * naive.piece)).to.equal(0);
  naive.unmap(page, count);
});

const protect = fc
  .tuple(range, protection)
  .map(([[page, count], rights]): Operation => ({ real, naive }) => {
    const result = real.space.protect(naive.at(page), count * naive.piece, rights);
    expect(result === 0).to.equal(naive.protect(page, count, rights));
  });

const forget = range.map(([page, count]): Operation => ({ real, naive }) => {
  real.space.discardContents(naive.at(page), count * naive.piece);
  naive.forget(page, count);
});

const move = fc
  .tuple(fc.nat(PIECES - 1), fc.nat(PIECES - 1))
  .map(([from, to]): Operation => ({ real, naive }) => {
    if (from === to) return;
    const { piece } = naive;
    const result = real.space.remap(naive.at(from), piece - 5, piece, true, naive.at(to));
    expect(result === naive.at(to)).to.equal(naive.move(from, to));
  });

const brk = fc
  .integer({ min: 0, max: HEAP_PIECES * PAGE_SIZE })
  .map((size): Operation => ({ real, naive }) => {
    const end = naive.at(PIECES) + inPieces(size, naive.piece);
    expect(real.space.setBreak(end)).to.equal(end);
    naive.setBreak(end);
  });

/** The heap's end may lie inside a page, but not inside a piece of several pages. */
function inPieces(size: number, piece: number): number {
  return piece === PAGE_SIZE ? size : Math.floor(size / PAGE_SIZE) * piece;
}

const store = fc
  .tuple(fc.nat(PIECES + HEAP_PIECES - 1), fc.integer({ min: 1, max: 1e9 }))
  .map(([page, value]): Operation => ({ memory, naive }) => {
    const address = naive.at(page);
    const entry = naive.pages.get(address);
    if (entry !== undefined && (entry.protection & Protection.Write) !== 0) {
      for (const place of placesIn(naive)) memory.writeInt32(address + place, value);
      entry.value = value;
    } else {
      expect(() => {
        memory.writeInt32(address + 8, value);
      }).to.throw();
    }
  });

/** Touches all pages that may be read, as a program that walks through its memory does. */
const walk = fc.constant<Operation>(({ real, naive }) => {
  for (const [address, entry] of [...naive.pages].sort(([a], [b]) => a - b)) {
    if (entry.protection === 0) continue;
    for (let page = address; page < address + naive.piece; page += PAGE_SIZE) {
      if (real.space.pageFor(page, 'read') < 0) expect.fail(`no page at ${page.toString(16)}`);
    }
  }
});

/** Offsets in a piece where its value is. */
function placesIn({ piece }: NaiveSpace): readonly number[] {
  return piece === PAGE_SIZE ? [8] : [8, piece / 2, piece - 4];
}

const operations = fc.array(fc.oneof(map, unmap, protect, move, forget, brk, store, store, walk), {
  maxLength: 40,
});
/** The same, in memory that all is there from the beginning, in large pages where that is possible. */
const operationsOnLargePages = fc
  .array(fc.oneof(map, unmap, protect, move, forget, store, walk), { maxLength: 12 })
  .map(sequence => [mapAll, walkAll, ...sequence]);

const mapAll: Operation = ({ real, naive }) => {
  const length = PIECES * naive.piece;
  real.space.map({
    address: BASE,
    length,
    protection: Protection.Read | Protection.Write,
    fixed: true,
  });
  naive.map(0, PIECES, Protection.Read | Protection.Write);
};

const walkAll: Operation = pair => {
  for (let page = BASE; page < pair.naive.at(PIECES); page += PAGE_SIZE) {
    pair.real.space.pageFor(page, 'write');
  }
};

function compare({ real, naive, memory }: Pair): void {
  for (let page = 0; page < PIECES + HEAP_PIECES; page++) {
    const address = naive.at(page);
    const entry = naive.pages.get(address);
    expect(real.space.areaAt(address)?.protection, address.toString(16)).to.equal(
      entry?.protection,
    );
    for (const place of placesIn(naive)) {
      if (entry === undefined || entry.protection === 0) {
        expect(real.space.pageTables.translate(address + place)).to.equal(-1);
      } else {
        expect(memory.readInt32(address + place)).to.equal(entry.value);
      }
    }
  }
}

function checkAreas({ real }: Pair): void {
  let previous: { end: number; protection: number; kind: string } | undefined;
  for (const area of real.space.areas) {
    expect(area.start).to.be.lessThan(area.end);
    if (previous !== undefined) {
      expect(area.start).to.be.at.least(previous.end);
      const alike = previous.protection === area.protection && previous.kind === area.kind;
      expect(alike && previous.end === area.start, 'neighbours alike').to.equal(false);
    }
    previous = area;
  }
}

function checkPages({ real }: Pair): void {
  const seen = new Set<number>();
  let mapped = 0;
  real.space.pageTables.forEachMapping(0, 2 ** 47, (_page, { physical, bytes }) => {
    for (let page = physical; page < physical + bytes; page += PAGE_SIZE) seen.add(page);
    mapped += bytes / PAGE_SIZE;
  });
  expect(mapped).to.equal(real.space.residentPages);
  expect(seen.size, 'no page mapped twice').to.equal(mapped);
}

function checkEnd({ real, total }: Pair): void {
  real.space.release();
  expect(real.space.residentPages).to.equal(0);
  expect(real.allocator.freePages).to.equal(total);
}

describe('AddressSpace against a page map', () => {
  it('agrees after any sequence of mmap, munmap, mprotect, mremap, madvise, brk and stores', () => {
    fc.assert(
      fc.property(operations, sequence => {
        const pair = new Pair(PAGES);
        for (const operation of sequence) {
          operation(pair);
          checkAreas(pair);
        }
        checkPages(pair);
        compare(pair);
        checkEnd(pair);
      }),
      { numRuns: 300 },
    );
  });

  it('agrees where the changes are to parts of large pages', () => {
    let large = 0;
    fc.assert(
      fc.property(operationsOnLargePages, sequence => {
        const pair = new Pair(PARTS_OF_LARGE_PAGES);
        for (const operation of sequence) {
          operation(pair);
          checkAreas(pair);
        }
        pair.real.space.pageTables.forEachMapping(0, 2 ** 47, (_page, { bytes }) => {
          if (bytes > PAGE_SIZE) large++;
        });
        checkPages(pair);
        compare(pair);
        checkEnd(pair);
      }),
      { numRuns: 20 },
    );
    expect(large, 'large pages').to.be.greaterThan(20);
  });
});
