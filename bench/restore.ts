/** How long the command takes from its start to the guest's first instructions after a restore. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { differenceResult, ratioResult, type BenchOptions, type BenchResult } from './result';
import { command, inFolder, repositoryPath, secondsOf } from './support/command';

interface Start {
  /** Milliseconds from the start of the process, and from that of the restore. */
  readonly sinceProcess: number;
  readonly sinceRestore: number;
}

const SMALL = 64;
const LARGE = 1024;

function runScript(folder: string, mebibytes: number, action: 'save' | 'restore'): string {
  const script = repositoryPath('bench', 'scripts', 'restoreStart.ts');
  const directory = join(folder, `cpt-${String(mebibytes)}`);
  const guest = repositoryPath('guests', 'bin', 'spin');
  const words = [...command, script, guest, String(mebibytes), action, directory];
  return execFileSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
}

function restore(folder: string, mebibytes: number): Start {
  const output = runScript(folder, mebibytes, 'restore');
  return JSON.parse(output.slice(output.indexOf('{'))) as Start;
}

export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const rounds = smoke ? 1 : 9;
  const largeSize = smoke ? SMALL : LARGE;
  return inFolder(folder => {
    for (const size of new Set([SMALL, largeSize])) runScript(folder, size, 'save');
    const [small, large]: Start[][] = [[], []];
    const bare: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bare.push(secondsOf(process.execPath, ['-e', '0']) * 1000);
      small?.push(restore(folder, SMALL));
      large?.push(restore(folder, largeSize));
    }
    const least = (starts: readonly Start[] | undefined, key: keyof Start): number =>
      Math.min(...(starts ?? []).map(start => start[key]));
    const detail = { rounds, MiB: largeSize, nonZeroMiB: largeSize / 4 };
    return [
      differenceResult({
        name: 'start of the command to the guest’s first instructions after a restore',
        ...{ unit: 'ms', measured: least(large, 'sinceProcess'), reference: Math.min(...bare) },
        ...{ referenceName: 'node -e 0', limit: 150, detail },
      }),
      differenceResult({
        name: 'start of a restore to the guest’s first instructions',
        ...{ unit: 'ms', measured: least(large, 'sinceRestore'), reference: 0 },
        ...{ referenceName: 'nothing', limit: 150, detail },
      }),
      ratioResult({
        name: 'start of the command to the guest’s first instructions, by size of memory',
        ...{ unit: 'ms', measured: least(large, 'sinceProcess') },
        ...{ reference: least(small, 'sinceProcess'), referenceName: 'a memory of 64 MiB' },
        ...{ limit: 1.2, detail },
      }),
    ];
  });
}
