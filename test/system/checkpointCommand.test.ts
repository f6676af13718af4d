import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadSync } from 'protobufjs';
import { alter, IMAGE, writeTestCheckpoint } from '../support/checkpoints';
import { configPath, inFolder, runCommand } from '../support/command';
import { usualCpu } from '../support/guestCpu';
import { guestPath, type ProgramRun } from '../support/guests';
import { repositoryRoot } from '../support/repository';

const schema = join(repositoryRoot, 'src', 'checkpoint', 'checkpoint.proto');

/** `mini-gem5 checkpoint …` in a folder. */
function checkpoint(folder: string, ...words: string[]): ProgramRun {
  return runCommand(['checkpoint', ...words], { cwd: folder });
}

const hasProtoc = spawnSync('protoc', ['--version']).error === undefined;

describe('The files of a checkpoint', () => {
  it('are messages of checkpoint.proto, read by whoever has that', () => {
    inFolder(folder => {
      const parent = writeTestCheckpoint(join(folder, 'a'), { pages: [1, 0, 2] });
      const directory = writeTestCheckpoint(join(folder, 'b'), { pages: [1, 5, 0], parent });
      const types = loadSync(schema);
      for (const [name, type] of [
        ['m5.cpt.pb', 'CheckpointFile'],
        [IMAGE, 'MemoryImage'],
      ] as const) {
        const bytes = readFileSync(join(directory, name));
        const message = types.lookupType(`mini_gem5.${type}`).decode(bytes) as unknown as {
          record: unknown[];
        };
        expect(message.record.length).to.be.greaterThan(2);
        if (!hasProtoc) continue;
        const text = execFileSync(
          'protoc',
          [`--decode=mini_gem5.${type}`, '-I', join(schema, '..'), 'checkpoint.proto'],
          { input: bytes, encoding: 'latin1' },
        );
        // Fields without a name are those that the schema does not know.
        expect(text).not.to.match(/^\s*\d+:/m);
        expect(text).to.include(type === 'MemoryImage' ? 'incremental: true' : 'path: "../a"');
      }
    });
  });
});

