import { expect } from 'chai';
import fc from 'fast-check';
import { FatalError } from '../../src/base/index';
import { readBootImage } from '../../src/cpu/bareMetal/bootImage';
import { aMultibootHeader, anElfImage } from '../support/bootImages';
import { messagesOf } from '../support/memory';

const originals = [
  anElfImage({ padding: aMultibootHeader(3) }),
  anElfImage({ is64Bit: true, padding: aMultibootHeader() }),
  anElfImage(),
  anElfImage({ is64Bit: true }),
  Uint8Array.from([
    ...aMultibootHeader(1 << 16, [0x10_0000, 0x10_0000, 0x10_0021, 0x10_1000, 0x10_0020]),
    0xf4,
  ]),
];

const damage = fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { maxLength: 6 });

describe('Any damaged boot image', () => {
  it('is read within its bounds, or refused with one line', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...originals), damage, fc.nat(200), (original, changes, cut) => {
        const file = original.slice(0, Math.max(original.length - cut, 1));
        for (const [at, value] of changes) if (at < file.length) file[at] = value;
        messagesOf(() => {
          try {
            const { entry, segments } = readBootImage(file, 'image', 0x7c00);
            expect(segments).not.to.be.empty;
            let end = 0;
            for (const { address, data, memorySize } of segments) {
              expect(address).to.be.at.least(end);
              expect(memorySize).to.be.at.least(data.length).and.at.least(1);
              expect(data.byteOffset + data.length).to.be.at.most(file.length + file.byteOffset);
              end = address + memorySize;
              expect(end).to.be.at.most(2 ** 52);
            }
            expect(
              segments.some(s => entry >= s.address && entry < s.address + s.memorySize),
            ).to.equal(true);
          } catch (error) {
            if (!(error instanceof FatalError)) throw error;
            expect(error.message).not.to.contain('\n');
            refused++;
          }
        });
      }),
      { numRuns: 2000 },
    );
    expect(refused).to.be.greaterThan(100);
  });
});
