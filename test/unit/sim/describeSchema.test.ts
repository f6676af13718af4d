import { expect } from 'chai';
import { AddrRange } from '../../../src/base/index';
import {
  defineSchema,
  describeSchema,
  NULL,
  param,
  Parent,
  requestPort,
  responsePort,
  simObjectSchema,
  vectorParam,
  vectorRequestPort,
} from '../../../src/sim/index';
import { partSchema, PartNode } from '../../support/part';

describe('A class in --list-sim-objects', () => {
  const base = defineSchema('Base', simObjectSchema, { description: 'Above', abstract: true });
  const schema = defineSchema('Gadget', base, {
    description: 'Does things',
    params: {
      width: param.Int('must be set'),
      latency: param.Latency('30ns', 'time to answer'),
      colour: param.Enum('Colour', ['red', 'green'], 'red', 'what it looks like'),
      sizes: vectorParam.MemorySize([1, '2KiB'], 'sizes in bytes'),
      range: param.AddrRange(new AddrRange('1KiB'), 'addresses'),
      clock: param.Clock(Parent.clock.times(2), 'twice the one above'),
      friend: param.SimObjectOrNull('Gadget', NULL, 'another'),
      home: param.String(() => 'here', 'where it is'),
      own: param.SimObject('Part', () => new PartNode(), 'made for each'),
      time: param.Deprecated('latency', 'since 2.0'),
    },
    ports: {
      out: requestPort('sends'),
      in: responsePort('receives', true),
      many: vectorRequestPort('sends to many'),
    },
  });

  it('shows what it is, its parameters sorted by name, then its ports', () => {
    expect(describeSchema(schema)).to.deep.equal([
      'Gadget (Base, SimObject)',
      '    Does things',
      '        clock: Clock = Parent.clock.times(2)',
      '            twice the one above',
      "        colour: Colour = 'red'",
      '            one of red, green',
      '            what it looks like',
      '        eventqIndex: UInt32 = Parent.eventqIndex',
      '            index of the event queue that the object uses',
      '        friend: Gadget or NULL = NULL',
      '            another',
      '        home: String = computed',
      '            where it is',
      "        latency: Latency = '30ns'",
      '            time to answer',
      '        own: Part = an object of its own',
      '            made for each',
      '        range: AddrRange = 0:1024',
      '            addresses',
      "        sizes: VectorParam.MemorySize = [1, '2KiB']",
      '            sizes in bytes',
      '        time: deprecated, use latency',
      '            since 2.0',
      '        width: Int, required',
      '            must be set',
      '        in: ResponsePort, optional',
      '            receives',
      '        many: VectorRequestPort',
      '            sends to many',
      '        out: RequestPort, required',
      '            sends',
      '',
    ]);
  });

  it('shows every parameter and port, with a description', () => {
    const names = [...Object.keys(partSchema.params), ...Object.keys(partSchema.ports)];
    const lines = describeSchema(partSchema);
    for (const name of names) {
      const index = lines.findIndex(line => line.startsWith(`        ${name}:`));
      expect(index, name).to.be.greaterThan(0);
      expect(lines[index + 1], name).to.match(/^ {12}\S/);
    }
  });
});
