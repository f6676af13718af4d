import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  DerivedClockDomain as DerivedClockDomainModel,
  derivedClockDomainSchema,
  nodeClass,
  type Simulation,
  type SrcClockDomain as SrcClockDomainModel,
} from '../../../src/sim/index';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from '../../support/simulation';

const tickerSchema = defineSchema('Ticker', clockedObjectSchema, { description: 'Has a clock' });
class Ticker extends ClockedObject {
  static override readonly schema = tickerSchema;
  periodChanges = 0;
  protected override clockPeriodUpdated(): void {
    this.periodChanges++;
  }
}
const TickerNode = nodeClass(Ticker, tickerSchema);
const DerivedClockDomain = nodeClass(DerivedClockDomainModel, derivedClockDomainSchema);

function aClockedSystem(...clock: string[]): {
  simulation: Simulation;
  ticker: Ticker;
  slow: Ticker;
  domain: SrcClockDomainModel;
} {
  const clkDomain = new SrcClockDomain({ clock, voltageDomain: new VoltageDomain() });
  const root = new Root({
    fullSystem: false,
    clkDomain,
    ticker: new TickerNode(),
    slow: new TickerNode(),
    slowClock: new DerivedClockDomain({ clkDivider: 4 }),
  });
  root.slowClock.clkDomain = root.clkDomain;
  root.slow.clkDomain = root.slowClock;
  const simulation = aSimulation();
  simulation.instantiate(root);
  return {
    simulation,
    ticker: root.ticker.simObject(),
    slow: root.slow.simObject(),
    domain: clkDomain.simObject(),
  };
}

describe('ClockedObject', () => {
  it('is at an edge at tick 0', () => {
    const { ticker } = aClockedSystem('1GHz');
    expect([ticker.clockEdge(), ticker.nextCycle(), ticker.curCycle()]).to.deep.equal([0, 1000, 0]);
  });

  it('gives the first edge at or after now, and counts cycles from it', () => {
    const { simulation, ticker } = aClockedSystem('1GHz');
    simulation.simulate(1001);
    expect([ticker.clockEdge(), ticker.clockEdge(3)]).to.deep.equal([2000, 5000]);
    expect([ticker.nextCycle(), ticker.curCycle()]).to.deep.equal([3000, 2]);
  });

  it('converts between ticks and cycles, rounding ticks up', () => {
    const { ticker } = aClockedSystem('1GHz');
    expect([0, 1, 1000, 1001].map(ticks => ticker.ticksToCycles(ticks))).to.deep.equal([
      0, 1, 1, 2,
    ]);
    expect(ticker.cyclesToTicks(7)).to.equal(7000);
    expect(ticker.frequency()).to.equal(1e9);
    expect(ticker.voltage()).to.equal(1);
  });

  it('runs at a division of the clock in a derived domain', () => {
    const { ticker, slow } = aClockedSystem('1GHz');
    expect([ticker.clockPeriod(), slow.clockPeriod()]).to.deep.equal([1000, 4000]);
  });

  it('keeps its cycle count when the clock changes while running', () => {
    const { simulation, ticker, slow, domain } = aClockedSystem('1GHz', '500MHz');
    simulation.simulate(10_000);
    expect(ticker.curCycle()).to.equal(10);
    domain.setPerfLevel(1);
    expect([ticker.clockPeriod(), slow.clockPeriod()]).to.deep.equal([2000, 8000]);
    expect([ticker.periodChanges, slow.periodChanges]).to.deep.equal([1, 1]);
    simulation.simulate(10_000);
    expect(ticker.curCycle()).to.equal(15);
    expect(ticker.nextCycle()).to.equal(22_000);
  });
});

describe('SrcClockDomain', () => {
  it('wants its performance levels fastest first', () => {
    expect(() => aClockedSystem('1GHz', '2GHz')).to.throw(FatalError, /fastest first/);
  });

  it('knows no level beyond its list', () => {
    const { domain } = aClockedSystem('1GHz');
    expect(() => {
      domain.setPerfLevel(1);
    }).to.throw(FatalError, /no performance level 1/);
  });
});
