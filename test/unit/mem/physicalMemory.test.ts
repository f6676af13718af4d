import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { AddrRange, FatalError, PanicError } from '../../../src/base/index';
import { HostMapping, HUGE_PAGE_BYTES, MapFlag, Protection } from '../../../src/host/index';
import { RESERVE_BYTES } from '../../../src/mem/index';
import type { PhysicalMemory } from '../../../src/mem/index';
import { aClock, instantiated, messagesOf, SimpleMemory, System } from '../../support/memory';

type MemoryArgs = ConstructorParameters<typeof SimpleMemory>[0];
type SystemArgs = NonNullable<ConstructorParameters<typeof System>[0]>;

/** The physical memory of a system with these memories. */
function physicalMemory(memories: readonly MemoryArgs[], args: SystemArgs = {}): PhysicalMemory {
  const system = new System({
    clkDomain: aClock(),
    mem: memories.map(memory => new SimpleMemory(memory)),
    ...args,
  });
  instantiated(system);
  return system.simObject().physicalMemory;
}

const stripes = (start: number, size: number): AddrRange[] =>
  [0, 1, 2, 3].map(intlvMatch => new AddrRange({ start, size, masks: [64, 128], intlvMatch }));

const bounds = (ranges: readonly AddrRange[]): string[] => ranges.map(range => range.toString());

