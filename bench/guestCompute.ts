/** How fast a CPU-bound program runs on a KVM CPU, against the same binary run natively. */
import { join } from 'node:path';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { command, inFolder, median, repositoryPath, secondsOf, statOf } from './support/command';

export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const program = repositoryPath('guests', 'bin', 'compute');
  const work = smoke ? '100' : '8000';
  const rounds = smoke ? 1 : 7;
  const guest: number[] = [];
  const native: number[] = [];
  for (let round = 0; round < rounds; round++) {
    native.push(secondsOf(program, [work]));
    guest.push(
      await inFolder(folder => {
        const script = [repositoryPath('configs', 'se.ts'), '-c', program, '-o', work];
        secondsOf(process.execPath, [...command, ...script], folder);
        // Host time from the first event on: without the start of the simulator.
        return statOf(join(folder, 'm5out'), 'hostSeconds');
      }),
    );
  }
  return [
    ratioResult({
      name: 'CPU-bound program on a KVM CPU',
      unit: 's',
      measured: Math.min(...guest),
      reference: Math.min(...native),
      referenceName: 'the same binary run natively',
      limit: 1.05,
      detail: { rounds, work, median: median(guest), nativeMedian: median(native) },
    }),
  ];
}
