import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { AddrRange } from '../../src/base/index';
import { CheckpointSections, openCheckpoint, writeCheckpoint } from '../../src/checkpoint/index';
import { BackingStore } from '../../src/mem/backingStore';
import { StoreImage } from '../../src/mem/storeImage';
import { ImagePageBytes, type MemoryImage } from '../../src/sim/index';
import { IMAGE, withDirectory } from '../support/checkpoints';

const MiB = 1024 * 1024;

function aStore(size: number, noReserve = false): BackingStore {
  return new BackingStore({
    range: AddrRange.rangeSize(0x10_0000, size),
    name: 'memory',
    ...{ confTableReported: true, inAddrMap: true, kvmMap: true, noReserve },
  });
}

/** Saves a store's contents. @returns the image, as a restore gets it */
function save(store: BackingStore, directory: string, parent?: string): MemoryImage {
  const sections = new CheckpointSections(directory);
  sections.addMemoryImage(IMAGE, new StoreImage(store));
  writeCheckpoint({
    ...{ sections, parent, producer: 'a test', tick: 0 },
    ...{ ticksPerSecond: 1e12, configuration: '' },
  });
  return openCheckpoint(directory).sections.memoryImage(IMAGE);
}

/** Pages of a test: which of them, and what is in them. */
const writes = fc.array(fc.record({ page: fc.nat(255), byte: fc.nat(3), at: fc.nat(4095) }), {
  maxLength: 60,
});

function apply(
  store: BackingStore,
  list: readonly { page: number; byte: number; at: number }[],
): void {
  for (const { page, byte, at } of list) {
    store.bytes.fill(byte, page * ImagePageBytes + at, (page + 1) * ImagePageBytes);
  }
}

describe('The image of a backing store', () => {
  for (const noReserve of [false, true]) {
    const kind = noReserve ? 'a mapping' : 'linear memory';
    it(`of ${kind} restores to the same contents, through any chain of changes`, () => {
      withDirectory(folder => {
        let run = 0;
        fc.assert(
          fc.property(fc.array(writes, { minLength: 1, maxLength: 4 }), versions => {
            const base = join(folder, String(run++));
            const store = aStore(MiB, noReserve);
            let parent: string | undefined;
            for (const [i, list] of versions.entries()) {
              apply(store, list);
              const directory = join(base, String(i));
              const restored = aStore(MiB, noReserve);
              restored.restore(save(store, directory, parent));
              expect(Buffer.compare(restored.bytes, store.bytes)).to.equal(0);
              // What was restored is private: writing it changes neither the file nor the original.
              restored.bytes.fill(0xee, 0, MiB);
              parent = directory;
            }
            const last = aStore(MiB, noReserve);
            last.restore(openCheckpoint(parent ?? '').sections.memoryImage(IMAGE));
            expect(Buffer.compare(last.bytes, store.bytes)).to.equal(0);
          }),
          // Linear memory reserves gigabytes of addresses each time, which takes a while.
          { numRuns: noReserve ? 25 : 8 },
        );
      });
    });
  }

  it('saved right after a restore is the same, and the difference is nothing', () => {
    withDirectory(folder => {
      const store = aStore(MiB);
      apply(store, [
        { page: 3, byte: 1, at: 0 },
        { page: 100, byte: 2, at: 4000 },
      ]);
      const first = save(store, join(folder, 'a'));
      const restored = aStore(MiB);
      restored.restore(first);
      const again = save(restored, join(folder, 'b'));
      const runs = ({ pages }: MemoryImage): unknown =>
        pages.map(p => [p.first, p.count, p.offset]);
      expect(runs(again)).to.deep.equal(runs(first));
      expect([...new StoreImage(restored).changedPages(first)]).to.deep.equal([]);
      restored.bytes[100 * ImagePageBytes] = 9;
      restored.bytes.fill(0, 3 * ImagePageBytes, 4 * ImagePageBytes);
      restored.bytes[7 * ImagePageBytes] = 1;
      expect([...new StoreImage(restored).changedPages(first)]).to.deep.equal([
        { first: 3, count: 1, zero: true },
        { first: 7, count: 1, zero: false },
        { first: 100, count: 1, zero: false },
      ]);
    });
  });

  it('has memory that ends within a page', () => {
    withDirectory(folder => {
      const store = aStore(10_000);
      store.bytes.fill(7);
      const restored = aStore(10_000);
      restored.restore(save(store, join(folder, 'cpt')));
      expect(Buffer.compare(restored.bytes, store.bytes)).to.equal(0);
      expect(readdirSync(folder)).to.deep.equal(['cpt']);
    });
  });

  it('restores memory in more pieces than the kernel has mappings for', () => {
    withDirectory(folder => {
      const pages = 40_000;
      const store = aStore(pages * ImagePageBytes);
      for (let page = 0; page < pages; page += 2)
        store.bytes[page * ImagePageBytes + 5] = page & 0x7f;
      const restored = aStore(pages * ImagePageBytes);
      restored.restore(save(store, join(folder, 'cpt')));
      expect(Buffer.compare(restored.bytes, store.bytes)).to.equal(0);
    });
  });
});
