/** Laws about CPU models: which of them runs a program, and when it changes, shows in time alone. */
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { setLogSink } from '../../src/base/index';
import { ModelMachine, type Model } from '../support/cpuModels';
import { noKvm } from '../support/kvm';

type Program = readonly [string, ...string[]];

/** System calls, string instructions, x87 and SSE; 20,000 instructions. */
const ARGS: Program = ['args', '0', 'one', 'two words'];
/** Maps, unmaps and protects memory, code included; 200,000 instructions. */
const MAPPINGS: Program = ['mappings'];

/** Executes code, changes it and executes it again. */
const REWRITING: Program = ['kernels', 'rewrite', '3'];

const SOFTWARE: readonly Model[] = ['atomic', 'noncaching', 'timing'];
const ALL: readonly [Model, ...Model[]] =
  noKvm === null ? ['kvm', 'atomic', 'noncaching', 'timing'] : ['atomic', 'noncaching', 'timing'];
const isHere = (model: Model): boolean => ALL.includes(model);
const LIMIT = 'simulate() limit reached';

describe('Which CPU model runs a program', () => {
  const made: ModelMachine[] = [];
  let sink: ReturnType<typeof setLogSink> | undefined;

  before(() => {
    sink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  after(() => {
    if (sink !== undefined) setLogSink(sink);
  });

  afterEach(() => {
    for (const machine of made.splice(0)) machine.dispose();
  });

  function machine(models: readonly [Model, ...Model[]], program: Program, from?: string) {
    const it = new ModelMachine(models, program, from);
    made.push(it);
    return it;
  }

  function reference(program: Program) {
    const alone = machine(['atomic'], program);
    const ending = alone.ending(alone.m5.simulate());
    return { ending, insts: alone.insts(), kinds: alone.kinds() };
  }

  it('does not show: memory, registers, output and counts are the same', () => {
    for (const stop of [1000, 19_000]) {
      const states = SOFTWARE.map(model => {
        const alone = machine([model], ARGS);
        expect(alone.runInsts(stop).cause).to.equal('enough');
        expect(alone.insts()).to.equal(stop);
        return alone.state() + JSON.stringify(alone.kinds());
      });
      expect(new Set(states).size).to.equal(1);
    }
    for (const program of [ARGS, MAPPINGS, REWRITING]) {
      const { ending, insts, kinds } = reference(program);
      for (const model of (['kvm', 'timing'] as const).filter(isHere)) {
        const alone = machine([model], program);
        expect(alone.ending(alone.m5.simulate())).to.deep.equal(ending);
        if (model === 'kvm') continue;
        expect(alone.insts()).to.equal(insts);
        expect(alone.kinds()).to.deep.equal(kinds);
      }
    }
  });

  it('does not show when it changes every 1,000 instructions', () => {
    const alone = machine(['atomic'], ARGS);
    alone.runInsts(19_000);
    const changing = machine(['atomic', 'timing', 'noncaching'], ARGS);
    for (let i = 0; i < 19; i++) {
      changing.switchTo(SOFTWARE[i % 3]!);
      expect(changing.runInsts(1000).cause).to.equal('enough');
    }
    expect(changing.insts()).to.equal(19_000);
    expect(changing.state()).to.equal(alone.state());
    const ending = alone.ending(alone.m5.simulate());
    expect(changing.ending(changing.m5.simulate())).to.deep.equal(ending);
    expect(changing.insts()).to.equal(alone.insts());
    expect(changing.kinds()).to.deep.equal(alone.kinds());
  });

  it('does not show when it changes anywhere, KVM included', () => {
    const { ending } = reference(ARGS);
    const steps = fc.array(
      fc.tuple(fc.constantFrom(...ALL), fc.integer({ min: 1, max: 2_000_000 })),
      {
        minLength: 3,
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(steps, plan => {
        const moving = machine(ALL, ARGS);
        for (const [model, ticks] of plan) {
          moving.switchTo(model);
          const exit = moving.m5.simulate(ticks);
          if (exit.cause === LIMIT) continue;
          expect(moving.ending(exit)).to.deep.equal(ending);
          return;
        }
        expect(moving.ending(moving.m5.simulate())).to.deep.equal(ending);
      }),
      { numRuns: 6 },
    );
  });

  it('does not show when it goes on from a checkpoint of another', () => {
    const { ending } = reference(ARGS);
    const models = (['kvm', 'atomic', 'timing'] as const).filter(isHere);
    for (const [i, model] of models.entries()) {
      const saved = machine([model], ARGS);
      saved.m5.simulate(3_000_000);
      const directory = saved.m5.checkpoint(join(saved.folder, 'cpt'));
      const restored = machine([models[(i + 1) % models.length]!], ARGS, directory);
      const exit = restored.m5.simulate();
      expect([exit.code, exit.cause]).to.deep.equal([ending.code, ending.cause]);
    }
  });
});
