/**
 * What it costs that a software CPU stops after an exact number of instructions: the same programs on an
 * interpreter that charges each block to an account and looks what is left, and on one that does not.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { BlockAccount } from '../src/arch/x86/isa/blockAccount';
import type { CodeBuilder } from '../src/arch/x86/isa/builder/codeBuilder';
import { isZero } from '../src/arch/x86/isa/builder/condition';
import { Value } from '../src/arch/x86/isa/builder/value';
import { InterpreterSemantics } from '../src/arch/x86/isa/interpreterSemantics';
import { recordOffset } from '../src/arch/x86/isa/record';
import { StopReason } from '../src/arch/x86/isa/stopReason';
import { ModelMachine } from '../test/support/cpuModels';
import { ratioResult, type BenchOptions, type BenchResult } from './result';
import { inFolder, median, repositoryPath } from './support/command';

const KERNELS = [
  ['crc32', 500],
  ['machine', 1000],
  ['qsort', 1500],
] as const;

/** Goes to the target of a direct jump if that is known, whatever it costs. */
function freeGoto(this: Parts): void {
  const record = new Value('i32', 0, [], [], { kind: 'local', index: -1 });
  const target = this.code.load('i32', record, recordOffset.operand);
  this.code.when(isZero(target), () => this.emitStop(StopReason.Unresolved));
  this.code.add({ kind: 'next', value: target });
}

/** Parts of the interpreter's semantics that others do not see. */
interface Parts {
  readonly code: CodeBuilder;
  emitStop(reason: number): void;
}

const nothing = (): void => undefined;

/** What charges, by the prototypes whose methods they are, and what is there instead. */
const CHARGES: readonly (readonly [object, Readonly<Record<string, unknown>>])[] = [
  [InterpreterSemantics.prototype, { charge: nothing, emitGoto: freeGoto }],
  [
    BlockAccount.prototype,
    { charge: nothing, refund: nothing, refundAfter: nothing, refundJump: nothing },
  ],
];

/** Calls a function while nothing is charged: it is for a program without a limit then. */
function uncharged<T>(body: () => T): T {
  const kept = CHARGES.map(([prototype, others]) => {
    const names = Object.keys(others);
    return names.map(name => [name, Reflect.get(prototype, name) as unknown] as const);
  });
  for (const [prototype, others] of CHARGES) Object.assign(prototype, others);
  try {
    return body();
  } finally {
    for (const [i, [prototype]] of CHARGES.entries()) {
      Object.assign(prototype, Object.fromEntries(kept[i] ?? []));
    }
  }
}

/** Processor seconds that a program takes from its start to its end. */
function secondsOf(program: string, kernel: string, rounds: number): number {
  const machine = new ModelMachine(['atomic'], [program, kernel, String(rounds)]);
  try {
    const start = process.cpuUsage();
    const { code } = machine.m5.simulate();
    const { user, system } = process.cpuUsage(start);
    if (code !== 0) throw new Error(`${kernel} ended with status ${String(code)}`);
    return (user + system) / 1e6;
  } finally {
    machine.dispose();
  }
}

function compare(
  program: string,
  [kernel, rounds]: readonly [string, number],
  repetitions: number,
): BenchResult {
  /** Without what it takes to begin. */
  const seconds = (): number =>
    secondsOf(program, kernel, rounds + 1) - secondsOf(program, kernel, 1);
  const runs = Array.from({ length: repetitions }, () => ({
    charged: seconds(),
    free: uncharged(seconds),
  }));
  const free = median(runs.map(run => run.free));
  // What disturbs one of a pair tends to disturb the other.
  const ratio = median(runs.map(run => run.charged / run.free));
  return ratioResult({
    name: `${kernel} with a budget check a block`,
    ...{ unit: 's', measured: ratio * free, reference: free },
    referenceName: 'the same interpreter without any',
    detail: { repetitions },
  });
}

function geometricMean(results: readonly BenchResult[]): BenchResult {
  const mean = Math.exp(
    results.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / results.length,
  );
  return ratioResult({
    name: 'a budget check a block, geometric mean',
    ...{ unit: 'ratio', measured: mean, reference: 1, limit: 1.05 },
    referenceName: 'the same interpreter without any',
  });
}

export function run({ smoke }: BenchOptions): Promise<BenchResult[]> {
  // Nobody returns from the interpreter to have it optimised where there is no limit.
  setFlagsFromString('--no-liftoff');
  return inFolder(folder => {
    const program = join(folder, 'budgetCheck');
    const options = ['-O2', '-static', '-nostdlib', '-fno-stack-protector', '-o', program];
    execFileSync('cc', [...options, repositoryPath('bench', 'budgetCheck.c')]);
    const kernels = smoke ? KERNELS.slice(0, 1) : KERNELS;
    const results = kernels.map(([name, rounds]) =>
      compare(program, [name, smoke ? 1 : rounds], smoke ? 1 : 7),
    );
    return [...results, geometricMean(results)];
  });
}
