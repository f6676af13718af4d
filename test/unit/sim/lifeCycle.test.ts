import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import { CheckpointSections } from '../../../src/checkpoint/index';
import type { Simulation } from '../../../src/sim/index';
import {
  defineSchema,
  EventFunctionWrapper,
  nodeClass,
  NULL,
  param,
  serializeSection,
  SimObject,
  simObjectSchema,
  unserializeFrom,
  type CheckpointIn,
  type CheckpointOut,
  type ParamsOf,
} from '../../../src/sim/index';
import { exitEvent } from '../../../src/sim/simulationGlobals';
import { messagesOf } from '../../support/memory';
import { aSimulation, BusyHost, QuietHost, Root } from '../../support/simulation';

/** What the recorders of one simulation were asked to do, in order. */
const journals = new WeakMap<Simulation, string[]>();

function journalOf(simulation: Simulation): string[] {
  const journal = journals.get(simulation) ?? [];
  journals.set(simulation, journal);
  return journal;
}

const recorderSchema = defineSchema('Recorder', simObjectSchema, {
  description: 'Writes down every call of its life cycle',
  params: { needs: param.SimObjectOrNull<Recorder>('Recorder', NULL, 'made before this one') },
});

class Recorder extends SimObject {
  static override readonly schema = recorderSchema;
  /** What the next drain request answers. */
  answer: 'Draining' | 'Drained' = 'Drained';
  /** What it waits for meanwhile. */
  reason = '';
  /** Whether a restore may do without it. */
  left = false;

  constructor(params: ParamsOf<typeof recorderSchema>) {
    super(params);
    this.note('constructor');
  }

  private note(call: string): void {
    journalOf(this.simulation).push(`${this.name()}.${call}`);
  }

  override get mayBeLeftOut(): boolean {
    return this.left;
  }

  whyNotDrained(): string {
    return this.reason;
  }

  finishDrain(): void {
    this.answer = 'Drained';
    this.signalDrainDone();
  }

  override init(): void {
    this.note('init');
  }

  override regStats(): void {
    this.note('regStats');
  }

  override regProbePoints(): void {
    this.note('regProbePoints');
  }

  override regProbeListeners(): void {
    this.note('regProbeListeners');
  }

  override initState(): void {
    this.note('initState');
  }

  override loadState(checkpoint: CheckpointIn): void {
    this.note('loadState');
    super.loadState(checkpoint);
  }

  override serialize(checkpoint: CheckpointOut): void {
    checkpoint.paramOut('name', this.name());
  }

  override unserialize(checkpoint: CheckpointIn): void {
    this.note(`unserialize ${checkpoint.string('name')}`);
  }

  override startup(): void {
    this.note('startup');
  }

  override resetStats(): void {
    this.note('resetStats');
  }

  override drain(): 'Draining' | 'Drained' {
    this.note('drain');
    return this.answer;
  }

  override drainResume(): void {
    this.note('drainResume');
  }

  override dispose(): void {
    this.note('dispose');
  }
}
const RecorderNode = nodeClass(Recorder, recorderSchema);

function aTree(): InstanceType<typeof Root> & {
  b: InstanceType<typeof RecorderNode>;
  a: InstanceType<typeof RecorderNode>;
} {
  const a = new RecorderNode({ c: new RecorderNode() });
  const root = new Root({ fullSystem: false, b: new RecorderNode(), a });
  a.needs = root.b;
  return root;
}

function calls(simulation: Simulation, name: string): string[] {
  return journalOf(simulation).filter(entry => entry.endsWith(`.${name}`));
}

