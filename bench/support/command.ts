/** Running the built command and native programs, with the time that they take. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');

/** Arguments of node that run the command. */
export const command = [
  ...['--single-threaded', '--v8-pool-size=1'],
  ...[join(root, 'dist', 'cli', 'main.js'), '--quiet'],
];

/** Path of a file of the repository. */
export function repositoryPath(...parts: string[]): string {
  return join(root, ...parts);
}

/** Runs `body` with a new folder, and removes it afterwards. */
export async function inFolder<T>(body: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-bench-'));
  try {
    return await body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Seconds that a whole process takes. */
export function secondsOf(program: string, args: readonly string[], cwd = root): number {
  const start = performance.now();
  const { status, error } = spawnSync(program, args, { cwd, stdio: 'ignore' });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ended with status ${String(status)}`);
  return (performance.now() - start) / 1000;
}

/** Seconds from the start of a process until it has printed `text`; then it is left to end. */
export function secondsUntil(args: readonly string[], text: string, cwd: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    let seconds: number | undefined;
    let printed = '';
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      if (printed.includes(text)) seconds ??= (performance.now() - start) / 1000;
    });
    child.on('error', reject);
    child.on('close', () => {
      if (seconds === undefined) reject(new Error(`'${text}' was never printed: ${printed}`));
      else resolve(seconds);
    });
  });
}

/** The value of a statistic in a run's output directory. */
export function statOf(outdir: string, name: string): number {
  const text = readFileSync(join(outdir, 'stats.txt'), 'utf8');
  const value = new RegExp(`^${name.replaceAll('.', '\\.')} +(\\S+)`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`stats.txt has no ${name}`);
  return Number(value);
}

/** The middle one of several figures. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
