/** What memory costs a guest program: every page touched once, against the same binary run natively. */
import { join } from 'node:path';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { command, inFolder, median, repositoryPath, secondsOf, statOf } from './support/command';

export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const program = repositoryPath('guests', 'bin', 'touch');
  const mebibytes = smoke ? 8 : 512;
  const rounds = smoke ? 1 : 7;
  const script = [repositoryPath('configs', 'se.ts'), '--mem-size', '1GiB'];
  const guest: number[] = [];
  const native: number[] = [];
  for (let round = 0; round < rounds; round++) {
    native.push(secondsOf(program, [String(mebibytes)]));
    guest.push(
      await inFolder(folder => {
        const args = [...command, ...script, '-c', program, '-o', String(mebibytes)];
        secondsOf(process.execPath, args, folder);
        return statOf(join(folder, 'm5out'), 'hostSeconds');
      }),
    );
  }
  return [
    ratioResult({
      name: '512 MiB touched page by page on a KVM CPU',
      unit: 's',
      measured: Math.min(...guest),
      reference: Math.min(...native),
      referenceName: 'the same binary run natively',
      limit: 2.5,
      detail: { rounds, mebibytes, median: median(guest), nativeMedian: median(native) },
    }),
  ];
}
