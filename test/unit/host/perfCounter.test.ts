import { expect } from 'chai';
import {
  blockSignals,
  ErrnoError,
  hostResources,
  openDescriptorCount,
  PerfCounter,
  PerfSoftware,
  PerfType,
  realTimeSignals,
  SignalSet,
  takePendingSignal,
  threadId,
  unblockSignals,
} from '../../../src/host/index';

/** A counter that every kernel has: nanoseconds that the thread runs. */
const CLOCK = { type: PerfType.Software, config: PerfSoftware.TaskClock };

function spin(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

/** Works until something is so; a busy host may take its time. */
function spinUntil(isSo: () => boolean): void {
  const end = performance.now() + 15_000;
  while (!isSo()) if (performance.now() > end) throw new Error('it did not come about');
}

describe('PerfCounter', () => {
  const made: PerfCounter[] = [];
  const aCounter = (
    options: Partial<ConstructorParameters<typeof PerfCounter>[0]>,
  ): PerfCounter => {
    const counter = new PerfCounter({ ...CLOCK, ...options });
    made.push(counter);
    return counter;
  };
  afterEach(() => {
    for (const counter of made.splice(0)) counter.dispose();
  });

  it('counts while it is started, and only then', () => {
    const counter = aCounter({});
    spin(2);
    expect(counter.read()).to.equal(0);
    counter.start();
    spinUntil(() => counter.read() > 1e5);
    counter.stop();
    const counted = counter.read();
    spin(2);
    expect(counter.read()).to.equal(counted);
  });

  it('starts and stops the others of its group', () => {
    const leader = aCounter({});
    const member = aCounter({ group: leader });
    leader.start();
    spinUntil(() => member.read() > 1e5);
    leader.stop();
    const counted = member.read();
    spin(2);
    expect(member.read()).to.equal(counted);
  });

  it('sends a signal to a thread when a period is over', () => {
    const signal = realTimeSignals().first + 3;
    const set = new SignalSet([signal]);
    blockSignals(set);
    try {
      const counter = aCounter({ sampling: true });
      counter.signalOnOverflow(signal, threadId());
      counter.setPeriod(Infinity);
      counter.start();
      spin(3);
      expect(takePendingSignal(set)).to.equal(0);
      counter.stop();
      counter.setPeriod(1e6);
      counter.start();
      const end = performance.now() + 5000;
      let taken = 0;
      while (taken === 0 && performance.now() < end) taken = takePendingSignal(set);
      counter.stop();
      expect(taken).to.equal(signal);
    } finally {
      while (takePendingSignal(set) !== 0);
      unblockSignals(set);
    }
  });

  it('says so when there is no such counter', () => {
    expect(() => aCounter({ type: 0x7fff_0000 })).to.throw(ErrnoError, 'perf_event_open');
  });

  it('is closed once, and leaves nothing behind', () => {
    const before = [openDescriptorCount(), hostResources.size];
    const counter = new PerfCounter(CLOCK);
    counter.dispose();
    counter.dispose();
    expect([openDescriptorCount(), hostResources.size]).to.deep.equal(before);
  });
});
