import { expect } from 'chai';
import { clearDebugFlags, FatalError, setDebugFlags } from '../../../src/base/index';
import { CheckpointSections } from '../../../src/checkpoint/index';
import {
  ClockedObject,
  clockedObjectSchema,
  defineSchema,
  DerivedClockDomain as DerivedClockDomainModel,
  derivedClockDomainSchema,
  nodeClass,
  serializeSection,
  unserializeSection,
  type Simulation,
  type SrcClockDomain as SrcClockDomainModel,
} from '../../../src/sim/index';
import { traceOf } from '../../support/memory';
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

/** What {@link aClockedSystem} may be given besides clocks. */
interface Supply {
  readonly voltage?: string[];
  readonly initPerfLevel?: number;
}

function aSuppliedSystem(clock: string[], { voltage = ['1V'], initPerfLevel = 0 }: Supply) {
  const voltageDomain = new VoltageDomain({ voltage });
  const root = new Root({
    fullSystem: false,
    fast: new SrcClockDomain({ clock, voltageDomain, initPerfLevel }),
    other: new SrcClockDomain({ clock, voltageDomain, initPerfLevel }),
  });
  const simulation = aSimulation();
  simulation.instantiate(root);
  return {
    simulation,
    supply: voltageDomain.simObject(),
    fast: root.fast.simObject(),
    other: root.other.simObject(),
  };
}

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

describe('VoltageDomain', () => {
  const clock = ['2GHz', '1GHz', '500MHz'];

  it('gives what the fastest of its clocks needs', () => {
    const { simulation, supply, fast, other } = aSuppliedSystem(clock, {
      voltage: ['1.2V', '1V', '0.8V'],
    });
    simulation.simulate(0);
    expect([supply.perfLevel(), supply.voltage()]).to.deep.equal([0, 1.2]);
    fast.setPerfLevel(2);
    expect([supply.voltage(), fast.clockPeriod()]).to.deep.equal([1.2, 2000]);
    other.setPerfLevel(1);
    expect([supply.voltage(), fast.voltage(), other.clockPeriod()]).to.deep.equal([1, 1, 1000]);
    other.setPerfLevel(2);
    expect([supply.voltage(), supply.voltage(0)]).to.deep.equal([0.8, 1.2]);
    expect(() => supply.voltage(3)).to.throw(FatalError, 'no performance level 3');
  });

  it('begins with what the initial levels need', () => {
    const supply = { voltage: ['1.2V', '1V', '0.8V'], initPerfLevel: 2 };
    const { simulation, supply: domain } = aSuppliedSystem(clock, supply);
    simulation.simulate(0);
    expect(domain.voltage()).to.equal(0.8);
  });

  it('has one voltage for all clocks, or one for each, highest first', () => {
    const one = aSuppliedSystem(clock, { voltage: ['0.9V'] });
    one.fast.setPerfLevel(2);
    expect(one.supply.voltage()).to.equal(0.9);
    const refused = (...voltage: string[]) => expect(() => aSuppliedSystem(clock, { voltage }));
    refused('1V', '0.9V').to.throw(FatalError, 'list one voltage for all clocks, or one for each');
    refused('0.8V', '0.9V', '1V').to.throw(FatalError, 'highest first');
    refused().to.throw(FatalError, 'needs a voltage');
  });

  it('is restored with its clocks from a checkpoint', () => {
    const voltage = ['1.2V', '1V', '0.8V'];
    const saved = aSuppliedSystem(clock, { voltage });
    saved.fast.setPerfLevel(2);
    saved.other.setPerfLevel(1);
    const checkpoint = new CheckpointSections('.');
    for (const object of saved.simulation.objects) {
      serializeSection(checkpoint, object.name(), object);
    }
    const restored = aSuppliedSystem(clock, { voltage });
    for (const object of restored.simulation.objects) {
      unserializeSection(checkpoint, object.name(), object);
    }
    restored.simulation.simulate(0);
    expect([restored.fast, restored.other].map(domain => domain.clockPeriod())).to.deep.equal([
      2000, 1000,
    ]);
    expect(restored.supply.voltage()).to.equal(1);
  });

  it('is traced, and so are the clocks', () => {
    const { fast, other } = aSuppliedSystem(['2GHz', '1GHz'], { voltage: ['1V', '0.9V'] });
    setDebugFlags('ClockDomain,VoltageDomain');
    const lines = traceOf(() => {
      fast.setPerfLevel(1);
      fast.setPerfLevel(1);
      other.setPerfLevel(1);
    });
    clearDebugFlags();
    expect(lines).to.deep.equal([
      '      0: fast: Switching performance level from 0 to 1',
      '      0: fast: Setting clock period to 1000 ticks',
      '      0: other: Switching performance level from 0 to 1',
      '      0: fast.voltage_domain: Setting voltage to 0.900V idx: 1',
      '      0: other: Setting clock period to 1000 ticks',
    ]);
  });
});
