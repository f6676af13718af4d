/**
 * What forking costs: the parent's pause against `fork()` in C with the same memory touched
 * (`fork.c`), the child's way to the guest, and what the option of Node that forking needs costs a run
 * that never forks.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { differenceResult, ratioResult } from './result';
import type { BenchOptions, BenchResult } from './result';
import { command, inFolder, repositoryPath, secondsOf } from './support/command';

const FLAG = '--single-threaded';
/** Milliseconds that a pause, and the way to the guest, may take beyond what fork() takes in C. */
const ALLOWANCE = 60;

interface Pauses {
  readonly pause: number;
  readonly first: number;
  readonly checkpoint: number;
}

function measureForks(mebibytes: number, rounds: number): Promise<Pauses> {
  const script = repositoryPath('bench', 'scripts', 'forkPause.ts');
  const guest = repositoryPath('guests', 'bin', 'spin');
  return inFolder(cwd => {
    const words = [...command, script, guest, String(mebibytes), String(rounds)];
    const output = execFileSync(process.execPath, words, { cwd, encoding: 'utf8' });
    return JSON.parse(output.slice(output.indexOf('{'))) as Pauses;
  });
}

function forkResults(
  mebibytes: number,
  inC: number,
  { pause, first, checkpoint }: Pauses,
): BenchResult[] {
  const size = mebibytes >= 1024 ? `${mebibytes / 1024} GiB` : `${mebibytes} MiB`;
  const common = { unit: 'ms', limit: ALLOWANCE };
  return [
    differenceResult({
      ...common,
      name: `the parent's pause in a fork, ${size} touched`,
      measured: pause,
      reference: 1.5 * inC,
      referenceName: '1.5 times fork() in C',
      detail: { forkInC: inC },
    }),
    differenceResult({
      ...common,
      name: `from fork to the child's first guest instructions, ${size} touched`,
      measured: first,
      reference: inC,
      referenceName: 'fork() in C',
    }),
    ratioResult({
      name: `the pause of a background checkpoint, ${size} touched`,
      ...{ unit: 'ms', measured: checkpoint, reference: pause, limit: 1.2 },
      referenceName: 'the pause of a fork',
    }),
  ];
}

/** A run of events that makes much garbage, with and without the option. */
async function flagResult(smoke: boolean): Promise<BenchResult> {
  const script = repositoryPath('bench', 'scripts', 'manyEvents.ts');
  const words = [...command.filter(word => word !== FLAG), script, smoke ? '1000' : '2000000'];
  const rounds = smoke ? 1 : 7;
  let plain = Infinity;
  let flagged = Infinity;
  await inFolder(folder => {
    for (let round = 0; round < rounds; round++) {
      plain = Math.min(plain, secondsOf(process.execPath, words, folder));
      flagged = Math.min(flagged, secondsOf(process.execPath, [FLAG, ...words], folder));
    }
  });
  return ratioResult({
    ...{ name: `a run of events with Node's ${FLAG}`, unit: 's', limit: 1.05 },
    ...{ measured: flagged, reference: plain, referenceName: 'the run without it' },
    detail: { rounds },
  });
}

/** Compiles the reference and runs all. */
export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const folder = mkdtempSync(join(tmpdir(), 'mini-gem5-fork-'));
  const program = join(folder, 'fork');
  const rounds = smoke ? 1 : 7;
  const results: BenchResult[] = [];
  try {
    execFileSync('cc', ['-O2', '-o', program, join(__dirname, 'fork.c')]);
    for (const mebibytes of smoke ? [1] : [64, 1024]) {
      const inC = Number(execFileSync(program, [String(mebibytes), String(rounds)]));
      results.push(...forkResults(mebibytes, inC, await measureForks(mebibytes, rounds)));
    }
    results.push(await flagResult(smoke));
  } finally {
    rmSync(folder, { recursive: true });
  }
  return results;
}
