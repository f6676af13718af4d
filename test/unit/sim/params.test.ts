import { expect } from 'chai';
import { AddrRange, FatalError } from '../../../src/base/index';
import {
  defineSchema,
  nodeClass,
  NULL,
  param,
  SimObject,
  simObjectSchema,
  vectorParam,
  type ParamsOf,
} from '../../../src/sim/index';
import { configIni } from '../../../src/sim/configTree';
import { modelParam, settleTree } from '../../../src/sim/resolveProxies';
import type { ParamSpec } from '../../../src/sim/schema';
import { PartNode, setUnchecked, warningsOf } from '../../support/part';
import { aSimulation, Root, VoltageDomain } from '../../support/simulation';

const TicksPerSecond = 1e12;

/** A model for any schema. */
class AnyModel extends SimObject {}

/** What becomes of a value on its way into one parameter. */
interface Outcome {
  /** What the model receives. */
  readonly value: unknown;
  /** What config.ini says. */
  readonly ini: string;
  readonly warnings: readonly string[];
}

/** Sets the parameter `x`, declared by `spec`, of an object `thing` to `value`. */
function setting(spec: ParamSpec, value: unknown): Outcome {
  const schema = defineSchema('Thing', simObjectSchema, { description: '', params: { x: spec } });
  const Thing = nodeClass(AnyModel, schema);
  const root = new Root({ thing: new Thing() });
  setUnchecked(root.thing, 'x', value);
  let result: unknown;
  const warnings = warningsOf(() => {
    result = modelParam(root.thing, 'x', TicksPerSecond);
    modelParam(root.thing, 'x', TicksPerSecond);
  });
  const ini = configIni(root.thing, TicksPerSecond);
  return { value: result, ini: /^x=(.*)$/m.exec(ini)?.[1] ?? 'not there', warnings };
}

