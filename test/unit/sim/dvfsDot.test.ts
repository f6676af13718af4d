import { expect } from 'chai';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  DerivedClockDomain as DerivedClockDomainModel,
  dvfsDot,
  nodeClass,
} from '../../../src/sim/index';
import { settleTree } from '../../../src/sim/resolveProxies';
import { Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

class Ticker extends ClockedObject {
  static override readonly schema = defineSchema('Ticker', clockedObjectSchema, {
    description: 'Has a clock',
  });
}
const TickerNode = nodeClass(Ticker);
const DerivedClockDomain = nodeClass(DerivedClockDomainModel);

describe('The picture of clocks and voltages', () => {
  it('has what a domain drives within it, and domains within what supplies them', () => {
    const root = new Root({
      fullSystem: false,
      clkDomain: new SrcClockDomain({
        clock: ['2GHz', '1GHz'],
        voltageDomain: new VoltageDomain({ voltage: ['1V', '0.9V'] }),
      }),
      half: new DerivedClockDomain({ clkDivider: 2 }),
      cpu: new TickerNode(),
      slow: new TickerNode(),
    });
    root.half.clkDomain = root.clkDomain;
    root.slow.clkDomain = root.half;
    settleTree(root);
    expect(dvfsDot(root, 1e12).split('\n').slice(3, -1)).to.deep.equal([
      '  subgraph "cluster_clk_domain.voltage_domain" {',
      '    label="clk_domain.voltage_domain : VoltageDomain, voltage = 1.0 0.9";',
      '    subgraph "cluster_clk_domain" {',
      '      label="clk_domain : SrcClockDomain, clock = 500 1000";',
      '      "cpu";',
      '      subgraph "cluster_half" {',
      '        label="half : DerivedClockDomain, clk_divider = 2";',
      '        "slow";',
      '      }',
      '    }',
      '  }',
      '}',
    ]);
  });
});
