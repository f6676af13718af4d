/** How long `npm start`'s command takes until the guest program prints, beyond `node -e 0`. */
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import {
  command,
  inFolder,
  median,
  repositoryPath,
  secondsOf,
  secondsUntil,
} from './support/command';

export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const rounds = smoke ? 1 : 9;
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bare.push(secondsOf(process.execPath, ['-e', '0']));
    const args = [...command, repositoryPath('configs', 'hello.ts')];
    // The program's first line comes after its first system calls, so this is an upper bound.
    ours.push(await inFolder(folder => secondsUntil(args, 'Hello, world!', folder)));
  }
  return [
    differenceResult({
      name: 'start of the command to the guest’s first output',
      unit: 'ms',
      measured: Math.min(...ours) * 1000,
      reference: Math.min(...bare) * 1000,
      referenceName: 'node -e 0',
      limit: 400,
      detail: { rounds, median: median(ours) * 1000, referenceMedian: median(bare) * 1000 },
    }),
  ];
}
