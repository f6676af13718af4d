import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { SimError } from '../../src/base/index';
import {
  CheckpointError,
  openCheckpoint,
  packCheckpoint,
  removeLeftovers,
  squashCheckpoint,
  unpackCheckpoint,
} from '../../src/checkpoint/index';
import { verifyImage } from '../../src/checkpoint/imageReader';
import { unserializeSection, type CheckpointValue } from '../../src/sim/index';
import {
  alter,
  contentOf,
  IMAGE,
  TestMemory,
  withDirectory,
  writeTestCheckpoint,
} from '../support/checkpoints';

const FILE = 'm5.cpt.pb';

/** Everything that a restore reads, pages included. */
function readAll(directory: string): Uint8Array {
  const { sections } = openCheckpoint(directory);
  verifyImage(join(directory, IMAGE), () => undefined);
  return contentOf(sections.memoryImage(IMAGE));
}

/** The checkpoint error that an action ends in. */
function errorOf(action: () => unknown): CheckpointError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(CheckpointError);
    return error as CheckpointError;
  }
  throw new Error('it did not fail');
}

describe('A checkpoint on disk', () => {
  it('gives back every kind of value', () => {
    const values: Record<string, CheckpointValue> = {
      yes: true,
      no: false,
      integer: -7,
      largest: Number.MAX_SAFE_INTEGER,
      least: Number.MIN_SAFE_INTEGER,
      real: 0.1,
      minusZero: -0,
      infinity: Infinity,
      huge: 1e300,
      word: 0xffff_ffff_ffff_fffen,
      zero: 0n,
      text: 'Grüße 🙂\n\0',
      empty: '',
      data: Uint8Array.of(0, 255, 1),
      nothing: new Uint8Array(0),
      integers: [1, -2, 3],
      reals: [1, 0.5, -Infinity],
      words: [1n, 1n << 63n],
      texts: ['a', '', 'b'],
      none: [],
    };
    withDirectory(folder => {
      const directory = writeTestCheckpoint(join(folder, 'cpt'), { values });
      const section = openCheckpoint(directory).sections.section('system');
      expect(Object.fromEntries(section ?? [])).to.deep.equal(values);
    });
  });

  it('gives back any numbers and words', () => {
    withDirectory(folder => {
      fc.assert(
        fc.property(
          fc.array(fc.double()),
          fc.array(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { minLength: 1 }),
          (numbers, words) => {
            const values = { numbers, words };
            const directory = writeTestCheckpoint(join(folder, 'cpt'), { values, pages: [] });
            const section = openCheckpoint(directory).sections.section('system');
            expect(section?.get('numbers')).to.deep.equal(numbers);
            expect(section?.get('words')).to.deep.equal(words);
          },
        ),
        { numRuns: 25 },
      );
    });
  });

  it('has the pages of memory, and takes no space for those that are zero', () => {
    withDirectory(folder => {
      const pages = [1, 2, ...new Array<number>(1000).fill(0), 3];
      const directory = writeTestCheckpoint(join(folder, 'cpt'), { pages });
      expect(readAll(directory)).to.deep.equal(new TestMemory(pages).content);
      expect(readFileSync(join(directory, IMAGE)).length).to.be.lessThan(5 * 4096);
    });
  });

  it('is the same, byte by byte, when the same is saved again', () => {
    withDirectory(folder => {
      const [a, b] = ['a', 'b'].map(name => writeTestCheckpoint(join(folder, name)));
      for (const name of [FILE, IMAGE]) {
        expect(readFileSync(join(a ?? '', name))).to.deep.equal(readFileSync(join(b ?? '', name)));
      }
    });
  });

  it('that is incremental has only what has changed, and its chain restores as one', () => {
    const page = fc.constantFrom(0, 0, 1, 2, 3);
    const memory = fc.array(page, { minLength: 24, maxLength: 24 });
    withDirectory(folder => {
      let run = 0;
      fc.assert(
        fc.property(fc.array(memory, { minLength: 1, maxLength: 5 }), versions => {
          const base = join(folder, String(run++));
          let parent: string | undefined;
          for (const [i, pages] of versions.entries()) {
            const directory = join(base, String(i));
            parent = writeTestCheckpoint(directory, {
              pages,
              ...(parent !== undefined && { parent }),
            });
            expect(readAll(parent)).to.deep.equal(new TestMemory(pages).content);
          }
        }),
        { numRuns: 30 },
      );
    });
  });

  it('names section and key of what a class does not find', () => {
    withDirectory(folder => {
      const { sections } = openCheckpoint(writeTestCheckpoint(join(folder, 'cpt')));
      const error = errorOf(() => {
        unserializeSection(sections, 'system', {
          serialize: () => undefined,
          unserialize: from => void from.number('question'),
        });
      });
      expect([error.section, error.key]).to.deep.equal(['system', 'question']);
      expect(errorOf(() => sections.memoryImage('other.img')).message).to.include('other.img');
    });
  });
});

