import { expect } from 'chai';
import { IntervalTimer, IntervalTimers, type TimerClock } from '../../../src/se/intervalTimers';
import { Signal } from '../../../src/se/signals';

/** A thread that has been awake for all but `slept` ticks, and is now. */
const at = (now: number, slept = 0): TimerClock => ({ now, cpuNow: now - slept, awake: now });
const { Real, Virtual, Profiling } = IntervalTimer;

describe('IntervalTimers', () => {
  it('are off at first', () => {
    const timers = new IntervalTimers();
    expect(timers.next(at(5))).to.equal(Infinity);
    expect(timers.remaining(Real, at(5))).to.equal(0);
    expect(timers.expire(at(5))).to.deep.equal([]);
  });

  it('expire once, or again and again without falling behind', () => {
    const timers = new IntervalTimers();
    timers.set(Real, 100, 0, at(50));
    timers.set(Profiling, 30, 10, at(50));
    expect(timers.next(at(50))).to.equal(80);
    expect(timers.expire(at(79))).to.deep.equal([]);
    expect(timers.expire(at(105))).to.deep.equal([Signal.SIGPROF]);
    expect(timers.next(at(105))).to.equal(110);
    expect(timers.expire(at(150))).to.deep.equal([Signal.SIGALRM, Signal.SIGPROF]);
    expect(timers.remaining(Real, at(150))).to.equal(0);
    expect(timers.remaining(Profiling, at(150))).to.equal(10);
  });

  it('are turned off by no time at all', () => {
    const timers = new IntervalTimers();
    timers.set(Real, 100, 7, at(0));
    timers.set(Real, 0, 7, at(10));
    expect(timers.next(at(10))).to.equal(Infinity);
  });

  it('of processor time stand still while the thread sleeps', () => {
    const timers = new IntervalTimers();
    timers.set(Virtual, 100, 0, at(40));
    expect(timers.next({ now: 60, cpuNow: 60, awake: 1060 })).to.equal(1140);
    expect(timers.next({ now: 60, cpuNow: 60, awake: Infinity })).to.equal(Infinity);
    expect(timers.expire(at(1139, 1000))).to.deep.equal([]);
    expect(timers.expire(at(1140, 1000))).to.deep.equal([Signal.SIGVTALRM]);
  });
});
