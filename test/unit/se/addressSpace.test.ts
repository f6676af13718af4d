import { expect } from 'chai';
import { Errno } from '../../../src/host/index';
import { PAGE_SIZE, Protection, STACK_TOP, USER_END } from '../../../src/se/layout';
import { NO_PAGE } from '../../../src/se/pageAllocator';
import { UserMemory } from '../../../src/se/userMemory';
import { anAddressSpace, ArrayBacking } from '../../support/se';

const RW = Protection.Read | Protection.Write;
const FIXED = 0x40_0000;

describe('AddressSpace', () => {
  it('gives no memory to a mapping before it is touched', () => {
    const { space, allocator } = anAddressSpace();
    const before = allocator.freePages;
    const address = space.map({ address: 0, length: 0x100_0000_0000, protection: Protection.None });
    expect(address).to.be.greaterThan(0);
    expect(allocator.freePages).to.equal(before);
    expect(space.residentPages).to.equal(0);
  });

  it('brings more and more pages while a program walks through a mapping', () => {
    const { space } = anAddressSpace();
    const length = 0x40_0000;
    space.map({ address: FIXED, length, protection: RW, fixed: true });
    let faults = 0;
    for (let page = FIXED; page < FIXED + length; page += PAGE_SIZE) {
      if (space.pageTables.translate(page) !== -1) continue;
      expect(space.handleFault(page, 'write')).to.equal('resolved');
      faults++;
    }
    expect(space.residentPages).to.equal(length / PAGE_SIZE);
    expect(faults).to.be.lessThan(12);
  });

  describe('with large pages', () => {
    const LARGE = 0x20_0000;
    /** A walk through 16 MiB, and where large pages came in. */
    function walked(): ReturnType<typeof anAddressSpace> & { large: readonly number[] } {
      const test = anAddressSpace({ memorySize: 20 * LARGE });
      const { space } = test;
      space.map({ address: FIXED, length: 8 * LARGE, protection: RW, fixed: true });
      const memory = new UserMemory(space);
      for (let page = FIXED; page < FIXED + 8 * LARGE; page += PAGE_SIZE) {
        memory.writeInt32(page, page);
      }
      const large: number[] = [];
      space.pageTables.forEachMapping(FIXED, 8 * LARGE, (page, { bytes }) => {
        if (bytes === LARGE) large.push(page);
      });
      return { ...test, large };
    }

    it('brings them to a program that walks through a mapping', () => {
      const { space, large } = walked();
      expect(large.length).to.be.at.least(6);
      expect(space.residentPages).to.equal((8 * LARGE) / PAGE_SIZE);
    });

    it('can always give a part of one back, however little memory is left', () => {
      const { space, large, allocator } = walked();
      while (allocator.allocate() !== NO_PAGE);
      const [first = 0, second = 0] = large;
      expect(space.unmap(first + 5 * PAGE_SIZE, PAGE_SIZE)).to.equal(0);
      expect(space.protect(second + PAGE_SIZE, 2 * PAGE_SIZE, Protection.Read)).to.equal(0);
      expect(allocator.freePages).to.equal(1);
      const memory = new UserMemory(space);
      expect(memory.readInt32(first + 6 * PAGE_SIZE)).to.equal(first + 6 * PAGE_SIZE);
      expect(space.handleFault(first + 5 * PAGE_SIZE, 'read')).to.equal('unmapped');
      expect(space.handleFault(second + PAGE_SIZE, 'write')).to.equal('denied');
      expect(memory.readInt32(second + PAGE_SIZE)).to.equal(second + PAGE_SIZE);
    });

    it('resolves a fault that a stale translation of one causes, and leaves it whole', () => {
      const { space, large } = walked();
      const page = (large[0] ?? 0) + 7 * PAGE_SIZE;
      expect(space.handleFault(page, 'write')).to.equal('resolved');
      expect(space.pageTables.isLarge(page)).to.equal(true);
    });

    it('gives all of them back in the end', () => {
      const { space, allocator } = walked();
      space.unmap(FIXED + LARGE + PAGE_SIZE, 3 * LARGE);
      space.release();
      expect(space.residentPages).to.equal(0);
      // What is left is the root of the page tables.
      expect(allocator.freePages).to.equal(allocator.totalPages - 1);
    });
  });

  it('never brings pages outside the mapping that was touched', () => {
    const { space } = anAddressSpace();
    space.map({ address: FIXED, length: PAGE_SIZE * 3, protection: RW, fixed: true });
    const next = FIXED + PAGE_SIZE * 3;
    space.map({ address: next, length: PAGE_SIZE, protection: Protection.Read, fixed: true });
    space.handleFault(FIXED + PAGE_SIZE, 'read');
    expect(space.residentPages).to.equal(3);
    expect(space.pageTables.translate(next)).to.equal(-1);
  });

  it('tells unmapped addresses from forbidden accesses', () => {
    const { space } = anAddressSpace();
    space.map({ address: FIXED, length: PAGE_SIZE, protection: Protection.Read, fixed: true });
    expect(space.handleFault(FIXED, 'write')).to.equal('denied');
    expect(space.handleFault(FIXED, 'execute')).to.equal('denied');
    expect(space.handleFault(FIXED, 'read')).to.equal('resolved');
    expect(space.handleFault(FIXED + PAGE_SIZE, 'read')).to.equal('unmapped');
    expect(space.handleFault(0, 'read')).to.equal('unmapped');
    expect(space.handleFault(-0x1000, 'read')).to.equal('unmapped');
    expect(space.handleFault(USER_END + 5, 'read')).to.equal('unmapped');
  });

  it('places mappings below the stack, downwards, without overlaps', () => {
    const { space } = anAddressSpace();
    const first = space.map({ address: 0, length: 5, protection: RW });
    const second = space.map({ address: 0, length: PAGE_SIZE + 1, protection: Protection.Read });
    expect(first).to.equal(space.mmapTop - PAGE_SIZE);
    expect(second).to.equal(first - 2 * PAGE_SIZE);
    expect(space.map({ address: FIXED + 5, length: 1, protection: RW })).to.equal(FIXED);
    expect(space.map({ address: FIXED, length: 1, protection: RW })).to.not.equal(FIXED);
  });

  it('uses a hole that is large enough again', () => {
    const { space } = anAddressSpace();
    const top = space.map({ address: 0, length: PAGE_SIZE * 4, protection: RW });
    space.map({ address: 0, length: PAGE_SIZE, protection: Protection.Read });
    expect(space.unmap(top + PAGE_SIZE, PAGE_SIZE)).to.equal(0);
    expect(space.map({ address: 0, length: PAGE_SIZE, protection: Protection.Execute })).to.equal(
      top + PAGE_SIZE,
    );
  });

  it('refuses what mmap refuses', () => {
    const { space } = anAddressSpace();
    const map = (address: number, length: number, more = {}): number =>
      space.map({ address, length, protection: Protection.Read, fixed: true, ...more });
    expect(map(FIXED, 0)).to.equal(-Errno.EINVAL);
    expect(map(FIXED + 1, 1)).to.equal(-Errno.EINVAL);
    expect(map(0x1000, 1)).to.equal(-Errno.EPERM);
    expect(map(USER_END - PAGE_SIZE, 2 * PAGE_SIZE)).to.equal(-Errno.ENOMEM);
    expect(map(FIXED, 1)).to.equal(FIXED);
    expect(map(FIXED, 1, { noReplace: true })).to.equal(-Errno.EEXIST);
  });

  it('refuses memory that plainly is not there, but reserves any amount', () => {
    const { space } = anAddressSpace({ memorySize: 0x10_0000 });
    const length = 0x20_0000;
    expect(space.map({ address: 0, length, protection: RW })).to.equal(-Errno.ENOMEM);
    const reserved = space.map({ address: 0, length, protection: Protection.None });
    expect(reserved).to.be.greaterThan(0);
    expect(space.protect(reserved, length, RW)).to.equal(-Errno.ENOMEM);
    expect(space.protect(reserved, 0x1_0000, RW)).to.equal(0);
    expect(space.map({ address: 0, length, protection: RW, noReserve: true })).to.be.greaterThan(0);
  });

  it('says so when all memory is used, and lets every page be used before', () => {
    const { space, allocator } = anAddressSpace({ memorySize: 0x8_0000 });
    space.map({ address: FIXED, length: 0x20_0000, protection: RW, fixed: true, noReserve: true });
    let page = FIXED;
    while (space.pageFor(page, 'write') !== NO_PAGE) page += PAGE_SIZE;
    expect(space.handleFault(page, 'write')).to.equal('out-of-memory');
    expect(allocator.freePages).to.equal(0);
    expect(space.residentPages).to.equal((page - FIXED) / PAGE_SIZE);
  });

  it('gives memory back when it is unmapped, zeroed for the next mapping', () => {
    const { space, allocator } = anAddressSpace();
    const memory = new UserMemory(space);
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    memory.writeInt32(FIXED, 42);
    const used = allocator.freePages;
    space.unmap(FIXED, PAGE_SIZE);
    expect(allocator.freePages).to.be.greaterThan(used);
    expect(space.handleFault(FIXED, 'read')).to.equal('unmapped');
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    expect(memory.readInt32(FIXED)).to.equal(0);
  });

  it('keeps the contents of pages that may not be touched for a while', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    space.map({ address: FIXED, length: PAGE_SIZE * 2, protection: RW, fixed: true });
    memory.writeInt32(FIXED, 42);
    expect(space.protect(FIXED, PAGE_SIZE, Protection.None)).to.equal(0);
    expect(space.handleFault(FIXED, 'read')).to.equal('denied');
    expect(space.pageTables.translate(FIXED)).to.equal(-1);
    expect(space.protect(FIXED, PAGE_SIZE, Protection.Read)).to.equal(0);
    expect(memory.readInt32(FIXED)).to.equal(42);
    expect(space.handleFault(FIXED, 'write')).to.equal('denied');
    expect(space.areas).to.have.length(2);
    space.protect(FIXED, PAGE_SIZE, RW);
    expect(space.areas).to.have.length(1);
  });

  it('refuses to protect a range with a hole', () => {
    const { space } = anAddressSpace();
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    expect(space.protect(FIXED, 2 * PAGE_SIZE, Protection.Read)).to.equal(-Errno.ENOMEM);
    expect(space.protect(FIXED + 1, PAGE_SIZE, Protection.Read)).to.equal(-Errno.EINVAL);
    expect(space.protect(FIXED + PAGE_SIZE, 0, Protection.Read)).to.equal(0);
  });

  it('resolves a fault of a page that is there already, as a stale translation causes it', () => {
    const { space } = anAddressSpace();
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    space.handleFault(FIXED, 'write');
    const before = space.residentPages;
    expect(space.handleFault(FIXED, 'write')).to.equal('resolved');
    expect(space.residentPages).to.equal(before);
  });

  it('forgets contents on MADV_DONTNEED', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    memory.writeInt32(FIXED, 42);
    expect(space.discardContents(FIXED, PAGE_SIZE)).to.equal(0);
    expect(memory.readInt32(FIXED)).to.equal(0);
    expect(space.discardContents(FIXED, 2 * PAGE_SIZE)).to.equal(-Errno.ENOMEM);
  });
});

