/** Whether serving events allocates: garbage collections during many events with a small heap. */
import { execFileSync } from 'node:child_process';
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import { repositoryPath } from './support/command';

/** One allocation of the smallest kind in every hundredth event would fill the young generation. */
const HEAP = ['--max-semi-space-size=1', '--max-old-space-size=32'];

export function run({ smoke }: BenchOptions): BenchResult[] {
  const events = smoke ? 10_000 : 10_000_000;
  const program = repositoryPath('bench', 'support', 'manyEvents.ts');
  const args = [...HEAP, ...process.execArgv, program, String(events)];
  const collections = Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
  return [
    differenceResult({
      name: 'garbage collections during 10 million events',
      unit: 'collections',
      measured: collections,
      reference: 0,
      referenceName: 'none',
      // The engine's own: code that it compiles anew.
      limit: 2,
      detail: { events, heapMiB: 32, youngMiB: 1 },
    }),
  ];
}
