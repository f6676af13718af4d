import { copyFileSync, readFileSync, renameSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { ChainImages, CheckpointError } from '../../src/checkpoint/index';
import { alter, IMAGE, withDirectory, writeTestCheckpoint } from '../support/checkpoints';

const aVersion = fc.record({
  pages: fc.array(fc.constantFrom(0, 0, 1, 2, 3), { minLength: 12, maxLength: 12 }),
  /** How many checkpoints before this one its parent was written. */
  back: fc.nat(2),
  isFull: fc.constantFrom(false, false, false, true),
});

describe('Remembering images instead of reading them', () => {
  it('gives the same increments, whichever the parents are', () => {
    withDirectory(folder => {
      let run = 0;
      fc.assert(
        fc.property(fc.array(aVersion, { minLength: 2, maxLength: 8 }), versions => {
          const images = new ChainImages();
          const base = join(folder, String(run++));
          for (const [i, { pages, back, isFull }] of versions.entries()) {
            const parent = isFull || i === 0 ? undefined : String(Math.max(0, i - 1 - back));
            const [here, there] = ['remembered', 'read'].map(kind =>
              writeTestCheckpoint(join(base, kind, String(i)), {
                ...(kind === 'remembered' && { images }),
                ...(parent !== undefined && { parent: join(base, kind, parent) }),
                pages,
              }),
            );
            for (const file of ['m5.cpt.pb', IMAGE]) {
              const bytes = readFileSync(join(here ?? '', file));
              expect(bytes.equals(readFileSync(join(there ?? '', file)))).to.equal(true);
            }
          }
        }),
        { numRuns: 40 },
      );
    });
  });

  const damages: Readonly<Record<string, (image: string) => void>> = {
    'cut off': image => {
      truncateSync(image, 4096);
    },
    replaced: image => {
      copyFileSync(image, `${image}.new`);
      alter(`${image}.new`, bytes => bytes.fill(7, 2, 12));
      renameSync(`${image}.new`, image);
    },
  };
  for (const [how, damage] of Object.entries(damages)) {
    it(`does not go on where the image that was just written has been ${how}`, () => {
      withDirectory(folder => {
        const images = new ChainImages();
        const parent = writeTestCheckpoint(join(folder, 'parent'), { images });
        damage(join(parent, IMAGE));
        const increment = (): unknown =>
          writeTestCheckpoint(join(folder, 'child'), { images, parent, pages: [1, 5, 2] });
        expect(increment).to.throw(CheckpointError, join(parent, IMAGE));
      });
    });
  }
});
