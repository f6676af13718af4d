import { expect } from 'chai';
import { FatalError, PanicError, Random } from '../../../src/base/index';

const numbers = (random: Random, count = 5): number[] =>
  Array.from({ length: count }, () => random.next32());

describe('Random', () => {
  it('gives the same sequence for the same seed', () => {
    expect(numbers(new Random(1))).to.deep.equal(numbers(new Random(1)));
    expect(numbers(new Random(1))).to.not.deep.equal(numbers(new Random(2)));
    expect(numbers(new Random(1))).to.not.deep.equal(numbers(new Random(1 + 2 ** 40)));
  });

  it('follows the published algorithm', () => {
    const random = new Random();
    random.setState([1, 2, 3, 4]);
    // The first outputs of xoshiro128** for this state.
    expect(numbers(random, 4)).to.deep.equal([11520, 0, 5927040, 70819200]);
  });

  it('goes on from a saved state', () => {
    const random = new Random(7);
    numbers(random);
    const state = random.getState();
    const expected = numbers(random);
    const restored = new Random(8);
    restored.setState(state);
    expect(numbers(restored)).to.deep.equal(expected);
  });

  it('rejects states that cannot be', () => {
    const random = new Random();
    expect(() => random.setState([0, 0, 0, 0])).to.throw(FatalError, 'all zero');
    expect(() => random.setState([1, 2, 3])).to.throw(FatalError, 'four');
    expect(() => random.setState([1, 2, 3, 4, 5])).to.throw(FatalError, 'four');
    expect(() => random.setState([1, 2, 3, -1])).to.throw(FatalError, 'four');
    expect(() => new Random(0.5)).to.throw(FatalError, 'integer');
  });

  it('stays within bounds and reaches both of them', () => {
    const random = new Random(3);
    const seen = new Set(Array.from({ length: 500 }, () => random.nextInt(-2, 3)));
    expect([...seen].sort((a, b) => a - b)).to.deep.equal([-2, -1, 0, 1, 2, 3]);
    expect(random.nextInt(5, 5)).to.equal(5);
    expect(() => random.nextInt(1, 0)).to.throw(PanicError, 'bounds');
  });

  it('fills ranges beyond 32 bits', () => {
    const random = new Random(4);
    const values = Array.from({ length: 200 }, () => random.nextInt(0, 2 ** 40));
    expect(values.every(value => value >= 0 && value <= 2 ** 40)).to.equal(true);
    expect(values.some(value => value > 2 ** 39)).to.equal(true);
    expect(random.nextDouble()).to.be.within(0, 1);
  });
});
