import { expect } from 'chai';
import { clearDebugFlags, setDebugFlags } from '../../../src/base/index';
import { DrainManager, type Drainable } from '../../../src/sim/index';
import { traceOf } from '../../support/memory';

/** An object that answers each drain request with the next of a list of answers. */
class Part implements Drainable {
  readonly #name: string;
  readonly #answers: ('Draining' | 'Drained')[];
  readonly calls: string[] = [];

  constructor(name: string, ...answers: ('Draining' | 'Drained')[]) {
    this.#name = name;
    this.#answers = answers;
  }

  name(): string {
    return this.#name;
  }

  drain(): 'Draining' | 'Drained' {
    this.calls.push('drain');
    return this.#answers.shift() ?? 'Drained';
  }

  drainResume(): void {
    this.calls.push('drainResume');
  }

  notifyFork(): void {
    this.calls.push('notifyFork');
  }
}

function aManager(...parts: Part[]): { manager: DrainManager; finished: () => number } {
  let count = 0;
  const manager = new DrainManager(
    () => {
      count++;
    },
    () => 42,
  );
  for (const part of parts) manager.register(part);
  return { manager, finished: () => count };
}

describe('DrainManager', () => {
  it('is drained at once when every object answers so', () => {
    const part = new Part('a');
    const { manager } = aManager(part);
    expect(manager.tryDrain()).to.equal(true);
    expect(manager.state).to.equal('Drained');
    expect(manager.stateOf(part)).to.equal('Drained');
  });

  it('waits for the objects that are not, and asks all of them again', () => {
    const slow = new Part('slow', 'Draining');
    const quick = new Part('quick');
    const { manager, finished } = aManager(slow, quick);
    expect(manager.tryDrain()).to.equal(false);
    expect(manager.undrained()).to.deep.equal([slow]);
    manager.signalDrainDone(slow);
    expect(finished()).to.equal(1);
    expect(manager.tryDrain()).to.equal(true);
    expect(quick.calls).to.deep.equal(['drain', 'drain']);
  });

  it('reports the end once, after the last of several objects', () => {
    const parts = [new Part('a', 'Draining'), new Part('b', 'Draining')];
    const { manager, finished } = aManager(...parts);
    manager.tryDrain();
    for (const part of parts) manager.signalDrainDone(part);
    expect(finished()).to.equal(1);
  });

  it('ignores a signal from an object that nobody waits for', () => {
    const slow = new Part('slow', 'Draining');
    const quick = new Part('quick');
    const { manager, finished } = aManager(slow, quick);
    manager.tryDrain();
    manager.signalDrainDone(quick);
    expect(finished()).to.equal(0);
    expect(manager.undrained()).to.deep.equal([slow]);
  });

  it('does not wait for an object that joins while the system drains', () => {
    const slow = new Part('slow', 'Draining');
    const { manager, finished } = aManager(slow);
    manager.tryDrain();
    const late = new Part('late');
    manager.register(late);
    manager.signalDrainDone(late);
    manager.signalDrainDone(slow);
    expect(finished()).to.equal(1);
    expect(manager.tryDrain()).to.equal(true);
    expect(late.calls).to.deep.equal(['drain']);
  });

  it('marks an object as running before it resumes it', () => {
    const part = new Part('a');
    const { manager } = aManager(part);
    let seen = '';
    part.drainResume = () => {
      seen = manager.stateOf(part);
    };
    manager.tryDrain();
    manager.resume();
    expect(seen).to.equal('Running');
    expect(manager.state).to.equal('Running');
  });

  it('resumes an object that another one makes while resuming', () => {
    const maker = new Part('maker');
    const made = new Part('made');
    const { manager } = aManager(maker);
    maker.drainResume = () => {
      manager.register(made);
    };
    manager.tryDrain();
    manager.resume();
    expect(manager.stateOf(made)).to.equal('Running');
  });

  it('counts everything as drained before a restore', () => {
    const part = new Part('a');
    const { manager } = aManager(part);
    manager.preCheckpointRestore();
    manager.resume();
    expect(part.calls).to.deep.equal(['drainResume']);
  });

  it('panics when it is resumed while running, or drained twice', () => {
    const { manager } = aManager();
    expect(() => {
      manager.resume();
    }).to.throw(/Running/);
    manager.tryDrain();
    expect(() => manager.tryDrain()).to.throw(/drained already/);
  });

  it('traces requests, answers and resumes', () => {
    const slow = new Part('slow', 'Draining');
    const { manager } = aManager(slow, new Part('quick'));
    setDebugFlags('Drain');
    const lines = traceOf(() => {
      manager.tryDrain();
      manager.signalDrainDone(slow);
      manager.tryDrain();
      manager.resume();
    });
    clearDebugFlags();
    expect(lines).to.deep.equal([
      '     42: slow: drain request: Draining',
      '     42: quick: drain request: Drained',
      '     42: slow: done, 0 still draining',
      '     42: slow: drain request: Drained',
      '     42: quick: drain request: Drained',
      '     42: slow: resume',
      '     42: quick: resume',
    ]);
  });
});