describe('The life cycle of a tree', () => {
  it('makes what an object refers to before the object, and else parents before children', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    expect(calls(simulation, 'constructor')).to.deep.equal([
      'b.constructor',
      'a.constructor',
      'a.c.constructor',
    ]);
  });

  it('follows gem5’s order of calls without a checkpoint', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    simulation.simulate(0);
    expect(journalOf(simulation)).to.deep.equal([
      'b.constructor',
      'a.constructor',
      'a.c.constructor',
      ...['a.init', 'a.c.init', 'b.init'],
      // Statistics follow their groups, lowest first.
      ...['a.c.regStats', 'a.regStats', 'b.regStats'],
      ...['a.regProbePoints', 'a.c.regProbePoints', 'b.regProbePoints'],
      ...['a.regProbeListeners', 'a.c.regProbeListeners', 'b.regProbeListeners'],
      ...['a.initState', 'a.c.initState', 'b.initState'],
      ...['a.startup', 'a.c.startup', 'b.startup'],
      ...['a.c.resetStats', 'a.resetStats', 'b.resetStats'],
    ]);
  });

  it('loads state instead of initializing it, and resumes after startup, with a checkpoint', () => {
    const checkpoint = new CheckpointSections('.');
    const saved = aSimulation();
    saved.instantiate(aTree());
    for (const object of saved.objects) serializeSection(checkpoint, object.name(), object);

    const simulation = aSimulation();
    simulation.instantiate(aTree(), checkpoint);
    const loaded = journalOf(simulation).slice(journalOf(simulation).indexOf('a.loadState'));
    expect(loaded).to.deep.equal([
      ...['a.loadState', 'a.unserialize a', 'a.c.loadState', 'a.c.unserialize a.c'],
      ...['b.loadState', 'b.unserialize b'],
    ]);
    simulation.simulate(0);
    const started = journalOf(simulation).slice(journalOf(simulation).indexOf('a.startup'));
    expect(started).to.deep.equal([
      ...['a.startup', 'a.c.startup', 'b.startup'],
      ...['a.c.resetStats', 'a.resetStats', 'b.resetStats'],
      ...['b.drainResume', 'a.drainResume', 'a.c.drainResume'],
    ]);
    expect(calls(simulation, 'initState')).to.deep.equal([]);
  });

  it('starts up once, however often it is simulated', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    simulation.simulate(10);
    simulation.simulate(10);
    expect(calls(simulation, 'startup')).to.have.length(3);
    expect(simulation.curTick()).to.equal(20);
  });

  it('releases the host in reverse order of construction, once', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    simulation.dispose();
    simulation.dispose();
    expect(calls(simulation, 'dispose')).to.deep.equal(['a.c.dispose', 'a.dispose', 'b.dispose']);
  });

  it('finds a model by its full name', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    expect(simulation.find('a.c')?.name()).to.equal('a.c');
    expect(simulation.find('a')).to.equal(root.a.simObject());
    expect(simulation.find('nobody')).to.equal(undefined);
  });
});

describe('instantiate()', () => {
  it('needs a Root', () => {
    expect(() => {
      aSimulation().instantiate(new RecorderNode());
    }).to.throw(FatalError, /needs the Root object/);
    const asInGem5 = (): void => {
      (aSimulation().instantiate as () => void)();
    };
    expect(asInGem5).to.throw(FatalError, /needs the Root object/);
  });

  it('is the end of changes to the tree, which no model would see', () => {
    const root = aTree();
    aSimulation().instantiate(root);
    expect(() => {
      root.a.needs = root.b;
    }).to.throw(FatalError, /^a\.needs cannot be set after instantiate\(\): /);
    expect(() => Object.assign(root, { late: new RecorderNode() })).to.throw(
      FatalError,
      /root\.late/,
    );
    expect(Object.assign(root, { _mine: 1 })._mine).to.equal(1);
  });

  it('can be called once', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    expect(() => {
      simulation.instantiate(aTree());
    }).to.throw(FatalError, /was called before/);
  });

  it('must come before simulate()', () => {
    expect(() => aSimulation().simulate()).to.throw(FatalError, /m5.instantiate/);
  });

  it('refuses objects that need each other, naming the circle', () => {
    const root = aTree();
    root.b.needs = root.a;
    expect(() => {
      aSimulation().instantiate(root);
    }).to.throw(FatalError, 'Cycle found in configuration hierarchy: a -> b -> a');
  });

  it('refuses an object that belongs to another tree', () => {
    const other = aTree();
    const root = aTree();
    root.a.needs = other.b;
    expect(() => {
      aSimulation().instantiate(root);
    }).to.throw(FatalError, /outside the tree/);
  });
});