describe('AddressSpace, heap and stack', () => {
  it('moves the break up and down, and leaves it where it cannot go', () => {
    const { space } = anAddressSpace({ memorySize: 0x10_0000 });
    space.startHeap(FIXED);
    expect(space.setBreak(0)).to.equal(FIXED);
    expect(space.setBreak(FIXED + 0x1234)).to.equal(FIXED + 0x1234);
    expect(space.handleFault(FIXED + 0x1fff, 'write')).to.equal('resolved');
    expect(space.handleFault(FIXED + 0x2000, 'write')).to.equal('unmapped');
    expect(space.setBreak(FIXED + 0x800_0000)).to.equal(FIXED + 0x1234);
    expect(space.setBreak(FIXED)).to.equal(FIXED);
    expect(space.handleFault(FIXED, 'write')).to.equal('unmapped');
    expect(space.areas).to.have.length(0);
  });

  it('stops the break before another mapping', () => {
    const { space } = anAddressSpace();
    space.startHeap(FIXED);
    const wall = FIXED + 4 * PAGE_SIZE;
    space.map({ address: wall, length: PAGE_SIZE, protection: RW, fixed: true });
    expect(space.setBreak(wall)).to.equal(FIXED);
    expect(space.setBreak(wall - PAGE_SIZE)).to.equal(wall - PAGE_SIZE);
  });

  it('grows the stack when it is touched, up to its limit', () => {
    const { space } = anAddressSpace({ maxStackSize: 0x10_0000 });
    space.mapStack(0x2_0000);
    expect(space.handleFault(STACK_TOP - 8, 'write')).to.equal('resolved');
    expect(space.handleFault(STACK_TOP - 0x5_0000, 'write')).to.equal('resolved');
    expect(space.handleFault(STACK_TOP - 0x10_0000, 'write')).to.equal('resolved');
    expect(space.handleFault(STACK_TOP - 0x10_0001, 'write')).to.equal('unmapped');
  });

  it('keeps a growing stack away from a mapping in its way', () => {
    const { space } = anAddressSpace({ maxStackSize: 0x40_0000 });
    space.mapStack(0x1000);
    const wall = STACK_TOP - 0x20_0000;
    space.map({ address: wall, length: PAGE_SIZE, protection: RW, fixed: true });
    expect(space.handleFault(wall + 0x8_0000, 'write')).to.equal('unmapped');
    expect(space.handleFault(wall + 0x18_0000, 'write')).to.equal('resolved');
  });
});

