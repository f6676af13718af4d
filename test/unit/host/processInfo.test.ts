import { expect } from 'chai';
import {
  close,
  HostMapping,
  mappingCount,
  open,
  openDescriptorCount,
  pageSize,
  Protection,
  residentMemoryBytes,
  virtualMemoryBytes,
} from '../../../src/host/index';

describe('processInfo', () => {
  it('knows a page size that memory can be mapped in', () => {
    const mapping = new HostMapping({ length: 1 });
    expect(Number(mapping.address) % pageSize()).to.equal(0);
    mapping.unmap();
    expect(pageSize()).to.be.at.least(4096);
  });

  it('counts open descriptors', () => {
    const before = openDescriptorCount();
    const fd = open('/dev/null');
    expect(openDescriptorCount()).to.equal(before + 1);
    close(fd);
    expect(openDescriptorCount()).to.equal(before);
  });

  it('counts mappings', () => {
    const countsOne = (): boolean => {
      const mapping = new HostMapping({ length: 1 });
      const before = mappingCount();
      // A page of other rights in the middle of a mapping splits it, so none can merge with ours.
      const inner = new HostMapping({ length: pageSize(), protection: Protection.Exec });
      const between = mappingCount();
      inner.unmap();
      const after = mappingCount();
      mapping.unmap();
      return between === before + 1 && after === before;
    };
    // V8 maps memory of its own whenever it likes: one undisturbed count of a few is proof enough.
    expect([1, 2, 3, 4, 5].some(countsOne)).to.equal(true);
  });

  it('sees memory in use, mapped and touched', () => {
    const size = virtualMemoryBytes();
    const resident = residentMemoryBytes();
    const length = 64 * 2 ** 20;
    const mapping = new HostMapping({ length });
    expect(virtualMemoryBytes() - size).to.be.at.least(length * 0.9);
    expect(residentMemoryBytes() - resident).to.be.below(length * 0.5);
    mapping.bytes.fill(1);
    expect(residentMemoryBytes() - resident).to.be.at.least(length * 0.9);
    mapping.unmap();
  });
});