/** The declaration of each type, its legal values, and values that it rejects. */
const scalars: readonly {
  readonly spec: ParamSpec;
  readonly good: readonly (readonly [assigned: unknown, received: unknown, ini: string])[];
  readonly bad: readonly unknown[];
}[] = [
  {
    spec: param.Int(''),
    good: [
      [-1, -1, '-1'],
      ['0x10', 16, '16'],
      [2.9, 2, '2'],
    ],
    bad: [2 ** 31, -(2 ** 31) - 1, 'ten', true],
  },
  { spec: param.Unsigned(''), good: [['0b11', 3, '3']], bad: [-1, 2 ** 32] },
  { spec: param.Int8(''), good: [[-128, -128, '-128']], bad: [128, -129] },
  { spec: param.UInt8(''), good: [[255, 255, '255']], bad: [256, -1] },
  { spec: param.Int16(''), good: [[-32768, -32768, '-32768']], bad: [32768] },
  { spec: param.UInt16(''), good: [['0o17', 15, '15']], bad: [65536] },
  { spec: param.Int32(''), good: [[-1, -1, '-1']], bad: [2 ** 31] },
  { spec: param.UInt32(''), good: [[4294967295, 4294967295, '4294967295']], bad: [2 ** 32] },
  { spec: param.Int64(''), good: [[-5, -5, '-5']], bad: [2 ** 53] },
  { spec: param.UInt64(''), good: [[2 ** 53 - 1, 2 ** 53 - 1, '9007199254740991']], bad: [-1] },
  { spec: param.Counter(''), good: [[7, 7, '7']], bad: [-1] },
  { spec: param.Tick(''), good: [[100, 100, '100']], bad: [-1] },
  { spec: param.Cycles(''), good: [[4, 4, '4']], bad: [-1, '4GHz'] },
  { spec: param.Percent(''), good: [[100, 100, '100']], bad: [101, -1] },
  { spec: param.TcpPort(''), good: [[7000, 7000, '7000']], bad: [65536] },
  { spec: param.UdpPort(''), good: [[53, 53, '53']], bad: [-1] },
  {
    spec: param.Float(''),
    good: [
      [1, 1, '1.0'],
      ['1e-5', 1e-5, '1e-05'],
      [0.25, 0.25, '0.25'],
    ],
    bad: ['half', NaN],
  },
  { spec: param.String(''), good: [['a b', 'a b', 'a b']], bad: [3] },
  {
    spec: param.Bool(''),
    good: [
      [true, true, 'true'],
      ['No', false, 'false'],
      [1, true, 'true'],
    ],
    bad: ['maybe', 2],
  },
  {
    spec: param.MemorySize(''),
    good: [
      ['32kB', 32768, '32768'],
      [4096, 4096, '4096'],
    ],
    bad: ['1.5GiB', -1, '1k'],
  },
  { spec: param.MemorySize32(''), good: [['1GiB', 2 ** 30, '1073741824']], bad: ['4GiB'] },
  {
    spec: param.Addr(''),
    good: [
      ['0xffff0000', 0xffff0000, '4294901760'],
      ['3GiB', 3221225472, '3221225472'],
    ],
    bad: ['top', -1],
  },
  {
    spec: param.Latency(''),
    good: [
      ['30ns', 30000, '30000'],
      ['500t', 500, '500'],
      [0, 0, '0'],
    ],
    bad: [30, '30Hz', '-1ns'],
  },
  {
    spec: param.Clock(''),
    good: [
      ['2GHz', 500, '500'],
      ['1ns', 1000, '1000'],
      ['7t', 7, '7'],
    ],
    bad: ['0t', '2', 2e9],
  },
  {
    spec: param.Frequency(''),
    good: [
      ['2GHz', 500, '500'],
      [1e9, 1000, '1000'],
      ['10ns', 10000, '10000'],
      [0, 0, '0'],
    ],
    bad: ['fast', '-1Hz'],
  },
  {
    spec: param.Voltage(''),
    good: [
      ['900mV', 0.9, '0.9'],
      [1, 1, '1.0'],
    ],
    bad: ['1A'],
  },
  { spec: param.Current(''), good: [['2mA', 0.002, '0.002']], bad: ['2V'] },
  { spec: param.Energy(''), good: [['1pJ', 1e-12, '1e-12']], bad: ['1W'] },
  {
    spec: param.Temperature(''),
    good: [
      ['25C', 298.15, '298.15'],
      [300, 300, '300.0'],
    ],
    bad: ['-300C', '25'],
  },
  {
    spec: param.MemoryBandwidth(''),
    good: [
      ['12.8GiB/s', 73, '73.000000'],
      ['0B/s', 0, '0.000000'],
      [3e12, 1 / 3, '0.333333'],
    ],
    bad: ['12.8Gbps', -1],
  },
  {
    spec: param.NetworkBandwidth(''),
    good: [['1Gbps', 8000, '8000.000000']],
    bad: ['1GiB/s', 0],
  },
  {
    spec: param.EthernetAddr(''),
    good: [['00:90:00:00:00:01', '00:90:00:00:00:01', '00:90:00:00:00:01']],
    bad: ['00:90:00:00:00', '00:90:00:00:00:100', 7],
  },
  {
    spec: param.IpAddress(''),
    good: [
      ['10.0.0.1', 0x0a000001, '10.0.0.1'],
      [0xc0a80001, 0xc0a80001, '192.168.0.1'],
    ],
    bad: ['10.0.0', 2 ** 32, -1],
  },
  {
    spec: param.IpNetmask(''),
    good: [
      ['10.0.0.0/255.0.0.0', { ip: 0x0a000000, netmask: 8 }, '10.0.0.0/8'],
      [{ ip: 1, netmask: 32 }, { ip: 1, netmask: 32 }, '0.0.0.1/32'],
    ],
    bad: ['10.0.0.0/33', { ip: 1, netmask: 33 }],
  },
  {
    spec: param.IpWithPort(''),
    good: [
      ['127.0.0.1:80', { ip: 0x7f000001, port: 80 }, '127.0.0.1:80'],
      [{ ip: 1, port: 2 }, { ip: 1, port: 2 }, '0.0.0.1:2'],
    ],
    bad: ['127.0.0.1:65536'],
  },
  {
    spec: param.Enum('Colour', ['red', 'green'], ''),
    good: [['green', 'green', 'green']],
    bad: ['blue', 0],
  },
];

