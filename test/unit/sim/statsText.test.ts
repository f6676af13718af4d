import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import type { StatGroup } from '../../../src/sim/stats/index';
import {
  Distribution,
  Formula,
  Histogram,
  Scalar,
  StatFlag,
  TextWriter,
  unit,
  Vector,
  Vector2d,
} from '../../../src/sim/stats/index';
import { aStatGroup, linesOf, wordsOf } from '../../support/stats';

describe('The text of statistics', () => {
  function aVector(group: StatGroup, ...values: readonly number[]): Vector {
    const vector = new Vector(group, 'v', unit.Byte, 'bytes').init(values.length);
    values.forEach((value, index) => vector.set(index, value));
    return vector;
  }

  it('has no padding without spaces, and neither description nor unit without desc', () => {
    const group = aStatGroup();
    new Scalar(group, 'n', unit.Count, 'things').value = 1.5;
    aVector(group, 1, 3).flags(StatFlag.pdf);

    expect(linesOf(group, { spaces: false })).to.deep.equal([
      'n 1.500000 # things (Count)',
      'v::0 1 25.00% 25.00% # bytes (Byte)',
      'v::1 3 75.00% 100.00% # bytes (Byte)',
    ]);
    expect(linesOf(group, { spaces: false, desc: false })).to.deep.equal([
      'n 1.500000',
      'v::0 1 25.00% 25.00%',
      'v::1 3 75.00% 100.00%',
    ]);
    expect(linesOf(group, { desc: false })).to.deep.equal([
      'n                                            1.500000                      ',
      'v::0                                                1     25.00%     25.00%',
      'v::1                                                3     75.00%    100.00%',
    ]);
  });

  it('has only the unit where there is no description', () => {
    const group = aStatGroup();
    new Scalar(group, 'n', unit.Count, '');
    expect(linesOf(group, { spaces: false })).to.deep.equal(['n 0 (Count)']);
  });

  it('leaves out zeros and numbers that are none where the flags say so', () => {
    const group = aStatGroup();
    new Scalar(group, 'zero', unit.Count, 'things').flags(StatFlag.nozero);
    new Formula(group, 'nan', unit.Ratio, 'of things', NaN).flags(StatFlag.nonan);
    new Formula(group, 'both', unit.Ratio, 'of things', NaN).flags(StatFlag.nozero);
    new Histogram(group, 'empty', unit.Count, 'things').init(2).flags(StatFlag.nozero);
    aVector(group, 0, 0).flags(StatFlag.nozero | StatFlag.total);

    expect(wordsOf(group)).to.deep.equal(['both nan']);
  });

  it('leaves out the elements of a vector whose total is zero, even those that are not', () => {
    const group = aStatGroup();
    aVector(group, -1, 1).flags(StatFlag.nozero);
    expect(wordsOf(group)).to.deep.equal([]);
  });

  it('leaves out what is hidden, and what has a prerequisite that is zero', () => {
    const group = aStatGroup();
    const insts = new Scalar(group, 'insts', unit.Count, 'instructions');
    insts.prereq(insts);
    new Scalar(group, 'ops', unit.Count, 'operations').prereq(insts);
    new Scalar(group, 'secret', unit.Count, 'things').hide();
    new Distribution(group, 'd', unit.Count, 'things').init(0, 0, 1).prereq(insts);
    aVector(group, 1, 2).prereq(insts);

    expect(wordsOf(group)).to.deep.equal([]);
    insts.value = 1;
    expect(wordsOf(group).slice(0, 2)).to.deep.equal(['insts 1', 'ops 0']);
    expect(wordsOf(group)).to.include('v::1 2').and.include('d::total 0');
  });

  it('prints a vector of one element as a scalar, whatever the element is called', () => {
    const group = aStatGroup();
    aVector(group, 5).flags(StatFlag.total).subname(0, 'only');
    expect(wordsOf(group)).to.deep.equal(['v 5']);
  });

  it('skips elements without a name when others have one, in the shares too', () => {
    const group = aStatGroup();
    aVector(group, 1, 1, 2)
      .flags(StatFlag.cdf | StatFlag.total)
      .subname(0, 'a')
      .subname(2, 'c');
    expect(wordsOf(group)).to.deep.equal([
      'v::a 1 25.00% 25.00%',
      'v::c 2 50.00% 75.00%',
      'v::total 4',
    ]);
  });

  it('describes elements by their own descriptions once a named one has any', () => {
    const group = aStatGroup();
    const vector = aVector(group, 1, 2).flags(StatFlag.total).subdesc(0, 'first');
    expect(wordsOf(group, {})[0]).to.equal('v::0 1 # bytes (Byte)');
    vector.subnames(['a', 'b']);
    expect(wordsOf(group, {})).to.deep.equal([
      'v::a 1 # first (Byte)',
      'v::b 2 (Byte)',
      'v::total 3 # bytes (Byte)',
    ]);
  });

  it('prints a vector in one line where the flags say so', () => {
    const group = aStatGroup();
    aVector(group, 0, 4).flags(StatFlag.oneline | StatFlag.nozero | StatFlag.total);
    expect(linesOf(group)).to.deep.equal([
      `${'v'.padEnd(40)} |           0                       |           4                       # bytes (Byte)`,
      `${'v::total'.padEnd(40)}            4                       # bytes (Byte)`,
    ]);
  });

  it('prints a distribution in one line where the flags say so', () => {
    const group = aStatGroup();
    const dist = new Distribution(group, 'd', unit.Count, 'things').init(0, 3, 2);
    dist.flags(StatFlag.oneline).sample(1, 2);
    expect(wordsOf(group, {})).to.deep.equal([
      'd::bucket_size 2 # things (Count)',
      'd::min_bucket 0 # things (Count)',
      'd::max_bucket 3 # things (Count)',
      'd::samples 2 # things (Count)',
      'd::mean 1 # things (Count)',
      'd::stdev 0 # things (Count)',
      'd::underflows 0 0.00% 0.00% # things (Count)',
      'd | 2 100.00% 100.00% | 0 0.00% 100.00% # things (Count)',
      'd::overflows 0 0.00% 100.00% # things (Count)',
      'd::min_value 1 # things (Count)',
      'd::max_value 1 # things (Count)',
      'd::total 2 # things (Count)',
    ]);
  });

  it('names the buckets by their ranges, in six digits', () => {
    const group = aStatGroup();
    const histogram = new Histogram(group, 'h', unit.Byte, 'bytes').init(2);
    histogram.flags(StatFlag.nozero).sample(0);
    histogram.sample(2 ** 20);
    expect(wordsOf(group).slice(-3, -1)).to.deep.equal([
      'h::0-1.04858e+06 1 50.00% 50.00%',
      'h::1.04858e+06-2.09715e+06 1 50.00% 100.00%',
    ]);
  });

  it('prints rows of a table by name, with their totals and the total of all', () => {
    const group = aStatGroup();
    const table = new Vector2d(group, 't', unit.Count, 'things').init(2, 2).flags(StatFlag.total);
    table.inc(0, 1, 3);
    table.inc(1, 0, 4);
    expect(wordsOf(group)).to.deep.equal([
      't_0::0 0',
      't_0::1 3',
      't_0::total 3',
      't_1::0 4',
      't_1::1 0',
      't_1::total 4',
      't::total 7',
    ]);
    table.subname(1, 'row').ysubname(0, 'column');
    expect(wordsOf(group)).to.deep.equal(['t_row::column 4', 't_row::total 4', 't::total 7']);
  });

  it('keeps the name of the only column', () => {
    const group = aStatGroup();
    new Vector2d(group, 't', unit.Count, 'things').init(1, 1).flags(StatFlag.total);
    expect(wordsOf(group)).to.deep.equal(['t_0::0 0']);
  });

  it('comes in few large pieces', () => {
    const group = aStatGroup();
    const vector = new Vector(group, 'v', unit.Byte, 'bytes').init(5000);
    const chunks: string[] = [];
    const writer = new TextWriter(chunk => chunks.push(chunk));
    writer.begin();
    group.visit(writer);
    expect(chunks.length).to.be.within(5, 8);
    writer.end();
    const lines = chunks.join('').split('\n');
    expect(lines.filter(line => line.startsWith('v::'))).to.have.length(vector.size());
  });

  it('panics when groups end that never began', () => {
    expect(() => new TextWriter(() => {}).endGroup()).to.throw(PanicError, /had not begun/);
  });
});
