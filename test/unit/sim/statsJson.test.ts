import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import {
  AverageDeviation,
  Distribution,
  Formula,
  JsonWriter,
  Scalar,
  SparseHistogram,
  StatFlag,
  StatGroup,
  unit,
  Vector,
  Vector2d,
  VectorDistribution,
  type JsonObject,
  type JsonWriterOptions,
} from '../../../src/sim/stats/index';
import { aStatGroup, TestClock } from '../../support/stats';

describe('The JSON of statistics', () => {
  function documentOf(group: StatGroup, options: JsonWriterOptions = {}): JsonObject {
    let document = '';
    const writer = new JsonWriter(text => {
      document = text;
    }, options);
    writer.begin({ begin: 100, end: 300 });
    group.visit(writer);
    writer.end();
    return JSON.parse(document) as JsonObject;
  }

  /** What a statistic is written as. */
  function valueOf(declare: (group: StatGroup) => unknown, options?: JsonWriterOptions): unknown {
    const clock = new TestClock();
    clock.tick = 10;
    const group = aStatGroup(clock);
    declare(group);
    const { type, time_conversion, creation_time, name, ...rest } = documentOf(group, options);
    delete rest['simulated_begin_time'];
    delete rest['simulated_end_time'];
    expect([type, time_conversion, creation_time, name]).to.deep.equal([
      'SimObject',
      null,
      null,
      'root',
    ]);
    return rest;
  }

  const scalarOf = (value: number | null, description: string | null = null): JsonObject => ({
    value,
    type: 'Scalar',
    description,
    unit: 'Count',
    datatype: 'f64',
  });

  it('begins with the time it is about', () => {
    const document = documentOf(aStatGroup(), { creationTime: () => '2024-05-01T12:00:00' });
    expect(document).to.deep.equal({
      type: 'SimObject',
      time_conversion: null,
      creation_time: '2024-05-01T12:00:00',
      simulated_begin_time: 100,
      simulated_end_time: 300,
      name: 'root',
    });
  });

  it('is indented by four spaces and ends in a newline', () => {
    let text = '';
    const writer = new JsonWriter(document => {
      text = document;
    });
    writer.begin({ begin: 0, end: 0 });
    writer.end();
    expect(text)
      .to.match(/^\{\n {4}"type": "SimObject",\n/)
      .and.to.match(/\n\}\n$/);
  });

  it('tells objects, vectors of objects and groups apart', () => {
    const root = aStatGroup();
    const system = new StatGroup(undefined, 'system', {});
    root.addStatGroup('system', system);
    const cpus = [0, 1].map(() => new StatGroup(undefined, 'cpu', {}));
    cpus.forEach(cpu => new Scalar(cpu, 'n', unit.Count, 'things'));
    new Scalar(new StatGroup(cpus[1], 'fetch'), 'm', unit.Count, 'more');
    system.addStatGroupVector('cpu', cpus);

    expect(documentOf(root)['system']).to.deep.equal({
      type: 'SimObject',
      time_conversion: null,
      name: 'system',
      cpu: {
        type: 'SimObjectVector',
        time_conversion: null,
        value: [
          { type: 'SimObject', time_conversion: null, name: 'cpu0', n: scalarOf(0, 'things') },
          {
            type: 'SimObject',
            time_conversion: null,
            name: 'cpu1',
            n: scalarOf(0, 'things'),
            fetch: { type: 'Group', time_conversion: null, m: scalarOf(0, 'more') },
          },
        ],
      },
    });
  });

  it('has formulas as scalars and vectors, unless told to leave them out', () => {
    const declare = (group: StatGroup): void => {
      new Formula(group, 'one', unit.Count, 'a number', 0.5);
      new Formula(group, 'two', unit.Count, 'numbers', [1, 2]).subname(1, 'b');
    };
    expect(valueOf(declare)).to.deep.equal({
      one: scalarOf(0.5, 'a number'),
      two: {
        value: { 0: scalarOf(1, 'numbers'), b: scalarOf(2, 'numbers') },
        type: 'Vector',
        description: 'numbers',
      },
    });
    expect(valueOf(declare, { formulas: false })).to.deep.equal({});
  });

  it('has null for what is no finite number', () => {
    const declare = (group: StatGroup): unknown =>
      new Formula(group, 'f', unit.Count, 'things', NaN);
    expect(valueOf(declare)).to.deep.equal({ f: scalarOf(null, 'things') });
  });

  it('leaves out scalars that are zero where the flags say so, and what is hidden', () => {
    expect(
      valueOf(group => {
        new Scalar(group, 'zero', unit.Count, 'things').flags(StatFlag.nozero);
        new Scalar(group, 'hidden', unit.Count, 'things').hide().value = 1;
      }),
    ).to.deep.equal({});
  });

  it('has the elements of a vector by name or index, each with its description', () => {
    const declare = (group: StatGroup): unknown =>
      new Vector(group, 'v', unit.Count, 'things')
        .init(2)
        .subname(1, 'b')
        .subdesc(1, 'the second')
        .inc(1);
    expect(valueOf(declare)).to.deep.equal({
      v: {
        value: { 0: scalarOf(0, 'things'), b: scalarOf(1, 'the second') },
        type: 'Vector',
        description: 'things',
      },
    });
  });

  it('has a table as a vector of vectors', () => {
    const declare = (group: StatGroup): unknown =>
      new Vector2d(group, 't', unit.Count, 'things')
        .init(2, 1)
        .subname(1, 'b')
        .ysubname(0, 'c')
        .inc(1, 0);
    const row = (count: number): JsonObject => ({
      value: { c: scalarOf(count) },
      type: 'Vector',
      description: 'things',
    });
    expect(valueOf(declare)).to.deep.equal({
      t: { value: { 0: row(0), b: row(1) }, type: 'Vector2d', description: 'things' },
    });
  });

  it('has distributions with their sums', () => {
    const declare = (group: StatGroup): unknown =>
      new Distribution(group, 'd', unit.Count, 'things').init(0, 1, 1).sample(3, 2);
    expect(valueOf(declare)).to.deep.equal({
      d: {
        value: { 0: scalarOf(0), 1: scalarOf(0) },
        type: 'Distribution',
        description: 'things',
        min: 3,
        max: 3,
        num_bins: 2,
        bin_size: 1,
        sum: 6,
        underflow: 0,
        overflow: 2,
        logs: 0,
        sum_squared: 18,
      },
    });
  });

  it('has all samples of a deviation in one bucket', () => {
    const declare = (group: StatGroup): unknown =>
      new AverageDeviation(group, 'd', unit.Count, 'things').sample(3);
    expect(valueOf(declare)).to.have.nested.property('d.num_bins', 1);
    expect(valueOf(declare)).to.have.nested.property('d.value.0.value', 10);
    expect(valueOf(declare)).to.have.nested.property('d.sum', 3);
  });

  it('has each of a vector of distributions under its own name', () => {
    const declare = (group: StatGroup): unknown =>
      new VectorDistribution(group, 'd', unit.Count, 'things')
        .init(2, 0, 1, 1)
        .subname(1, 'b')
        .subdesc(1, 'the second');
    expect(valueOf(declare)).to.have.all.keys('d_0', 'd_b');
    expect(valueOf(declare)).to.have.nested.property('d_0.description', 'things');
    expect(valueOf(declare)).to.have.nested.property('d_b.description', 'the second');
  });

  it('has the values of a sparse histogram as Python writes floats', () => {
    const declare = (group: StatGroup): void => {
      const histogram = new SparseHistogram(group, 'h', unit.Count, 'things');
      for (const value of [64, 0.5, 1e22]) histogram.sample(value);
    };
    expect(valueOf(declare)).to.deep.equal({
      h: {
        value: { '0.5': scalarOf(1), '64.0': scalarOf(1), '1e+22': scalarOf(1) },
        type: 'SparseHist',
        description: 'things',
      },
    });
  });

  it('panics about statistics before it began', () => {
    const scalar = new Scalar(aStatGroup(), 'n', unit.Count, 'things');
    const writer = new JsonWriter(() => {});
    expect(() => scalar.visit(writer)).to.throw(PanicError, /before the dump began/);
  });
});