describe('simulate()', () => {
  it('ends at its limit, which does not outlast the call', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    const early = new EventFunctionWrapper(() => {
      simulation.exitSimLoop('early', 7);
    }, 'early');
    simulation.eventQueue.schedule(early, 50);
    const exit = simulation.simulate(1000);
    expect([exit.cause, exit.code, exit.tick]).to.deep.equal(['early', 7, 50]);
    const late = new EventFunctionWrapper(() => {
      simulation.exitSimLoop('late');
    }, 'late');
    simulation.eventQueue.schedule(late, 5000);
    expect(simulation.simulate().getCause()).to.equal('late');
    expect(simulation.curTick()).to.equal(5000);
  });

  it('ends when the user interrupts, and can go on afterwards', () => {
    const host = new QuietHost();
    const simulation = aSimulation(host);
    simulation.instantiate(aTree());
    let beats = 0;
    const heart: EventFunctionWrapper = new EventFunctionWrapper(() => {
      beats++;
      if (beats === 5000) host.interrupt = true;
      simulation.eventQueue.schedule(heart, simulation.curTick() + 1);
    }, 'heart');
    simulation.eventQueue.schedule(heart, 1);
    expect(simulation.simulate().cause).to.equal('user interrupt received');
    const beatsThen = beats;
    expect(simulation.simulate(10).cause).to.equal('simulate() limit reached');
    expect(beats).to.equal(beatsThen + 10);
  });

  it('dumps statistics, or dumps and resets them, when the user asks for it by a signal', () => {
    const host = new QuietHost();
    const simulation = aSimulation(host);
    const dumps: string[] = [];
    simulation.stats.registerDumpCallback(() => dumps.push(`dump @ ${simulation.curTick()}`));
    simulation.stats.registerResetCallback(() => dumps.push(`reset @ ${simulation.curTick()}`));
    simulation.instantiate(new Root({ fullSystem: false }));
    simulation.simulate(10);
    dumps.length = 0;
    host.statRequest = { dump: true, reset: false };
    simulation.simulate(10);
    host.statRequest = { dump: true, reset: true };
    simulation.simulate(10);
    simulation.simulate(10);
    expect(dumps).to.deep.equal(['dump @ 10', 'dump @ 20', 'reset @ 20']);
  });

  it('does not meet another simulation in the same process', () => {
    const [one, two] = [aSimulation(), aSimulation()];
    one.instantiate(aTree());
    two.instantiate(aTree());
    one.simulate(100);
    expect(two.curTick()).to.equal(0);
    expect(two.find('a')).to.not.equal(one.find('a'));
    expect(calls(two, 'startup')).to.deep.equal([]);
    two.drain();
    expect(one.drainManager.state).to.equal('Running');
  });
});

describe('simulateAsync()', () => {
  /** A simulation whose heart beats every tick. */
  function aBeating(): { simulation: Simulation; beats: () => number } {
    const simulation = aSimulation(new BusyHost());
    simulation.instantiate(aTree());
    let beats = 0;
    const heart: EventFunctionWrapper = new EventFunctionWrapper(() => {
      beats++;
      simulation.eventQueue.schedule(heart, simulation.curTick() + 1);
    }, 'heart');
    simulation.eventQueue.schedule(heart, 1);
    return { simulation, beats: () => beats };
  }

  it('does what simulate() does, and lets the host have its turn meanwhile', async () => {
    const { simulation, beats } = aBeating();
    let turns = 0;
    const clock = setInterval(() => turns++, 0);
    const exit = await simulation.simulateAsync({ ticks: 100_000 });
    clearInterval(clock);
    expect([exit.cause, exit.tick, beats()]).to.deep.equal([
      'simulate() limit reached',
      100_000,
      100_000,
    ]);
    expect(turns).to.be.greaterThan(0);
  });

  it('ends when it is aborted, and can go on afterwards', async () => {
    const { simulation, beats } = aBeating();
    const controller = new AbortController();
    setImmediate(() => {
      controller.abort();
    });
    const exit = await simulation.simulateAsync({ signal: controller.signal });
    expect(exit.cause).to.equal('simulation aborted');
    const beatsThen = beats();
    simulation.simulate(7);
    expect(beats()).to.equal(beatsThen + 7);
  });

  it('does nothing when it was aborted before', async () => {
    const simulation = aSimulation(new BusyHost());
    simulation.instantiate(aTree());
    const event = new EventFunctionWrapper(() => expect.fail('an event happened'), 'event');
    simulation.eventQueue.schedule(event, 5);
    const exit = await simulation.simulateAsync({ signal: { aborted: true } });
    expect(exit).to.include({ cause: 'simulation aborted', tick: 0 });
  });

  it('cannot be entered while it runs', async () => {
    const { simulation } = aBeating();
    const run = simulation.simulateAsync({ ticks: 100_000 });
    expect(() => simulation.simulate(1)).to.throw(FatalError, /while the simulation is running/);
    await run;
  });
});