describe('AddressSpace, mremap', () => {
  it('shrinks and grows in place where there is room', () => {
    const { space } = anAddressSpace();
    space.map({ address: FIXED, length: 4 * PAGE_SIZE, protection: RW, fixed: true });
    expect(space.remap(FIXED, 4 * PAGE_SIZE, PAGE_SIZE, false)).to.equal(FIXED);
    expect(space.handleFault(FIXED + PAGE_SIZE, 'read')).to.equal('unmapped');
    expect(space.remap(FIXED, PAGE_SIZE, 8 * PAGE_SIZE, false)).to.equal(FIXED);
    expect(space.handleFault(FIXED + 7 * PAGE_SIZE, 'read')).to.equal('resolved');
    expect(space.areas).to.have.length(1);
  });

  it('moves the contents with a mapping, without copying them', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    space.map({ address: FIXED, length: PAGE_SIZE, protection: RW, fixed: true });
    space.map({ address: FIXED + PAGE_SIZE, length: 1, protection: Protection.Read, fixed: true });
    memory.writeInt32(FIXED + 8, 42);
    const physical = space.pageFor(FIXED, 'read');
    expect(space.remap(FIXED, PAGE_SIZE, 2 * PAGE_SIZE, false)).to.equal(-Errno.ENOMEM);
    const moved = space.remap(FIXED, PAGE_SIZE, 2 * PAGE_SIZE, true);
    expect(moved).to.not.equal(FIXED);
    expect(space.pageFor(moved, 'read')).to.equal(physical);
    expect(memory.readInt32(moved + 8)).to.equal(42);
    expect(memory.readInt32(moved + PAGE_SIZE)).to.equal(0);
    expect(space.handleFault(FIXED, 'read')).to.equal('unmapped');
  });

  it('moves to a given place, over what is there, and refuses an overlap', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    const target = FIXED + 0x10_0000;
    space.map({ address: FIXED, length: 2 * PAGE_SIZE, protection: RW, fixed: true });
    space.map({ address: target, length: PAGE_SIZE, protection: Protection.Read, fixed: true });
    memory.writeInt32(FIXED, 42);
    const overlap = FIXED + PAGE_SIZE;
    const size = 2 * PAGE_SIZE;
    expect(space.remap(FIXED, size, size, true, overlap)).to.equal(-Errno.EINVAL);
    expect(space.remap(FIXED, size, PAGE_SIZE, true, target)).to.equal(target);
    expect(memory.readInt32(target)).to.equal(42);
    expect(space.areas).to.have.length(1);
  });

  it('refuses a range that is not one mapping', () => {
    const { space } = anAddressSpace();
    expect(space.remap(FIXED, PAGE_SIZE, PAGE_SIZE, true)).to.equal(-Errno.EFAULT);
    expect(space.remap(FIXED + 1, PAGE_SIZE, PAGE_SIZE, true)).to.equal(-Errno.EINVAL);
  });
});

