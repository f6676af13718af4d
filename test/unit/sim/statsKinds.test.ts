import { expect } from 'chai';
import { PanicError, setLogSink } from '../../../src/base/index';
import {
  Average,
  AverageDeviation,
  AverageVector,
  Distribution,
  Histogram,
  Scalar,
  SparseHistogram,
  StandardDeviation,
  StatFlag,
  unit,
  Value,
  Vector,
  Vector2d,
  VectorAverageDeviation,
  VectorDistribution,
} from '../../../src/sim/stats/index';
import { aStatGroup, TestClock, wordsOf } from '../../support/stats';

describe('Scalar', () => {
  it('counts by addition and starts afresh at a reset', () => {
    const scalar = new Scalar(aStatGroup(), 'n', unit.Count, 'things');
    expect(scalar.zero()).to.equal(true);
    scalar.value += 2;
    scalar.value++;
    expect([scalar.result(), scalar.total(), scalar.zero()]).to.deep.equal([3, 3, false]);
    scalar.reset();
    expect(scalar.result()).to.equal(0);
  });

  it('takes a precision from -1 to 100', () => {
    const scalar = new Scalar(aStatGroup(), 'n', unit.Count, 'things');
    expect(scalar.getPrecision()).to.equal(-1);
    expect(scalar.precision(100).getPrecision()).to.equal(100);
    for (const digits of [-2, 101, 1.5, NaN]) {
      expect(() => scalar.precision(digits)).to.throw(PanicError, /^n: a precision/);
    }
  });
});

describe('Average', () => {
  it('weighs a value by how long it lasted, the current tick included', () => {
    const clock = new TestClock();
    const average = new Average(aStatGroup(clock), 'a', unit.Count, 'things at a time');
    average.value = 4;
    clock.tick = 10;
    average.value += 2;
    clock.tick = 19;

    // 4 for ticks 0 to 9, 6 for ticks 10 to 19.
    expect(average.result()).to.equal(5);
    expect(average.value).to.equal(6);
  });

  it('averages from the last reset on, and keeps its value over a reset', () => {
    const clock = new TestClock();
    const average = new Average(aStatGroup(clock), 'a', unit.Count, 'things at a time');
    average.value = 100;
    clock.tick = 50;
    average.reset();
    clock.tick = 60;
    average.value = 1;
    clock.tick = 69;

    expect(average.result()).to.equal((10 * 100 + 10 * 1) / 20);
  });

  it('says the same however often it is read', () => {
    const clock = new TestClock();
    const average = new Average(aStatGroup(clock), 'a', unit.Count, 'things at a time');
    average.value = 3;
    clock.tick = 7;
    average.prepare();
    expect(average.result()).to.equal(3);
    expect(average.result()).to.equal(3);
  });
});

describe('Value', () => {
  it('asks for its number each time, and a reset leaves that alone', () => {
    let number = 1;
    const value = new Value(aStatGroup(), 'v', unit.Count, 'things', () => number);
    number = 2;
    value.reset();
    expect([value.result(), value.value]).to.deep.equal([2, 2]);
  });

  it('can be a constant, or get its source later, once', () => {
    const group = aStatGroup();
    const value = new Value(group, 'v', unit.Count, 'things');
    expect(value.check()).to.match(/functor/);
    expect(value.value).to.equal(0);
    value.functor(() => 5);
    expect(value.check()).to.equal(undefined);
    expect(value.value).to.equal(5);
    expect(new Value(group, 'c', unit.Count, 'things', 7).value).to.equal(7);
    expect(() => value.functor(() => 6)).to.throw(PanicError, /already/);
  });
});

