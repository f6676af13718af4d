import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import { Average, Formula, Scalar, StatGroup, unit, Vector } from '../../../src/sim/stats/index';
import { aStatGroup, TestClock, wordsOf } from '../../support/stats';

function aScalar(group: StatGroup, name: string, value = 0): Scalar {
  const scalar = new Scalar(group, name, unit.Count, 'things');
  scalar.value = value;
  return scalar;
}

describe('StatGroup', () => {
  it('prints its statistics in the order of declaration, then its sub-groups by name', () => {
    const root = aStatGroup();
    const zoo = new StatGroup(root, 'zoo');
    const ape = new StatGroup(root, 'ape');
    aScalar(zoo, 'second', 1);
    aScalar(zoo, 'first', 2);
    aScalar(ape, 'count', 3);
    aScalar(root, 'last', 4);

    expect(wordsOf(root)).to.deep.equal(['last 4', 'ape.count 3', 'zoo.second 1', 'zoo.first 2']);
  });

  it('names the elements of a vector as the objects are, so that they sort by index', () => {
    const root = aStatGroup();
    const cpus = Array.from({ length: 11 }, () => new StatGroup());
    for (const cpu of cpus) aScalar(cpu, 'n');
    root.addStatGroupVector('cpu', cpus);

    const names = root.getStatGroups().map(([name]) => name);
    expect(names.slice(0, 3)).to.deep.equal(['cpu00', 'cpu01', 'cpu02']);
    expect(names.at(-1)).to.equal('cpu10');
  });

  it('leaves out the index of the only element of a vector', () => {
    const root = aStatGroup();
    const cpu = new StatGroup();
    root.addStatGroupVector('cpu', [cpu]);

    expect(cpu.path()).to.equal('cpu');
    expect(cpu.vectorPosition).to.deep.equal({ vector: 'cpu', index: 0 });
  });

  it('prints what a merged group has as its own, whenever that was declared', () => {
    const root = aStatGroup();
    const cpu = new StatGroup(root, 'cpu');
    aScalar(cpu, 'own', 1);
    const merged = new StatGroup(cpu);
    aScalar(merged, 'merged', 2);
    const deeper = new StatGroup(merged);
    aScalar(deeper, 'deeper', 3);
    aScalar(new StatGroup(deeper, 'child'), 'n', 4);
    aScalar(cpu, 'late', 5);

    expect(wordsOf(root)).to.deep.equal([
      'cpu.own 1',
      'cpu.merged 2',
      'cpu.deeper 3',
      'cpu.late 5',
      'cpu.child.n 4',
    ]);
  });

  it('takes over what a group has when it is merged', () => {
    const root = aStatGroup();
    const group = new StatGroup(undefined, 'system.cpu');
    aScalar(group, 'n', 1);
    aScalar(new StatGroup(group, 'child'), 'm', 2);
    root.mergeStatGroup(group);

    expect(wordsOf(root)).to.deep.equal(['n 1', 'child.m 2']);
  });

  it('has the path it was given until it is added somewhere', () => {
    const cpu = new StatGroup(undefined, 'system.cpu0');
    const scalar = aScalar(new StatGroup(cpu), 'n');
    expect(scalar.path()).to.equal('system.cpu0.n');

    const board = new StatGroup(aStatGroup(), 'board');
    board.addStatGroup('core', cpu);
    expect(scalar.path()).to.equal('board.core.n');
  });

  it('finds statistics and groups by dotted name, through merged groups too', () => {
    const root = aStatGroup();
    const cpu = new StatGroup(root, 'cpu');
    const fetch = new StatGroup(new StatGroup(cpu), 'fetch');
    const scalar = aScalar(fetch, 'n');

    expect(root.resolveStat('cpu.fetch.n')).to.equal(scalar);
    expect(root.resolveGroup('cpu.fetch')).to.equal(fetch);
    expect(root.resolveStat('cpu.fetch.m')).to.equal(undefined);
    expect(root.resolveStat('gpu.fetch.n')).to.equal(undefined);
    expect(root.resolveStat('cpu')).to.equal(undefined);
    expect(root.resolveGroup('cpu.decode.n')).to.equal(undefined);
  });

  it('resets statistics, then merged groups, then sub-groups by name, then tells the owner', () => {
    const order: string[] = [];
    const told = (name: string): { resetStats(): void } => ({
      resetStats: () => order.push(name),
    });
    class Noted extends Scalar {
      override reset(): void {
        super.reset();
        order.push(this.name);
      }
    }
    const root = new StatGroup(undefined, '', told('root'));
    root.addStatGroup('b', new StatGroup(undefined, '', told('b')));
    const a = new StatGroup(undefined, '', told('a'));
    root.addStatGroup('a', a);
    const merged = new StatGroup(undefined, '', told('merged'));
    root.mergeStatGroup(merged);
    const stat = new Noted(root, 'stat', unit.Count, 'things');
    stat.value = 1;
    new Noted(a, 'inA', unit.Count, 'things');
    root.resetStats();

    expect(order).to.deep.equal(['stat', 'merged', 'inA', 'a', 'b', 'root']);
    expect(stat.value).to.equal(0);
  });

  it('tells owners of registration and dumps from the bottom up', () => {
    const order: string[] = [];
    const owner = (name: string): { regStats(): void; preDumpStats(): void } => ({
      regStats: () => order.push(`reg ${name}`),
      preDumpStats: () => order.push(`dump ${name}`),
    });
    const root = new StatGroup(undefined, '', owner('root'));
    const child = new StatGroup(undefined, '', owner('child'));
    root.addStatGroup('child', child);
    child.addStatGroup('grandchild', new StatGroup(undefined, '', owner('grandchild')));
    root.regStats();
    root.preDumpStats();

    expect(order).to.deep.equal([
      'reg grandchild',
      'reg child',
      'reg root',
      'dump grandchild',
      'dump child',
      'dump root',
    ]);
  });

  it('takes the time from the nearest group above that was given a clock', () => {
    const clock = new TestClock();
    const root = aStatGroup(clock);
    const child = new StatGroup();
    const average = new Average(child, 'average', unit.Count, 'things at a time');
    root.addStatGroup('child', child);
    clock.tick = 3;

    expect(child.curTick()).to.equal(3);
    expect(average.result()).to.equal(0);
  });

  it('panics when it cannot know the time', () => {
    const average = new Average(new StatGroup(undefined, 'lost'), 'a', unit.Count, 'things');
    expect(() => average.result()).to.throw(PanicError, /stat group lost: no context/);
  });

  it('panics about two statistics or sub-groups with one name', () => {
    const root = aStatGroup();
    const cpu = new StatGroup(root, 'cpu');
    aScalar(cpu, 'n');
    expect(() => aScalar(cpu, 'n')).to.throw(PanicError, /stat group cpu: .*'n'/);
    expect(() => aScalar(new StatGroup(cpu), 'n')).to.throw(PanicError, /stat group cpu/);
    expect(() => new StatGroup(root, 'cpu')).to.throw(PanicError, /root stat group: .*'cpu'/);
    expect(() => new StatGroup(cpu, 'n')).to.throw(PanicError, /stat group cpu/);
    expect(() => aScalar(root, 'cpu')).to.throw(PanicError, /root stat group/);
  });

  it('panics about names that would not read back', () => {
    const root = aStatGroup();
    for (const name of ['', 'a.b', 'a b', '1st', 'a-b', 'a::b']) {
      expect(() => aScalar(root, name), name).to.throw(PanicError, /letters, digits and '_'/);
    }
    for (const name of ['', 'a.b', 'a b']) {
      expect(() => root.addStatGroup(name, new StatGroup()), name).to.throw(PanicError, /no dots/);
    }
    expect(() => new Scalar(root, 'two', unit.Count, 'two\nlines')).to.throw(
      PanicError,
      /one line/,
    );
    const vector = new Vector(root, 'v', unit.Count, 'things');
    expect(() => vector.subname(0, 'a b')).to.throw(PanicError, /^v: .*blanks/);
    expect(() => vector.subname(-1, 'a')).to.throw(PanicError, /^v: no element -1/);
  });

  it('panics about a group in two places or within itself', () => {
    const root = aStatGroup();
    const child = new StatGroup(root, 'child');
    const merged = new StatGroup(child);
    expect(() => root.addStatGroup('other', child)).to.throw(PanicError, /one place only/);
    expect(() => root.mergeStatGroup(merged)).to.throw(PanicError, /one place only/);
    expect(() => merged.addStatGroup('root', root)).to.throw(PanicError, /part of itself/);
    expect(() => root.mergeStatGroup(root)).to.throw(PanicError, /part of itself/);
  });

  it('panics about statistics and groups that come after enable()', () => {
    const root = aStatGroup();
    const cpu = new StatGroup(root, 'cpu');
    const merged = new StatGroup(cpu);
    root.enable();
    expect(() => aScalar(cpu, 'late')).to.throw(PanicError, /^cpu\.late: .*enabled already/);
    expect(() => aScalar(merged, 'late')).to.throw(PanicError, /^cpu\.late/);
    expect(() => new StatGroup(cpu, 'late')).to.throw(PanicError, /stat group cpu: .*enabled/);
  });

  it('panics at enable() about the first statistic that lacks something, with its full name', () => {
    const unfinished: readonly [RegExp, (group: StatGroup) => void][] = [
      [/^cpu\.v: .*init\(\)/, group => new Vector(group, 'v', unit.Count, 'things')],
      [/^cpu\.f: .*set\(\)/, group => new Formula(group, 'f', unit.Ratio, 'of things')],
      [
        /^cpu\.v: .*element 2 has a name, but there are 2/,
        group => new Vector(group, 'v', unit.Count, 'things').init(2).subname(2, 'c'),
      ],
    ];
    for (const [message, declare] of unfinished) {
      const root = aStatGroup();
      declare(new StatGroup(new StatGroup(root, 'cpu')));
      expect(() => root.enable()).to.throw(PanicError, message);
    }
  });
});
