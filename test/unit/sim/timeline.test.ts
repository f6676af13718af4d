import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import {
  defineSchema,
  Event,
  EventFunctionWrapper,
  nodeClass,
  SimObject,
  simObjectSchema,
  type Simulation,
} from '../../../src/sim/index';
import { aSimulation, QuietHost, Root } from '../../support/simulation';
import { overlaps, record, type TimelineRecord, type TimelineText } from '../../support/timeline';

/** A host whose clock is in the test's hands, and that counts the looks at it. */
class ClockHost extends QuietHost {
  microseconds = 0;
  looks = 0;

  override seconds(): number {
    this.looks++;
    return this.microseconds / 1e6;
  }
}

const workerSchema = defineSchema('Worker', simObjectSchema, { description: 'Is asked to drain' });

class Worker extends SimObject {
  static override readonly schema = workerSchema;
  /** How many drain requests it answers with work still to be done. */
  busy = 0;

  override drain(): 'Draining' | 'Drained' {
    if (this.busy-- <= 0) return 'Drained';
    const done = new EventFunctionWrapper(() => {
      this.signalDrainDone();
    }, `${this.name()}.done`);
    this.schedule(done, this.curTick() + 1000);
    return 'Draining';
  }
}

const WorkerNode = nodeClass(Worker, workerSchema);

class Unnamed extends Event {
  process(): void {
    // Nothing happens.
  }

  override description(): string {
    return 'without a name';
  }
}

const named = (name: string, action = (): void => undefined): EventFunctionWrapper =>
  new EventFunctionWrapper(action, name);

interface Machine {
  readonly simulation: Simulation;
  readonly host: ClockHost;
  readonly worker: Worker;
  readonly timeline: TimelineText;
  at(tick: number, event: Event): void;
}

/** Objects `root`, `left` and `left.inner`, recorded from their construction. */
function aMachine(): Machine {
  const host = new ClockHost();
  const simulation = aSimulation(host);
  const timeline = record(simulation);
  const left = new WorkerNode();
  const inner = new WorkerNode();
  simulation.instantiate(new Root({ left: Object.assign(left, { inner }), fullSystem: false }));
  return {
    ...{ simulation, host, timeline, worker: left.simObject() },
    at: (tick, event) => {
      simulation.eventQueue.schedule(event, tick);
    },
  };
}

const Loop = 'host time/event loop';
const Whole = 'simulated time/simulation';
const events = (records: readonly TimelineRecord[]): TimelineRecord[] =>
  records.filter(({ cat }) => cat === 'event');

