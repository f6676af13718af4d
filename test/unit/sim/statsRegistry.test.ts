import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import {
  Average,
  JsonWriter,
  Scalar,
  StatGroup,
  StatsRegistry,
  TextWriter,
  unit,
  type JsonObject,
} from '../../../src/sim/stats/index';
import { aStatsEnvironment, TestClock } from '../../support/stats';

describe('StatsRegistry', () => {
  /** A registry with one counter, and the text written so far. */
  function aRegistry(clock: TestClock): { registry: StatsRegistry; n: Scalar; text(): string } {
    const registry = new StatsRegistry(aStatsEnvironment({ curTick: () => clock.curTick() }));
    const cpu = new StatGroup(new StatGroup(registry.root, 'system'), 'cpu');
    const n = new Scalar(cpu, 'n', unit.Count, 'things');
    registry.enable();
    const chunks: string[] = [];
    const sink = (chunk: string): number => chunks.push(chunk);
    registry.addOutput(new TextWriter(sink, { desc: false, spaces: false }));
    return { registry, n, text: () => chunks.join('') };
  }

  function countsIn(text: string): string[] {
    return text.split('\n').filter(line => line.includes('.n '));
  }

  it('writes blocks one after the other, with a line that begins and one that ends each', () => {
    const clock = new TestClock();
    const { registry, n, text } = aRegistry(clock);
    n.value = 1;
    expect(registry.dump()).to.equal(true);
    clock.tick = 5;
    n.value = 2;
    expect(registry.dump()).to.equal(true);

    expect(
      text()
        .split('\n')
        .filter(line => /^$|---|\.n /.test(line)),
    ).to.deep.equal([
      '',
      '---------- Begin Simulation Statistics ----------',
      'system.cpu.n 1',
      '',
      '---------- End Simulation Statistics   ----------',
      '',
      '---------- Begin Simulation Statistics ----------',
      'system.cpu.n 2',
      '',
      '---------- End Simulation Statistics   ----------',
      '',
    ]);
  });

  it('dumps everything at tick 0, and once per tick', () => {
    const clock = new TestClock();
    const { registry, text } = aRegistry(clock);
    expect([registry.dump(), registry.dump()]).to.deep.equal([true, false]);
    clock.tick = 1;
    expect([registry.dump(), registry.dump()]).to.deep.equal([true, false]);
    expect(countsIn(text())).to.have.length(2);
  });

  it('always dumps selected groups, under their full names', () => {
    const { registry, text } = aRegistry(new TestClock());
    const cpu = registry.root.resolveGroup('system.cpu');
    if (cpu === undefined) return expect.fail('no such group');
    registry.dump([cpu]);
    registry.dump([cpu, cpu]);
    expect(countsIn(text())).to.deep.equal(Array<string>(3).fill('system.cpu.n 0'));
    expect(text()).not.to.include('simSeconds');
    expect(registry.dump()).to.equal(true);
  });

  it('panics about a selected group of another simulation', () => {
    const { registry } = aRegistry(new TestClock());
    const stranger = new StatGroup(undefined, 'system.gpu');
    expect(() => registry.dump([stranger])).to.throw(PanicError, /system\.gpu: not part of/);
  });

  it('dumps again in the same tick after a fork, into the files of the child', () => {
    const { registry, text } = aRegistry(new TestClock());
    registry.dump();
    registry.notifyFork();
    expect(registry.dump()).to.equal(true);
    expect(countsIn(text())).to.have.length(2);
  });

  it('brings statistics up to the current tick, after telling callbacks and owners', () => {
    const clock = new TestClock();
    const registry = new StatsRegistry(aStatsEnvironment({ curTick: () => clock.tick }));
    const order: string[] = [];
    const owner = { preDumpStats: () => order.push('owner') };
    const cpu = new StatGroup(undefined, 'cpu', owner);
    registry.root.addStatGroup('cpu', cpu);
    class Noted extends Average {
      override prepare(): void {
        super.prepare();
        order.push('prepare');
      }
    }
    new Noted(cpu, 'average', unit.Count, 'things');
    registry.registerDumpCallback(() => order.push('callback'));
    registry.enable();
    registry.dump();
    expect(order).to.deep.equal(['callback', 'owner', 'prepare']);
  });

  it('resets everything and then calls back', () => {
    const { registry, n } = aRegistry(new TestClock());
    const seen: number[] = [];
    registry.registerResetCallback(() => seen.push(n.value));
    n.value = 7;
    registry.reset();
    expect(seen).to.deep.equal([0]);
  });

  it('lets owners add statistics until it is enabled, which is once', () => {
    const registry = new StatsRegistry(aStatsEnvironment());
    const cpu: StatGroup = new StatGroup(registry, 'cpu', {
      regStats: () => new Scalar(cpu, 'late', unit.Count, 'things'),
    });
    registry.root.addStatGroup('cpu', cpu);
    registry.regStats();
    expect(registry.enabled).to.equal(false);
    registry.enable();
    expect(registry.enabled).to.equal(true);
    expect(registry.resolve('cpu.late')).to.be.instanceOf(Scalar);
    expect(() => registry.regStats()).to.throw(PanicError, /enabled already/);
    expect(() => registry.enable()).to.throw(FatalError, /already enabled/);
  });

  it('does not dump before it is enabled', () => {
    expect(() => new StatsRegistry(aStatsEnvironment()).dump()).to.throw(
      FatalError,
      /instantiated/,
    );
  });

  it('writes the same dump to every output', () => {
    const clock = new TestClock();
    const { registry, n, text } = aRegistry(clock);
    const documents: JsonObject[] = [];
    registry.addOutput(new JsonWriter(json => documents.push(JSON.parse(json) as JsonObject)));
    clock.tick = 100;
    registry.reset();
    clock.tick = 300;
    n.value = 3;
    registry.dump();

    expect(countsIn(text())).to.deep.equal(['system.cpu.n 3']);
    expect(documents).to.have.length(1);
    expect(documents[0]).to.include({ simulated_begin_time: 100, simulated_end_time: 300 });
    expect(documents[0]).to.have.nested.property('system.cpu.n.value', 3);
    expect(documents[0]).to.have.nested.property('simTicks.value', 200);
  });

  it('writes selected elements of a vector into one list of the JSON document', () => {
    const registry = new StatsRegistry(aStatsEnvironment());
    const cpus = [0, 1].map(() => new StatGroup(undefined, 'cpu', {}));
    for (const cpu of cpus) new Scalar(cpu, 'n', unit.Count, 'things');
    const fetch = new StatGroup(cpus[0], 'fetch');
    new Scalar(fetch, 'm', unit.Count, 'things');
    registry.root.addStatGroupVector('cpu', cpus);
    registry.enable();
    let document: unknown;
    registry.addOutput(
      new JsonWriter(json => {
        document = JSON.parse(json);
      }),
    );
    registry.dump([...cpus, fetch]);

    expect(document).to.have.nested.property('cpu.value').that.has.length(2);
    expect(document).to.have.nested.property('cpu.value[0].n.value', 0);
    expect(document).to.have.nested.property('cpu.value[0].fetch.m.value', 0);
    expect(document).to.have.nested.property('cpu.value[1].n.value', 0);
  });
});