describe('mini-gem5 checkpoint', () => {
  it('lists, inspects and compares', () => {
    inFolder(folder => {
      const out = join(folder, 'm5out');
      const bytes = new Uint8Array(40);
      const a = writeTestCheckpoint(join(out, 'cpt.1000'), {
        values: { rip: 0x400n, name: 'a', bytes },
      });
      const values = { rip: 0x404n, level: 3, bytes: bytes.with(39, 1) };
      const pages = [1, 7, 0];
      writeTestCheckpoint(join(out, 'cpt.2000'), { tick: 2000, values, pages, parent: a });
      const list = checkpoint(folder, 'ls');
      expect(list.status, list.stderr).to.equal(0);
      expect(list.stdout).to.match(/^cpt\.1000 .*full\ncpt\.2000 .*changes \.\.\/cpt\.1000\n$/);
      expect(checkpoint(folder, 'inspect', a).stdout).to.match(/section +system, 3 values/);
      const section = checkpoint(folder, 'inspect', a, 'system').stdout;
      const zeros = '0'.repeat(32);
      expect(section).to.equal(`[system]\nrip=0x400\nname="a"\nbytes=${zeros}… (40 bytes)\n`);
      const diff = checkpoint(folder, 'diff', a, join(out, 'cpt.2000'));
      expect(diff.status).to.equal(1);
      expect(diff.stdout.split('\n')).to.deep.equal([
        'tick: 1000 -> 2000',
        'system rip: 0x400 -> 0x404',
        'system name: "a" -> (none)',
        'system bytes, byte 32: 0000000000000000 -> 0000000000000001',
        'system level: (none) -> 3',
        `${IMAGE}: 2 pages differ`,
        '  2 from 0x1000',
        '',
      ]);
      const json = checkpoint(folder, 'diff', '--json', a, join(out, 'cpt.2000')).stdout;
      expect((JSON.parse(json) as { memory: unknown }).memory).to.deep.equal([
        { image: IMAGE, pages: 2, runs: [{ first: 1, count: 2 }] },
      ]);
      expect(checkpoint(folder, 'diff', a, a).status).to.equal(0);
      alter(join(a, 'm5.cpt.pb'), content => content.subarray(0, 50));
      const damaged = checkpoint(folder, 'ls');
      expect(damaged.stdout).to.match(/^cpt\.2000 .*\ncpt\.1000 .*m5\.cpt\.pb, byte \d+: .*\n$/);
      expect(damaged.status).to.equal(1);
    });
  });

  it('squashes a chain to what a full checkpoint would have been, and packs and unpacks it', () => {
    inFolder(folder => {
      const state = { pages: [3, 0, 2, 9], tick: 7 };
      const parent = writeTestCheckpoint(join(folder, 'a'), { pages: [1, 4, 2, 0] });
      writeTestCheckpoint(join(folder, 'b'), { ...state, parent });
      const full = writeTestCheckpoint(join(folder, 'full'), state);
      for (const words of [
        ['squash', 'b', 'squashed'],
        ['pack', 'b', 'b.tar.gz'],
        ['unpack', 'b.tar.gz', 'unpacked'],
        ['verify', 'b', 'squashed', 'unpacked'],
      ]) {
        const done = checkpoint(folder, ...words);
        expect(done.status, done.stderr).to.equal(0);
      }
      for (const name of ['m5.cpt.pb', IMAGE]) {
        const wanted = readFileSync(join(full, name));
        expect(readFileSync(join(folder, 'squashed', name)).equals(wanted)).to.equal(true);
        expect(readFileSync(join(folder, 'unpacked', name)).equals(wanted)).to.equal(true);
      }
      const left = readdirSync(folder).sort();
      expect(left).to.deep.equal(['a', 'b', 'b.tar.gz', 'full', 'squashed', 'unpacked']);
    });
  });

  it('says in one line, with file and offset, what is wrong', () => {
    inFolder(folder => {
      const directory = writeTestCheckpoint(join(folder, 'cpt'));
      // A byte of a page: only `verify` looks there.
      alter(join(directory, IMAGE), bytes => bytes.fill(0xee, 4096 + 10, 4096 + 11));
      writeFileSync(join(folder, 'not.tar.gz'), 'no archive');
      execFileSync('tar', ['cf', 'half.tar', '-C', directory, 'm5.cpt.pb'], { cwd: folder });
      mkdirSync(join(folder, 'empty'));
      const cases: readonly (readonly [string[], RegExp])[] = [
        [['verify', 'cpt'], /store0\.img, byte 4096: pages of memory are damaged/],
        [['inspect', 'cpt', 'nobody'], /has no section 'nobody'/],
        [['inspect', 'empty'], /m5\.cpt\.pb: opening it failed: no such file/],
        [['ls', 'nowhere'], /there is no directory nowhere/],
        [['unpack', 'not.tar.gz', 'x'], /not\.tar\.gz: .*no file that 'checkpoint pack' wrote/],
        [
          ['unpack', 'half.tar', 'x'],
          /half\.tar: system\.physmem\.store0\.img: opening it failed: no such file/,
        ],
        [['pack', 'cpt', 'x.tar.gz'], /pages of memory are damaged/],
      ];
      for (const [words, message] of cases) {
        const done = checkpoint(folder, ...words);
        expect(done.status, words.join(' ')).to.equal(1);
        expect(done.stderr).to.match(message);
        expect(done.stderr.trim().split('\n')).to.have.length(1);
      }
      expect(existsSync(join(folder, 'x'))).to.equal(false);
      writeTestCheckpoint(join(folder, 'good'));
      const many = checkpoint(folder, 'verify', 'cpt', 'empty', 'good');
      expect(many.status).to.equal(1);
      expect(many.stdout).to.match(/^good: whole;.*\n$/);
      expect(many.stderr).to.match(/^fatal: .*cpt.*damaged.*\nfatal: .*empty.*\n$/);
    });
  });
});

describe('configs/se.ts', () => {
  // Long enough for two checkpoints, wherever it runs.
  const rounds = usualCpu === 'X86KvmCPU' ? '2000' : '100';
  const se = (folder: string, ...words: string[]): ProgramRun =>
    runCommand([configPath('se.ts'), '-c', guestPath('compute'), '-o', rounds, ...words], {
      cwd: folder,
    });

  it('takes checkpoints, restores the one that is asked for, and says what it cannot find', () => {
    inFolder(folder => {
      const period = 20_000_000;
      const first = se(
        folder,
        '--take-checkpoints',
        `${period},${period}`,
        '--max-checkpoints',
        '2',
      );
      expect(first.status, first.stderr).to.equal(0);
      const names = readdirSync(join(folder, 'm5out')).filter(name => name.startsWith('cpt.'));
      // How many depends on how far the host lets the program get between two of them.
      expect(names.length).to.be.within(1, 2);
      const result = /^rounds \d+ .*$/m.exec(first.stdout)?.[0] ?? 'no result';
      for (const number of names.map((_, i) => String(i + 1))) {
        const again = se(folder, '-r', number);
        expect(again.status, again.stderr).to.equal(0);
        expect(again.stdout).to.include(result);
      }
      const missing = se(folder, '-r', '3');
      expect(missing.status).to.equal(1);
      expect(missing.stderr).to.include('checkpoint 3 not found in');
      expect(missing.stderr).to.include(`there are ${String(names.length)}`);
    });
  });
});
