import { expect } from 'chai';
import { AddrRange } from '../../../src/base/index';
import {
  configIni,
  configJson,
  defineSchema,
  nodeClass,
  NULL,
  param,
  pythonJson,
  requestPort,
  SimObject,
  simObjectSchema,
  vectorParam,
  vectorResponsePort,
} from '../../../src/sim/index';
import { JsonFloat, pythonFloat } from '../../../src/sim/pythonText';
import { settleTree } from '../../../src/sim/resolveProxies';
import { Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

const TicksPerSecond = 1e12;

const widgetSchema = defineSchema('FancyWidget', simObjectSchema, {
  description: 'Has something of everything',
  outputType: 'Widget',
  modelName: 'things::Widget',
  params: {
    widthInBytes: param.Int(16, 'a number'),
    hostFactor: param.Float(1, 'a float', { outputName: 'hostFactor' }),
    isFast: param.Bool(true, 'a truth value'),
    label: param.String('', 'a text'),
    latency: param.Latency('30ns', 'a time'),
    range: param.AddrRange('1KiB', 'a range'),
    bandwidth: param.MemoryBandwidth('12.8GiB/s', 'a bandwidth'),
    numbers: vectorParam.Int([], 'a list'),
    ranges: vectorParam.AddrRange([], 'a list of ranges'),
    friend: param.SimObjectOrNull<Widget>('FancyWidget', NULL, 'an object'),
    friends: vectorParam.SimObject<Widget>('FancyWidget', [], 'objects'),
    old: param.Deprecated('label'),
  },
  ports: {
    memSide: requestPort('sends', true),
    cpuSidePorts: vectorResponsePort('receives'),
  },
});
class Widget extends SimObject {
  static override readonly schema = widgetSchema;
}
const WidgetNode = nodeClass(Widget, widgetSchema);

/** A root with two widgets in a list, one below, and connections between them. */
function aTree(): InstanceType<typeof Root> {
  const inner = new WidgetNode({ label: 'a "b"\\ü', numbers: [1, 2], friends: [] });
  const first = new WidgetNode({ inner, friend: inner, ranges: ['1KiB', new AddrRange('2KiB')] });
  const second = new WidgetNode({ isFast: false });
  const root = new Root({ fullSystem: false, parts: [first, second] });
  second.friends = [first, inner];
  first.memSide = inner.cpuSidePorts;
  second.memSide = inner.cpuSidePorts;
  settleTree(root);
  return root;
}

describe('config.ini', () => {
  it('has a section for each object, sorted by path, in gem5’s layout', () => {
    expect(configIni(aTree(), TicksPerSecond)).to.equal(
      [
        '[parts0]',
        'type=Widget',
        'children=inner',
        'bandwidth=73.000000',
        'eventq_index=0',
        'friend=parts0.inner',
        'friends=',
        'hostFactor=1.0',
        'is_fast=true',
        'label=',
        'latency=30000',
        'numbers=',
        'range=0:1024',
        'ranges=0:1024 0:2048',
        'width_in_bytes=16',
        'mem_side=parts0.inner.cpu_side_ports[0]',
        '',
        '[parts0.inner]',
        'type=Widget',
        'bandwidth=73.000000',
        'eventq_index=0',
        'friend=Null',
        'friends=',
        'hostFactor=1.0',
        'is_fast=true',
        'label=a "b"\\ü',
        'latency=30000',
        'numbers=1 2',
        'range=0:1024',
        'ranges=',
        'width_in_bytes=16',
        'cpu_side_ports=parts0.mem_side parts1.mem_side',
        '',
        '[parts1]',
        'type=Widget',
        'bandwidth=73.000000',
        'eventq_index=0',
        'friend=Null',
        'friends=parts0 parts0.inner',
        'hostFactor=1.0',
        'is_fast=false',
        'label=',
        'latency=30000',
        'numbers=',
        'range=0:1024',
        'ranges=',
        'width_in_bytes=16',
        'mem_side=parts0.inner.cpu_side_ports[1]',
        '',
        '[root]',
        'type=Root',
        'children=parts0 parts1',
        'eventq_index=0',
        'full_system=false',
        'time_sync_enable=false',
        'time_sync_period=100000000000',
        'time_sync_spin_threshold=100000000',
        '',
        '',
      ].join('\n'),
    );
  });
});

describe('config.json', () => {
  it('nests children where their parameter stands, or after the parameters; lists stay lists', () => {
    const clock = new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() });
    const root = new Root({ fullSystem: false, clock, a: [new WidgetNode()] });
    settleTree(root);
    const json = configJson(root, TicksPerSecond) as Record<string, unknown>;
    expect(Object.keys(json)).to.deep.equal([
      ...[
        'type',
        'cxx_class',
        'name',
        'path',
        'eventq_index',
        'full_system',
        'time_sync_enable',
        'time_sync_period',
        'time_sync_spin_threshold',
        'a',
        'clock',
      ],
    ]);
    expect(json).to.deep.include({ cxx_class: 'gem5::Root', name: null, path: 'root' });
    expect(pythonJson(configJson(root.clock, TicksPerSecond))).to.equal(`{
    "type": "SrcClockDomain",
    "cxx_class": "gem5::SrcClockDomain",
    "name": "clock",
    "path": "clock",
    "clock": [
        1000
    ],
    "domain_id": -1,
    "eventq_index": 0,
    "init_perf_level": 0,
    "voltage_domain": {
        "type": "VoltageDomain",
        "cxx_class": "gem5::VoltageDomain",
        "name": "voltage_domain",
        "path": "clock.voltage_domain",
        "eventq_index": 0,
        "voltage": [
            1.0
        ]
    }
}`);
  });

  it('has values as gem5 writes them, and ports with role, peer and is_source', () => {
    const root = aTree() as unknown as { parts: InstanceType<typeof WidgetNode>[] };
    const [first] = root.parts;
    const inner = first?.descendants()[1];
    expect(pythonJson(configJson(inner!, TicksPerSecond))).to.equal(`{
    "type": "Widget",
    "cxx_class": "gem5::things::Widget",
    "name": "inner",
    "path": "parts0.inner",
    "bandwidth": "73.000000",
    "eventq_index": 0,
    "friend": null,
    "friends": [],
    "hostFactor": 1.0,
    "is_fast": true,
    "label": "a \\"b\\"\\\\\\u00fc",
    "latency": 30000,
    "numbers": [
        1,
        2
    ],
    "range": "0:1024",
    "ranges": [],
    "width_in_bytes": 16,
    "cpu_side_ports": {
        "role": "GEM5 RESPONDER",
        "peer": [
            "parts0.mem_side",
            "parts1.mem_side"
        ],
        "is_source": "False"
    }
}`);
    expect(configJson(first!, TicksPerSecond)).to.deep.include({
      name: 'parts0',
      ranges: ['0:1024', '0:2048'],
      mem_side: {
        role: 'GEM5 REQUESTOR',
        peer: 'parts0.inner.cpu_side_ports[0]',
        is_source: 'True',
      },
    });
  });
});

describe('Python’s way to write', () => {
  it('a float has a point or an exponent of two digits', () => {
    const texts = [0, -2, 0.1, 1e15, 1e16, 1.5e22, 1e-4, 0.00001, 1.25e-7, -1e100, Infinity, NaN];
    expect(texts.map(pythonFloat)).to.deep.equal([
      ...['0.0', '-2.0', '0.1', '1000000000000000.0', '1e+16', '1.5e+22'],
      ...['0.0001', '1e-05', '1.25e-07', '-1e+100', 'inf', 'nan'],
    ]);
  });

  it('JSON is ASCII, indented by four', () => {
    const value = { 'ä\n': [new JsonFloat(2), 2, null, true, {}, []], b: { c: '\u2028😀\u007f' } };
    expect(pythonJson(value)).to.equal(
      [
        '{',
        '    "\\u00e4\\n": [',
        '        2.0,',
        '        2,',
        '        null,',
        '        true,',
        '        {},',
        '        []',
        '    ],',
        '    "b": {',
        '        "c": "\\u2028\\ud83d\\ude00\\u007f"',
        '    }',
        '}',
      ].join('\n'),
    );
  });
});
