import { expect } from 'chai';
import fc from 'fast-check';
import {
  add,
  Average,
  Distribution,
  div,
  Formula,
  Histogram,
  mul,
  neg,
  StandardDeviation,
  StatFlag,
  sub,
  sum,
  unit,
  Vector,
  type DistributionData,
  type Operand,
} from '../../src/sim/stats/index';
import { formatFixed } from '../../src/sim/stats/numberFormat';
import { aStatGroup, linesOf, TestClock, wordsOf } from '../support/stats';

const wholeSamples = fc.array(fc.integer({ min: -100_000, max: 100_000 }), { maxLength: 60 });
const anySamples = fc.array(
  fc.oneof(
    fc.integer({ min: -50, max: 50 }),
    fc.integer({ min: 0, max: 2 ** 40 }),
    fc
      .double({ min: -1e9, max: 1e9, noNaN: true })
      // Halving the very least numbers gives zero.
      .filter(value => value === 0 || Math.abs(value) > 1e-300),
  ),
  { maxLength: 60 },
);

/** How many samples a bucket should have. */
function countWithin(samples: readonly number[], low: number, size: number): number {
  return samples.filter(value => value >= low && value < low + size).length;
}

describe('Histograms', () => {
  function aHistogram(buckets: number, samples: readonly number[]): Histogram {
    const histogram = new Histogram(aStatGroup(), 'h', unit.Count, 'things').init(buckets);
    for (const value of samples) histogram.sample(value);
    return histogram;
  }

  function expectedBuckets(data: DistributionData, samples: readonly number[]): number[] {
    return Array.from(data.buckets, (_, index) =>
      countWithin(samples, data.min + index * data.bucketSize, data.bucketSize),
    );
  }

  it('have every sample in the bucket whose range it is in, however they grew', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 21 }), anySamples, (buckets, samples) => {
        const data = aHistogram(buckets, samples).data();
        expect([...data.buckets]).to.deep.equal(expectedBuckets(data, samples));
        expect(data.buckets.reduce((total, count) => total + count, 0)).to.equal(samples.length);
        expect(Number.isInteger(Math.log2(data.bucketSize))).to.equal(true);
      }),
      { numRuns: 500 },
    );
  });

  it('are, added up, the histogram of all samples', () => {
    const buckets = fc.integer({ min: 2, max: 9 });
    fc.assert(
      fc.property(buckets, wholeSamples, wholeSamples, (size, first, second) => {
        const added = aHistogram(size, first);
        added.add(aHistogram(size, second));
        const data = added.data();
        const all = [...first, ...second];
        expect([...data.buckets]).to.deep.equal(expectedBuckets(data, all));
        expect([data.samples, data.sum]).to.deep.equal([
          all.length,
          all.reduce((total, value) => total + value, 0),
        ]);
      }),
    );
  });
});

describe('Distributions', () => {
  it('have every sample in its bucket, below or above', () => {
    const range = fc.record({
      min: fc.integer({ min: -100, max: 100 }),
      buckets: fc.integer({ min: 1, max: 20 }),
      size: fc.integer({ min: 1, max: 9 }),
    });
    const samples = fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 60 });
    fc.assert(
      fc.property(range, samples, ({ min, buckets, size }, values) => {
        const max = min + buckets * size - 1;
        const dist = new Distribution(aStatGroup(), 'd', unit.Count, 'things');
        dist.init(min, max, size);
        for (const value of values) dist.sample(value);
        const data = dist.data();
        expect([...data.buckets]).to.deep.equal(
          Array.from({ length: buckets }, (_, i) => countWithin(values, min + i * size, size)),
        );
        expect(data.underflow).to.equal(values.filter(value => value < min).length);
        expect(data.overflow).to.equal(values.filter(value => value > max).length);
        expect(data.minValue).to.equal(values.length === 0 ? 0 : Math.min(...values));
        expect(data.maxValue).to.equal(values.length === 0 ? 0 : Math.max(...values));
      }),
    );
  });

  it('print the mean and the deviation of their samples', () => {
    const pairs = fc.array(
      fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 5 })),
      {
        minLength: 2,
        maxLength: 30,
      },
    );
    fc.assert(
      fc.property(pairs, samples => {
        const group = aStatGroup();
        const deviation = new StandardDeviation(group, 'd', unit.Count, 'things');
        for (const [value, count] of samples) deviation.sample(value, count);
        const all = samples.flatMap(([value, count]) => Array<number>(count).fill(value));
        const mean = all.reduce((total, value) => total + value, 0) / all.length;
        const squares = all.reduce((total, value) => total + (value - mean) ** 2, 0);
        const printed = wordsOf(group).map(line => Number(line.split(' ')[1]));
        expect(printed[0]).to.equal(all.length);
        expect(printed[1]).to.be.closeTo(mean, 1e-6);
        expect(printed[2]).to.be.closeTo(Math.sqrt(squares / (all.length - 1)), 1e-5);
      }),
    );
  });
});

describe('Averages', () => {
  it('are the mean of the values at each tick', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: -9, max: 9 })),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(steps, changes => {
        const clock = new TestClock();
        const average = new Average(aStatGroup(clock), 'a', unit.Count, 'things at a time');
        const perTick: number[] = [];
        for (const [wait, value] of changes) {
          for (let tick = 0; tick < wait; tick++) perTick.push(average.value);
          clock.tick += wait;
          average.value = value;
        }
        perTick.push(average.value);
        const mean = perTick.reduce((total, value) => total + value, 0) / perTick.length;
        expect(average.result()).to.be.closeTo(mean, 1e-9);
      }),
    );
  });
});

