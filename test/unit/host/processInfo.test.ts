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
    // Neighbours of different rights do not merge; V8 maps and unmaps a few of its own meanwhile.
    const count = 200;
    const before = mappingCount();
    const mappings = Array.from(
      { length: count },
      (_, i) =>
        new HostMapping({
          length: pageSize(),
          protection: i % 2 === 0 ? Protection.Read : Protection.None,
        }),
    );
    const between = mappingCount();
    for (const mapping of mappings) mapping.unmap();
    expect(between - before).to.be.within(count / 2, count * 1.5);
    expect(between - mappingCount()).to.be.within(count / 2, count * 1.5);
  });

  it('sees memory in use, mapped and touched', () => {
    // Large, for the engine may free tens of mebibytes of its own at any time.
    const length = 256 * 2 ** 20;
    const size = virtualMemoryBytes();
    const resident = residentMemoryBytes();
    const mapping = new HostMapping({ length });
    expect(virtualMemoryBytes() - size).to.be.at.least(length * 0.7);
    expect(residentMemoryBytes() - resident).to.be.below(length * 0.3);
    mapping.bytes.fill(1);
    expect(residentMemoryBytes() - resident).to.be.at.least(length * 0.7);
    mapping.unmap();
  });
});