describe('A parameter of a type', () => {
  for (const { spec, good, bad } of scalars) {
    it(`takes what gem5's ${spec.type.kind} takes, and rejects the rest`, () => {
      for (const [assigned, received, ini] of good) {
        const outcome = setting(spec, assigned);
        expect(outcome, String(assigned)).to.deep.equal({ value: received, ini, warnings: [] });
      }
      for (const value of bad) {
        expect(() => setting(spec, value), String(value)).to.throw(
          FatalError,
          /thing\.x: .*accepted:|thing\.x: .* (?:is not|too short)/,
        );
      }
    });
  }

  it('takes addresses ranges as objects, sizes and text', () => {
    const range = new AddrRange('1KiB');
    expect(setting(param.AddrRange(''), range).value).to.equal(range);
    expect(setting(param.AddrRange(''), '512MiB').ini).to.equal('0:536870912');
    expect(setting(param.AddrRange(''), 4096).ini).to.equal('0:4096');
    expect(() => setting(param.AddrRange(''), true)).to.throw(FatalError, /not an address range/);
  });

  it('names object, parameter, value and legal range when a value is out of bounds', () => {
    expect(() => setting(param.Percent('share'), 150)).to.throw(
      FatalError,
      'cannot set thing.x: 150 is not a valid Percent; accepted: a whole number from 0 to 100',
    );
    expect(() => setting(param.Clock('clock'), '0t')).to.throw(
      FatalError,
      'cannot set thing.x: 0 ticks are too short for a Clock; accepted: from 1 to',
    );
  });
});

describe('A time', () => {
  const warningsFor = (value: string): readonly string[] =>
    setting(param.Latency('time'), value).warnings;

  it('is rounded to whole ticks without a warning when that changes it by at most 0.1 %', () => {
    expect(setting(param.Clock('clock'), '3GHz')).to.deep.include({ value: 333, warnings: [] });
    expect(setting(param.Clock('clock'), '2.6GHz')).to.deep.include({ value: 385, warnings: [] });
    expect(warningsFor('1000.9ps')).to.deep.equal([]);
  });

  it('warns once, naming the parameter, when it is rounded down by more', () => {
    expect(warningsFor('10.4ps')).to.deep.equal([
      'warn: thing.x: 10.4 ticks rounded to 10, which is 3.8 % off',
    ]);
  });

  it('warns when it is rounded up by more, which gem5 does not', () => {
    expect(warningsFor('0.6ps')).to.deep.equal([
      'warn: thing.x: 0.6 ticks rounded to 1, which is 67 % off',
    ]);
    expect(warningsFor('0.4ps')).to.deep.equal([
      'warn: thing.x: 0.4 ticks rounded to 0, which is 100 % off',
    ]);
  });

  it('must be such that a simulation can count it', () => {
    expect(() => setting(param.Latency('time'), '1Es')).to.throw(FatalError, /thing\.x: .*2\^53/);
  });
});

