import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { projectFiles, readText, repositoryRoot } from '../support/repository';

/** Largest committed program: C against musl, and the one in C++ against glibc. */
const MAX_BYTES = 64 * 1024;
const MAX_CXX_BYTES = 2.5 * 1024 * 1024;

const read = (path: string): Buffer => readFileSync(join(repositoryRoot, path));

const programs = projectFiles('guests/bin').filter(path => !path.endsWith('SHA256SUMS'));
const sources = projectFiles('guests/src');
const nameOf = (path: string): string => path.replace(/^.*\//, '').replace(/\.(?:c|cpp|S)$/, '');

describe('The prebuilt guest programs', () => {
  it('have the checksums that SHA256SUMS says, all of them and no other', () => {
    const sums = programs.map(path => {
      const sum = createHash('sha256').update(read(path)).digest('hex');
      return `${sum}  ${nameOf(path)}`;
    });
    const listed = readText('guests/bin/SHA256SUMS').trimEnd().split('\n');
    expect(listed.sort()).to.deep.equal(sums.sort());
  });

  it('have their sources here, and every source its program', () => {
    expect(programs.map(nameOf).sort()).to.deep.equal(sources.map(nameOf).sort());
  });

  it('are static x86-64 executables, but for those of a bare machine', () => {
    for (const path of programs.filter(path => !nameOf(path).startsWith('bare'))) {
      const elf = read(path);
      expect(elf.subarray(0, 6).toString('latin1'), path).to.equal('\x7fELF\x02\x01');
      expect(elf.readUInt16LE(18), `${path}: machine`).to.equal(62);
      expect(elf.readUInt16LE(16), `${path}: type`).to.equal(nameOf(path) === 'pie' ? 3 : 2);
      const table = Number(elf.readBigUInt64LE(32));
      const types = Array.from({ length: elf.readUInt16LE(56) }, (_, i) =>
        elf.readUInt32LE(table + i * elf.readUInt16LE(54)),
      );
      expect(types, `${path}: PT_LOAD`).to.include(1);
      expect(types, `${path}: PT_INTERP`).not.to.include(3);
    }
  });

  it('are executable and small enough to live in the repository', () => {
    const inCxx = new Set(sources.filter(path => path.endsWith('.cpp')).map(nameOf));
    for (const path of programs) {
      const { mode, size } = statSync(join(repositoryRoot, path));
      expect(mode & 0o111, path).not.to.equal(0);
      expect(size, path).to.be.at.most(inCxx.has(nameOf(path)) ? MAX_CXX_BYTES : MAX_BYTES);
    }
  });
});
