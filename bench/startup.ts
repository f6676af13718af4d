/**
 * How long `npm start`'s command takes until the guest program prints, and `npm start` itself to its end
 * where there is no KVM, beyond `node -e 0`.
 */
import { existsSync } from 'node:fs';
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import {
  command,
  inFolder,
  median,
  repositoryPath,
  secondsOf,
  secondsUntil,
} from './support/command';

/** A program and its arguments that run a shell command where there is no KVM. */
function withoutKvm(shellCommand: string): [program: string, args: string[]] {
  if (!existsSync('/dev/kvm')) return ['sh', ['-c', shellCommand]];
  const user = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  const hidden = `mount --bind /dev/null /dev/kvm && ${shellCommand}`;
  return ['unshare', ['--mount', ...user, 'sh', '-c', hidden]];
}

export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const rounds = smoke ? 1 : 9;
  const bare: number[] = [];
  const ours: number[] = [];
  const npm: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(secondsOf(process.execPath, ['-e', '0']));
    const args = [...command, repositoryPath('configs', 'hello.ts')];
    // The program's first line comes after its first system calls, so this is an upper bound.
    ours.push(await inFolder(folder => secondsUntil(args, 'Hello, world!', folder)));
    npm.push(secondsOf(...withoutKvm('npm start')));
  }
  const difference = (name: string, seconds: readonly number[], limit: number): BenchResult =>
    differenceResult({
      ...{ name, unit: 'ms', limit, measured: Math.min(...seconds) * 1000 },
      ...{ reference: Math.min(...bare) * 1000, referenceName: 'node -e 0' },
      detail: { rounds, median: median(seconds) * 1000, referenceMedian: median(bare) * 1000 },
    });
  return [
    difference('start of the command to the guest’s first output', ours, 200),
    difference('npm start without KVM, from start to end', npm, 600),
  ];
}