describe('AddressSpace, file mappings', () => {
  it('reads pages from the file when they are touched, and zeros behind its end', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    const contents = new Uint8Array(PAGE_SIZE + 100).fill(7);
    const backing = new ArrayBacking(contents);
    const length = 3 * PAGE_SIZE;
    space.map({ address: FIXED, length, protection: RW, fixed: true, backing });
    expect(backing.reads).to.deep.equal([]);
    expect(memory.readInt32(FIXED + PAGE_SIZE + 96)).to.equal(0x07070707);
    expect(memory.readInt32(FIXED + PAGE_SIZE + 100)).to.equal(0);
    expect(space.handleFault(FIXED + 2 * PAGE_SIZE, 'read')).to.equal('past-file');
  });

  it('begins at the offset, also in the parts of a mapping that was cut', () => {
    const { space } = anAddressSpace();
    const memory = new UserMemory(space);
    const contents = new Uint8Array(6 * PAGE_SIZE).map((_, i) => Math.floor(i / PAGE_SIZE));
    const backing = new ArrayBacking(contents);
    const request = { address: FIXED, length: 5 * PAGE_SIZE, protection: RW, fixed: true };
    space.map({ ...request, backing, fileOffset: PAGE_SIZE });
    space.unmap(FIXED + PAGE_SIZE, PAGE_SIZE);
    space.protect(FIXED + 3 * PAGE_SIZE, PAGE_SIZE, Protection.Read);
    const first = (page: number): number => memory.readInt32(FIXED + page * PAGE_SIZE) & 0xff;
    expect([first(0), first(2), first(3), first(4)]).to.deep.equal([1, 3, 4, 5]);
    expect(backing.users).to.equal(5);
    space.release();
    expect(backing.users).to.equal(1);
  });
});
