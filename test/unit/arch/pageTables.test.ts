import { expect } from 'chai';
import fc from 'fast-check';
import {
  highHalfStart,
  PageFlags,
  PageTables,
  userHalfEnd,
  walkTo,
} from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';
import { FakePhysicalMemory } from './fakePhysicalMemory';

const PAGE = 4096;
const LARGE = 2 ** 21;
const { Present, Writable, User, NoExecute, Inaccessible, Accessed, Dirty } = PageFlags;
const RIGHTS = Writable | User | NoExecute;

function aTable(): { tables: PageTables; memory: FakePhysicalMemory } {
  const memory = new FakePhysicalMemory();
  return { tables: new PageTables(memory), memory };
}

/** Places near every kind of boundary: of tables of each level, and of both halves. */
const places = [
  ...[0, PAGE, LARGE - PAGE, LARGE, 2 ** 30 - PAGE, 2 ** 39 - PAGE, 2 ** 39],
  ...[userHalfEnd - 4 * PAGE, highHalfStart, -(2 ** 39), -LARGE, -4 * PAGE],
];
const address = fc
  .tuple(fc.constantFrom(...places), fc.nat(3))
  .map(([place, page]) => place + page * PAGE)
  .filter(at => at < userHalfEnd && (at !== 0 || !Object.is(at, -0)));
const pages = fc.integer({ min: 1, max: 6 });
const rights = fc.constantFrom(User, User | Writable, User | NoExecute, Writable | NoExecute);

type Action =
  | { readonly kind: 'map'; readonly at: number; readonly count: number; readonly flags: number }
  | { readonly kind: 'unmap'; readonly at: number; readonly count: number }
  | {
      readonly kind: 'protect';
      readonly at: number;
      readonly count: number;
      readonly flags: number;
    };

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('map' as const), at: address, count: pages, flags: rights }),
  fc.record({ kind: fc.constant('unmap' as const), at: address, count: pages }),
  fc.record({ kind: fc.constant('protect' as const), at: address, count: pages, flags: rights }),
);

function leavesHalf(at: number, count: number): boolean {
  const end = at + count * PAGE;
  return at >= 0 ? end > userHalfEnd : end > 0;
}