describe('RootStats', () => {
  it('counts simulated and host time since the last reset', () => {
    const now = { tick: 0, seconds: 1000 };
    const registry = new StatsRegistry(
      aStatsEnvironment({
        curTick: () => now.tick,
        hostSeconds: () => now.seconds,
        insts: () => 60,
        ops: () => 90,
        hostMemory: () => 3,
      }),
    );
    const { rootStats } = registry;
    const read = (name: string): number =>
      (registry.resolve(name) as unknown as { total(): number }).total();
    now.tick = 1e12;
    now.seconds = 1002;
    expect(read('simSeconds')).to.equal(1);
    expect(read('hostTickRate')).to.equal(5e11);
    registry.reset();
    now.tick = 4e12;
    now.seconds = 1008;

    expect(rootStats.startTick).to.equal(1e12);
    expect(read('simTicks')).to.equal(3e12);
    expect(registry.simSeconds.total()).to.equal(3);
    expect(read('finalTick')).to.equal(4e12);
    expect(read('hostSeconds')).to.equal(6);
    expect(read('hostInstRate')).to.equal(10);
    expect(read('hostOpRate')).to.equal(15);
    expect(read('hostMemory')).to.equal(3072);
  });

  it('belongs to one simulation: two of them do not meet', () => {
    const first = new StatsRegistry(aStatsEnvironment({ curTick: () => 1 }));
    const second = new StatsRegistry(aStatsEnvironment({ curTick: () => 2 }));
    new Scalar(first.root, 'n', unit.Count, 'things');
    expect(second.resolve('n')).to.equal(undefined);
    expect([first.rootStats.simTicks.value, second.rootStats.simTicks.value]).to.deep.equal([1, 2]);
    expect([first.curTick(), second.curTick()]).to.deep.equal([1, 2]);
  });
});
