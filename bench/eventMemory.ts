/**
 * Whether serving events, and accesses to memory in timing mode, allocate: garbage collections during many
 * of them with little room for young objects.
 */
import { execFileSync } from 'node:child_process';
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import { inliningFlags } from '../src/cli/inlineMore';
import { repositoryPath } from './support/command';

/** One allocation of the smallest kind in every hundredth event would fill the young generation. */
const YOUNG = '--max-semi-space-size=1';

/** @param heap - MiB for old objects */
function collections(what: string, program: string, count: number, heap: number): BenchResult {
  const path = repositoryPath('bench', 'support', `${program}.ts`);
  // As the command: what is compiled into its caller hands numbers on without making objects of them.
  const flags = [
    YOUNG,
    ...inliningFlags,
    `--max-old-space-size=${String(heap)}`,
    ...process.execArgv,
  ];
  const output = execFileSync(process.execPath, [...flags, path, String(count)], {
    encoding: 'utf8',
  });
  return differenceResult({
    name: `garbage collections during ${String(count / 1e6)} million ${what}`,
    unit: 'collections',
    measured: Number(output),
    reference: 0,
    referenceName: 'none',
    // The engine's own: code that it compiles anew.
    limit: 2,
    detail: { count, heapMiB: heap, youngMiB: 1 },
  });
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  return [
    collections('events', 'manyEvents', smoke ? 10_000 : 10_000_000, 32),
    collections('instructions on TimingSimpleCPU', 'manyAccesses', smoke ? 10_000 : 5_000_000, 256),
  ];
}
