import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFolders } from '../../../src/host/index';

describe('makeFolders', () => {
  let top = '';
  before(() => {
    top = mkdtempSync(join(tmpdir(), 'mini-gem5-folders-'));
  });
  after(() => {
    rmSync(top, { recursive: true });
  });

  it('makes those above too, and leaves what is there', () => {
    const path = join(top, 'a', 'b', 'c');
    makeFolders(path);
    makeFolders(path);
    expect(statSync(path).isDirectory()).to.equal(true);
  });

  it('throws what the kernel says, also where it says that a folder above is missing', () => {
    writeFileSync(join(top, 'file'), '');
    symlinkSync('nowhere', join(top, 'link'));
    expect(() => makeFolders(join(top, 'file'))).to.throw(/EEXIST/);
    expect(() => makeFolders(join(top, 'file', 'below'))).to.throw(/ENOTDIR/);
    expect(() => makeFolders(join(top, 'link'))).to.throw(/ENOENT/);
    expect(() => makeFolders('/proc/none/below')).to.throw(/ENOENT/);
  });
});
