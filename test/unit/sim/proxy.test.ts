import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import {
  defineSchema,
  nodeClass,
  param,
  Parent,
  Self,
  SimObject,
  simObjectSchema,
  vectorParam,
} from '../../../src/sim/index';
import { isParamProxy } from '../../../src/sim/proxy';
import { modelParam, resolvedParam } from '../../../src/sim/resolveProxies';
import { PartNode } from '../../support/part';
import { Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

const TicksPerSecond = 1e12;

const meterSchema = defineSchema('Meter', simObjectSchema, {
  description: 'Has numbers and times to calculate with',
  params: {
    count: param.Int(6, 'a number'),
    other: param.Int(4, 'another'),
    delay: param.Latency('10ns', 'a time'),
    rate: param.Frequency('1GHz', 'a frequency'),
    values: vectorParam.Int([1, 2], 'several numbers'),
    meter: param.SimObject<Meter>('Meter', 'another meter'),
    meters: vectorParam.SimObject<Meter>('Meter', [], 'several meters'),
  },
});
class Meter extends SimObject {
  static override readonly schema = meterSchema;
}
const MeterNode = nodeClass(Meter, meterSchema);

const pathOf = (value: unknown): string => (value as { path(): string }).path();

describe('A parameter proxy', () => {
  it('finds the one object of the type among the children of an ancestor', () => {
    const root = new Root({ supply: new VoltageDomain(), a: new PartNode({ b: new PartNode() }) });
    expect(resolvedParam(root.a.b, 'any')).to.equal(root.supply);
  });

  it('finds an ancestor of the type, and not the object that asks', () => {
    const root = new Root({ a: new PartNode({ friend: Parent.any, b: new PartNode() }) });
    root.a.b.friend = Parent.any;
    expect(resolvedParam(root.a.b, 'friend')).to.equal(root.a);
    expect(resolvedParam(root.a, 'friend')).to.deep.include({ isNull: true });
  });

  it('finds an object that an ancestor has as a parameter, though it is elsewhere', () => {
    const root = new Root({
      shelf: new PartNode({ supply: new VoltageDomain() }),
      a: new PartNode({ b: new PartNode() }),
    });
    root.a.any = root.shelf.supply;
    expect(resolvedParam(root.a.b, 'any')).to.equal(root.shelf.supply);
  });

  it('is an error when two objects match', () => {
    const root = new Root({ v1: new VoltageDomain(), v2: new VoltageDomain(), a: new PartNode() });
    expect(() => resolvedParam(root.a, 'any')).to.throw(
      FatalError,
      'Parent.any of a.any matched more than one VoltageDomain: v1 and v2',
    );
  });

  it('is an error when a child and a parameter of one ancestor match', () => {
    const root = new Root({
      shelf: new PartNode({ supply: new VoltageDomain() }),
      a: new PartNode({ own: new VoltageDomain(), b: new PartNode() }),
    });
    root.a.any = root.shelf.supply;
    expect(() => resolvedParam(root.a.b, 'any')).to.throw(FatalError, /a.own and shelf.supply/);
  });

  it('does not choose among the elements of a list, and goes on above', () => {
    const root = new Root({
      supply: new VoltageDomain(),
      a: new PartNode({ list: [new VoltageDomain(), new VoltageDomain()], b: new PartNode() }),
    });
    expect(resolvedParam(root.a.b, 'any')).to.equal(root.supply);
  });

  it('is an error when nothing matches, naming proxy, object and type', () => {
    const root = new Root({ clock: new SrcClockDomain({ clock: '1GHz' }) });
    expect(() => resolvedParam(root.clock, 'voltageDomain')).to.throw(
      FatalError,
      "can't resolve proxy 'Parent.voltageDomain' of clock.voltageDomain: no VoltageDomain found",
    );
  });

  it('takes the value of the same parameter of the nearest ancestor', () => {
    const root = new Root({ a: new PartNode({ depth: 7, b: new PartNode() }) });
    expect(resolvedParam(root.a.b, 'depth')).to.equal(7);
    expect(resolvedParam(root.a.b, 'eventqIndex')).to.equal(0);
  });

  it('passes over an ancestor whose parameter has no value', () => {
    const c = new PartNode({ needed: Parent.attribute('needed') });
    const root = new Root({ a: new PartNode({ needed: 3, b: new PartNode({ c }) }) });
    expect(root.a.b.path()).to.equal('a.b');
    expect(resolvedParam(c, 'needed')).to.equal(3);
  });

  it('collects what is below, sorted by path', () => {
    const root = new Root({
      a: new PartNode({ y: new PartNode({ z: new PartNode() }), x: [new PartNode()] }),
    });
    const parts = resolvedParam(root.a, 'parts') as unknown[];
    expect(parts.map(pathOf)).to.deep.equal(['a.x', 'a.y', 'a.y.z']);
  });

  it('is an error when it refers to itself in a circle', () => {
    const root = new Root({ a: new PartNode({ depth: Self.attribute('depth') }) });
    expect(() => resolvedParam(root.a, 'depth')).to.throw(FatalError, /circle/);
  });

  it('asks for a value that nobody set', () => {
    const root = new Root({ a: new PartNode() });
    expect(() => resolvedParam(root.a, 'needed')).to.throw(
      FatalError,
      'a.needed without default or user set value',
    );
  });

  it('is known as one, and prints as a script would write it', () => {
    const proxy = Parent.cpu[0].clkDomain.attribute('x').over(2).times(Self.range);
    expect(isParamProxy(proxy)).to.equal(true);
    expect(isParamProxy({})).to.equal(false);
    expect(String(proxy)).to.equal('Parent.cpu[0].clkDomain.x.over(2).times(Self.range)');
  });
});

describe('A chain of attributes and indices', () => {
  it('follows children, parameters and lists', () => {
    const a = new MeterNode({ values: [10, 20, 30] });
    const meter = new MeterNode({ meter: a, meters: [a] });
    const user = new MeterNode({
      count: Parent.attribute('m').attribute('meter').attribute('values')[2],
    });
    const root = new Root({ m: meter, user });
    expect(resolvedParam(root.user, 'count')).to.equal(30);
  });

  it('takes element 0 of what is no list, so that one CPU is like several', () => {
    const root = new Root({
      one: new MeterNode({ count: 11 }),
      many: [new MeterNode({ count: 21 }), new MeterNode({ count: 22 })],
      user: new MeterNode({
        count: Parent.attribute('one')[0].attribute('count'),
        other: Parent.attribute('many')[1].attribute('count'),
      }),
    });
    expect(resolvedParam(root.user, 'count')).to.equal(11);
    expect(resolvedParam(root.user, 'other')).to.equal(22);
  });

  it('is an error beyond the end of a list, and at an attribute that is not there', () => {
    const beyond = new MeterNode({ count: Self.attribute('values')[5] });
    const root = new Root({
      beyond,
      off: new MeterNode({ count: Parent.attribute('beyond').range }),
    });
    expect(() => resolvedParam(root.beyond, 'count')).to.throw(FatalError, /Self.values\[5\]/);
    expect(() => resolvedParam(root.off, 'count')).to.throw(FatalError, /Parent.beyond.range/);
  });

  it('may stand in a list, for one element or for several', () => {
    const root = new Root({
      m1: new MeterNode(),
      box: new PartNode({ m2: new MeterNode(), m3: new MeterNode() }),
      user: new MeterNode({
        values: [1, Self.attribute('count'), 3],
        meters: [Parent.attribute('box').attribute('m3'), Parent.attribute('m1')],
      }),
    });
    expect(resolvedParam(root.user, 'values')).to.deep.equal([1, 6, 3]);
    expect((resolvedParam(root.user, 'meters') as unknown[]).map(pathOf)).to.deep.equal([
      'box.m3',
      'm1',
    ]);
  });
});

describe('Arithmetic on a proxy', () => {
  const source = Parent.attribute('m').attribute('count');
  const resultOf = (count: typeof source): unknown => {
    const root = new Root({ m: new MeterNode(), user: new MeterNode({ count }) });
    return resolvedParam(root.user, 'count');
  };

  it('multiplies and divides by a constant, from left to right', () => {
    expect(resultOf(source.times(10).floorOver(4))).to.equal(15);
    expect(resultOf(source.over(2))).to.equal(3);
  });

  it('divides a constant', () => {
    expect(resultOf(source.under(12))).to.equal(2);
    expect(resultOf(source.floorUnder(20))).to.equal(3);
  });

  it('takes its operand from another proxy', () => {
    expect(resultOf(source.times(Parent.attribute('m').attribute('other')))).to.equal(24);
  });

  it('works on times and frequencies, whichever way they are kept', () => {
    const m = Parent.attribute('m');
    const root = new Root({
      m: new MeterNode(),
      user: new MeterNode({
        delay: m.attribute('delay').times(3),
        rate: m.attribute('rate').times(2),
      }),
    });
    expect(modelParam(root.user, 'delay', TicksPerSecond)).to.equal(30000);
    expect(modelParam(root.user, 'rate', TicksPerSecond)).to.equal(500);
  });

  it('checks the result against the bounds of the parameter', () => {
    expect(() => resultOf(source.times(1e9))).to.throw(
      FatalError,
      /^cannot set user\.count: 6000000000 is not a valid Int; accepted: .* to 2147483647$/,
    );
  });

  it('is an error on what is no number', () => {
    expect(() => resultOf(Parent.attribute('m').times(2))).to.throw(
      FatalError,
      /Parent.m.times\(2\)/,
    );
  });
});