describe('The timeline', () => {
  it('shows events at their ticks, in order, on the tracks of their objects', () => {
    const { simulation, timeline, at } = aMachine();
    at(2500, named('left.inner.second'));
    at(1000, named('left.first'));
    at(2_000_000, named('left.inner.port.third'));
    simulation.simulate(1e7);
    const shown = events(timeline.records())
      .filter(({ track }) => track.startsWith('simulated'))
      .map(({ track, name, ts, ph, args }) => [track, name, ts, ph, args['tick']]);
    expect(shown).to.deep.equal([
      ['simulated time/left', 'first', 0.001, 'i', 1000],
      ['simulated time/left.inner', 'second', 0.0025, 'i', 2500],
      ['simulated time/left.inner', 'port.third', 2, 'i', 2_000_000],
      [Whole, 'global simulation loop exit', 10, 'i', 1e7],
    ]);
  });

  it('shows how long each took on the host, in the order of calls', () => {
    const { simulation, host, timeline, at } = aMachine();
    const takes = (microseconds: number) => () => {
      host.microseconds += microseconds;
    };
    host.microseconds = 3;
    at(1000, named('left.short', takes(5)));
    at(2000, named('left.long', takes(70.5)));
    simulation.simulate(3000);
    const loop = events(timeline.track(Loop)).map(({ name, ts, dur }) => [name, ts, dur]);
    expect(loop).to.deep.equal([
      ['left.short', 3, 5],
      ['left.long', 8, 70.5],
      ['global simulation loop exit', 78.5, 0],
    ]);
    const args = timeline.track('simulated time/left').map(({ args }) => args);
    expect(args).to.deep.equal([
      { tick: 1000, hostUs: 5 },
      { tick: 2000, hostUs: 70.5 },
    ]);
  });

  it('keeps names as they are, whatever characters they have', () => {
    const { simulation, timeline, at } = aMachine();
    const name = 'left.say "hello"\\ \n\u0001 }],é';
    at(1, named(name));
    at(2, named('"nobody".work'));
    simulation.simulate(10);
    expect(timeline.track('simulated time/left').map(({ name }) => name)).to.deep.equal([
      name.slice('left.'.length),
    ]);
    expect(events(timeline.track(Loop)).map(({ name }) => name)).to.include(name);
    expect(events(timeline.track(Whole)).map(({ name }) => name)).to.include('"nobody".work');
  });

  it('calls an event without a name by its kind, and one named as its object too', () => {
    const { simulation, timeline, at } = aMachine();
    at(1, new Unnamed());
    at(2, named('left'));
    simulation.simulate(10);
    expect(events(timeline.track(Whole))[0]?.name).to.equal('without a name');
    expect(timeline.track('simulated time/left')[0]?.name).to.equal('EventFunctionWrapped');
  });

  it('leaves out events that were squashed', () => {
    const { simulation, timeline, at } = aMachine();
    const event = named('left.never');
    at(5, event);
    event.squash();
    at(6, named('left.once'));
    simulation.simulate(10);
    expect(timeline.track('simulated time/left').map(({ name }) => name)).to.deep.equal(['once']);
  });

  it('shows the phases of a run inside one another, by both clocks', () => {
    const { simulation, timeline } = aMachine();
    simulation.simulate(1000);
    simulation.phase('checkpoint', () => undefined, { directory: 'cpt.1000' });
    for (const track of [Whole, Loop]) {
      const phases = timeline
        .track(track)
        .filter(({ ph }) => 'BE'.includes(ph))
        .map(({ ph, name, args }) => (ph === 'E' ? 'end' : [name, args]));
      expect(phases).to.deep.equal([
        ['instantiate', { tick: 0 }],
        'end',
        ['startup', { tick: 0 }],
        'end',
        ['simulate', { tick: 0 }],
        'end',
        ['checkpoint', { tick: 1000, directory: 'cpt.1000' }],
        'end',
      ]);
    }
  });

  it('shows a drain with its rounds, whom it waited for, and the resume', () => {
    const { simulation, worker, timeline } = aMachine();
    simulation.simulate(1000);
    const before = timeline.track(Whole).length;
    worker.busy = 2;
    simulation.drain();
    simulation.simulate(1000);
    const shown = timeline
      .track(Whole)
      .slice(before)
      .filter(({ cat }) => cat !== 'event' && cat !== 'exit')
      .map(({ ph, name, ts, args }) =>
        [ph === 'E' ? 'end' : name, args['round'] ?? args['objects'] ?? '', ts].join(' ').trim(),
      );
    expect(shown).to.deep.equal([
      ...['drain  0.001', 'drain round 1 0.001', 'draining left 0.001'],
      ...['simulate  0.001', 'end  0.002', 'end  0.002'],
      ...['drain round 2 0.002', 'draining left 0.002'],
      ...['simulate  0.002', 'end  0.003', 'end  0.003'],
      ...['drain round 3 0.003', 'end  0.003', 'end  0.003'],
      ...['drain resume  0.003', 'end  0.003', 'simulate  0.003', 'end  0.004'],
    ]);
  });

  it('shows why each run ended', () => {
    const { simulation, timeline } = aMachine();
    simulation.simulate(500);
    simulation.exitSimLoop('the guest asked', 7, 800);
    simulation.simulate();
    const exits = timeline.track(Whole).filter(({ cat }) => cat === 'exit');
    expect(exits.map(({ ph, name, ts, args }) => [ph, name, ts, args['code']])).to.deep.equal([
      ['i', 'simulate() limit reached', 0.0005, 0],
      ['i', 'the guest asked', 0.0008, 7],
    ]);
  });

  it('shows states as slices that follow one another to the end', () => {
    const { simulation, host, timeline, at } = aMachine();
    const moves = (from: string, to: string) => () => {
      host.microseconds += 10;
      simulation.timeline?.stateChange('left', from, to);
    };
    at(1000, named('left.start', moves('idle', 'busy')));
    at(2000, named('left.continue', moves('busy', 'busy')));
    at(3000, named('left.stop', moves('busy', 'idle')));
    simulation.simulate(5000);
    simulation.dispose();
    const states = (clock: string): unknown[] =>
      timeline.track(`${clock} time/left status`).map(({ name, ts, dur }) => [name, ts, dur]);
    expect(states('simulated')).to.deep.equal([
      ['idle', 0, 0.001],
      ['busy', 0.001, 0.002],
      ['idle', 0.003, 0.002],
    ]);
    expect(states('host')).to.deep.equal([
      ['idle', 0, 10],
      ['busy', 10, 20],
      ['idle', 30, 0],
    ]);
  });

  it('shows what an object did for a while, under the event that did it', () => {
    const { simulation, host, timeline, at } = aMachine();
    const work = (): void => {
      host.microseconds += 40;
      const what = { object: 'left', activity: 'work', name: 'dig', args: { depth: 2 } };
      simulation.timeline?.slice({ ...what, ticks: 5000, hostNs: 30_000 });
      host.microseconds += 2;
    };
    at(1000, named('left.go', work));
    simulation.simulate(10_000);
    const [simulated] = timeline.track('simulated time/left work');
    expect(simulated).to.deep.include({ name: 'dig', ts: 0.001, dur: 0.005 });
    expect(simulated?.args).to.deep.equal({ tick: 1000, hostUs: 30, depth: 2 });
    const called = timeline.track(Loop).filter(({ ph }) => ph === 'X');
    expect(called.map(({ name, ts, dur }) => [name, ts, dur]).slice(0, 2)).to.deep.equal([
      ['dig', 10, 30],
      ['left.go', 0, 42],
    ]);
    expect(overlaps(timeline.records())).to.deep.equal([]);
  });

  it('shows the event that threw, and is whole all the same', () => {
    const { simulation, timeline, at } = aMachine();
    at(
      7,
      named('left.fails', () => {
        throw new FatalError('no');
      }),
    );
    expect(() => simulation.simulate()).to.throw(FatalError, 'no');
    simulation.dispose();
    expect(timeline.isOpen).to.equal(false);
    const loop = timeline.track(Loop);
    expect(events(loop).map(({ name }) => name)).to.deep.equal(['left.fails']);
    const count = (phase: string): number => loop.filter(({ ph }) => ph === phase).length;
    expect(count('B')).to.equal(count('E'));
  });

  it('records runs that give the host’s event loop turns', async () => {
    const { simulation, timeline, at } = aMachine();
    at(1000, named('left.once'));
    await simulation.simulateAsync({ ticks: 5000 });
    expect(timeline.track('simulated time/left').map(({ name }) => name)).to.deep.equal(['once']);
  });

  it('hands on what it has after every run, and each record as soon as it is complete', () => {
    const { simulation, timeline, at } = aMachine();
    let soFar = 0;
    at(1000, named('left.first'));
    at(
      2000,
      named('left.second', () => {
        soFar = timeline.track('simulated time/left').length;
      }),
    );
    simulation.simulate(1500);
    simulation.simulate(1500);
    expect(soFar).to.equal(1);
    expect(timeline.flushes).to.equal(2);
  });

  it('belongs to one simulation, which starts it once, outside of runs', () => {
    const first = aMachine();
    const second = aMachine();
    second.at(1, named('left.other'));
    first.simulation.simulate(10);
    second.simulation.simulate(10);
    expect(first.timeline.track('simulated time/left')).to.deep.equal([]);
    expect(() => record(first.simulation)).to.throw(PanicError, 'twice');
    const late = aSimulation();
    late.instantiate(new Root({ fullSystem: false }));
    late.eventQueue.schedule(
      named('late', () => record(late)),
      1,
    );
    expect(() => late.simulate()).to.throw(PanicError, 'within a run');
  });

  it('costs no look at the clock when nothing is recorded', () => {
    const host = new ClockHost();
    const simulation = aSimulation(host);
    simulation.instantiate(new Root({ fullSystem: false }));
    simulation.simulate(1);
    const before = host.looks;
    for (let tick = 2; tick < 1000; tick++) simulation.eventQueue.schedule(named('x'), tick);
    simulation.simulate();
    expect(simulation.timeline).to.equal(null);
    expect(host.looks).to.equal(before);
  });
});