describe('A restored simulation', () => {
  /** A checkpoint with sections of these names. */
  function sectionsOf(...names: string[]): CheckpointSections {
    const sections = new CheckpointSections('cpt.7');
    const nothing = { serialize: () => undefined, unserialize: () => undefined };
    for (const name of names) serializeSection(sections, name, nothing);
    return sections;
  }

  it('names the objects that the checkpoint does not know, and the state that nobody takes', () => {
    const sections = sectionsOf('root', 'a', 'gone');
    serializeSection(sections, 'root.globals', {
      serialize: () => {
        sections.paramOut('objects', ['root', 'a', 'gone']);
        sections.paramOut('classes', ['Root', 'Recorder', 'Terminal']);
      },
      unserialize: () => undefined,
    });
    expect(() => {
      aSimulation().instantiate(aTree(), sections);
    }).to.throw(
      FatalError,
      'cpt.7 is a checkpoint of another system: it has no state of a.c (Recorder), b (Recorder); ' +
        'it has state of gone (Terminal)',
    );
  });

  it('warns of state that nobody has taken, and delivers what an earlier drain kept', () => {
    const saved = aSimulation();
    saved.instantiate(aTree());
    saved.globals.heldExits.push(exitEvent('guest asked', 3, 100));
    saved.drain();
    const sections = new CheckpointSections('cpt.7');
    saved.serializeAll(sections);
    const extra = { serialize: () => undefined, unserialize: () => undefined };
    serializeSection(sections, 'gone', extra);
    const simulation = aSimulation();
    const messages = messagesOf(() => {
      simulation.instantiate(aTree(), sections);
    });
    expect(messages.join()).to.include('nobody has taken the state of gone');
    expect(simulation.simulate(0).getCause()).to.equal('guest asked');
    expect(simulation.simulate(0).getCause()).to.equal('simulate() limit reached');
  });

  it('does without what may be left out, or has handed its state to another', () => {
    const saved = aSimulation();
    const tree = aTree();
    Object.assign(tree, { d: new RecorderNode(), e: new RecorderNode(), f: new RecorderNode() });
    saved.instantiate(tree);
    for (const object of saved.objects) {
      if (object instanceof Recorder) object.left = object.name() === 'd';
    }
    saved.drain();
    const sections = new CheckpointSections('cpt.7');
    saved.serializeAll(sections);
    const nothing = { serialize: () => undefined, unserialize: () => undefined };
    serializeSection(sections, 'e.thread', nothing);
    unserializeFrom(sections, 'e.thread', nothing);
    const messages = messagesOf(() => {
      aSimulation().instantiate(aTree(), sections);
    });
    expect(messages.join()).to.match(/nobody has taken the state of f$/m);
  });

  it('warns of everything that is left when the checkpoint does not say what may be', () => {
    const saved = aSimulation();
    saved.instantiate(Object.assign(aTree(), { d: new RecorderNode() }));
    saved.drain();
    const sections = new CheckpointSections('cpt.7');
    saved.serializeAll(sections);
    const globals = sections.sections.get('root.globals')!;
    globals.version = 1;
    globals.values.delete('mayBeLeftOut');
    const messages = messagesOf(() => {
      aSimulation().instantiate(aTree(), sections);
    });
    expect(messages.join()).to.match(/nobody has taken the state of d$/m);
  });

  it('cannot be saved unless it is drained', () => {
    const simulation = aSimulation();
    simulation.instantiate(aTree());
    expect(() => {
      simulation.serializeAll(new CheckpointSections(''));
    }).to.throw(PanicError, 'drained');
  });
});

