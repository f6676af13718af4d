import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import {
  add,
  Average,
  div,
  element,
  Formula,
  mul,
  neg,
  Scalar,
  sub,
  sum,
  unit,
  Vector,
  type Operand,
  type StatGroup,
} from '../../../src/sim/stats/index';
import { aStatGroup, TestClock } from '../../support/stats';

describe('Formula', () => {
  function aFormula(group: StatGroup, operand?: Operand): Formula {
    return new Formula(group, 'formula', unit.Count, 'things', operand);
  }

  function aVector(group: StatGroup, name: string, ...values: readonly number[]): Vector {
    const vector = new Vector(group, name, unit.Count, 'things').init(values.length);
    values.forEach((value, index) => vector.set(index, value));
    return vector;
  }

  function resultOf(operand: Operand): number[] {
    return [...aFormula(aStatGroup(), operand).result()];
  }

  it('is worked out when it is read', () => {
    const group = aStatGroup();
    const cycles = new Scalar(group, 'cycles', unit.Cycle, 'cycles');
    const insts = new Scalar(group, 'insts', unit.Count, 'instructions');
    const cpi = aFormula(group, div(cycles, insts));
    expect([...cpi.result()]).to.deep.equal([NaN]);
    cycles.value = 6;
    insts.value = 4;
    expect([...cpi.result(), cpi.total(), cpi.size()]).to.deep.equal([1.5, 1.5, 1]);
    insts.value = 0;
    expect([...cpi.result()]).to.deep.equal([Infinity]);
  });

  it('goes element by element, a single number with every element', () => {
    const group = aStatGroup();
    const left = aVector(group, 'left', 1, 2, 3);
    const right = aVector(group, 'right', 10, 20, 40);
    expect(resultOf(add(left, right))).to.deep.equal([11, 22, 43]);
    expect(resultOf(sub(right, left))).to.deep.equal([9, 18, 37]);
    expect(resultOf(mul(left, 2))).to.deep.equal([2, 4, 6]);
    expect(resultOf(div(100, right))).to.deep.equal([10, 5, 2.5]);
    expect(resultOf(neg(left))).to.deep.equal([-1, -2, -3]);
    expect(resultOf(sum(left))).to.deep.equal([6]);
    expect(resultOf(div(left, [1, 2, 4]))).to.deep.equal([1, 1, 0.75]);
    expect(resultOf(element(right, 1))).to.deep.equal([20]);
  });

  it('has the operation on the sums as the total of an operation on two lists', () => {
    const group = aStatGroup();
    const hits = aVector(group, 'hits', 1, 30);
    const accesses = aVector(group, 'accesses', 10, 40);
    expect(aFormula(group, div(hits, accesses)).total()).to.equal(31 / 50);
  });

  it('has the sum of its elements as the total of any other operation', () => {
    const group = aStatGroup();
    const bytes = aVector(group, 'bytes', 10, 30);
    expect(aFormula(group, div(bytes, 4)).total()).to.equal(10);
    expect(aFormula(aStatGroup(), neg(bytes)).total()).to.equal(-40);
    expect(aFormula(aStatGroup(), bytes).total()).to.equal(40);
  });

  it('can use formulas, averages and constants', () => {
    const clock = new TestClock();
    const group = aStatGroup(clock);
    const average = new Average(group, 'average', unit.Count, 'things at a time');
    average.value = 3;
    clock.tick = 1;
    const double = aFormula(group, mul(average, 2));
    const more = new Formula(group, 'more', unit.Count, 'things', add(double, [1, 2]));
    expect([...more.result()]).to.deep.equal([7, 8]);
    expect(more.zero()).to.equal(false);
  });

  it('can be given its terms later', () => {
    const group = aStatGroup();
    const formula = aFormula(group);
    expect([formula.size(), formula.total(), formula.result().length]).to.deep.equal([0, 0, 0]);
    expect([formula.zero(), formula.toString()]).to.deep.equal([true, '']);
    formula.addTerm(1).addTerm(aVector(group, 'v', 1, 2));
    expect([...formula.result()]).to.deep.equal([2, 3]);
    expect(() => formula.set(1)).to.throw(PanicError, /already/);
  });

  it('can be read as one would write it', () => {
    const group = aStatGroup();
    const v = aVector(group, 'v', 1, 2);
    const n = new Scalar(group, 'n', unit.Count, 'things');
    const formula = aFormula(group, div(sub(sum(v), neg(n)), mul([1, 2], add(element(v, 1), 3))));
    expect(formula.toString()).to.equal('((total(v) - -n) / ([1, 2] * (v[1] + 3)))');
  });

  it('panics about lists of different lengths', () => {
    const group = aStatGroup();
    const formula = aFormula(group, add(aVector(group, 'two', 1, 2), [1, 2, 3]));
    const message = /\(two \+ \[1, 2, 3\]\): 2 elements do not go with 3/;
    expect(() => formula.size()).to.throw(PanicError, message);
    expect(() => formula.result()).to.throw(PanicError, message);
    expect(() => group.enable()).to.throw(PanicError, message);
  });

  it('panics about operands that have no elements', () => {
    const group = aStatGroup();
    const vector = new Vector(group, 'v', unit.Count, 'things');
    expect(() => aFormula(group, mul(vector, 2)).size()).to.throw(PanicError, /^v: .*elements/);
    expect(() => add([], 1)).to.throw(PanicError, /at least one/);
    expect(() => element(vector, 0).total()).to.throw(PanicError, /^v\[0\]: .*no such element/);
  });

  it('panics when it depends on itself, instead of going round in circles', () => {
    const group = aStatGroup();
    const formula = aFormula(group);
    formula.set(add(new Formula(group, 'other', unit.Count, 'things', formula), 1));
    expect(() => formula.result()).to.throw(PanicError, /^formula: .*itself/);
    expect(() => formula.total()).to.throw(PanicError, /^formula: .*itself/);
  });
});

describe('unit', () => {
  it('prints rates in parentheses', () => {
    expect(unit.rate(unit.Tick, unit.Second).text).to.equal('(Tick/Second)');
    expect(unit.rate(unit.rate(unit.Byte, unit.Second), unit.Count).text).to.equal(
      '((Byte/Second)/Count)',
    );
    expect(unit.rate(unit.Count, unit.Count).toString()).to.equal('(Count/Count)');
  });

  it('panics about a rate that is a ratio', () => {
    expect(() => unit.rate(unit.Byte, unit.Byte)).to.throw(PanicError, /use unit\.Ratio/);
  });
});
