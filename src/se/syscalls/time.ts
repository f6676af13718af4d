/** System calls about time: simulated time, unless the host's date was asked for. Source: clock_gettime(2) and kin. */
import { Errno } from '../../host/index';
import type { ProcessState } from '../processState';
import type { ProcessThread, SleepEnd } from '../processThread';
import { StructWriter } from '../structWriter';
import { failWith } from '../syscallFailure';
import type { SyscallGroup } from '../syscallHandler';

const CLOCK = {
  Realtime: 0,
  ProcessCpu: 2,
  ThreadCpu: 3,
  RealtimeCoarse: 5,
  RealtimeAlarm: 8,
  Sgi: 10,
  Tai: 11,
} as const;
const TIMER_ABSTIME = 1;
const NANOSECONDS = 1e9;
/** Ticks of times(2) in a second, what AT_CLKTCK says. */
const CLOCK_TICKS = 100;

const struct = new StructWriter(144);

type ClockKind = 'date' | 'elapsed' | 'cpu';

/** @throws {SyscallFailure} EINVAL when there is no such clock. */
function clockKind(clock: number): ClockKind {
  const id = clock | 0;
  switch (id) {
    case CLOCK.Realtime:
    case CLOCK.RealtimeCoarse:
    case CLOCK.RealtimeAlarm:
    case CLOCK.Tai:
      return 'date';
    case CLOCK.ProcessCpu:
    case CLOCK.ThreadCpu:
      return 'cpu';
    case CLOCK.Sgi:
      return failWith(Errno.EINVAL);
    default:
      if (id > CLOCK.Tai) failWith(Errno.EINVAL);
      // Negative ids are the processor time of processes and threads.
      return id < 0 ? 'cpu' : 'elapsed';
  }
}

/** Puts the time of a clock into the process's clock. */
function sample(thread: ProcessThread, kind: ClockKind): void {
  const { clock } = thread.process;
  if (kind === 'date') clock.sampleDate();
  else clock.sample(kind === 'cpu' ? thread.timerClock().cpuNow : clock.tick());
}

function writeTime(process: ProcessState, address: number, seconds: number, rest: number): void {
  struct.begin(16).i64(0, seconds).i64(8, rest);
  process.memory.copyOut(address, struct.bytes, 16);
}

function clockGettime(thread: ProcessThread, clock: number, address: number): number {
  const { process } = thread;
  sample(thread, clockKind(clock));
  writeTime(process, address, process.clock.seconds, process.clock.nanoseconds);
  return 0;
}

function gettimeofday({ process }: ProcessThread, address: number, zone: number): number {
  process.clock.sampleDate();
  const { seconds, nanoseconds } = process.clock;
  if (address !== 0) writeTime(process, address, seconds, Math.floor(nanoseconds / 1000));
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

/** When a call gives up that is to wait for so long; the same for all its attempts. */
export function deadlineOf(thread: ProcessThread, nanoseconds: number): number {
  const { clock } = thread.process;
  thread.deadline ??= nanoseconds === Infinity ? Infinity : clock.tickAfter(nanoseconds);
  return thread.deadline;
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
  const kind = clockKind(clock);
  const { process } = thread;
  const time = readTimespec(process, address);
  if (time < 0) return -Errno.EINVAL;
  if ((flags & TIMER_ABSTIME) === 0) return sleepFor(thread, time, { result: 0, remainder });
  sample(thread, kind);
  const left = time - process.clock.seconds * NANOSECONDS - process.clock.nanoseconds;
  return left <= 0 ? 0 : sleepFor(thread, left, { result: 0 });
}

/** In ticks of a hundredth of a second: processor time into memory, elapsed time as the result. */
function times(thread: ProcessThread, address: number): number {
  const { clock, memory } = thread.process;
  const hundredths = (tick?: number): number =>
    Math.floor((clock.elapsed(tick) * CLOCK_TICKS) / NANOSECONDS);
  if (address !== 0) {
    struct.begin(32).i64(0, hundredths(thread.timerClock().cpuNow));
    memory.copyOut(address, struct.bytes, 32);
  }
  return hundredths();
}

function getrusage(thread: ProcessThread, who: number, address: number): number {
  const RUSAGE_CHILDREN = -1;
  const kind = who | 0;
  if (kind < RUSAGE_CHILDREN || kind > 1) return -Errno.EINVAL;
  const { process } = thread;
  struct.begin(144);
  if (kind !== RUSAGE_CHILDREN) {
    sample(thread, 'cpu');
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
    clockKind(clock);
    if (address !== 0) writeTime(process, address, 0, 1);
    return 0;
  },
  clock_settime: ({ process }, clock, address) => {
    const isTime = readTimespec(process, address) >= 0;
    return isTime && (clock | 0) === CLOCK.Realtime ? -Errno.EPERM : -Errno.EINVAL;
  },
  gettimeofday,
  settimeofday: () => -Errno.EPERM,
  time: ({ process }, address) => {
    process.clock.sampleDate();
    const now = process.clock.seconds;
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
