/** How fast a CPU-bound program runs on the atomic CPU model, against the same binary run natively. */
import { join } from 'node:path';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { command, inFolder, median, repositoryPath, secondsOf, statOf } from './support/command';

export async function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const program = repositoryPath('guests', 'bin', 'compute');
  const work = smoke ? '20' : '1500';
  const rounds = smoke ? 1 : 3;
  const guest: number[] = [];
  const native: number[] = [];
  let insts = 0;
  for (let round = 0; round < rounds; round++) {
    native.push(secondsOf(program, [work]));
    guest.push(
      await inFolder(folder => {
        const script = [repositoryPath('configs', 'se.ts'), '--cpu-type', 'AtomicSimpleCPU'];
        const args = [...command, ...script, '-c', program, '-o', work];
        secondsOf(process.execPath, args, folder);
        const output = join(folder, 'm5out');
        insts = statOf(output, 'system.cpu.commitStats0.numInsts');
        return statOf(output, 'hostSeconds');
      }),
    );
  }
  const measured = median(guest);
  return [
    ratioResult({
      name: 'CPU-bound program on AtomicSimpleCPU',
      unit: 's',
      measured,
      reference: median(native),
      referenceName: 'the same binary run natively',
      limit: 25,
      detail: { rounds, work, mips: Math.round(insts / measured / 1e6) },
    }),
  ];
}
