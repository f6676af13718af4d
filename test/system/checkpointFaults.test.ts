import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { openCheckpoint, verifyCheckpoint } from '../../src/checkpoint/index';
import { SimpleMemory as SimpleMemoryModel } from '../../src/mem/index';
import { contentOf, IMAGE, withDirectory } from '../support/checkpoints';
import { aClock, instantiated, SimpleMemory, System } from '../support/memory';
import { repositoryRoot } from '../support/repository';
import { unserializeSection } from '../../src/sim/index';

/** How often a writer is killed; `MINI_GEM5_KILLS=200` for more. */
const KILLS = Number(process.env['MINI_GEM5_KILLS'] ?? 40);
const writer = join(repositoryRoot, 'test', 'support', 'checkpointWriter.ts');
const nodeWords = ['--single-threaded', '--require', 'ts-node/register', writer];

/** A process whose children write checkpoints. */
class Writers {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(directory: string) {
    this.#process = spawn(process.execPath, [...nodeWords, directory, '64', 'fork'], {
      cwd: repositoryRoot,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  /** The next thing that it says. */
  async line(): Promise<string> {
    return String((await this.#lines.next()).value);
  }

  /** Starts a writer, and kills it a while later. */
  async killOne(milliseconds: number): Promise<void> {
    this.#process.stdin.write('.');
    const child = Number(await this.line());
    await sleep(milliseconds);
    process.kill(child, 'SIGKILL');
    // Its last system call may still be under way.
    while (isRunning(child)) await sleep(1);
  }

  end(): void {
    this.#process.kill('SIGKILL');
  }
}

function isRunning(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1');
    return !/\) [ZX] /.test(stat);
  } catch {
    return false;
  }
}

describe('A process that is killed while it writes a checkpoint', () => {
  it('leaves a whole one under the final name, and nothing that is not cleaned away', async function () {
    this.timeout(60_000 + KILLS * 2000);
    const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-checkpoint-'));
    const directory = join(folder, 'cpt');
    const writers = new Writers(directory);
    try {
      expect(await writers.line()).to.equal('ready');
      for (let i = 0; i < KILLS; i++) {
        await writers.killOne(Math.random() * 40);
        verifyCheckpoint(directory);
        const { sections } = openCheckpoint(directory);
        const byte = Number(sections.section('system')?.get('byte'));
        const content = contentOf(sections.memoryImage(IMAGE));
        expect(content.every(value => value === byte)).to.equal(true);
        // Opening has removed what was left.
        expect(readdirSync(folder)).to.deep.equal(['cpt']);
      }
    } finally {
      writers.end();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('A checkpoint that cannot be written', () => {
  /** Runs the writer where a small file system is mounted, in a namespace of its own. */
  function onSmallDisk(folder: string, options: string, pages: string): string {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    const words = [process.execPath, ...nodeWords, join(disk, 'cpt'), pages].map(w => `'${w}'`);
    const script = `mount -t tmpfs -o ${options} none ${disk} && ${words.join(' ')}; ls -A ${disk} >&2`;
    const done = spawnSync(
      'unshare',
      ['--user', '--map-root-user', '--mount', 'sh', '-c', script],
      {
        cwd: repositoryRoot,
        encoding: 'utf8',
        timeout: 50_000,
      },
    );
    return `${done.stdout}${done.stderr}`;
  }

  it('because the disk is full says so, and leaves nothing', () => {
    withDirectory(folder => {
      const output = onSmallDisk(folder, 'size=256k', '200');
      expect(output).to.match(/CheckpointError: .*store0\.img: writing it failed: no space left/);
      expect(output.trimEnd()).to.match(/\n$|[^t]$/);
      expect(output).not.to.match(/^(cpt|\.cpt-tmp)/m);
    });
  });

  it('because the place is read-only says so', () => {
    withDirectory(folder => {
      const output = onSmallDisk(folder, 'size=256k,ro', '4');
      expect(output).to.match(/CheckpointError: .*cpt: writing it failed: read-only file system/);
    });
  });

  it('because a file is in the way says so', () => {
    withDirectory(folder => {
      writeFileSync(join(folder, 'file'), '');
      chmodSync(join(folder, 'file'), 0o444);
      const done = spawnSync(process.execPath, [...nodeWords, join(folder, 'file', 'cpt')], {
        cwd: repositoryRoot,
        encoding: 'utf8',
      });
      expect(done.stderr).to.match(/CheckpointError: .*: making the directory failed/);
      expect(existsSync(join(folder, 'file', 'cpt'))).to.equal(false);
    });
  });
});

describe('A checkpoint of an older version', () => {
  it('is upgraded, section by section', () => {
    const directory = join(repositoryRoot, 'test', 'fixtures', 'simpleMemory-1');
    const { sections } = openCheckpoint(directory);
    expect(sections.sections.get('system.memory')?.version).to.equal(1);
    const memory = new SimpleMemory({ range: '1MiB', latencyVar: '10ns', null: true });
    const system = new System({ clkDomain: aClock(), memory });
    instantiated(system);
    const model = memory.simObject();
    expect(model).to.be.instanceOf(SimpleMemoryModel);
    unserializeSection(sections, 'system.memory', model);
    const upgraded = sections.sections.get('system.memory');
    expect(upgraded?.version).to.equal(2);
    expect(upgraded?.values.get('busyUntil')).to.equal(0);
  });
});
