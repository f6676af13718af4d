/** How long a tree of 10,000 objects takes from its first node to its last model. */
import {
  defineSchema,
  nodeClass,
  param,
  Parent,
  Scalar,
  SimObject,
  simObjectSchema,
  Simulation,
  Root as RootModel,
  unit,
  type AnyNode,
  type ParamsOf,
  type SimulationHost,
} from '../src/sim/index';
import { differenceResult, type BenchOptions, type BenchResult } from './result';
import { median } from './support/command';

const partSchema = defineSchema('Part', simObjectSchema, {
  description: 'A part with parameters and a statistic',
  params: {
    size: param.MemorySize('64KiB', 'a size'),
    latency: param.Latency('2ns', 'a time'),
    depth: param.Int(Parent['depth'] ?? 0, 'how deep the part lies'),
  },
});

class Part extends SimObject {
  static override readonly schema = partSchema;
  readonly size: number;
  readonly count: Scalar;

  constructor(params: ParamsOf<typeof partSchema>) {
    super(params);
    this.size = params.size;
    this.count = new Scalar(this.stats, 'count', unit.Count, 'something to count');
  }
}

const Root = nodeClass(RootModel);
const PartNode = nodeClass(Part);

const host: SimulationHost = {
  seconds: () => performance.now() / 1000,
  sleep: () => undefined,
  memoryKiB: () => 0,
  print: () => undefined,
  outputDirectory: () => '.',
  makeOutputDirectory: () => '.',
  yield: () => Promise.resolve(),
  beginRun: () => undefined,
  endRun: () => undefined,
  interrupted: () => false,
  takeStatRequest: () => null,
};

/** Seconds to build and instantiate `groups` groups of ten groups of ten parts each. */
function build(groups: number): number {
  const start = performance.now();
  const ten = (child: () => AnyNode): AnyNode[] => Array.from({ length: 10 }, child);
  const leaf = (): AnyNode => new PartNode({ latency: '3ns' });
  const branch = (): AnyNode => new PartNode({ leaves: ten(leaf) });
  const all = Array.from(
    { length: groups },
    () => new PartNode({ depth: 1, branches: ten(branch) }),
  );
  new Simulation(host).instantiate(new Root({ fullSystem: false, all }));
  return (performance.now() - start) / 1000;
}

export function run({ smoke }: BenchOptions): BenchResult[] {
  const groups = smoke ? 1 : 90;
  const rounds = smoke ? 1 : 5;
  const seconds = Array.from({ length: rounds }, () => build(groups));
  return [
    differenceResult({
      name: 'building and instantiating a tree of 10,000 objects',
      unit: 's',
      measured: Math.min(...seconds),
      reference: 0,
      referenceName: 'nothing',
      limit: 1,
      detail: { rounds, objects: groups * 111, first: seconds[0] ?? NaN, median: median(seconds) },
    }),
  ];
}