describe('A list', () => {
  it('takes lists, single values and text with commas', () => {
    const spec = vectorParam.Int('numbers');
    expect(setting(spec, [1, '0x2'])).to.deep.include({ value: [1, 2], ini: '1 2' });
    expect(setting(spec, 5)).to.deep.include({ value: [5], ini: '5' });
    expect(setting(spec, '[1, 2,3]')).to.deep.include({ value: [1, 2, 3], ini: '1 2 3' });
    expect(setting(spec, [])).to.deep.include({ value: [], ini: '' });
    expect(() => setting(spec, [1, 'x'])).to.throw(FatalError, /thing\.x: 'x' is not a valid Int/);
  });

  it('may be of any type', () => {
    expect(setting(vectorParam.Clock(''), '1GHz').value).to.deep.equal([1000]);
    expect(setting(vectorParam.Voltage(''), ['1V', 0.9]).ini).to.equal('1.0 0.9');
    expect(setting(vectorParam.String(''), ['a,b', '(c)']).ini).to.equal('a,b (c)');
    const spec = vectorParam.Enum('Colour', ['red', 'green'], 'red', 'colours');
    expect(setting(spec, ['green', 'red']).value).to.deep.equal(['green', 'red']);
    expect(() => setting(spec, ['blue'])).to.throw(FatalError, /accepted: one of red, green$/);
  });

  it('may have to be given by the script, whatever its type', () => {
    const needy = defineSchema('Needy', simObjectSchema, {
      description: 'Needs lists',
      params: {
        colours: vectorParam.Enum('Colour', ['red', 'green'], 'what colours'),
        friends: vectorParam.SimObject<SimObject>('SimObject', 'whom to know'),
      },
    });
    class Needy extends SimObject {
      static override readonly schema = needy;
    }
    const NeedyNode = nodeClass(Needy);
    const settle = (node: InstanceType<typeof NeedyNode>) => () => {
      settleTree(new Root({ fullSystem: false, node }));
    };
    expect(settle(new NeedyNode({ friends: [] }))).to.throw(
      FatalError,
      'node.colours without default or user set value',
    );
    expect(settle(new NeedyNode({ colours: 'red' }))).to.throw(FatalError, 'node.friends without');
    expect(settle(new NeedyNode({ colours: 'red', friends: [] }))).to.not.throw();
    // @ts-expect-error -- blue is none of the colours
    expect(() => new NeedyNode({ colours: ['blue'] })).to.throw(FatalError, 'blue');
  });
});

describe('A date', () => {
  const text = (value: unknown): string => setting(param.Time('date'), value).ini;

  it('is read in the forms that gem5 reads, and printed as C does', () => {
    expect(text('01/01/2009')).to.equal('Thu Jan  1 00:00:00 2009');
    expect(text('2012/2/29 12:30')).to.equal('Wed Feb 29 12:30:00 2012');
    expect(text('Wed Feb 29 12:30:45 UTC 2012')).to.equal('Wed Feb 29 12:30:45 2012');
    expect(text('12/31/99 23:59:59')).to.equal('Fri Dec 31 23:59:59 1999');
    expect(text('1/2/03')).to.equal('Thu Jan  2 00:00:00 2003');
  });

  it('may be given in seconds since 1970', () => {
    expect(text(0)).to.equal('Thu Jan  1 00:00:00 1970');
    expect(text(1330518645)).to.equal('Wed Feb 29 12:30:45 2012');
    expect(text(-1)).to.equal('Wed Dec 31 23:59:59 1969');
    expect(setting(param.Time('date'), 951782400).value).to.deep.equal({
      ...{ year: 2000, month: 2, day: 29 },
      ...{ hour: 0, minute: 0, second: 0 },
    });
  });

  it('must exist, and be the same in every run', () => {
    for (const wrong of ['2011/02/29', '13/01/2009', '2009/01/01 24:00', 'Now', true]) {
      expect(() => text(wrong), String(wrong)).to.throw(FatalError, /is not a time/);
    }
  });
});

const deviceSchema = defineSchema('Device', simObjectSchema, {
  description: 'Has parameters that were renamed',
  params: {
    delay: param.Latency('1ns', 'time before something'),
    time: param.Deprecated('delay', 'renamed in 2.0'),
    index: param.Deprecated('eventqIndex'),
    mode: param.Enum('Mode', ['slow', 'fast'], 'slow', 'how fast'),
  },
});
class Device extends SimObject {
  static override readonly schema = deviceSchema;
  readonly keys: readonly string[];

  constructor(params: ParamsOf<typeof deviceSchema>) {
    super(params);
    this.keys = Object.keys(params);
  }
}
const DeviceNode = nodeClass(Device, deviceSchema);