describe('Formulas', () => {
  /** An expression beside the lists that it should amount to. */
  interface Case {
    readonly operand: Operand;
    readonly values: readonly number[];
  }
  const SIZE = 4;
  const number = fc.integer({ min: -9, max: 9 });

  const at = (values: readonly number[], index: number): number =>
    values[values.length === 1 ? 0 : index] ?? NaN;

  function combine(left: Case, right: Case, operation: (a: number, b: number) => number): number[] {
    const length = Math.max(left.values.length, right.values.length);
    return Array.from({ length }, (_, i) => operation(at(left.values, i), at(right.values, i)));
  }

  function vectorOf(values: readonly number[]): Vector {
    const vector = new Vector(aStatGroup(), 'v', unit.Count, 'things').init(values.length);
    values.forEach((value, index) => vector.set(index, value));
    return vector;
  }

  const OPERATIONS = [
    [add, (a: number, b: number) => a + b],
    [sub, (a: number, b: number) => a - b],
    [mul, (a: number, b: number) => a * b],
    [div, (a: number, b: number) => a / b],
  ] as const;

  const { expression } = fc.letrec<{ expression: Case; leaf: Case }>(tie => ({
    leaf: fc.oneof(
      number.map((value): Case => ({ operand: value, values: [value] })),
      fc
        .array(number, { minLength: SIZE, maxLength: SIZE })
        .map((values): Case => ({ operand: vectorOf(values), values })),
    ),
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      fc
        .tuple(fc.constantFrom(...OPERATIONS), tie('expression'), tie('expression'))
        .map(([[make, operation], left, right]): Case => ({
          operand: make(left.operand, right.operand),
          values: combine(left, right, operation),
        })),
      tie('expression').map(({ operand, values }): Case => ({
        operand: neg(operand),
        values: values.map(value => -value),
      })),
      tie('expression').map(({ operand, values }): Case => ({
        operand: sum(operand),
        values: [values.reduce((total, value) => total + value, 0)],
      })),
      tie('expression').map(({ operand, values }): Case => ({
        operand: new Formula(aStatGroup(), 'f', unit.Count, 'things', operand),
        values,
      })),
    ),
  }));

  it('are worked out element by element', () => {
    fc.assert(
      fc.property(expression, ({ operand, values }) => {
        const formula = new Formula(aStatGroup(), 'f', unit.Count, 'things', operand);
        expect([...formula.result()]).to.deep.equal(values);
        expect(formula.size()).to.equal(values.length);
      }),
      { numRuns: 500 },
    );
  });

  it('have the operation on the sums of two lists as their total', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...OPERATIONS),
        expression,
        expression,
        ([make, operation], left, right) => {
          fc.pre(left.values.length === SIZE && right.values.length === SIZE);
          const total = (values: readonly number[]): number =>
            values.reduce((before, value) => before + value, 0);
          const formula = new Formula(aStatGroup(), 'f', unit.Count, 'things');
          formula.set(make(left.operand, right.operand));
          expect(formula.total()).to.deep.equal(operation(total(left.values), total(right.values)));
        },
      ),
    );
  });
});

describe('The text', () => {
  it('has the same words with and without alignment', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 10 ** 9 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 0x7ff }), (values, flags) => {
        const group = aStatGroup();
        const vector = new Vector(group, 'v', unit.Byte, 'bytes').init(values.length).flags(flags);
        values.forEach((value, index) => vector.set(index, value));
        // In one line, gem5 leaves no blank before the first bar when columns are not aligned.
        fc.pre(!vector.hasFlag(StatFlag.oneline));
        expect(linesOf(group, { spaces: false })).to.deep.equal(wordsOf(group, {}));
      }),
    );
  });

  it('has cumulative shares that end at all', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(counts, values => {
        fc.pre(values.some(value => value > 0));
        const group = aStatGroup();
        const vector = new Vector(group, 'v', unit.Byte, 'bytes').init(values.length);
        vector.flags(StatFlag.cdf);
        values.forEach((value, index) => vector.set(index, value));
        expect(wordsOf(group).at(-1)).to.match(/ 100\.00%$/);
      }),
    );
  });
});

describe('formatFixed', () => {
  /** The decimal of a finite double, rounded half to even: exactly, in whole numbers. */
  function exactly(value: number, digits: number): string {
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, Math.abs(value));
    const bits = view.getBigUint64(0);
    const biased = Number(bits >> 52n);
    const fraction = bits & ((1n << 52n) - 1n);
    const mantissa = biased === 0 ? fraction : fraction | (1n << 52n);
    const exponent = Math.max(biased, 1) - 1075;
    // value * 10^digits = numerator / denominator
    const numerator =
      mantissa * 10n ** BigInt(digits) * (exponent > 0 ? 1n << BigInt(exponent) : 1n);
    const denominator = exponent < 0 ? 1n << BigInt(-exponent) : 1n;
    let units = numerator / denominator;
    const twice = (numerator % denominator) * 2n;
    if (twice > denominator || (twice === denominator && units % 2n === 1n)) units += 1n;
    const text = units.toString().padStart(digits + 1, '0');
    const sign = value < 0 || Object.is(value, -0) ? '-' : '';
    const whole = text.slice(0, text.length - digits);
    return digits === 0 ? sign + whole : `${sign}${whole}.${text.slice(-digits)}`;
  }

  it('is the exact decimal, rounded half to even', () => {
    const halfWay = fc
      .tuple(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), fc.integer({ min: 0, max: 12 }))
      .map(([odd, power]) => odd / 2 ** power);
    const values = fc.oneof(halfWay, fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 12 }), (value, digits) => {
        expect(formatFixed(value, digits)).to.equal(exactly(value, digits));
      }),
      { numRuns: 2000 },
    );
  });
});
