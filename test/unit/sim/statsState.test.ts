import { expect } from 'chai';
import fc from 'fast-check';
import {
  Average,
  AverageDeviation,
  AverageVector,
  Distribution,
  Formula,
  Histogram,
  Scalar,
  SparseHistogram,
  StandardDeviation,
  sum,
  unit,
  Vector,
  Vector2d,
  VectorAverageDeviation,
  VectorDistribution,
  VectorStandardDeviation,
  type StatGroup,
} from '../../../src/sim/stats/index';
import { aStatGroup, linesOf, TestClock } from '../../support/stats';

/** One statistic of each kind, and how to give all of them a value at a tick. */
class EveryKind {
  readonly clock = new TestClock();
  readonly group: StatGroup = aStatGroup(this.clock);
  readonly #takers: ((value: number) => void)[] = [];

  constructor() {
    const { group } = this;
    const of = (name: string): [StatGroup, string, typeof unit.Count, string] => [
      ...([group, name, unit.Count] as [StatGroup, string, typeof unit.Count]),
      `a ${name}`,
    ];
    const scalar = new Scalar(...of('scalar'));
    const average = new Average(...of('average'));
    const vector = new Vector(...of('vector')).init(3);
    const averages = new AverageVector(...of('averages')).init(2);
    const table = new Vector2d(...of('table')).init(2, 3);
    const samples = [
      new Distribution(...of('distribution')).init(-10, 9, 5),
      new Histogram(...of('histogram')).init(4),
      new StandardDeviation(...of('deviation')),
      new AverageDeviation(...of('perTick')),
      new SparseHistogram(...of('sparse')),
    ];
    const vectors = [
      new VectorDistribution(...of('distributions')).init(2, 0, 9, 5),
      new VectorStandardDeviation(...of('deviations')).init(2),
      new VectorAverageDeviation(...of('perTicks')).init(2),
    ];
    new Formula(...of('formula'), sum(vector));
    this.#takers.push(
      value => (scalar.value += value),
      value => (average.value = value),
      value => {
        vector.inc(Math.abs(value) % 3, value);
        averages.set(Math.abs(value) % 2, value);
        table.inc(Math.abs(value) % 2, 1, value);
      },
      value => {
        for (const stat of samples) stat.sample(value);
        for (const stat of vectors) stat.sample(Math.abs(value) % 2, value);
      },
    );
  }

  take(values: readonly number[]): void {
    for (const value of values) {
      this.clock.tick += 10;
      for (const taker of this.#takers) taker(value);
    }
  }
}

const values = fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 20 });

describe('The state of a statistic', () => {
  it('has another one go on as if it had counted all of it, whatever its kind', () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        const one = new EveryKind();
        one.take(before);
        const other = new EveryKind();
        other.clock.tick = one.clock.tick;
        for (const [i, stat] of one.group.getStats().entries()) {
          const state = stat.saveState();
          expect(other.group.getStats()[i]!.loadState(state), stat.name).to.equal(true);
          expect(other.group.getStats()[i]!.saveState()).to.deep.equal(state);
        }
        one.take(after);
        other.take(after);
        expect(linesOf(other.group)).to.deep.equal(linesOf(one.group));
      }),
    );
  });

  it('is not taken by one of another size, which stays as it is', () => {
    const { group } = new EveryKind();
    for (const stat of group.getStats()) {
      const state = stat.saveState();
      if (stat instanceof Formula) continue;
      expect(stat.loadState([...state, 1]), stat.name).to.equal(false);
      expect(stat.loadState([]), stat.name).to.equal(false);
      expect(stat.saveState()).to.deep.equal(state);
    }
  });
});
