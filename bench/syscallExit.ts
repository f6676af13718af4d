/** What an emulated system call costs, against a bare C program with the same stub (`syscallExit.c`). */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setLogSink } from '../src/base/index';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { inFolder, median, repositoryPath } from './support/command';
import { anEmulatedProgram, type EmulatedProgram } from './support/emulatedProgram';

/** Ticks of a millisecond. */
const MILLISECOND = 1e9;

/** Nanoseconds of host time for each call that the program makes in so many ticks. */
function nsPerCall({ simulation, process }: EmulatedProgram, ticks: number): number {
  const before = process.numSyscalls.value;
  const start = performance.now();
  simulation.simulate(ticks);
  return ((performance.now() - start) * 1e6) / (process.numSyscalls.value - before);
}

/** Compiles the reference and runs both in turn; the shortest rounds count. */
export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  const sink = setLogSink({ message: () => undefined, debug: () => undefined });
  // More calls than there is time for.
  const program = anEmulatedProgram([repositoryPath('guests', 'bin', 'syscallLoop'), '1000000000']);
  const rounds = smoke ? 1 : 40;
  const ticks = (smoke ? 20 : 100) * MILLISECOND;
  const ours: number[] = [];
  const theirs: number[] = [];
  return inFolder(folder => {
    const reference = join(folder, 'syscallExit');
    execFileSync('cc', ['-O2', '-o', reference, repositoryPath('bench', 'syscallExit.c')]);
    nsPerCall(program, 3 * ticks);
    for (let round = 0; round < rounds; round++) {
      const calls = smoke ? 200 : 2000;
      theirs.push(Number(execFileSync(reference, [String(calls)], { encoding: 'utf8' })));
      ours.push(nsPerCall(program, ticks));
    }
    return [
      ratioResult({
        name: 'an emulated system call (getppid)',
        unit: 'ns/call',
        measured: Math.min(...ours),
        reference: Math.min(...theirs),
        referenceName: 'the same stub and exit in C',
        limit: 1.3,
        detail: { rounds, median: median(ours), referenceMedian: median(theirs) },
      }),
    ];
  }).finally(() => {
    program.simulation.dispose();
    setLogSink(sink);
  });
}
