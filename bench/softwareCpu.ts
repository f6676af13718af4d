/**
 * How fast programs run on the software CPUs, against the same binaries run natively; and whether memory
 * stays bounded where code changes for ever.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelMachine } from '../test/support/cpuModels';
import { installed } from '../test/support/realPrograms';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { command, inFolder, median, repositoryPath, secondsOf, statOf } from './support/command';

interface Program {
  readonly name: string;
  readonly path: string;
  readonly args: readonly string[];
}

/** How a program ran on a CPU model. */
interface Run {
  readonly seconds: number;
  readonly insts: number;
}

const guest = (name: string): string => repositoryPath('guests', 'bin', name);

const LUA =
  'local t, s = {}, 0 for i = 1, N do t[i % 1000 + 1] = (t[i % 1000 + 1] or i) * 3 % 1000003 ' +
  's = (s + t[i % 1000 + 1]) % 1000003 end print(s, #string.rep("ab", 1000):gsub("a", "c"))';
// The program may write no temporary files.
const SQL =
  'pragma temp_store = memory; create table t(a integer, b text); with recursive c(x) as (select 1 union all select x + 1 from c ' +
  "limit N) insert into t select x * 7919 % N, printf('%d', x) from c; create index i on t(b); " +
  'select sum(a), max(b) from t;';

/** Programs with work for about a tenth of a second; of the last three those that are installed. */
function programs(folder: string, smoke: boolean): Program[] {
  const kernel = (name: string, rounds: number): Program => ({
    ...{ name, path: guest('kernels'), args: [name, smoke ? '1' : String(rounds)] },
  });
  const text = (pattern: string, n: number): string =>
    pattern.replaceAll('N', smoke ? '10' : String(n));
  const input = join(folder, 'input');
  writeFileSync(input, 'The quick brown fox. '.repeat(smoke ? 10 : 40_000));
  const found = (name: string, args: readonly string[]): Program[] => {
    const path = installed(name);
    return path === undefined ? [] : [{ name, path, args }];
  };
  return [
    { name: 'compute', path: guest('compute'), args: [smoke ? '20' : '1500'] },
    kernel('crc32', 500),
    kernel('qsort', 300),
    kernel('machine', 400),
    kernel('matrix', 1500),
    ...found('lua5.4', ['-e', text(LUA, 2_000_000)]),
    ...found('sqlite3', [':memory:', text(SQL, 150_000)]),
    ...found('bzip2', ['-c', input]),
  ];
}

function simulate(model: string, { path, args }: Program): Promise<Run> {
  return inFolder(folder => {
    const script = [repositoryPath('configs', 'se.ts'), '--cpu-type', model];
    const streams = ['--output', 'out', '--errout', 'err', '--readable', '/'];
    const words = [...command, ...script, ...streams, '-c', path, '--', ...args];
    secondsOf(process.execPath, words, folder);
    const output = join(folder, 'm5out');
    return {
      seconds: statOf(output, 'hostSeconds'),
      insts: statOf(output, 'simInsts'),
    };
  });
}

async function compare(program: Program, rounds: number): Promise<BenchResult> {
  const native: number[] = [];
  const ours: number[] = [];
  let insts = 0;
  for (let round = 0; round < rounds; round++) {
    native.push(secondsOf(program.path, program.args));
    const run = await simulate('AtomicSimpleCPU', program);
    ours.push(run.seconds);
    ({ insts } = run);
  }
  const measured = median(ours);
  return ratioResult({
    name: `${program.name} on AtomicSimpleCPU`,
    ...{ unit: 's', measured, reference: median(native), limit: 80 },
    referenceName: 'the same binary run natively',
    detail: { rounds, mips: Math.round(insts / measured / 1e6) },
  });
}

function geometricMean(results: readonly BenchResult[]): BenchResult {
  const mean = (value: (result: BenchResult) => number): number =>
    Math.exp(results.reduce((sum, result) => sum + Math.log(value(result)), 0) / results.length);
  return ratioResult({
    name: 'all programs on AtomicSimpleCPU, geometric mean',
    ...{ unit: 's', measured: mean(({ measured }) => measured), limit: 25 },
    reference: mean(({ reference }) => reference),
    referenceName: 'the same binaries run natively',
    detail: { mips: Math.round(mean(({ detail }) => Number(detail?.['mips']))) },
  });
}

/** A timing run costs events, a few for each packet. It is long, for the engine compiles for half a second. */
async function timing(smoke: boolean): Promise<BenchResult> {
  const program = { name: 'crc32', path: guest('kernels'), args: ['crc32', smoke ? '1' : '20'] };
  const [slow, fast] = [
    await simulate('TimingSimpleCPU', program),
    await simulate('AtomicSimpleCPU', program),
  ];
  const [measured, atomic] = [slow, fast].map(({ seconds, insts }) => (seconds / insts) * 1e6);
  return ratioResult({
    name: 'crc32 on TimingSimpleCPU with SimpleMemory',
    ...{ unit: 'us/inst', measured: measured ?? NaN, reference: 0.5, limit: 1 },
    referenceName: '2 million instructions a second',
    detail: { atomic: atomic ?? NaN, mips: Number((slow.insts / slow.seconds / 1e6).toFixed(2)) },
  });
}

/** Bytes that this process occupies after a guest whose code changes has run to its end. */
function occupied(name: string, rounds: number): number {
  const machine = new ModelMachine(['atomic'], ['kernels', name, String(rounds)]);
  try {
    machine.m5.simulate();
    return process.memoryUsage.rss();
  } finally {
    machine.dispose();
  }
}

/** Code that is rewritten, and code that is mapped and unmapped: ten times as often, in no more memory. */
function changingCode(name: string, rounds: number): BenchResult {
  // The first run of all brings the simulator itself in.
  occupied(name, 1);
  const [few, many] = [occupied(name, rounds), occupied(name, rounds * 10)];
  return ratioResult({
    name: `memory of a guest that goes on to ${name} code`,
    ...{ unit: 'bytes', measured: many, reference: few, limit: 1.3 },
    referenceName: 'the same for a tenth of the rounds',
    detail: { rounds: rounds * 10 },
  });
}

export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  return inFolder(async folder => {
    const results: BenchResult[] = [];
    const all = programs(folder, smoke);
    for (const program of smoke ? all.slice(0, 2) : all) {
      results.push(await compare(program, smoke ? 1 : 3));
    }
    results.push(geometricMean(results), await timing(smoke));
    results.push(changingCode('rewrite', smoke ? 1 : 200), changingCode('remap', smoke ? 1 : 2000));
    return results;
  });
}
