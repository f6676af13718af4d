import { expect } from 'chai';
import fc from 'fast-check';
import { PAGE_SIZE, pageUp, Protection } from '../../src/se/layout';
import { UserMemory } from '../../src/se/userMemory';
import { anAddressSpace, type TestSpace } from '../support/se';

const BASE = 0x100_0000;
const PAGES = 24;
const HEAP = BASE + PAGES * PAGE_SIZE;
const HEAP_PAGES = 8;
const PROTECTIONS = [0, 1, 3, 5, 7];

/** One page as a program must find it. */
interface NaivePage {
  protection: number;
  value: number;
}

/** The truth about an address space, one page at a time. */
class NaiveSpace {
  readonly pages = new Map<number, NaivePage>();
  heapEnd = HEAP;

  each(page: number, count: number, visit: (address: number) => void): void {
    for (let i = 0; i < count; i++) visit(BASE + (page + i) * PAGE_SIZE);
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

  /** Moves one page, when it is there, over another. */
  move(from: number, to: number): boolean {
    const entry = this.pages.get(BASE + from * PAGE_SIZE);
    if (entry === undefined) return false;
    this.pages.delete(BASE + from * PAGE_SIZE);
    this.pages.set(BASE + to * PAGE_SIZE, entry);
    return true;
  }

  forget(page: number, count: number): void {
    this.each(page, count, address => {
      const entry = this.pages.get(address);
      if (entry !== undefined) entry.value = 0;
    });
  }

  setBreak(end: number): void {
    for (let page = pageUp(this.heapEnd); page < pageUp(end); page += PAGE_SIZE) {
      this.pages.set(page, { protection: 3, value: 0 });
    }
    for (let page = pageUp(end); page < pageUp(this.heapEnd); page += PAGE_SIZE) {
      this.pages.delete(page);
    }
    this.heapEnd = end;
  }
}

class Pair {
  readonly real: TestSpace = anAddressSpace({ memorySize: 0x40_0000 });
  readonly naive = new NaiveSpace();
  readonly memory = new UserMemory(this.real.space);
  readonly total = this.real.allocator.freePages;

  constructor() {
    this.real.space.startHeap(HEAP);
  }
}

type Operation = (pair: Pair) => void;

const range = fc
  .tuple(fc.nat(PAGES - 1), fc.integer({ min: 1, max: 6 }))
  .map(([page, count]) => [page, Math.min(count, PAGES - page)] as const);
const protection = fc.constantFrom(...PROTECTIONS);
const lengthOf = (count: number): number => count * PAGE_SIZE;
const addressOf = (page: number): number => BASE + page * PAGE_SIZE;

const map = fc
  .tuple(range, protection)
  .map(([[page, count], rights]): Operation => ({ real, naive }) => {
    const result = real.space.map({
      address: addressOf(page),
      length: lengthOf(count) - 5,
      protection: rights,
      fixed: true,
    });
    expect(result).to.equal(addressOf(page));
    naive.map(page, count, rights);
  });

const unmap = range.map(([page, count]): Operation => ({ real, naive }) => {
  expect(real.space.unmap(addressOf(page), lengthOf(count))).to.equal(0);
  naive.unmap(page, count);
});

const protect = fc
  .tuple(range, protection)
  .map(([[page, count], rights]): Operation => ({ real, naive }) => {
    const result = real.space.protect(addressOf(page), lengthOf(count), rights);
    expect(result === 0).to.equal(naive.protect(page, count, rights));
  });

const forget = range.map(([page, count]): Operation => ({ real, naive }) => {
  real.space.discardContents(addressOf(page), lengthOf(count));
  naive.forget(page, count);
});

const move = fc
  .tuple(fc.nat(PAGES - 1), fc.nat(PAGES - 1))
  .map(([from, to]): Operation => ({ real, naive }) => {
    if (from === to) return;
    const result = real.space.remap(addressOf(from), 5, PAGE_SIZE, true, addressOf(to));
    expect(result === addressOf(to)).to.equal(naive.move(from, to));
  });

const brk = fc.nat(HEAP_PAGES * PAGE_SIZE).map((size): Operation => ({ real, naive }) => {
  expect(real.space.setBreak(HEAP + size)).to.equal(HEAP + size);
  naive.setBreak(HEAP + size);
});

const store = fc
  .tuple(fc.nat(PAGES + HEAP_PAGES - 1), fc.integer({ min: 1, max: 1e9 }))
  .map(([page, value]): Operation => ({ memory, naive }) => {
    const address = addressOf(page);
    const entry = naive.pages.get(address);
    if (entry !== undefined && (entry.protection & Protection.Write) !== 0) {
      memory.writeInt32(address + 8, value);
      entry.value = value;
    } else {
      expect(() => {
        memory.writeInt32(address + 8, value);
      }).to.throw();
    }
  });

const operations = fc.array(fc.oneof(map, unmap, protect, move, forget, brk, store, store), {
  maxLength: 40,
});

function compare({ real, naive, memory }: Pair): void {
  for (let page = 0; page < PAGES + HEAP_PAGES; page++) {
    const address = addressOf(page);
    const entry = naive.pages.get(address);
    expect(real.space.areaAt(address)?.protection, address.toString(16)).to.equal(
      entry?.protection,
    );
    if (entry === undefined || entry.protection === 0) {
      expect(real.space.pageTables.translate(address)).to.equal(-1);
    } else {
      expect(memory.readInt32(address + 8)).to.equal(entry.value);
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

describe('AddressSpace against a page map', () => {
  it('agrees after any sequence of mmap, munmap, mprotect, mremap, madvise, brk and stores', () => {
    fc.assert(
      fc.property(operations, sequence => {
        const pair = new Pair();
        for (const operation of sequence) {
          operation(pair);
          checkAreas(pair);
        }
        compare(pair);
      }),
      { numRuns: 300 },
    );
  });

  it('gives every page back in the end', () => {
    fc.assert(
      fc.property(operations, sequence => {
        const pair = new Pair();
        for (const operation of sequence) operation(pair);
        pair.real.space.release();
        expect(pair.real.space.residentPages).to.equal(0);
        expect(pair.real.allocator.freePages).to.equal(pair.total);
      }),
      { numRuns: 100 },
    );
  });

  it('never maps a physical page twice', () => {
    fc.assert(
      fc.property(operations, sequence => {
        const pair = new Pair();
        for (const operation of sequence) operation(pair);
        const seen = new Set<number>();
        const { pageTables } = pair.real.space;
        pageTables.forEachMapping(0, 2 ** 47, (_page, { physical }) => {
          expect(seen.has(physical)).to.equal(false);
          seen.add(physical);
        });
        expect(seen.size).to.equal(pair.real.space.residentPages);
      }),
      { numRuns: 100 },
    );
  });
});