describe('PhysicalMemory', () => {
  it('has one store for each plain memory, by address', () => {
    const memory = physicalMemory([
      { range: new AddrRange(0x10000, 0x20000) },
      { range: new AddrRange(0, 0x8000) },
      { range: new AddrRange(0x8000, 0x10000) },
    ]);
    expect(bounds(memory.getBackingStore().map(store => store.range))).to.deep.equal([
      '[0x0:0x8000]',
      '[0x8000:0x10000]',
      '[0x10000:0x20000]',
    ]);
    expect(memory.totalSize()).to.equal(0x20000);
  });

  it('merges interleaved memories into one store, and keeps the order by address', () => {
    const memory = physicalMemory([
      { range: new AddrRange(0x3000, 0x4000) },
      ...stripes(0x1000, 0x1000).map(range => ({ range })),
      ...stripes(0x2000, 0x1000).map(range => ({ range })),
      { range: new AddrRange(0, 0x1000) },
    ]);
    expect(bounds(memory.getBackingStore().map(store => store.range))).to.deep.equal([
      '[0x0:0x1000]',
      '[0x1000:0x2000]',
      '[0x2000:0x3000]',
      '[0x3000:0x4000]',
    ]);
    expect(memory.totalSize()).to.equal(0x4000);
    expect(memory.isMemAddr(0x1040)).to.equal(true);
  });

  it('knows which addresses are memory', () => {
    const memory = physicalMemory([{ range: new AddrRange(0x1000, 0x2000) }]);
    expect([0xfff, 0x1000, 0x1fff, 0x2000].map(addr => memory.isMemAddr(addr))).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
  });

  it('rejects memories that overlap, and names both', () => {
    expect(() =>
      physicalMemory([{ range: '8KiB' }, { range: new AddrRange(0x1000, 0x3000) }]),
    ).to.throw(FatalError, /system\.mem1 overlaps .* system\.mem0/);
  });

  it('rejects a stripe that is missing', () => {
    const [a, b, c] = stripes(0, 0x1000).map(range => ({ range }));
    expect(() => physicalMemory([a, b, c])).to.throw(FatalError, 'Got 3 ranges');
  });

  it('rejects stripes that disagree on what they are', () => {
    const args = stripes(0, 0x1000).map((range, i) => ({ range, kvmMap: i !== 2 }));
    expect(() => physicalMemory(args)).to.throw(FatalError, 'must agree');
  });

  it('rejects a memory without addresses', () => {
    expect(() => physicalMemory([{ range: '0B' }])).to.throw(FatalError, 'is empty');
  });

  it('gives memories outside the map stores of their own, which may overlap', () => {
    const memory = physicalMemory([
      { range: '8KiB' },
      { range: '4KiB', inAddrMap: false, kvmMap: false },
    ]);
    const stores = memory.getBackingStore();
    expect(stores.map(store => [store.size, store.inAddrMap, store.kvmMap])).to.deep.equal([
      [4096, false, false],
      [8192, true, true],
    ]);
    expect(memory.totalSize()).to.equal(8192);
    memory.storeFor(0)!.bytes[0] = 1;
    expect(stores[0]!.bytes[0]).to.equal(0);
    expect(() => physicalMemory([{ range: stripes(0, 4096)[0]!, inAddrMap: false }])).to.throw(
      FatalError,
      'cannot be interleaved',
    );
  });

  it('refuses a stripe without the others', () => {
    const [first] = stripes(0x1000, 0x1000);
    expect(() => physicalMemory([{ range: first! }])).to.throw(FatalError, 'nobody has the others');
  });

  it('reports memories to firmware tables, interleaved ones merged', () => {
    const memory = physicalMemory([
      { range: new AddrRange(0, 0x1000) },
      { range: new AddrRange(0x1000, 0x2000), confTableReported: false },
      ...stripes(0x2000, 0x1000).map(range => ({ range })),
    ]);
    expect(bounds(memory.getConfAddrRanges())).to.deep.equal(['[0x0:0x1000]', '[0x2000:0x3000]']);
  });

  it('shows the bytes behind an address, as bytes, as words and to the host', () => {
    const memory = physicalMemory([{ range: new AddrRange(0x10000, 0x20000) }]);
    const block = memory.storeFor(0x12345)!;
    expect([block.range.start, block.start, block.end]).to.deep.equal([0x10000, 0x10000, 0x20000]);
    block.bytes.set([1, 2, 3, 4], 8);
    expect(block.u32[2]).to.equal(0x04030201);
    expect([block.bytes.length, block.u32.length]).to.deep.equal([0x10000, 0x4000]);
    expect(block.hostAddress % 4096n).to.equal(0n);
    expect(memory.storeFor(0x13000)).to.equal(block);
    expect(memory.storeFor(0xffff)).to.equal(undefined);
    expect(memory.storeFor(0x20000)).to.equal(undefined);
  });

  it('copies across neighbouring memories', () => {
    const memory = physicalMemory([
      { range: new AddrRange(0, 0x1000) },
      { range: new AddrRange(0x1000, 0x2000) },
    ]);
    memory.writeBytes(0xffe, Uint8Array.from([1, 2, 3, 4]));
    const target = new Uint8Array(6);
    memory.readBytes(0xffd, target);
    expect([...target]).to.deep.equal([0, 1, 2, 3, 4, 0]);
    memory.readBytes(0xffe, target, 4, 1);
    expect([...target]).to.deep.equal([0, 1, 2, 3, 1, 0]);
    expect(() => memory.writeBytes(0x1ffe, target)).to.throw(PanicError, 'no memory at 0x2000');
  });
});