describe('PageTables', () => {
  it('agree with a map from pages to pages after any actions', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), actions => {
        const { tables, memory } = aTable();
        const expected = new Map<number, { physical: number; flags: number }>();
        let nextPhysical = 0x1_0000_0000;
        for (const each of actions) {
          const { at, count } = each;
          if (leavesHalf(at, count)) continue;
          const range = Array.from({ length: count }, (_, i) => at + i * PAGE);
          if (each.kind === 'map') {
            tables.map(at, nextPhysical, count * PAGE, each.flags);
            for (const [i, page] of range.entries()) {
              expected.set(page, { physical: nextPhysical + i * PAGE, flags: each.flags });
            }
            nextPhysical += count * PAGE;
          } else if (each.kind === 'unmap') {
            const removed = range.filter(page => expected.delete(page)).length;
            expect(tables.unmap(at, count * PAGE)).to.equal(removed * PAGE);
          } else {
            tables.protect(at, count * PAGE, each.flags);
            for (const page of range) {
              const entry = expected.get(page);
              if (entry !== undefined) entry.flags = each.flags;
            }
          }
        }
        for (const place of places) {
          for (let i = -1; i < 10; i++) {
            const page = place + i * PAGE;
            if (page >= userHalfEnd || page < highHalfStart || (place < 0 && page >= 0)) continue;
            const entry = expected.get(page);
            expect(tables.translate(page + 5)).to.equal(
              entry === undefined ? -1 : entry.physical + 5,
            );
            expect(tables.flagsOf(page) & RIGHTS).to.equal(entry?.flags ?? 0);
          }
        }
        const listed: number[] = [];
        tables.forEachMapping(0, userHalfEnd, page => listed.push(page));
        tables.forEachMapping(highHalfStart, -highHalfStart, page => listed.push(page));
        const ascending = (a: number, b: number): number => a - b;
        expect([...listed].sort(ascending)).to.deep.equal([...expected.keys()].sort(ascending));
        tables.unmap(0, userHalfEnd);
        tables.unmap(highHalfStart, -highHalfStart);
        expect(memory.pagesInUse, 'tables other than the root').to.equal(1);
      }),
    );
  });

  it('writes the entries that the manual says', () => {
    const { tables, memory } = aTable();
    tables.map(0x7f12_3456_7000, 0x12_3456_7000, PAGE, User | NoExecute);
    const step = (table: number, index: number): [number, number] => {
      const low = memory.load32(table + index * 8);
      return [low, memory.load32(table + index * 8 + 4)];
    };
    let table = tables.root;
    for (const index of [0xfe, 0x48, 0x1a2]) {
      const [low, high] = step(table, index);
      expect([low & 0xfff, high]).to.deep.equal([Present | Writable | User, 0]);
      table = low & ~0xfff;
    }
    const leaf = step(table, 0x167);
    expect(leaf).to.deep.equal([
      (0x3456_7000 | Present | User | Accessed | Dirty) >>> 0,
      (0x8000_0012 | 0) >>> 0,
    ]);
  });

  it('maps large pages and translates inside them', () => {
    const { tables, memory } = aTable();
    tables.mapLarge(-LARGE * 2, 0x4000_0000, LARGE * 2, Writable);
    expect(tables.translate(-5)).to.equal(0x4000_0000 + 2 * LARGE - 5);
    expect(tables.flagsOf(-5) & (PageFlags.Large | Writable)).to.equal(PageFlags.Large | Writable);
    expect(walkTo(memory, tables.root, -LARGE * 2)).to.equal(0x4000_0000);
    expect(() => tables.unmap(-LARGE, PAGE)).to.throw(PanicError, 'part of the large page');
    expect(() => {
      tables.map(-PAGE, 0, PAGE, User);
    }).to.throw(PanicError, 'large page');
    expect(tables.unmap(-LARGE, LARGE)).to.equal(LARGE);
    expect(tables.translate(-5)).to.equal(-1);
  });

  it('splits a large page into small ones that lead to the same places', () => {
    const { tables, memory } = aTable();
    expect(tables.isFree(LARGE)).to.equal(true);
    tables.mapLarge(LARGE, 0x4000_0000, LARGE, User | Writable | NoExecute);
    expect([tables.isFree(2 * LARGE - 1), tables.isLarge(2 * LARGE - 1)]).to.deep.equal([
      false,
      true,
    ]);
    expect(tables.isLarge(2 * LARGE)).to.equal(false);
    const before = tables.flagsOf(LARGE);
    tables.changes.clear();
    tables.splitLarge(LARGE + 5, memory.allocatePage());
    expect(tables.changes.items).to.have.length(1);
    expect([tables.isFree(LARGE), tables.isLarge(LARGE)]).to.deep.equal([false, false]);
    for (const at of [LARGE, LARGE + 77 * PAGE + 3, 2 * LARGE - 1]) {
      expect(tables.translate(at)).to.equal(0x4000_0000 + at - LARGE);
      expect(tables.flagsOf(at)).to.equal(before & ~PageFlags.Large);
    }
    expect(tables.unmap(LARGE + 5 * PAGE, PAGE)).to.equal(PAGE);
    expect(tables.unmap(LARGE, LARGE)).to.equal(LARGE - PAGE);
    expect(tables.isFree(LARGE)).to.equal(true);
  });

  it('splits a large page that may not be touched', () => {
    const { tables, memory } = aTable();
    tables.mapLarge(LARGE, 0x4000_0000, LARGE, User | Writable);
    tables.protect(LARGE, LARGE, User | Inaccessible);
    expect([tables.isLarge(LARGE), tables.translate(LARGE)]).to.deep.equal([true, -1]);
    tables.splitLarge(LARGE, memory.allocatePage());
    expect(tables.translate(LARGE)).to.equal(-1);
    tables.protect(LARGE + PAGE, PAGE, User);
    expect(tables.translate(LARGE + PAGE)).to.equal(0x4000_1000);
  });

  it('keeps what is behind an inaccessible page, and faults on it', () => {
    const { tables } = aTable();
    tables.map(0x1000, 0x9000, PAGE, User | Writable);
    tables.protect(0x1000, PAGE, User | Inaccessible);
    expect([tables.translate(0x1000), tables.flagsOf(0x1000)]).to.deep.equal([-1, 0]);
    tables.protect(0x1000, PAGE, User);
    expect(tables.translate(0x1000)).to.equal(0x9000);
    tables.protect(0x1000, PAGE, Inaccessible);
    expect(tables.unmap(0x1000, PAGE)).to.equal(PAGE);
  });

  it('moves mappings with their flags', () => {
    const { tables } = aTable();
    tables.map(0x1000, 0x9000, PAGE, User);
    tables.map(0x3000, 0xa000, PAGE, User | Writable);
    tables.map(0x10_0000, 0xb000, PAGE, User);
    expect(tables.move(0x1000, 0x10_0000, 3 * PAGE)).to.equal(2 * PAGE);
    const targets = [0, 1, 2].map(i => tables.translate(0x10_0000 + i * PAGE));
    expect(targets).to.deep.equal([0x9000, -1, 0xa000]);
    expect(tables.flagsOf(0x10_2000) & Writable).to.equal(Writable);
    expect(tables.translate(0x1000)).to.equal(-1);
    expect(() => tables.move(0x10_0000, 0x10_1000, 2 * PAGE)).to.throw(PanicError, 'overlap');
    tables.mapLarge(LARGE, 0x4000_0000, LARGE, User);
    expect(tables.move(LARGE, 8 * LARGE, LARGE)).to.equal(LARGE);
    expect(tables.translate(8 * LARGE + 5)).to.equal(0x4000_0005);
  });

  it('goes on with tables that were there before', () => {
    const { tables, memory } = aTable();
    tables.map(0x1000, 0x9000, PAGE, User);
    const again = new PageTables(memory, tables.root);
    expect(again.translate(0x1fff)).to.equal(0x9fff);
    again.dispose();
    expect(memory.pagesInUse).to.equal(0);
  });

  it('refuses ranges that are not pages or that leave their half', () => {
    const { tables } = aTable();
    const attempts: readonly (() => void)[] = [
      () => tables.map(1, 0, PAGE, User),
      () => tables.map(0, 1, PAGE, User),
      () => tables.map(0, 0, 5, User),
      () => tables.map(userHalfEnd - PAGE, 0, 2 * PAGE, User),
      () => tables.map(userHalfEnd, 0, PAGE, User),
      () => tables.unmap(-PAGE, 2 * PAGE),
      () => tables.unmap(highHalfStart - PAGE, PAGE),
      () => tables.unmap(0, -PAGE),
      () => tables.mapLarge(PAGE, 0, LARGE, User),
    ];
    for (const attempt of attempts) expect(attempt).to.throw(PanicError);
  });

  it('becomes present only when the rest of the entry is there', () => {
    const { tables, memory } = aTable();
    tables.map(0x1000, 0x1_0000_9000, PAGE, User);
    memory.log.length = 0;
    tables.map(0x1000, 0x2_0000_9000, PAGE, User);
    const values = memory.log.map(({ value }) => value);
    expect(values).to.deep.equal([0, 2, (0x9000 | Present | User | Accessed | Dirty) >>> 0]);
  });
});