describe('A damaged checkpoint', () => {
  for (const name of [FILE, IMAGE]) {
    it(`is refused whichever byte of ${name} has changed`, () => {
      withDirectory(folder => {
        const directory = writeTestCheckpoint(join(folder, 'cpt'), { pages: [1, 0, 2] });
        const path = join(directory, name);
        const good = readFileSync(path);
        // Every byte of the structure; of pages and padding, which are long, every 61st.
        for (
          let i = 0;
          i < good.length;
          i += i > 100 && i < good.length - 100 && name === IMAGE ? 61 : 1
        ) {
          const bad = Buffer.from(good);
          bad[i] = (bad[i] ?? 0) ^ (1 << (i % 8));
          writeFileSync(path, bad);
          const error = errorOf(() => readAll(directory));
          expect(error.file ?? error.section, error.message).not.to.equal(undefined);
        }
      });
    });

    it(`is refused at whichever length ${name} is cut off`, () => {
      withDirectory(folder => {
        const directory = writeTestCheckpoint(join(folder, 'cpt'), { pages: [1] });
        const path = join(directory, name);
        const good = readFileSync(path);
        for (
          let length = 0;
          length < good.length;
          length += name === IMAGE && length > 100 ? 37 : 1
        ) {
          writeFileSync(path, good.subarray(0, length));
          expect(errorOf(() => readAll(directory)).file).to.equal(path);
        }
        writeFileSync(path, Buffer.concat([good, Buffer.of(0)]));
        expect(errorOf(() => readAll(directory)).file).to.equal(path);
      });
    });
  }

  it('is refused when files of two checkpoints are mixed', () => {
    withDirectory(folder => {
      const [a, b] = [[1], [2]].map((pages, i) =>
        writeTestCheckpoint(join(folder, String(i)), { pages }),
      );
      cpSync(join(a ?? '', IMAGE), join(b ?? '', IMAGE));
      const error = errorOf(() => readAll(b ?? ''));
      expect(error.message).to.include('does not belong to');
    });
  });

  it('is refused when its parent is another than it was, or is gone', () => {
    withDirectory(folder => {
      const parent = writeTestCheckpoint(join(folder, 'parent'));
      const child = writeTestCheckpoint(join(folder, 'child'), { parent, pages: [1, 5, 2] });
      rmSync(parent, { recursive: true });
      expect(errorOf(() => readAll(child)).file).to.equal(join(parent, FILE));
      writeTestCheckpoint(parent, { tick: 5 });
      const { message } = errorOf(() => readAll(child));
      expect(message).to.equal(
        `${join(parent, FILE)}: it is not the checkpoint that ${child} builds upon`,
      );
    });
  });

  it('never takes memory for lengths that are lies', () => {
    withDirectory(folder => {
      const directory = writeTestCheckpoint(join(folder, 'cpt'));
      const huge = Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]);
      for (const name of [FILE, IMAGE]) {
        alter(join(directory, name), bytes => Buffer.concat([huge, bytes]));
        const error = errorOf(() => readAll(directory));
        expect([error.file, error.offset]).to.deep.equal([join(directory, name), 0]);
        alter(join(directory, name), bytes => bytes.subarray(huge.length));
      }
      readAll(directory);
    });
  });
});

