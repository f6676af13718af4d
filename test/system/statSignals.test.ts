import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { commandPath, configPath } from '../support/command';
import { guestPath } from '../support/guests';

describe('A guest that runs for ever', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'mini-gem5-test-'));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('has its statistics dumped by SIGUSR1, and reset too by SIGUSR2, while it runs', async () => {
    const words = [commandPath, '-q', '-d', folder, configPath('se.ts'), '-c', guestPath('spin')];
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const ended = new Promise<number | null>(resolve => child.on('exit', resolve));
    const path = join(folder, 'stats.txt');
    const ticks = (name: string): number[] => {
      const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
      return Array.from(text.matchAll(new RegExp(`^${name} +(\\d+)`, 'gm')), match =>
        Number(match[1]),
      );
    };
    const until = async (condition: () => boolean): Promise<void> => {
      while (!condition() && child.exitCode === null) await sleep(10);
    };

    await until(() => output.includes('spinning'));
    child.kill('SIGUSR1');
    await until(() => ticks('hostMemory').length === 1);
    child.kill('SIGUSR2');
    await until(() => ticks('hostMemory').length === 2);
    child.kill('SIGINT');
    expect(await ended).to.equal(130);
    const [first = 0, second = 0, last = 0] = ticks('finalTick');
    expect(ticks('finalTick')).to.have.length(3);
    expect(first).to.be.greaterThan(0);
    expect(second).to.be.greaterThan(first);
    expect(ticks('simTicks')).to.deep.equal([first, second, last - second]);
  });
});