describe('PageTableChanges', () => {
  const changed = (prepare: (tables: PageTables) => void, change: (tables: PageTables) => void) => {
    const { tables, memory } = aTable();
    prepare(tables);
    expect(tables.changes.isEmpty).to.equal(true);
    change(tables);
    return { tables, memory, items: tables.changes.items };
  };
  const onePage = (flags: number) => (tables: PageTables) => {
    tables.map(0x1000, 0x9000, PAGE, flags);
  };

  it('notes nothing when an entry becomes present or allows more', () => {
    const cases: readonly [number, (tables: PageTables) => void][] = [
      [User, tables => tables.map(0x2000, 0x9000, PAGE, User)],
      [User, tables => tables.protect(0x1000, PAGE, User | Writable)],
      [User | NoExecute, tables => tables.protect(0x1000, PAGE, User)],
      [Inaccessible, tables => tables.protect(0x1000, PAGE, User)],
    ];
    for (const [flags, change] of cases) {
      expect(changed(onePage(flags), change).items).to.deep.equal([]);
    }
  });

  it('notes an entry that leads elsewhere, allows less, or goes', () => {
    const changes: readonly ((tables: PageTables) => void)[] = [
      tables => tables.map(0x1000, 0xa000, PAGE, User | Writable),
      tables => tables.protect(0x1000, PAGE, User),
      tables => tables.protect(0x1000, PAGE, User | Writable | NoExecute),
      tables => tables.protect(0x1000, PAGE, Writable),
      tables => tables.protect(0x1000, PAGE, User | Inaccessible),
    ];
    for (const change of changes) {
      const { items, memory } = changed(onePage(User | Writable), change);
      expect(items).to.have.length(1);
      expect(items[0]! % PAGE).to.equal(8);
      expect(memory.isAllocated(items[0]! - 8)).to.equal(true);
    }
  });

  it('notes a table that was freed as a whole, and the entry that led to it', () => {
    const { items, memory } = changed(onePage(User), tables => tables.unmap(0x1000, PAGE));
    // Tables of three levels, and the entry of the root.
    expect(items.map(item => item % 8)).to.deep.equal([1, 1, 1, 0]);
    const whole = items.filter(item => item % 8 === 1).map(item => item - 1);
    expect(whole.map(table => memory.isAllocated(table))).to.deep.equal([false, false, false]);
  });

  it('notes many entries of one table as the whole table', () => {
    const { items } = changed(
      tables => tables.map(0, 0x10_0000, 512 * PAGE, User | Writable),
      tables => tables.protect(0, 512 * PAGE, User),
    );
    expect(items).to.have.length(1);
    expect(items[0]! % PAGE).to.equal(1);
  });

  it('stays small while nobody asks', () => {
    const { tables } = aTable();
    for (let i = 0; i < 3000; i++) {
      const at = (i % 7) * LARGE;
      tables.map(at, 0x9000, PAGE, User);
      tables.unmap(at, PAGE);
    }
    expect(tables.changes.items.length).to.be.at.most(10_000);
    expect(tables.changes.generation).to.be.at.least(3000);
    tables.changes.clear();
    expect(tables.changes.isEmpty).to.equal(true);
  });
});
