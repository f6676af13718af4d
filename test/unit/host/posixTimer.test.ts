import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { PanicError } from '../../../src/base/index';
import {
  blockSignals,
  close,
  ErrnoError,
  hostResources,
  monotonicResolution,
  pipe,
  PollEvent,
  PosixTimer,
  realTimeSignals,
  setSignalMask,
  SignalSet,
  takePendingSignal,
  threadId,
  tryPoll,
} from '../../../src/host/index';

const SECOND = 1e9;

/** Number of POSIX timers that this process has. */
const openTimers = (): number =>
  readFileSync('/proc/self/timers', 'latin1').match(/^ID:/gm)?.length ?? 0;

describe('PosixTimer', () => {
  const signal = realTimeSignals().first + 1;
  const set = new SignalSet([signal]);
  let mask: SignalSet;
  let timer: PosixTimer;
  before(() => {
    mask = blockSignals(set);
  });
  after(() => {
    setSignalMask(mask);
  });
  beforeEach(() => {
    timer = new PosixTimer(signal, threadId());
  });
  afterEach(() => {
    timer.dispose();
    while (takePendingSignal(set) !== 0);
  });

  /** Waits for the signal; false when it has not come after ten seconds. */
  const arrives = (): boolean => {
    const { readEnd, writeEnd } = pipe();
    let arrived = false;
    for (let i = 0; i < 10_000 && !arrived; i++) {
      tryPoll(readEnd, PollEvent.In, 1);
      arrived = takePendingSignal(set) === signal;
    }
    close(readEnd);
    close(writeEnd);
    return arrived;
  };

  it('sends its signal once the time is up, and only once', () => {
    timer.arm(1e6);
    expect(arrives()).to.equal(true);
    expect(timer.remaining()).to.equal(0);
    expect(takePendingSignal(set)).to.equal(0);
  });

  it('sends it at once for anything that is no time at all', () => {
    for (const time of [0, -1, 0.5, NaN]) {
      timer.arm(time);
      expect(arrives(), String(time)).to.equal(true);
    }
  });

  it('says what remains, seconds and nanoseconds', () => {
    expect(timer.remaining()).to.equal(0);
    timer.arm(5000.25 * SECOND);
    expect(timer.remaining()).to.be.within(4900 * SECOND, 5000.25 * SECOND);
  });

  it('can be armed for the longest run that ticks can express', () => {
    const longest = Number.MAX_SAFE_INTEGER / 1000;
    timer.arm(longest);
    expect(timer.remaining()).to.be.within(longest - 100 * SECOND, longest);
    timer.arm(Infinity);
    expect(timer.remaining()).to.be.above(longest);
  });

  it('forgets an earlier start', () => {
    timer.arm(3600 * SECOND);
    timer.arm(1000 * SECOND);
    expect(timer.remaining()).to.be.at.most(1000 * SECOND);
  });

  it('sends nothing once disarmed', () => {
    timer.arm(3600 * SECOND);
    timer.disarm();
    expect(timer.remaining()).to.equal(0);
    expect(takePendingSignal(set)).to.equal(0);
  });

  it('refuses a signal that does not exist', () => {
    expect(() => new PosixTimer(1000, threadId())).to.throw(
      ErrnoError,
      'timer_create failed while creating a timer for signal 1000: Invalid argument (EINVAL)',
    );
  });

  it('is disposed of once, and is of no use afterwards', () => {
    const open = hostResources.size;
    timer.dispose();
    const other = new PosixTimer(signal, threadId()); // may get the kernel's number of the first
    timer.dispose();
    other.arm(1000 * SECOND);
    expect(() => {
      timer.arm(1);
    }).to.throw(PanicError, 'after it was disposed of');
    expect(() => timer.remaining()).to.throw(PanicError, 'after it was disposed of');
    expect(other.remaining()).to.be.above(0);
    other.dispose();
    expect(hostResources.size).to.equal(open - 1);
  });

  it('leaves nothing behind in 500 rounds', () => {
    const open = hostResources.size;
    const before = openTimers();
    expect(before).to.be.at.least(1); // the one of this test
    for (let round = 0; round < 500; round++) {
      const short = new PosixTimer(signal, threadId());
      short.arm(SECOND * 1000);
      short.dispose();
    }
    expect(openTimers()).to.equal(before);
    expect(hostResources.size).to.equal(open);
  });
});

describe('monotonicResolution', () => {
  it('is a clock that measures below a millisecond', () => {
    expect(monotonicResolution()).to.be.within(1, 1e6);
  });
});