describe('Writing a checkpoint', () => {
  it('replaces an older one as a whole, and leaves nothing else', () => {
    withDirectory(folder => {
      const directory = join(folder, 'cpt');
      writeTestCheckpoint(directory, { pages: [1] });
      writeTestCheckpoint(directory, { pages: [7] });
      expect(readAll(directory)).to.deep.equal(new TestMemory([7]).content);
      expect(readdirSync(folder)).to.deep.equal(['cpt']);
    });
  });

  it('refuses to replace what is no checkpoint', () => {
    withDirectory(folder => {
      writeFileSync(join(folder, 'file'), '');
      mkdirSync(join(folder, 'other'));
      writeFileSync(join(folder, 'other', 'thesis.tex'), '');
      for (const name of ['file', 'other']) {
        const error = errorOf(() => writeTestCheckpoint(join(folder, name)));
        expect(error.file).to.equal(join(folder, name));
      }
      expect(existsSync(join(folder, 'other', 'thesis.tex'))).to.equal(true);
    });
  });

  it('refuses to replace a checkpoint that it builds upon', () => {
    withDirectory(folder => {
      const parent = writeTestCheckpoint(join(folder, 'cpt'));
      const error = errorOf(() => writeTestCheckpoint(parent, { parent }));
      expect(error.message).to.include('builds upon');
      readAll(parent);
    });
  });

  it('refuses to replace a checkpoint that one beside it builds upon, unless by the same', () => {
    withDirectory(folder => {
      const parent = writeTestCheckpoint(join(folder, 'parent'), { pages: [1] });
      const middle = writeTestCheckpoint(join(folder, 'middle'), { parent, pages: [2] });
      const child = writeTestCheckpoint(join(folder, 'child'), { parent: middle, pages: [3] });
      const packed = join(folder, 'packed.tar.gz');
      packCheckpoint(child, packed);
      const replacing = {
        [parent]: () => writeTestCheckpoint(parent, { pages: [4] }),
        [middle]: () => squashCheckpoint(middle, middle),
        [`${folder}/./middle`]: () => {
          unpackCheckpoint(packed, `${folder}/./middle`);
        },
      };
      for (const [path, replace] of Object.entries(replacing)) {
        const { file, message } = errorOf(replace);
        expect(file).to.equal(resolve(path));
        expect(message).to.include(`${path === parent ? middle : child} builds upon it`);
      }
      writeTestCheckpoint(parent, { pages: [1] });
      squashCheckpoint(child, child);
      rmSync(middle, { recursive: true });
      writeTestCheckpoint(parent, { pages: [4] });
      readAll(child);
      expect(readdirSync(folder).sort()).to.deep.equal(['child', 'packed.tar.gz', 'parent']);
    });
  });

  it('refuses state beyond the limits, and says of which object', () => {
    withDirectory(folder => {
      const directory = join(folder, 'cpt');
      for (const values of [
        { data: new Uint8Array(17 * 1024 * 1024) },
        { list: new Array<number>(600_000).fill(300) },
      ]) {
        const error = errorOf(() => writeTestCheckpoint(directory, { values }));
        expect(error.section).to.equal('system');
      }
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  });

  it('removes what a killed process has left behind, and nothing else', () => {
    withDirectory(folder => {
      // Process ids end below 2^22.
      for (const name of ['.cpt-tmp-99999999-0-cpt', `.cpt-tmp-1-0-cpt`, 'cpt', '.other']) {
        mkdirSync(join(folder, name));
      }
      removeLeftovers(folder);
      expect(readdirSync(folder).sort()).to.deep.equal(['.cpt-tmp-1-0-cpt', '.other', 'cpt']);
      removeLeftovers(join(folder, 'nowhere'));
    });
  });

  it('leaves nothing behind when what is to be saved fails', () => {
    withDirectory(folder => {
      const memory = new TestMemory([1]);
      memory.nonZeroPages = () => {
        throw new Error('memory is gone');
      };
      expect(() =>
        writeTestCheckpoint(join(folder, 'missing', 'cpt'), { parent: folder }),
      ).to.throw(SimError);
      expect(readdirSync(folder)).to.deep.equal([]);
    });
  });
});
