import { expect } from 'chai';
import { FatalError, MaxTick } from '../../../src/base/index';
import { EventFunctionWrapper, type Simulation } from '../../../src/sim/index';
import { aSimulation, Root } from '../../support/simulation';

function instantiated(): Simulation {
  const simulation = aSimulation();
  simulation.instantiate(new Root({ fullSystem: false }));
  return simulation;
}

/** Has something happen at a tick. */
function at(simulation: Simulation, tick: number, action: () => void): void {
  simulation.eventQueue.schedule(new EventFunctionWrapper(action, 'action'), tick);
}

describe('The maximum tick', () => {
  it('ends runs without a limit of their own, and stays from run to run', () => {
    const simulation = instantiated();
    expect(simulation.maxTick.tick).to.equal(MaxTick);
    simulation.maxTick.set(100);
    expect(simulation.simulate().tick).to.equal(100);
    expect(simulation.simulate()).to.include({ tick: 100, cause: 'simulate() limit reached' });
    simulation.maxTick.set(150);
    expect(simulation.simulate().tick).to.equal(150);
  });

  it('leaves a run alone that has a limit of its own', () => {
    const simulation = instantiated();
    simulation.maxTick.set(100);
    expect(simulation.simulate(300).tick).to.equal(300);
    // The limit is behind by now: the next run ends at once.
    expect(simulation.simulate().tick).to.equal(300);
  });

  it('is the limit of the run within one, where setting it counts at once', () => {
    const simulation = instantiated();
    const seen: number[] = [];
    at(simulation, 10, () => {
      seen.push(simulation.maxTick.tick);
      simulation.maxTick.set(30);
      seen.push(simulation.maxTick.tick);
    });
    expect(simulation.simulate(50).tick).to.equal(30);
    expect(seen).to.deep.equal([50, 30]);
  });

  it('may be the present tick, and not a past one', () => {
    const simulation = instantiated();
    simulation.simulate(20);
    const set = (tick: number) => () => {
      simulation.maxTick.set(tick);
    };
    expect(set(19)).to.throw(FatalError, 'setMaxTick(19): not a tick from now (20) on');
    expect(set(20.5)).to.throw(FatalError, 'not a tick');
    set(20)();
    expect(simulation.simulate().tick).to.equal(20);
  });
});

describe('The limit of a call of simulate()', () => {
  it('is a number of ticks', () => {
    const simulation = instantiated();
    for (const ticks of [-1, 0.5, NaN]) {
      expect(() => simulation.simulate(ticks)).to.throw(FatalError, 'give a number of ticks');
    }
    expect(simulation.simulate(0).tick).to.equal(0);
    expect(simulation.simulate(Number.MAX_SAFE_INTEGER).tick).to.equal(MaxTick);
  });
});

describe('The tick frequency', () => {
  it('is 10^12 Hz until it is set, and fixed by instantiate()', () => {
    const simulation = aSimulation();
    expect(simulation.ticksPerSecond).to.equal(1e12);
    simulation.tickFrequency.set(1e9);
    simulation.instantiate(new Root({ fullSystem: false }));
    expect(simulation.ticksPerSecond).to.equal(1e9);
    expect(() => {
      simulation.tickFrequency.set(1e12);
    }).to.throw(FatalError, 'the global frequency is fixed');
  });

  it('is a whole number of Hz', () => {
    for (const hertz of [0, -1, 1.5, 2 ** 53]) {
      expect(() => {
        aSimulation().tickFrequency.set(hertz);
      }).to.throw(FatalError, `${String(hertz)} is not a global frequency`);
    }
  });
});