describe('Vector', () => {
  it('counts by element', () => {
    const vector = new Vector(aStatGroup(), 'v', unit.Count, 'things').init(3);
    vector.inc(0);
    vector.inc(2, 5);
    vector.dec(2);
    vector.set(1, 7);
    expect([...vector.result()]).to.deep.equal([1, 7, 4]);
    expect([vector.at(2), vector.size(), vector.total()]).to.deep.equal([4, 3, 12]);
    vector.reset();
    expect(vector.total()).to.equal(0);
  });

  it('is zero only when all elements are', () => {
    const vector = new Vector(aStatGroup(), 'v', unit.Count, 'things').init(2);
    expect(vector.zero()).to.equal(true);
    vector.inc(1);
    expect(vector.zero()).to.equal(false);
    vector.inc(0);
    expect(vector.zero()).to.equal(false);
  });

  it('panics about an element that is not there', () => {
    const vector = new Vector(aStatGroup(), 'v', unit.Count, 'things').init(2);
    for (const index of [2, -1, 0.5, NaN]) {
      expect(() => vector.inc(index)).to.throw(PanicError, /^v: no element/);
      expect(() => vector.set(index, 1)).to.throw(PanicError, /^v: no element/);
      expect(() => vector.at(index)).to.throw(PanicError, /^v: no element/);
    }
  });

  it('panics about a size that is none, and about a second one', () => {
    const vector = new Vector(aStatGroup(), 'v', unit.Count, 'things');
    for (const size of [0, -1, 1.5, NaN, Infinity]) {
      expect(() => vector.init(size)).to.throw(PanicError, /^v: a size is a whole number from 1/);
    }
    vector.init(1);
    expect(() => vector.init(1)).to.throw(PanicError, /already/);
  });
});

describe('AverageVector', () => {
  it('averages each element over time', () => {
    const clock = new TestClock();
    const vector = new AverageVector(aStatGroup(clock), 'v', unit.Count, 'lines').init(2);
    vector.set(0, 10);
    clock.tick = 5;
    vector.inc(0, 10);
    vector.dec(1, 2);
    clock.tick = 9;
    vector.prepare();

    expect([...vector.result()]).to.deep.equal([(5 * 10 + 5 * 20) / 10, (5 * -2) / 10]);
    expect(vector.total()).to.equal(14);
    expect(vector.at(1)).to.equal(-2);
    expect(() => vector.inc(2)).to.throw(PanicError, /no element 2/);
    vector.reset();
    expect([...vector.result()]).to.deep.equal([20, -2]);
  });
});

describe('Vector2d', () => {
  it('counts by row and column', () => {
    const table = new Vector2d(aStatGroup(), 't', unit.Count, 'things').init(2, 3);
    table.inc(0, 0);
    table.inc(1, 2, 4);
    table.dec(1, 2);
    table.set(0, 1, 8);
    expect([...table.row(0), ...table.row(1)]).to.deep.equal([1, 8, 0, 0, 0, 3]);
    expect([table.at(1, 2), table.total(), table.zero()]).to.deep.equal([3, 12, false]);
    table.reset();
    expect(table.zero()).to.equal(true);
  });

  it('panics about a row or column that is not there', () => {
    const table = new Vector2d(aStatGroup(), 't', unit.Count, 'things').init(2, 3);
    for (const [x, y] of [
      [2, 0],
      [0, 3],
      [-1, 0],
      [0, -1],
      [0.5, 0],
    ] as const) {
      expect(() => table.inc(x, y)).to.throw(PanicError, /^t: no element .* 2 by 3/);
    }
    expect(() => table.init(1, 1)).to.throw(PanicError, /already/);
    expect(table.ysubnames(['a', 'b', 'c', 'd']).check()).to.match(/more names/);
  });
});

describe('Distribution', () => {
  it('counts samples in buckets, both ends included, and what is outside', () => {
    const dist = new Distribution(aStatGroup(), 'd', unit.Count, 'things').init(10, 19, 5);
    for (const value of [9, 10, 14, 14.5, 15, 19, 19.5, 20]) dist.sample(value);
    const data = dist.data();
    expect([...data.buckets]).to.deep.equal([3, 2]);
    expect([data.underflow, data.overflow]).to.deep.equal([1, 2]);
    expect([data.minValue, data.maxValue, data.samples]).to.deep.equal([9, 20, 8]);
  });

  it('knows the greatest of negative samples', () => {
    const dist = new Distribution(aStatGroup(), 'd', unit.Count, 'things').init(-9, 0, 5);
    dist.sample(-7, 2);
    dist.sample(-3);
    expect([dist.data().minValue, dist.data().maxValue]).to.deep.equal([-7, -3]);
    dist.reset();
    expect([dist.data().minValue, dist.data().maxValue, dist.zero()]).to.deep.equal([0, 0, true]);
  });

  it('warns when the buckets do not divide the range', () => {
    const warnings: string[] = [];
    const previous = setLogSink({ message: (_, text) => warnings.push(text), debug: () => {} });
    try {
      const dist = new Distribution(aStatGroup(), 'd', unit.Count, 'things').init(0, 9, 4);
      expect(dist.data().buckets.length).to.equal(3);
    } finally {
      setLogSink(previous);
    }
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.match(/^d: buckets of 4 do not divide \[0, 9\]/);
  });

  it('panics about an empty range, a bucket size of nothing and samples that are no numbers', () => {
    const dist = new Distribution(aStatGroup(), 'd', unit.Count, 'things');
    expect(() => dist.sample(1)).to.throw(PanicError, /^d: /);
    expect(() => dist.data()).to.throw(PanicError, /^d: /);
    expect(() => dist.init(5, 4, 1)).to.throw(PanicError, /^d: no range/);
    expect(() => dist.init(0, Infinity, 1)).to.throw(PanicError, /^d: no range/);
    expect(() => dist.init(0, 4, 0)).to.throw(PanicError, /^d: a bucket size/);
    expect(() => dist.init(0, 4, NaN)).to.throw(PanicError, /^d: a bucket size/);
    dist.init(0, 4, 1);
    for (const value of [NaN, Infinity, -Infinity]) {
      expect(() => dist.sample(value)).to.throw(PanicError, /finite/);
    }
  });
});

