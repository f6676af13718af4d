import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { StatsOutputs } from '../../../src/m5/statsOutputs';
import {
  EventFunctionWrapper,
  EventPriority,
  JsonWriter,
  type Simulation,
} from '../../../src/sim/index';
import { PartNode } from '../../support/part';
import { aSimulation, Root } from '../../support/simulation';

/** A simulation whose dumps are noted by the stretch of ticks that they are about. */
interface Observed {
  readonly simulation: Simulation;
  readonly stats: StatsOutputs;
  readonly dumps: string[];
}

const noFiles = {
  outputDirectory: (): string => {
    throw new Error('a unit test writes no files');
  },
  writeOutput: (): void => {
    throw new Error('a unit test writes no files');
  },
};

function observed(): Observed {
  const simulation = aSimulation();
  const dumps: string[] = [];
  const writer = new JsonWriter(document => {
    const stat = JSON.parse(document) as Record<string, number>;
    dumps.push(`${String(stat['simulated_begin_time'])}-${String(stat['simulated_end_time'])}`);
  });
  simulation.stats.addOutput(writer);
  simulation.instantiate(new Root({ fullSystem: false }));
  return { simulation, stats: new StatsOutputs(simulation, noFiles), dumps };
}

describe('m5.stats.periodicStatDump()', () => {
  it('dumps and resets after each period', () => {
    const { simulation, stats, dumps } = observed();
    stats.periodicStatDump(100);
    simulation.simulate(350);
    expect(dumps).to.deep.equal(['0-100', '100-200', '200-300']);
  });

  it('starts at the tick of the period, or a period from now when that is past', () => {
    const { simulation, stats, dumps } = observed();
    simulation.simulate(60);
    stats.periodicStatDump(100);
    simulation.simulate(50);
    expect(dumps).to.deep.equal(['0-100']);
    stats.periodicStatDump(40);
    simulation.simulate(90);
    expect(dumps.slice(1)).to.deep.equal(['100-150', '150-190']);
  });

  it('ends with a period of 0', () => {
    const { simulation, stats, dumps } = observed();
    stats.periodicStatDump(100);
    simulation.simulate(150);
    stats.periodicStatDump(0);
    simulation.simulate(500);
    expect(dumps).to.deep.equal(['0-100']);
  });

  it('leaves alone what schedStatEvent scheduled', () => {
    const { simulation, stats, dumps } = observed();
    stats.schedStatEvent(true, false, 70);
    stats.periodicStatDump(0);
    simulation.simulate(100);
    expect(dumps).to.deep.equal(['0-70']);
  });

  it('needs a number of ticks', () => {
    const { stats } = observed();
    expect(() => {
      stats.periodicStatDump(-1);
    }).to.throw(FatalError, /period is -1/);
  });
});

describe('m5.stats.schedStatEvent()', () => {
  it('dumps, or resets, or both, once', () => {
    const { simulation, stats, dumps } = observed();
    stats.schedStatEvent(true, false, 10);
    stats.schedStatEvent(false, true, 20);
    stats.schedStatEvent(true, true, 30);
    stats.schedStatEvent(true, true, 40);
    simulation.simulate(100);
    expect(dumps).to.deep.equal(['0-10', '20-30', '30-40']);
  });

  it('repeats', () => {
    const { simulation, stats, dumps } = observed();
    stats.schedStatEvent(true, false, 10, 30);
    simulation.simulate(100);
    expect(dumps).to.deep.equal(['0-10', '0-40', '0-70', '0-100']);
  });

  it('means now without a tick', () => {
    const { simulation, stats, dumps } = observed();
    simulation.simulate(25);
    stats.schedStatEvent(true, true);
    simulation.simulate(1);
    expect(dumps).to.deep.equal(['0-25']);
  });

  it('comes after what counts in its tick, and before the end of the run', () => {
    const { simulation, stats, dumps } = observed();
    const order: string[] = [];
    stats.schedStatEvent(true, false, 50);
    simulation.stats.registerDumpCallback(() => order.push('dump'));
    for (const priority of [EventPriority.CPU_Tick_Pri, EventPriority.Progress_Event_Pri]) {
      const note = (): unknown => order.push(String(priority));
      const event = new EventFunctionWrapper(note, 'note', false, priority);
      simulation.eventQueue.schedule(event, 50);
    }
    simulation.simulate(50);
    expect(order).to.deep.equal(['50', 'dump', '95']);
    expect(dumps).to.deep.equal(['0-50']);
  });

  it('refuses the past', () => {
    const { simulation, stats } = observed();
    simulation.simulate(25);
    expect(() => {
      stats.schedStatEvent(true, false, 24);
    }).to.throw(FatalError, 'schedStatEvent at tick 24: that is past, now is 25');
  });
});

describe('A statistics event that restoring a checkpoint has left in the past', () => {
  it('is moved on by the time that was restored', () => {
    const { simulation, stats, dumps } = observed();
    stats.periodicStatDump(100);
    simulation.eventQueue.setCurTick(1000);
    stats.updateEvents();
    simulation.simulate(250);
    expect(dumps).to.deep.equal(['1000-1100', '1100-1200']);
  });
});

describe('m5.stats.dump()', () => {
  it('takes the objects to dump', () => {
    const simulation = aSimulation();
    const documents: string[] = [];
    simulation.stats.addOutput(new JsonWriter(document => documents.push(document)));
    const root = new Root({
      fullSystem: false,
      a: new PartNode({ depth: 0, needed: 0 }),
      b: new PartNode({ depth: 0, needed: 0 }),
    });
    simulation.instantiate(root);
    new StatsOutputs(simulation, noFiles).dump([root.b]);
    const document = JSON.parse(documents[0] ?? '{}') as object;
    expect(document).to.have.property('b');
    expect(document).to.not.have.any.keys('a', 'simSeconds');
  });
});
