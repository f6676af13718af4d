import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { NO_PAGE, PageAllocator } from '../../../src/se/pageAllocator';
import { ArrayMemory } from '../../support/se';

const memory = (): ArrayMemory => new ArrayMemory(0x10000);

describe('PageAllocator', () => {
  it('hands out every page of its ranges once, upwards, and then none', () => {
    const allocator = new PageAllocator(memory(), [
      { start: 0x1000, end: 0x3000 },
      { start: 0x8000, end: 0x9000 },
    ]);
    const pages = [allocator.allocate(), allocator.allocate(), allocator.allocate()];
    expect(pages).to.deep.equal([0x1000, 0x2000, 0x8000]);
    expect(allocator.allocate()).to.equal(NO_PAGE);
    expect(allocator.freePages).to.equal(0);
    expect(allocator.totalPages).to.equal(3);
  });

  it('rounds ranges inwards to whole pages', () => {
    const allocator = new PageAllocator(memory(), [{ start: 0x1001, end: 0x3fff }]);
    expect(allocator.totalPages).to.equal(1);
    expect(allocator.allocate()).to.equal(0x2000);
  });

  it('clears a page that came back before handing it out again', () => {
    const ram = memory();
    const allocator = new PageAllocator(ram, [{ start: 0, end: 0x1000 }]);
    const page = allocator.allocate();
    ram.bytes.fill(0xaa, page, page + 0x1000);
    allocator.free(page);
    expect(allocator.freePages).to.equal(1);
    expect(allocator.allocate()).to.equal(page);
    expect(ram.bytes.subarray(page, page + 0x1000).every(byte => byte === 0)).to.equal(true);
  });

  it('refuses ranges without a whole page', () => {
    expect(() => new PageAllocator(memory(), [{ start: 1, end: 0x1000 }])).to.throw(
      FatalError,
      /no memory/,
    );
  });

  it('goes on where a saved state left off', () => {
    const ranges = [{ start: 0, end: 0x5000 }];
    const first = new PageAllocator(memory(), ranges);
    const [a] = [first.allocate(), first.allocate(), first.allocate()];
    first.free(a);
    const second = new PageAllocator(memory(), ranges);
    second.loadState(first.saveState());
    expect(second.freePages).to.equal(first.freePages);
    for (;;) {
      const page = first.allocate();
      expect(second.allocate()).to.equal(page);
      if (page === NO_PAGE) break;
    }
  });

  it('refuses a state of other memory', () => {
    const allocator = new PageAllocator(memory(), [{ start: 0, end: 0x2000 }]);
    const none = { freed: [], freedLarge: [], setAside: 0 };
    expect(() => {
      allocator.loadState({ ...none, next: [0x3000] });
    }).to.throw(FatalError);
    expect(() => {
      allocator.loadState({ ...none, next: [] });
    }).to.throw(FatalError);
  });

  describe('with large pages', () => {
    const LARGE = 0x20_0000;
    const PER_LARGE = 512;
    const anAllocator = (): PageAllocator =>
      new PageAllocator(new ArrayMemory(3 * LARGE), [{ start: 0x3000, end: 3 * LARGE }]);
    const drain = (allocator: PageAllocator): number[] => {
      const pages: number[] = [];
      for (let page = allocator.allocate(); page !== NO_PAGE; page = allocator.allocate()) {
        pages.push(page);
      }
      return pages;
    };

    it('hands them out aligned, and uses what lies before them for single pages', () => {
      const allocator = anAllocator();
      const free = allocator.freePages;
      expect(allocator.allocateLarge()).to.equal(LARGE);
      expect(allocator.freePages).to.equal(free - PER_LARGE - 1);
      expect(allocator.allocate()).to.equal(0x3000);
      expect(allocator.allocate()).to.equal(0x4000);
    });

    it('keeps a page for each that is out, which only a split gets', () => {
      const allocator = anAllocator();
      const large = allocator.allocateLarge();
      expect(allocator.allocateLarge()).to.equal(2 * LARGE);
      expect(allocator.allocateLarge()).to.equal(NO_PAGE);
      const single = drain(allocator);
      expect(single).to.have.length(PER_LARGE - 3 - 2);
      const table = allocator.splitLarge();
      expect(single).not.to.include(table);
      allocator.freeLarge(large);
      expect(allocator.freePages).to.equal(PER_LARGE + 1);
      expect(new Set(drain(allocator)).size).to.equal(PER_LARGE + 1);
    });

    it('clears one that came back, and hands it out in single pages when there are no others', () => {
      const ram = new ArrayMemory(3 * LARGE);
      const allocator = new PageAllocator(ram, [{ start: 0, end: 3 * LARGE }]);
      const large = allocator.allocateLarge();
      ram.bytes.fill(0xaa, large, large + LARGE);
      allocator.freeLarge(large);
      expect(allocator.allocateLarge()).to.equal(large);
      expect(ram.bytes.subarray(large, large + LARGE).every(byte => byte === 0)).to.equal(true);
      ram.bytes.fill(0xaa, large, large + LARGE);
      allocator.freeLarge(large);
      const single = drain(allocator);
      expect(new Set(single).size).to.equal(3 * PER_LARGE);
      expect(ram.bytes.every(byte => byte === 0)).to.equal(true);
    });

    it('goes on where a saved state left off', () => {
      const first = anAllocator();
      first.allocateLarge();
      first.freeLarge(first.allocateLarge());
      const second = anAllocator();
      second.loadState(first.saveState());
      expect(second.freePages).to.equal(first.freePages);
      expect(second.splitLarge()).to.equal(first.splitLarge());
      expect(second.allocateLarge()).to.equal(first.allocateLarge());
      expect(drain(second)).to.deep.equal(drain(first));
    });
  });
});