describe('A backing store', () => {
  it('is a linear memory with a reserve behind guest memory', () => {
    const [store] = physicalMemory([{ range: '100kB' }]).getBackingStore();
    const { wasmMemory, reserve } = store!;
    expect(wasmMemory!.buffer).to.equal(store!.bytes.buffer);
    expect(reserve!.offset).to.equal(131072);
    expect(reserve!.bytes.length).to.equal(RESERVE_BYTES);
    expect(reserve!.bytes.byteOffset).to.equal(131072);
    expect(store!.bytes.length).to.equal(102400);
    reserve!.bytes[0] = 1;
    expect(store!.bytes.every(byte => byte === 0)).to.equal(true);
  });

  it('begins where a large page of the host does, whatever was mapped before it', () => {
    for (const length of [0x1_0000, 0x3_0000, 0x10_0000]) {
      const before = new HostMapping({ length });
      const [store] = physicalMemory([{ range: '8MiB' }]).getBackingStore();
      expect(store!.hostAddress % BigInt(HUGE_PAGE_BYTES)).to.equal(0n);
      before.unmap();
    }
    const mapped = physicalMemory([{ range: '8MiB' }], { mmapUsingNoreserve: true });
    expect(mapped.storeFor(0)!.hostAddress % BigInt(HUGE_PAGE_BYTES)).to.equal(0n);
    mapped.dispose();
  });

  it('begins where a large page does though a gap that does not comes first', () => {
    const flags = MapFlag.Private | MapFlag.Anonymous | MapFlag.NoReserve;
    const nothing = { protection: Protection.None, flags };
    const gap = new HostMapping({ ...nothing, length: 12 * 2 ** 30 });
    const below = new HostMapping({ ...nothing, length: 2 ** 35 });
    const end = gap.address + BigInt(gap.length);
    gap.unmap();
    const page = { ...nothing, flags: flags | MapFlag.FixedNoReplace, length: 4096 };
    const pages = [1n, 2n].map(n => new HostMapping({ ...page, address: end - n * 4096n }));
    const [store] = physicalMemory([{ range: '8MiB' }]).getBackingStore();
    expect(store!.hostAddress % BigInt(HUGE_PAGE_BYTES)).to.equal(0n);
    for (const mapping of [below, ...pages]) mapping.unmap();
  });

  it('of more than a linear memory can hold is a mapping, seen in blocks of 4 GiB', () => {
    const memory = physicalMemory([{ range: new AddrRange({ start: 0x1000, size: '5GiB' }) }]);
    const [store] = memory.getBackingStore();
    try {
      expect(store!.wasmMemory).to.equal(null);
      expect(store!.reserve).to.equal(null);
      expect(() => store!.bytes).to.throw(PanicError, 'too large');
      expect(store!.blocks.map(block => block.range.toString())).to.deep.equal([
        '[0x1000:0x100001000]',
        '[0x100001000:0x140001000]',
      ]);
      const border = 0x1_0000_1000;
      memory.writeBytes(border - 1, Uint8Array.from([1, 2]));
      expect(memory.storeFor(border - 1)!.bytes[0xffffffff]).to.equal(1);
      expect(memory.storeFor(border)!.bytes[0]).to.equal(2);
      expect(memory.storeFor(border)!.hostAddress - store!.hostAddress).to.equal(2n ** 32n);
      memory.storeFor(border)!.u32[1] = 7;
      expect(memory.storeFor(border)!.bytes[4]).to.equal(7);
    } finally {
      memory.dispose();
    }
  });

  it('of more than the host has is refused', () => {
    expect(() => physicalMemory([{ range: '4PiB' }])).to.throw(
      FatalError,
      /cannot provide \d+ bytes/,
    );
  });

  it('can do without a reservation of swap space, which is worth a warning', () => {
    let memory: PhysicalMemory | undefined;
    const messages = messagesOf(() => {
      memory = physicalMemory([{ range: '1MiB' }], { mmapUsingNoreserve: true });
    });
    expect(messages[0]).to.match(/^warn: Not reserving swap space/);
    memory!.writeBytes(0, Uint8Array.from([5]));
    expect(memory!.storeFor(0)!.bytes[0]).to.equal(5);
    memory!.dispose();
  });

  it('can be a shared memory segment that other processes see, each store at a page of its own', () => {
    const name = `mini-gem5-test-${String(process.pid)}`;
    const memory = physicalMemory([{ range: '5000B' }, { range: new AddrRange(8192, 12288) }], {
      sharedBackstore: `/${name}`,
      autoUnlinkSharedBackstore: true,
    });
    try {
      memory.writeBytes(1, Uint8Array.from([7]));
      memory.writeBytes(8192, Uint8Array.from([8, 9]));
      const segment = readFileSync(`/dev/shm/${name}`);
      expect(segment.length).to.equal(8192 + 4096);
      expect([segment[1], segment[8192], segment[8193]]).to.deep.equal([7, 8, 9]);
    } finally {
      memory.dispose();
    }
    expect(existsSync(`/dev/shm/${name}`)).to.equal(false);
  });
});