describe('drain()', () => {
  function recorderOf(root: ReturnType<typeof aTree>): Recorder {
    return root.a.simObject();
  }

  it('simulates until every object has drained, and asks all of them again', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    const slow = recorderOf(root);
    slow.answer = 'Draining';
    const done = new EventFunctionWrapper(() => {
      slow.finishDrain();
    }, 'done');
    simulation.eventQueue.schedule(done, 300);
    simulation.drain();
    expect(simulation.curTick()).to.equal(300);
    expect(simulation.drainManager.isDrained()).to.equal(true);
    expect(calls(simulation, 'drain')).to.have.length(6);
    simulation.simulate(0);
    expect(slow.drainState()).to.equal('Running');
  });

  it('keeps an exit event that it sees, and a later run returns it', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    const slow = recorderOf(root);
    slow.answer = 'Draining';
    simulation.exitSimLoop('guest asked', 3, 100);
    const done = new EventFunctionWrapper(() => {
      slow.finishDrain();
    }, 'done');
    simulation.eventQueue.schedule(done, 300);
    simulation.drain();
    const exit = simulation.simulate();
    expect([exit.cause, exit.code, exit.tick]).to.deep.equal(['guest asked', 3, 100]);
  });

  it('names the objects that cannot drain when nothing is left to happen', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    recorderOf(root).answer = 'Draining';
    expect(() => {
      simulation.drain();
    }).to.throw(FatalError, /have not drained: a$/);
  });

  it('gives up after so many ticks, says who is in the way and why, and goes on', () => {
    const simulation = aSimulation();
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    const slow = recorderOf(root);
    slow.answer = 'Draining';
    slow.reason = 'a packet is under way';
    const beat = new EventFunctionWrapper(() => {
      simulation.eventQueue.schedule(beat, simulation.curTick() + 10);
    }, 'beat');
    simulation.eventQueue.schedule(beat, 10);
    expect(() => {
      simulation.drain({ ticks: 50 });
    }).to.throw(
      FatalError,
      'ticks for it have run out); these have not drained: a (a packet is under way)',
    );
    expect(simulation.curTick()).to.equal(50);
    expect(simulation.drainManager.state).to.equal('Running');
    expect(slow.drainState()).to.equal('Running');
    // Those that had drained were woken, and the one that had not was left alone.
    expect(calls(simulation, 'drainResume')).to.deep.equal(['b.drainResume', 'a.c.drainResume']);
    slow.answer = 'Drained';
    simulation.drain({ ticks: 50 });
    expect(simulation.drainManager.isDrained()).to.equal(true);
  });

  it('gives up after so much host time', () => {
    const simulation = aSimulation(new BusyHost());
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    recorderOf(root).answer = 'Draining';
    const beat = new EventFunctionWrapper(() => {
      simulation.eventQueue.schedule(beat, simulation.curTick() + 1);
    }, 'beat');
    simulation.eventQueue.schedule(beat, 1);
    expect(() => {
      simulation.drain({ hostSeconds: 5 });
    }).to.throw(FatalError, 'host time for it has run out');
  });

  it('finishes in spite of one interrupt, which a later run returns, and ends at a second', () => {
    const host = new QuietHost();
    const simulation = aSimulation(host);
    const root = aTree();
    simulation.instantiate(root);
    simulation.simulate(0);
    const slow = recorderOf(root);
    slow.answer = 'Draining';
    const beat = new EventFunctionWrapper(() => {
      simulation.eventQueue.schedule(beat, simulation.curTick() + 1);
      if (simulation.curTick() === 5) host.interrupt = true;
      if (simulation.curTick() === 900) slow.finishDrain();
    }, 'beat');
    simulation.eventQueue.schedule(beat, 1);
    simulation.drain();
    expect(simulation.drainManager.isDrained()).to.equal(true);
    expect(simulation.simulate(0).cause).to.equal('user interrupt received');

    slow.answer = 'Draining';
    host.interrupt = true;
    const again = new EventFunctionWrapper(() => {
      host.interrupt = true;
    }, 'again');
    simulation.eventQueue.schedule(again, simulation.curTick() + 500);
    expect(() => {
      simulation.drain();
    }).to.throw(FatalError, 'interrupted');
  });
});
