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
    expect(() => {
      allocator.loadState({ next: [0x3000], freed: [] });
    }).to.throw(FatalError);
    expect(() => {
      allocator.loadState({ next: [], freed: [] });
    }).to.throw(FatalError);
  });
});
