/** How long it takes to hand a program from one CPU model to another, its first event included. */
import { ModelMachine, type Model } from '../test/support/cpuModels';
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import { median } from './support/command';

/** Simulated time between two switches. */
const TICKS = 200_000;

export function run({ smoke }: BenchOptions): BenchResult[] {
  const pairs: readonly (readonly [Model, Model])[] = [
    ['kvm', 'atomic'],
    ['atomic', 'timing'],
    ['kvm', 'timing'],
  ];
  return pairs.flatMap(([a, b]) => measure(a, b, smoke ? 2 : 40));
}

function measure(a: Model, b: Model, rounds: number): BenchResult[] {
  const machine = new ModelMachine([a, b], ['spin']);
  try {
    const there: number[] = [];
    const back: number[] = [];
    machine.m5.simulate(TICKS);
    for (let round = 0; round < rounds; round++) {
      for (const [model, list] of [
        [b, there],
        [a, back],
      ] as const) {
        const start = performance.now();
        machine.switchTo(model);
        list.push(performance.now() - start);
        machine.m5.simulate(TICKS);
      }
    }
    return [result(a, b, there), result(b, a, back)];
  } finally {
    machine.dispose();
  }
}

function result(from: Model, to: Model, times: readonly number[]): BenchResult {
  return differenceResult({
    name: `a switch from ${from} to ${to}`,
    ...{ unit: 'ms', measured: median(times), reference: 0, limit: 5 },
    referenceName: 'no switch',
    detail: { rounds: times.length, longest: Math.max(...times) },
  });
}