describe('Histogram', () => {
  function bucketsAfter(size: number, ...samples: readonly number[]): [number, number, number[]] {
    const histogram = new Histogram(aStatGroup(), 'h', unit.Count, 'things').init(size);
    for (const value of samples) histogram.sample(value);
    const { min, bucketSize, buckets } = histogram.data();
    return [min, bucketSize, [...buckets]];
  }

  it('doubles its buckets until a sample fits', () => {
    expect(bucketsAfter(4, 0, 1, 2, 3)).to.deep.equal([0, 1, [1, 1, 1, 1]]);
    expect(bucketsAfter(4, 0, 1, 2, 3, 4)).to.deep.equal([0, 2, [2, 2, 1, 0]]);
    expect(bucketsAfter(4, 0, 1, 2, 3, 31)).to.deep.equal([0, 8, [4, 0, 0, 1]]);
    expect(bucketsAfter(5, 0, 1, 2, 3, 4, 9)).to.deep.equal([0, 2, [2, 2, 1, 0, 1]]);
  });

  it('makes zero the lower bound of the middle bucket at the first negative sample', () => {
    expect(bucketsAfter(4, 0, 1, 2, 3, -1)).to.deep.equal([-4, 2, [0, 1, 2, 2]]);
    expect(bucketsAfter(5, 0, 1, 2, 3, 4, -1)).to.deep.equal([-4, 2, [0, 1, 2, 2, 1]]);
  });

  it('grows both ways once there were negative samples', () => {
    expect(bucketsAfter(4, -1, 0, 7)).to.deep.equal([-8, 4, [0, 1, 1, 1]]);
    expect(bucketsAfter(4, -1, 0, -9)).to.deep.equal([-16, 8, [1, 1, 1, 0]]);
  });

  it('keeps the lowest bucket when three buckets grow both ways', () => {
    expect(bucketsAfter(3, -2, -1, 7)).to.deep.equal([-4, 4, [2, 0, 1]]);
  });

  it('adds another histogram and leaves that as it is', () => {
    const group = aStatGroup();
    const sum = new Histogram(group, 'sum', unit.Count, 'things').init(4);
    const other = new Histogram(group, 'other', unit.Count, 'things').init(4);
    sum.sample(1, 2);
    other.sample(13);
    other.sample(-2);
    const before = { ...other.data(), buckets: [...other.data().buckets] };
    sum.add(other);

    expect({ ...other.data(), buckets: [...other.data().buckets] }).to.deep.equal(before);
    const { min, bucketSize, buckets, samples, squares } = sum.data();
    expect([min, bucketSize, [...buckets]]).to.deep.equal([-16, 8, [0, 1, 2, 1]]);
    expect([sum.data().sum, samples, squares]).to.deep.equal([13, 4, 175]);
  });

  it('starts afresh at a reset', () => {
    const histogram = new Histogram(aStatGroup(), 'h', unit.Count, 'things').init(4);
    histogram.sample(-100, 3);
    histogram.reset();
    expect(histogram.zero()).to.equal(true);
    const { min, max, bucketSize, sum } = histogram.data();
    expect([min, max, bucketSize, sum]).to.deep.equal([0, 3, 1, 0]);
  });

  it('panics about fewer than two buckets, other sizes and samples that are no numbers', () => {
    const group = aStatGroup();
    const histogram = new Histogram(group, 'h', unit.Count, 'things');
    expect(() => histogram.sample(1)).to.throw(PanicError, /^h: /);
    expect(() => histogram.init(1)).to.throw(PanicError, /^h: a number of buckets .* from 2/);
    histogram.init(2);
    for (const value of [NaN, Infinity]) {
      expect(() => histogram.sample(value)).to.throw(PanicError, /finite/);
    }
    const wide = new Histogram(group, 'wide', unit.Count, 'things').init(3);
    expect(() => histogram.add(wide)).to.throw(PanicError, /2 and 3 buckets/);
  });
});

