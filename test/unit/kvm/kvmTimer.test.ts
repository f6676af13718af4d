import { expect } from 'chai';
import { PosixKvmTimer } from '../../../src/kvm/kvmTimer';

const MICROSECOND = 1000;
const MILLISECOND = 1_000_000;

interface Setup {
  readonly timer: PosixKvmTimer;
  /** Nanoseconds of each setting of the host's timer; 0 for a stop. */
  readonly settings: number[];
  /** Lets host time pass, in nanoseconds. */
  pass(nanoseconds: number): void;
}

function aTimer(hostFactor = 1, hostFreq = 500, entryNs = 0): Setup {
  let now = 1e9;
  const settings: number[] = [];
  const timer = new PosixKvmTimer({
    hostFactor,
    hostFreq,
    ticksPerNs: 1000,
    entryNs,
    signal: 34,
    thread: 1,
    now: () => now,
    timer: {
      arm: nanoseconds => settings.push(nanoseconds),
      disarm: () => settings.push(0),
      dispose: () => settings.push(-1),
    },
  });
  return {
    timer,
    settings,
    pass: nanoseconds => {
      now += nanoseconds;
    },
  };
}

describe('PosixKvmTimer', () => {
  it('arms the host timer for the host time that the ticks are worth', () => {
    const { timer, settings } = aTimer();
    timer.arm(1e9); // a simulated millisecond
    expect(settings).to.deep.equal([MILLISECOND]);
  });

  it('takes less host time when simulated time runs faster', () => {
    const { timer, settings } = aTimer(4);
    timer.arm(1e9);
    expect(settings).to.deep.equal([MILLISECOND / 4]);
  });

  it('leaves a running host timer alone that fires early enough', () => {
    const { timer, settings, pass } = aTimer();
    timer.arm(1e9);
    pass(10 * MICROSECOND);
    timer.arm(0.995e9);
    expect(settings.length).to.equal(1);
  });

  it('sets the host timer for the rest when it fired too early', () => {
    const { timer, settings, pass } = aTimer();
    timer.arm(1e9);
    pass(MILLISECOND);
    timer.arm(0.01e9);
    expect(settings).to.deep.equal([MILLISECOND, 10 * MICROSECOND]);
  });

  it('sets the host timer anew for an earlier end', () => {
    const { timer, settings } = aTimer();
    timer.arm(1e9);
    timer.arm(0.1e9);
    expect(settings).to.deep.equal([MILLISECOND, 100 * MICROSECOND]);
  });

  it('never sleeps longer than a tenth of a second', () => {
    const { timer, settings } = aTimer();
    timer.arm(Number.MAX_SAFE_INTEGER);
    expect(settings).to.deep.equal([100 * MILLISECOND]);
  });

  it('stops a host timer that runs, and only then', () => {
    const { timer, settings, pass } = aTimer();
    timer.disarm();
    timer.arm(1e9);
    timer.disarm();
    timer.disarm();
    timer.arm(1e9);
    pass(2 * MILLISECOND);
    timer.disarm();
    expect(settings).to.deep.equal([MILLISECOND, 0, MILLISECOND]);
  });

  it('has the resolution of a thousand host cycles', () => {
    expect(aTimer().timer.resolution()).to.equal(500_000);
    expect(aTimer(2).timer.resolution()).to.equal(1_000_000);
  });

  it('runs the guest for several times what an entry costs', () => {
    expect(aTimer(1, 500, 5000).timer.resolution()).to.equal(20 * 5_000_000);
  });

  it('converts between ticks, cycles and nanoseconds', () => {
    const { timer } = aTimer(2, 500);
    expect(timer.ticksFromHostCycles(10)).to.equal(10_000);
    expect(timer.ticksFromHostNs(3)).to.equal(6000);
    expect(timer.hostCycles(10_000)).to.equal(10);
    expect(timer.hostNs(6000)).to.equal(3);
    expect(timer.hostCyclesFromNs(5)).to.equal(10);
  });

  it('releases the host timer', () => {
    const { timer, settings } = aTimer();
    timer.dispose();
    expect(settings).to.deep.equal([-1]);
  });
});
