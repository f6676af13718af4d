import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import {
  addressOf,
  adviseMemory,
  close,
  Errno,
  ErrnoError,
  HostMapping,
  hostResources,
  MapFlag,
  mapMemory,
  mappingCount,
  MAX_VIEW_BYTES,
  memoryFile,
  MemoryAdvice,
  populateMemory,
  openDescriptorCount,
  pageSize,
  Protection,
  protectMemory,
  tryPread,
  tryRead,
  unmapMemory,
  virtualMemoryBytes,
  writeFully,
} from '../../../src/host/index';

const PAGE = pageSize();

describe('memoryMap', () => {
  it('maps zeroed memory that JavaScript reads and writes in place', () => {
    const mapping = new HostMapping({ length: 2 * PAGE });
    expect(mapping.bytes.every(byte => byte === 0)).to.equal(true);
    mapping.bytes[PAGE] = 7;
    expect(addressOf(mapping.bytes)).to.equal(mapping.address);
    expect(new Uint8Array(mapping.view(PAGE, 1))[0]).to.equal(7);
    expect(Number(mapping.address) % PAGE).to.equal(0);
    mapping.unmap();
  });

  it('gives the address of the byte where a view begins', () => {
    const buffer = new ArrayBuffer(64);
    expect(addressOf(new DataView(buffer, 24)) - addressOf(new Uint8Array(buffer))).to.equal(24n);
  });

  it('keeps the address of a WebAssembly memory while it grows', () => {
    const { WebAssembly } = globalThis as unknown as {
      WebAssembly: {
        Memory: new (limits: { initial: number; maximum: number }) => {
          readonly buffer: ArrayBuffer;
          grow(pages: number): number;
        };
      };
    };
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 100 });
    const before = addressOf(new Uint8Array(memory.buffer));
    memory.grow(99);
    expect(addressOf(new Uint8Array(memory.buffer))).to.equal(before);
  });

  it('shows two shared mappings of one file the same bytes', () => {
    const fd = memoryFile('shared', PAGE);
    const one = new HostMapping({ fd, length: PAGE, flags: MapFlag.Shared });
    const two = new HostMapping({ fd, length: PAGE, flags: MapFlag.Shared });
    one.bytes[5] = 42;
    expect(two.bytes[5]).to.equal(42);
    one.unmap();
    two.unmap();
    close(fd);
  });

  it('keeps stores to a private file mapping out of the file', () => {
    const fd = memoryFile('private', 2 * PAGE);
    writeFully(fd, new Uint8Array(2 * PAGE).fill(1), 'testing');
    const mapping = new HostMapping({ fd, offset: PAGE, length: PAGE, flags: MapFlag.Private });
    expect(mapping.bytes[0]).to.equal(1);
    mapping.bytes[0] = 2;
    const back = new Uint8Array(1);
    tryPread(fd, back, 1, PAGE);
    expect(back[0]).to.equal(1);
    mapping.unmap();
    close(fd);
  });

  it('lays a file over part of memory that something else owns', () => {
    const fd = memoryFile('over', PAGE);
    writeFully(fd, new Uint8Array(PAGE).fill(9), 'testing');
    const block = new HostMapping({ length: 3 * PAGE });
    const { address } = block;
    const flags = MapFlag.Fixed | MapFlag.Private;
    const result = mapMemory({ fd, length: PAGE, flags, address: address + BigInt(PAGE) });
    close(fd);
    expect(result).to.equal(address + BigInt(PAGE));
    const at = (offset: number): number | undefined => block.bytes[offset];
    expect([at(PAGE - 1), at(PAGE), at(2 * PAGE - 1), at(2 * PAGE)]).to.deep.equal([0, 9, 9, 0]);
    block.unmap();
  });

  it('refuses to map over memory that is in use when told so', () => {
    const block = new HostMapping({ length: PAGE });
    const flags = MapFlag.FixedNoReplace | MapFlag.Anonymous | MapFlag.Private;
    expect(() => mapMemory({ length: PAGE, flags, address: block.address }))
      .to.throw(ErrnoError)
      .with.property('code', 'EEXIST');
    block.unmap();
  });

  it('says what could not be mapped and why', () => {
    expect(() => new HostMapping({ length: 0, doing: 'mapping nothing' })).to.throw(
      ErrnoError,
      'mmap failed while mapping nothing: Invalid argument (EINVAL)',
    );
    expect(() => new HostMapping({ length: 2 ** 50 }))
      .to.throw(ErrnoError)
      .with.property('code', 'ENOMEM');
  });

  it('empties private memory that is no longer wanted', () => {
    const mapping = new HostMapping({ length: PAGE });
    mapping.bytes.fill(1);
    adviseMemory(mapping.address, PAGE, MemoryAdvice.DontNeed, 'testing');
    expect(mapping.bytes.every(byte => byte === 0)).to.equal(true);
    mapping.unmap();
    expect(() => {
      adviseMemory(mapping.address, PAGE, MemoryAdvice.DontNeed, 'testing');
    }).to.throw(ErrnoError, 'madvise failed while testing: Cannot allocate memory (ENOMEM)');
  });

  it('brings pages in before they are touched', () => {
    const resident = (): number => Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
    const mapping = new HostMapping({ length: 8192 * PAGE });
    const before = resident();
    expect(populateMemory(mapping.address, mapping.length)).to.equal(true);
    // A garbage collection may give some back meanwhile.
    expect(resident() - before).to.be.greaterThan(4096);
    expect(mapping.bytes[5 * PAGE]).to.equal(0);
    expect(populateMemory(mapping.address + 1n, PAGE)).to.equal(false);
    mapping.unmap();
  });

  it('changes access rights', () => {
    const mapping = new HostMapping({ length: PAGE });
    const fd = memoryFile('source', PAGE);
    protectMemory(mapping.address, PAGE, Protection.Read, 'testing');
    // The kernel looks at the rights too, and says so without ending the process.
    expect(tryRead(fd, mapping.address, 1)).to.equal(-Errno.EFAULT);
    protectMemory(mapping.address, PAGE, Protection.Read | Protection.Write, 'testing');
    expect(tryRead(fd, mapping.address, 1)).to.equal(1);
    close(fd);
    mapping.unmap();
    expect(() => {
      protectMemory(mapping.address, PAGE, Protection.Read, 'testing');
    }).to.throw(ErrnoError, 'mprotect failed while testing: Cannot allocate memory (ENOMEM)');
  });

  it('shows parts of a block that is larger than one view can be', () => {
    const length = MAX_VIEW_BYTES + 4 * PAGE;
    const mapping = new HostMapping({
      length,
      flags: MapFlag.Anonymous | MapFlag.Private | MapFlag.NoReserve,
    });
    expect(() => mapping.buffer).to.throw(PanicError, 'one view shows at most');
    const last = new Uint8Array(mapping.view(length - PAGE, PAGE));
    last[PAGE - 1] = 3;
    expect(new Uint8Array(mapping.view(length - 1, 1))[0]).to.equal(3);
    expect(new Uint8Array(mapping.view(0, MAX_VIEW_BYTES)).length).to.equal(MAX_VIEW_BYTES);
    mapping.unmap();
  });

  it('hands out no view outside the block', () => {
    const mapping = new HostMapping({ length: PAGE });
    const bad = [
      [-1, 1],
      [0, PAGE + 1],
      [PAGE, 1],
      [NaN, 1],
      [0, -1],
    ] as const;
    for (const [offset, length] of bad)
      expect(() => mapping.view(offset, length), `${String(offset)}+${String(length)}`).to.throw(
        PanicError,
        'no bytes',
      );
    mapping.unmap();
  });

  it('unmaps once and hands out nothing afterwards', () => {
    const open = hostResources.size;
    const mapping = new HostMapping({ length: PAGE });
    expect(mapping.mapped).to.equal(true);
    mapping.bytes[0] = 1;
    mapping.unmap();
    // The address may be another's now: a second unmap must not touch it.
    const flags = MapFlag.FixedNoReplace | MapFlag.Anonymous | MapFlag.Private;
    const other = new HostMapping({ length: PAGE, flags, address: mapping.address });
    mapping.dispose();
    mapping.unmap();
    other.bytes[0] = 2;
    other.unmap();
    expect(mapping.mapped).to.equal(false);
    expect(() => mapping.bytes).to.throw(PanicError, 'after it was unmapped');
    expect(() => mapping.buffer).to.throw(PanicError, 'after it was unmapped');
    expect(() => mapping.view(0, 1)).to.throw(PanicError, 'after it was unmapped');
    expect(hostResources.size).to.equal(open);
  });

  it('reports a range that cannot be unmapped', () => {
    expect(() => {
      unmapMemory(1n, PAGE, 'testing');
    }).to.throw(ErrnoError, 'munmap failed while testing: Invalid argument (EINVAL)');
  });

  it('is back to where it was after 500 rounds', () => {
    const round = (): void => {
      const fd = memoryFile('round', PAGE);
      const shared = new HostMapping({ fd, length: PAGE, flags: MapFlag.Shared });
      const large = new HostMapping({ length: 64 * 2 ** 20 });
      shared.bytes[0] = 1;
      large.bytes[0] = 1;
      expect(() => new HostMapping({ fd: -1, length: PAGE, flags: MapFlag.Shared })).to.throw();
      shared.dispose();
      large.dispose();
      close(fd);
    };
    for (let warmUp = 0; warmUp < 50; warmUp++) round();
    const before = { fds: openDescriptorCount(), maps: mappingCount(), size: virtualMemoryBytes() };
    for (let i = 0; i < 500; i++) round();
    expect(openDescriptorCount()).to.equal(before.fds);
    // The engine's own heap may take or give back a few mappings; 500 lost ones would show.
    expect(mappingCount() - before.maps).to.be.below(50);
    expect(virtualMemoryBytes() - before.size).to.be.below(500 * 2 ** 20);
  });
});
