import { expect } from 'chai';
import fc from 'fast-check';
import { layOutBatch } from '../../../src/checkpoint/imageLayout';
import { CHECKSUM_BYTES, parseVarint, varint } from '../../../src/checkpoint/record';
import { ImagePageBytes } from '../../../src/sim/index';

describe('The layout of a record with pages', () => {
  it('puts the pages at a page border, with lengths that agree, wherever it begins', () => {
    fc.assert(
      fc.property(
        fc.nat(20_000_000),
        fc.nat(60_000),
        fc.integer({ min: 1, max: 4096 }),
        (start, fieldBytes, pages) => {
          const dataBytes = pages * ImagePageBytes;
          const fields = new Uint8Array(fieldBytes);
          const { head, structure } = layOutBatch(start, fields, dataBytes);
          const data = start + head.length + CHECKSUM_BYTES + structure.length;
          expect(data % ImagePageBytes).to.equal(0);
          const length = parseVarint(Uint8Array.from(head).subarray(1));
          expect(length?.value).to.equal(CHECKSUM_BYTES + structure.length + dataBytes);
          const batch = parseVarint(structure.subarray(1));
          const rest = structure.length - 1 - (batch?.length ?? 0);
          expect(batch?.value).to.equal(rest + dataBytes);
          // No more padding than it takes.
          expect(structure.length - fieldBytes).to.be.lessThan(2 * ImagePageBytes);
        },
      ),
    );
  });

  it('has varints that come back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), value => {
        const bytes = Uint8Array.from([...varint(value), 0xff]);
        expect(parseVarint(bytes)).to.deep.equal({ value, length: bytes.length - 1 });
      }),
    );
    expect(parseVarint(new Uint8Array(20).fill(0x80))).to.equal(undefined);
    expect(parseVarint(Uint8Array.of(0x80))).to.equal(undefined);
  });
});
