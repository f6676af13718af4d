import {
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { CheckpointSections } from '../../../src/checkpoint/index';
import { FileDescriptors } from '../../../src/se/fileDescriptors';
import { HostFile } from '../../../src/se/hostFile';
import { DirectoryFile, RegularFile } from '../../../src/se/hostOpenFile';
import { SavedDescriptors } from '../../../src/se/savedFiles';
import { SavedSpace } from '../../../src/se/savedSpace';
import { makeVma } from '../../../src/se/vma';
import { serializeSection, unserializeSection } from '../../../src/sim/index';
import { inFolder } from '../../support/command';

/** The table of descriptors of a program that writes to a folder by default. */
function saved(files: FileDescriptors, outputDirectory: string): SavedDescriptors {
  return new SavedDescriptors(files, {
    ...{ name: 'process', outputDirectory: () => outputDirectory },
    hostWait: { interrupted: () => false, patience: () => Infinity },
    fillRandom: () => undefined,
  });
}

describe('Open files in a checkpoint', () => {
  it('are in an output directory that did not exist before', () => {
    inFolder(folder => {
      const old = join(folder, 'old');
      mkdirSync(join(old, 'sub'), { recursive: true });
      const path = join(old, 'sub', 'out.txt');
      writeFileSync(path, 'some text');
      const file = new HostFile(openSync(path, 'r+'), path, true);
      const files = new FileDescriptors();
      files.set(3, new RegularFile(file, constants.O_RDWR), false);
      const sections = new CheckpointSections('cpt');
      serializeSection(sections, 'files', saved(files, old));
      files.closeAll();
      const restored = new FileDescriptors();
      unserializeSection(sections, 'files', saved(restored, join(folder, 'new')));
      restored.closeAll();
      expect(readFileSync(join(folder, 'new', 'sub', 'out.txt'), 'utf8')).to.equal('some text');
      // A file is in the way.
      const blocked = join(folder, 'blocked');
      writeFileSync(blocked, '');
      expect(() => {
        unserializeSection(sections, 'files', saved(new FileDescriptors(), blocked));
      }).to.throw(FatalError, `process: descriptor 3 cannot have ${join(blocked, 'sub')}`);
    });
  });

  it('cannot be directories that were removed', () => {
    inFolder(folder => {
      const path = join(folder, 'gone');
      mkdirSync(path);
      const files = new FileDescriptors();
      files.set(4, new DirectoryFile(openSync(path, 'r'), path, constants.O_RDONLY), false);
      const save = (): void => {
        serializeSection(new CheckpointSections('cpt'), 'files', saved(files, folder));
      };
      save();
      rmdirSync(path);
      expect(save).to.throw(
        FatalError,
        `process: descriptor 4 (${path}) cannot be saved: the directory has lost its name`,
      );
      files.closeAll();
    });
  });
});

describe('A mapped file in a checkpoint', () => {
  it('must be the one that has its name', () => {
    inFolder(folder => {
      const path = join(folder, 'mapped');
      writeFileSync(path, 'old');
      const backing = new HostFile(openSync(path, 'r'), path);
      const area = makeVma({
        ...{ start: 0x1000, end: 0x2000, protection: 1, kind: 'mapping', backing },
        ...{ fileOffset: 0, fileLimit: 3, noReserve: false, shared: false },
      });
      const state = { root: 0, pages: 0, breakStart: 0, break: 0, areas: [area], sharedPages: [] };
      const save = (): void => {
        const space = new SavedSpace(() => backing, { saveState: () => state });
        serializeSection(new CheckpointSections('cpt'), 'space', space);
      };
      save();
      const text = `${path}, which the program has mapped, cannot be saved: the file has lost its name`;
      writeFileSync(join(folder, 'other'), 'new');
      renameSync(join(folder, 'other'), path);
      expect(save).to.throw(FatalError, text);
      rmSync(path);
      expect(save).to.throw(FatalError, text);
      backing.release();
    });
  });
});
