/** System calls about time: simulated time, never the host's. Source: clock_gettime(2) and kin. */
import { Errno } from '../../host/index';
import type { ProcessState } from '../processState';
import type { ProcessThread, SleepEnd } from '../processThread';
import { EPOCH_SECONDS } from '../simulatedClock';
import { StructWriter } from '../structWriter';
import type { SyscallGroup } from '../syscallHandler';

const CLOCK = { Realtime: 0, RealtimeCoarse: 5, RealtimeAlarm: 8, Tai: 11 } as const;
const HIGHEST_CLOCK = 11;
const SGI_CLOCK = 10;
const TIMER_ABSTIME = 1;
const NANOSECONDS = 1e9;
/** Ticks of times(2) in a second, what AT_CLKTCK says. */
const CLOCK_TICKS = 100;

const struct = new StructWriter(144);

/** Seconds that a clock is ahead of simulated time, -1 for no such clock. */
function clockBase(clock: number): number {
  const id = clock | 0;
  // Negative ids are the processor time of processes and threads: all of it is ours.
  if (id < 0) return 0;
  if (id > HIGHEST_CLOCK || id === SGI_CLOCK) return -1;
  const wall =
    id === CLOCK.Realtime ||
    id === CLOCK.RealtimeCoarse ||
    id === CLOCK.RealtimeAlarm ||
    id === CLOCK.Tai;
  return wall ? EPOCH_SECONDS : 0;
}

function writeTime(process: ProcessState, address: number, seconds: number, rest: number): void {
  struct.begin(16).i64(0, seconds).i64(8, rest);
  process.memory.copyOut(address, struct.bytes, 16);
}

function clockGettime({ process }: ProcessThread, clock: number, address: number): number {
  const base = clockBase(clock);
  if (base < 0) return -Errno.EINVAL;
  process.clock.sample();
  writeTime(process, address, base + process.clock.seconds, process.clock.nanoseconds);
  return 0;
}

function gettimeofday({ process }: ProcessThread, address: number, zone: number): number {
  process.clock.sample();
  const { seconds, nanoseconds } = process.clock;
  if (address !== 0) {
    writeTime(process, address, EPOCH_SECONDS + seconds, Math.floor(nanoseconds / 1000));
  }
  if (zone !== 0) process.memory.clear(zone, 8);
  return 0;
}

/** A `struct timespec` as nanoseconds, -1 when it is none. */
export function readTimespec(process: ProcessState, address: number): number {
  const seconds = process.memory.readInt64(address);
  const nanoseconds = process.memory.readInt64(address + 8);
  if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NANOSECONDS) return -1;
  return seconds * NANOSECONDS + nanoseconds;
}

/** A `struct timeval` as nanoseconds, -1 when it is none. */
export function readTimeval(process: ProcessState, address: number): number {
  const seconds = process.memory.readInt64(address);
  const microseconds = process.memory.readInt64(address + 8);
  if (seconds < 0 || microseconds < 0 || microseconds >= NANOSECONDS / 1000) return -1;
  return seconds * NANOSECONDS + microseconds * 1000;
}

/** Lets a thread sleep for so many nanoseconds of simulated time. */
export function sleepFor(thread: ProcessThread, nanoseconds: number, how: SleepEnd): number {
  return thread.sleepUntil(thread.process.clock.tickAfter(nanoseconds), how);
}

function clockNanosleep(
  thread: ProcessThread,
  clock: number,
  flags: number,
  address: number,
  remainder: number,
): number {
  const base = clockBase(clock);
  if (base < 0) return -Errno.EINVAL;
  const { process } = thread;
  const time = readTimespec(process, address);
  if (time < 0) return -Errno.EINVAL;
  if ((flags & TIMER_ABSTIME) === 0) return sleepFor(thread, time, { result: 0, remainder });
  const left = time - base * NANOSECONDS - process.clock.elapsed();
  return left <= 0 ? 0 : sleepFor(thread, left, { result: 0 });
}

function times({ process }: ProcessThread, address: number): number {
  const now = Math.floor((process.clock.elapsed() * CLOCK_TICKS) / NANOSECONDS);
  if (address !== 0) process.memory.copyOut(address, struct.begin(32).i64(0, now).bytes, 32);
  return now;
}

function getrusage({ process }: ProcessThread, who: number, address: number): number {
  const RUSAGE_CHILDREN = -1;
  const kind = who | 0;
  if (kind < RUSAGE_CHILDREN || kind > 1) return -Errno.EINVAL;
  struct.begin(144);
  if (kind !== RUSAGE_CHILDREN) {
    process.clock.sample();
    struct
      .i64(0, process.clock.seconds)
      .i64(8, Math.floor(process.clock.nanoseconds / 1000))
      .i64(32, process.space.residentPages * 4);
  }
  process.memory.copyOut(address, struct.bytes, 144);
  return 0;
}

/** Handlers of this group. */
export const timeCalls: SyscallGroup = {
  clock_gettime: clockGettime,
  clock_getres: ({ process }, clock, address) => {
    if (clockBase(clock) < 0) return -Errno.EINVAL;
    if (address !== 0) writeTime(process, address, 0, 1);
    return 0;
  },
  gettimeofday,
  time: ({ process }, address) => {
    process.clock.sample();
    const now = EPOCH_SECONDS + process.clock.seconds;
    if (address !== 0) process.memory.writeInt64(address, now);
    return now;
  },
  nanosleep: (thread, address, remainder) => {
    const time = readTimespec(thread.process, address);
    return time < 0 ? -Errno.EINVAL : sleepFor(thread, time, { result: 0, remainder });
  },
  clock_nanosleep: clockNanosleep,
  times,
  getrusage,
};
