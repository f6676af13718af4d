import { expect } from 'chai';
import { HostMapping, pageSize, WrittenPages } from '../../../src/host/index';

/** So many stretches of memory the kernel reports at a time. */
const REPORTED = 4096;

describe('Pages that were written', () => {
  it('are all reported, however many stretches of memory they make', () => {
    const page = pageSize();
    const length = 5 * REPORTED * page;
    const memory = new HostMapping({ length, doing: 'mapping memory for a test' });
    const pages = WrittenPages.track(Number(memory.address), length);
    try {
      for (const count of [1, REPORTED - 1, REPORTED, REPORTED + 1, 2 * REPORTED]) {
        for (let i = 0; i < count; i++) memory.bytes[2 * i * page] = 1;
        // Undefined before Linux 6.7.
        const written = pages?.take();
        if (written === undefined) continue;
        const expected = Array.from({ length: count }, (_, i) => ({ first: 2 * i, count: 1 }));
        expect(written).to.deep.equal(expected);
      }
    } finally {
      pages?.dispose();
      memory.unmap();
    }
  });
});
