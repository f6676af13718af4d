/** System calls about interval timers. Source of the behaviour: setitimer(2), alarm(2). */
import { Errno } from '../../host/index';
import { INTERVAL_TIMERS, IntervalTimer } from '../intervalTimers';
import type { ProcessThread } from '../processThread';
import { StructWriter } from '../structWriter';
import type { SyscallGroup } from '../syscallHandler';
import { readTimeval } from './time';

const NANOSECONDS = 1e9;
const TIMEVAL = 16;
const struct = new StructWriter(2 * TIMEVAL);

function writeTimer({ process }: ProcessThread, address: number, ticks: readonly number[]): void {
  ticks.forEach((value, i) => {
    process.clock.sample(value);
    const { seconds, nanoseconds } = process.clock;
    // A timer that has not expired yet shows some time.
    const microseconds = Math.max(
      Math.floor(nanoseconds / 1000),
      value > 0 && seconds === 0 ? 1 : 0,
    );
    struct.i64(i * TIMEVAL, seconds).i64(i * TIMEVAL + 8, microseconds);
  });
  process.memory.copyOut(address, struct.bytes);
}

function getitimer(thread: ProcessThread, which: number, address: number): number {
  const { timers } = thread.process;
  const setting = timers.settings[which];
  if (setting === undefined) return -Errno.EINVAL;
  writeTimer(thread, address, [setting.interval, timers.remaining(which, thread.timerClock())]);
  return 0;
}

function setitimer(thread: ProcessThread, which: number, address: number, old: number): number {
  if (!(which >= 0 && which < INTERVAL_TIMERS)) return -Errno.EINVAL;
  const { process } = thread;
  const interval = address === 0 ? 0 : readTimeval(process, address);
  const delay = address === 0 ? 0 : readTimeval(process, address + TIMEVAL);
  if (interval < 0 || delay < 0) return -Errno.EINVAL;
  if (old !== 0) getitimer(thread, which, old);
  const { clock, timers } = process;
  timers.set(which, clock.ticks(delay), clock.ticks(interval), thread.timerClock());
  return 0;
}

function alarm(thread: ProcessThread, seconds: number): number {
  const { clock, timers } = thread.process;
  const before = timers.remaining(IntervalTimer.Real, thread.timerClock());
  const delay = clock.ticks((seconds >>> 0) * NANOSECONDS);
  timers.set(IntervalTimer.Real, delay, 0, thread.timerClock());
  // Rounded to whole seconds, but not down to "no alarm".
  const rest = Math.round(clock.elapsed(before) / NANOSECONDS);
  return before > 0 ? Math.max(1, rest) : 0;
}

/** Handlers of this group. */
export const timerCalls: SyscallGroup = { getitimer, setitimer, alarm };
