import { expect } from 'chai';
import {
  Errno,
  timedCycles,
  timedSystemCall,
  timeStampCounterProblem,
} from '../../../src/host/index';

const SYS_POLL = 7;
const SYS_IOCTL = 16;

/** A frequency that the counter has not, in Hz. */
const WRONG = 1e6;

/** The counter's frequency as the monotonic clock sees it, in Hz; the host may be busy. */
function measuredFrequency(): number {
  const rates = Array.from({ length: 9 }, () => {
    const start = performance.now();
    timedSystemCall(SYS_POLL, 0, 0, 2);
    return (timedCycles() / (performance.now() - start)) * 1e3;
  });
  // What runs between the clocks makes the counter look slower.
  return Math.max(...rates);
}

describe('The time stamp counter', () => {
  it('is refused at a frequency that it has not', () => {
    expect(timeStampCounterProblem(WRONG)).to.match(
      /runs at \d+ MHz, not at 1 MHz$|the kernel does/,
    );
  });

  it('is accepted at its own, unless the kernel has its doubts', () => {
    expect(timeStampCounterProblem(measuredFrequency()) ?? 'none').to.match(
      /^none$|the kernel does/,
    );
  });

  it('times a system call, whose result it leaves alone', () => {
    expect(timedSystemCall(SYS_POLL, 0, 0, 5)).to.equal(0);
    expect(timedCycles() / measuredFrequency()).to.be.greaterThan(0.00499);
    expect(timedSystemCall(SYS_IOCTL, -1, 0, 0)).to.equal(-Errno.EBADF);
  });
});