describe('A deprecated name of a parameter', () => {
  it('sets the parameter, with a warning that says its name', () => {
    const warnings = warningsOf(() => {
      const device = new DeviceNode({ time: '5ns' });
      expect(device.delay).to.equal('5ns');
    });
    expect(warnings).to.deep.equal(['warn: Device.time is deprecated; use delay (renamed in 2.0)']);
  });

  it('reads the parameter, with a warning', () => {
    const device = new DeviceNode({ delay: '7ns' });
    const warnings = warningsOf(() => {
      expect(device.time).to.equal('7ns');
    });
    expect(warnings).to.have.length(1);
  });

  it('may stand for an inherited parameter', () => {
    const root = new Root({ fullSystem: false, device: new DeviceNode() });
    warningsOf(() => {
      root.device.index = 0;
    });
    settleTree(root);
    expect(modelParam(root.device, 'eventqIndex', TicksPerSecond)).to.equal(0);
  });

  it('is nothing to the model, nor to the outputs', () => {
    const simulation = aSimulation();
    const root = new Root({ fullSystem: false, device: new DeviceNode() });
    simulation.instantiate(root);
    const model: Device = root.device.simObject();
    expect(model.keys).to.include.members(['delay', 'mode']);
    expect(model.keys).to.not.include.members(['time', 'index']);
    expect(configIni(root.device, TicksPerSecond)).to.not.match(/^(?:time|index)=/m);
  });

  it('takes what the parameter takes', () => {
    warningsOf(() => {
      // @ts-expect-error -- a latency is no truth value, by any name
      const make = (): unknown => new DeviceNode({ time: true });
      expect(make).to.throw(FatalError, /delay: true is not a valid latency/);
    });
  });

  it('must stand for a parameter that is there', () => {
    expect(() =>
      defineSchema('Broken', simObjectSchema, {
        description: '',
        // @ts-expect-error -- there is no such parameter
        params: { old: param.Deprecated('nowhere') },
      }),
    ).to.throw(/Broken.old stands for no parameter/);
  });
});

describe('The types of a model’s parameters', () => {
  it('follow from the schema', () => {
    const read = (params: ParamsOf<typeof deviceSchema>): void => {
      const mode: 'slow' | 'fast' = params.mode;
      const delay: number = params.delay;
      // @ts-expect-error -- the model knows no deprecated name
      const { time } = params;
      // @ts-expect-error -- ticks are numbers
      const text: string = params.delay;
      expect([mode, delay, text, time]).to.have.length(4);
    };
    expect(read).to.be.a('function');
  });
});

describe('A script that is type checked', () => {
  it('cannot use wrong names, types, classes of objects or names of an enumeration', () => {
    const device = new DeviceNode();
    const checks = [
      // @ts-expect-error -- no such parameter
      (): unknown => new DeviceNode({ dealy: '1ns' }),
      // @ts-expect-error -- a plain number could be seconds or ticks
      (): unknown => new DeviceNode({ delay: 5 }),
      // @ts-expect-error -- no such mode
      (): unknown => new DeviceNode({ mode: 'medium' }),
      (): void => {
        // @ts-expect-error -- no such mode
        device.mode = 'medium';
      },
      (): void => {
        // @ts-expect-error -- another class of object
        new PartNode().friend = new VoltageDomain();
      },
      // @ts-expect-error -- another class of object in a list
      (): unknown => new PartNode({ parts: [new VoltageDomain()] }),
      // @ts-expect-error -- an object where there is none
      (): unknown => new PartNode({ size: new VoltageDomain() }),
    ];
    for (const check of checks) expect(check).to.throw(FatalError);
  });

  it('can use what is right', () => {
    const device = new DeviceNode({ delay: 0, mode: 'fast' });
    device.delay = '2us';
    const part = new PartNode({ friend: NULL, size: '1MiB' });
    part.friend = new PartNode({ parts: [new PartNode()] });
    expect(part.descendants()).to.have.length(3);
  });

  it('finds the elements of a list that it gave a constructor', () => {
    const lists = defineSchema('Lists', simObjectSchema, {
      description: '',
      params: {
        ranges: vectorParam.AddrRange([], 'ranges'),
        range: param.AddrRange('1KiB', 'one'),
      },
    });
    const Lists = nodeClass(AnyModel, lists);
    const node = new Lists({ ranges: [new AddrRange('512MiB')] });
    node.range = node.ranges[0];
    node.ranges = ['1MiB', new AddrRange('2MiB')];
    expect(node.range).to.deep.equal(new AddrRange('512MiB'));
  });
});
