/** A bare guest that floods its serial line: whatever is behind it gets every byte, in order. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { commandPath, configPath, inFolder, inFolderAsync, runCommand } from '../support/command';
import { describeWithKvm } from '../support/kvm';
import { connected } from '../support/unixSocket';

/** Sent by one repeated instruction, and then the first of them again by one instruction each. */
const REPEATED = 20_000;
const SINGLE = 2_000;
const EXIT_STATUS = 11;

const word = (value: number): number[] => [value & 0xff, value >> 8];

/** A boot sector's program, for real mode; with `waits` it begins when something is typed. */
function flood(waits: boolean): Uint8Array {
  const wait = [0xba, ...word(0x3fd), 0xec, 0xa8, 1, 0x74, 0xfb]; // until LSR has data
  return Uint8Array.from([
    ...(waits ? wait : []),
    ...[0xfc, 0xb8, ...word(0x1000), 0x8e, 0xc0, 0x8e, 0xd8], // cld; ds = es = 0x1000
    ...[0x31, 0xff, 0xb9, ...word(REPEATED)],
    ...[0x89, 0xf8, 0x00, 0xe0, 0xaa, 0xe2, 0xf9], // each byte: the sum of its address's two
    ...[0x31, 0xf6, 0xb9, ...word(REPEATED), 0xba, ...word(0x3f8), 0xf3, 0x6e], // rep outsb
    ...[0x31, 0xf6, 0xb9, ...word(SINGLE), 0xac, 0xee, 0xe2, 0xfc], // lodsb; out dx, al; loop
    ...[0xba, ...word(0xf4), 0xb0, (EXIT_STATUS - 1) / 2, 0xee, 0xf4],
  ]);
}

const pattern = Buffer.from(
  [...Array(REPEATED).keys(), ...Array(SINGLE).keys()].map(at => (at & 0xff) + (at >> 8)),
);

/** The run's options, in a folder that has the program. */
function optionsIn(folder: string, serial: string, waits = false): string[] {
  writeFileSync(join(folder, 'flood'), flood(waits));
  return [configPath('baremetal.ts'), '-k', 'flood', '--format', 'flat', '--serial', serial];
}

describeWithKvm('A guest that floods its serial line', () => {
  it('fills a file', () => {
    inFolder(folder => {
      const { status } = runCommand(optionsIn(folder, 'line.txt'), { cwd: folder });
      expect(status).to.equal(EXIT_STATUS);
      expect(readFileSync(join(folder, 'm5out', 'line.txt')).equals(pattern)).to.equal(true);
    });
  });

  it('is heard on standard output', async () => {
    await inFolderAsync(async folder => {
      const { status, heard } = await run(optionsIn(folder, 'stdout'), folder);
      expect(status).to.equal(EXIT_STATUS);
      const start = heard.indexOf('\n') + 1;
      expect(heard.subarray(start, start + pattern.length).equals(pattern)).to.equal(true);
      expect(heard.subarray(start + pattern.length).toString()).to.match(/^Exiting @ tick \d+/);
    });
  });

  it('is heard on a socket', async () => {
    await inFolderAsync(async folder => {
      const options = optionsIn(folder, 'unix:line', true);
      const { status, heard } = await run(options, folder, async child => {
        const socket = await connected(join(folder, 'line'), child);
        const chunks: Buffer[] = [];
        socket.on('data', (chunk: Buffer) => chunks.push(chunk));
        const closed = new Promise(resolve => socket.once('close', resolve));
        socket.write('x');
        await closed;
        return Buffer.concat(chunks);
      });
      expect(status).to.equal(EXIT_STATUS);
      expect(heard.length).to.equal(pattern.length);
      expect(heard.equals(pattern)).to.equal(true);
    });
  });
});

type Child = Parameters<typeof connected>[1];

/** Runs the command; returns its status, and what `listen` hears: default: its standard output. */
async function run(
  options: readonly string[],
  cwd: string,
  listen?: (child: Child) => Promise<Buffer>,
): Promise<{ readonly status: number | null; readonly heard: Buffer }> {
  const args = ['--single-threaded', commandPath, '--quiet', ...options];
  const child = spawn(process.execPath, args, { cwd });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.resume();
  try {
    const ended = new Promise<number | null>(resolve => child.once('close', resolve));
    const heard = await listen?.(child);
    const status = await ended;
    return { status, heard: heard ?? Buffer.concat(printed) };
  } finally {
    child.kill('SIGKILL');
  }
}