describe('StandardDeviation', () => {
  it('prints samples, mean and deviation', () => {
    const group = aStatGroup();
    const deviation = new StandardDeviation(group, 'd', unit.Count, 'things');
    expect(wordsOf(group)).to.deep.equal(['d::samples 0', 'd::mean nan', 'd::stdev nan']);
    deviation.sample(2);
    expect(wordsOf(group)).to.deep.equal(['d::samples 1', 'd::mean 2', 'd::stdev nan']);
    deviation.sample(6, 2);
    expect(wordsOf(group)).to.deep.equal(['d::samples 3', 'd::mean 4.666667', 'd::stdev 2.309401']);
    deviation.reset();
    expect(deviation.zero()).to.equal(true);
  });
});

describe('AverageDeviation', () => {
  it('divides by ticks, those since the last reset', () => {
    const clock = new TestClock();
    const group = aStatGroup(clock);
    const deviation = new AverageDeviation(group, 'd', unit.Count, 'things');
    clock.tick = 100;
    deviation.sample(50);
    deviation.reset();
    expect(deviation.zero()).to.equal(true);
    clock.tick = 110;
    deviation.sample(5, 2);
    expect(wordsOf(group).slice(0, 2)).to.deep.equal(['d::samples 10', 'd::mean 1']);
  });
});

describe('A vector of distributions', () => {
  it('prints each with its name or its index', () => {
    const group = aStatGroup();
    const dists = new VectorDistribution(group, 'd', unit.Count, 'things').init(2, 0, 1, 1);
    dists.subname(1, 'write').subdesc(1, 'writes').flags(StatFlag.nozero);
    dists.sample(0, 1);
    dists.sample(1, 0, 2);

    expect(wordsOf(group)).to.deep.equal([
      'd_0::samples 1',
      'd_0::mean 1',
      'd_0::stdev nan',
      'd_0::1 1 100.00% 100.00%',
      'd_0::min_value 1',
      'd_0::max_value 1',
      'd_0::total 1',
      'd_write::samples 2',
      'd_write::0 2 100.00% 100.00%',
      'd_write::total 2',
    ]);
    expect(wordsOf(group, {})[9]).to.equal('d_write::total 2 # writes (Count)');
  });

  it('is zero only when all are, and panics about one that is not there', () => {
    const clock = new TestClock();
    const group = aStatGroup(clock);
    const dists = new VectorAverageDeviation(group, 'd', unit.Count, 'things').init(2);
    expect(dists.zero()).to.equal(true);
    dists.sample(1, 3);
    expect(dists.zero()).to.equal(false);
    expect(() => dists.sample(2, 1)).to.throw(PanicError, /^d: no element 2/);
    expect(() => dists.init(2)).to.throw(PanicError, /already/);
    dists.reset();
    expect(dists.zero()).to.equal(true);
    expect(dists.subname(2, 'c').check()).to.match(/there are 2 elements/);
  });
});

describe('SparseHistogram', () => {
  it('prints how often each value occurred, in ascending order', () => {
    const group = aStatGroup();
    const histogram = new SparseHistogram(group, 'h', unit.Count, 'addresses');
    histogram.sample(4096, 2);
    histogram.sample(64);
    histogram.sample(4096);

    expect([histogram.samples(), histogram.size(), histogram.at(4096)]).to.deep.equal([4, 2, 3]);
    expect(wordsOf(group)).to.deep.equal(['h::samples 4', 'h::64 1', 'h::4096 3']);
    expect(() => histogram.sample(NaN)).to.throw(PanicError, /finite/);
    histogram.reset();
    expect(histogram.zero()).to.equal(true);
    expect(wordsOf(group)).to.deep.equal(['h::samples 0']);
  });
});
