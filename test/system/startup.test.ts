import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { CacheFolder } from '../../src/cli/cacheFolder';
import { inFolder, runCommand, runScriptText } from '../support/command';
import type { ProgramRun } from '../support/guests';
import { repositoryRoot } from '../support/repository';

const script = `import { Root } from 'mini-gem5/objects';
const text: string = 'first';
console.log(text, new Root({ fullSystem: false }).fullSystem);
`;

/** Runs `script.ts` with a cache of its own. */
function run(folder: string, cacheHome = join(folder, 'cache')): ProgramRun {
  const env = { ...process.env, XDG_CACHE_HOME: cacheHome };
  return runCommand(['script.ts'], { cwd: folder, env });
}

function expectOutput({ status, stdout, stderr }: ProgramRun, text = 'first'): void {
  expect({ status, stdout, stderr }).to.deep.equal({
    status: 0,
    stdout: `${text} false\n`,
    stderr: '',
  });
}

/** The one entry of each kind. */
function entries(folder: string): string[] {
  return ['code', 'scripts'].map(kind => {
    const path = join(folder, 'cache', 'mini-gem5', kind);
    const names = readdirSync(path);
    expect(names, kind).to.have.length(1);
    return join(path, names[0] ?? '');
  });
}

/** Which file each entry is; one that is written anew is another. */
const inodes = (folder: string): number[] => entries(folder).map(path => statSync(path).ino);

describe('What a start keeps for the next', () => {
  it('is used, and made anew where it is damaged', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), script);
      expectOutput(run(folder));
      const first = inodes(folder);
      expectOutput(run(folder));
      expect(inodes(folder)).to.deep.equal(first);
      for (const path of entries(folder)) {
        const bytes = readFileSync(path);
        bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 0xff, bytes.length >> 1);
        writeFileSync(path, bytes);
      }
      expectOutput(run(folder));
      const second = inodes(folder);
      expect(second[0]).to.not.equal(first[0]);
      expect(second[1]).to.not.equal(first[1]);
      for (const path of entries(folder)) {
        writeFileSync(path, readFileSync(path).subarray(0, 100));
      }
      expectOutput(run(folder));
    });
  });

  it('is not used for a script that has changed, though it be as long', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), script);
      expectOutput(run(folder));
      writeFileSync(join(folder, 'script.ts'), script.replace('first', 'other'));
      expectOutput(run(folder), 'other');
    });
  });

  it('may be impossible to keep', () => {
    inFolder(folder => {
      writeFileSync(join(folder, 'script.ts'), script);
      writeFileSync(join(folder, 'file'), '');
      // In /proc nobody makes a folder, and the error says that a folder above it is missing.
      for (const place of [join(folder, 'file'), '/proc/none']) expectOutput(run(folder, place));
    });
  });

  it('is not the code of a run that changed options of V8', () => {
    inFolder(folder => {
      const change = `require('node:v8').setFlagsFromString('--stack-size=900');\n`;
      writeFileSync(join(folder, 'script.ts'), change + script);
      expectOutput(run(folder));
      expect(readdirSync(join(folder, 'cache', 'mini-gem5'))).to.deep.equal(['scripts']);
    });
  });

  it('is the newest entries only', () => {
    inFolder(folder => {
      const { XDG_CACHE_HOME: before } = process.env;
      process.env['XDG_CACHE_HOME'] = folder;
      try {
        const cache = new CacheFolder('kind', 3);
        const source = Buffer.from('source');
        const place = join(folder, 'mini-gem5', 'kind');
        for (const [time, name] of ['b', 'a', 'c', 'd'].entries()) {
          cache.write(name, source, Buffer.from(name));
          // The clock of files may stand still between two of them.
          if (name !== 'd') utimesSync(join(place, name), time, time);
        }
        expect(readdirSync(place).sort()).to.deep.equal(['a', 'c', 'd']);
        expect(cache.read('d', source)?.toString()).to.equal('d');
        expect(cache.read('d', Buffer.from('Source'))).to.equal(undefined);
      } finally {
        if (before === undefined) delete process.env['XDG_CACHE_HOME'];
        else process.env['XDG_CACHE_HOME'] = before;
      }
    });
  });
});

describe('The command that is one file', () => {
  it('has the classes that scripts import, by whatever name', () => {
    inFolder(folder => {
      const modules = { '': 'index', '/objects': 'objects', '/model': 'model' };
      const checks = Object.entries(modules).map(([name, file]) => {
        const path = join(repositoryRoot, 'dist', 'm5', `${file}.js`);
        return `require('mini-gem5${name}') === require('${path}')`;
      });
      const { stdout } = runScriptText(`console.log(${checks.join(', ')});`, folder);
      expect(stdout).to.equal('true true true\n');
    });
  });

  it('shows where in the simulator an error of its own has come from', () => {
    inFolder(folder => {
      const text = `require('mini-gem5').event.mainq.schedule(null, 1);\n`;
      const lines = runScriptText(text, folder).stderr.trimEnd().split('\n');
      expect(lines[0]).to.match(/^TypeError/);
      expect(lines[1]).to.match(/dist\/cli\/bundle\.js:\d+:\d+\)$/);
      expect(lines.at(-1)).to.match(/script\.ts:1:\d+\)$/);
    });
  });
});
