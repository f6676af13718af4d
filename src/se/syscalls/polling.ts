/** System calls that wait for files to be ready. Source: poll(2), select(2). */
import { Errno, PollEvent, tryPollAll } from '../../host/index';
import { waitForHost } from '../hostWait';
import type { OpenFile } from '../openFile';
import type { ProcessState } from '../processState';
import type { ProcessThread } from '../processThread';
import { maskWithout, readMask, UNBLOCKABLE } from '../signals';
import { StructWriter } from '../structWriter';
import type { SyscallGroup } from '../syscallHandler';
import { SyscallFailure } from '../syscallFailure';
import { BLOCKED, RESTART, SLEEP } from '../syscallResult';
import { deadlineOf, readTimespec, readTimeval } from './time';

/** A file that a call looks at. */
interface Watched {
  readonly file: OpenFile;
  /** `PollEvent` bits. */
  readonly events: number;
  /** Those that are true of it. */
  ready: number;
}

const POLL_ENTRY = 8;
const SET_SIZE = 8;
const BITS_PER_WORD = 64;
const POLLPRI = 0x002;

/** Lets the host wait for its files, in host time. */
function waitInHost(thread: ProcessThread, watched: readonly Watched[], ticks: number): number {
  const entries = new Int32Array(watched.length * 2);
  watched.forEach(({ file, events }, i) => {
    entries[i * 2] = file.descriptor;
    entries[i * 2 + 1] = events;
  });
  const { clock, hostWait } = thread.process;
  const look = (milliseconds: number): number => tryPollAll(entries, watched.length, milliseconds);
  return waitForHost(look, hostWait, clock.milliseconds(ticks));
}

/**
 * Waits until one of the files is ready, or until a tick.
 * @param found - how many descriptors are ready without a look.
 * @returns how many are ready, 0 when time is up, EINTR, or `SLEEP` or `RESTART`: the call is made
 *   again.
 */
function waitFor(
  thread: ProcessThread,
  watched: readonly Watched[],
  deadline: number,
  found = 0,
): number {
  const now = thread.process.clock.tick();
  const fromHost = watched.filter(({ file }) => file.waitsForHost);
  for (;;) {
    let count = found;
    for (const entry of watched) {
      entry.ready = entry.file.poll(entry.events);
      if (entry.ready !== 0) count++;
    }
    if (count > 0) return count;
    // One that the call has unblocked: it comes before the end of the time, but after the files.
    if (thread.hasDeliverable()) return -Errno.EINTR;
    if (deadline <= now) return 0;
    const until = Math.min(deadline, thread.nextTimer());
    const result = fromHost.length === 0 ? BLOCKED : waitInHost(thread, fromHost, until - now);
    if (result === BLOCKED) return thread.sleepUntil(until, { result: RESTART });
    if (result < 0) return result;
  }
}

/** Lets other signals be blocked while `call` waits. */
function withMask(
  thread: ProcessThread,
  address: number,
  size: number,
  call: () => number,
): number {
  if (address === 0) return call();
  if (size !== SET_SIZE) return -Errno.EINVAL;
  thread.suspendWith(maskWithout(readMask(thread.process.memory, address), UNBLOCKABLE));
  const result = call();
  const waits = result === SLEEP || result === RESTART;
  // The frame of the signal that interrupts takes the original mask.
  const interrupted = result === -Errno.EINTR && thread.hasDeliverable();
  if (!waits && !interrupted) thread.blocked = thread.takeOriginalMask();
  return result;
}

function poll(thread: ProcessThread, address: number, count: number, nanoseconds: number): number {
  const { memory, files } = thread.process;
  if (!(count >= 0 && count <= files.limit)) return -Errno.EINVAL;
  const places: number[] = [];
  const watched: Watched[] = [];
  let invalid = 0;
  for (let i = 0; i < count; i++) {
    const entry = address + i * POLL_ENTRY;
    const descriptor = memory.readInt32(entry);
    const events = memory.readInt32(entry + 4) & 0xffff;
    const file = descriptor < 0 ? undefined : files.find(descriptor);
    if (file !== undefined) {
      places.push(entry);
      watched.push({ file, events, ready: 0 });
    } else {
      const bad = descriptor >= 0;
      if (bad) invalid++;
      memory.writeInt32(entry + 4, events | ((bad ? PollEvent.Invalid : 0) << 16));
    }
  }
  const result = waitFor(thread, watched, deadlineOf(thread, nanoseconds), invalid);
  if (result < 0) return result;
  watched.forEach(({ events, ready }, i) => {
    memory.writeInt32((places[i] ?? 0) + 4, events | (ready << 16));
  });
  return result;
}

/** What each of the three sets of select(2) asks for, and which answers count. */
const SETS = [
  { asks: PollEvent.In, answers: PollEvent.In | PollEvent.HangUp | PollEvent.Error },
  { asks: PollEvent.Out, answers: PollEvent.Out | PollEvent.Error },
  { asks: POLLPRI, answers: POLLPRI },
] as const;

type SetAddresses = readonly [read: number, write: number, except: number];

/** The sets of descriptors as bytes, each as long as the kernel looks at them. */
function readSets({ memory }: ProcessState, addresses: SetAddresses, size: number): Uint8Array[] {
  return addresses.map(address => {
    const bytes = new Uint8Array(size);
    if (address !== 0) memory.copyIn(address, bytes);
    return bytes;
  });
}

const holds = (set: Uint8Array, descriptor: number): boolean =>
  (((set[descriptor >>> 3] ?? 0) >>> (descriptor & 7)) & 1) !== 0;

function select(
  thread: ProcessThread,
  count: number,
  addresses: SetAddresses,
  nanoseconds: number,
): number {
  const { process } = thread;
  if ((count | 0) < 0) return -Errno.EINVAL;
  const highest = Math.min(count | 0, process.files.limit);
  const size = Math.ceil(highest / BITS_PER_WORD) * 8;
  const sets = readSets(process, addresses, size);
  const descriptors: number[] = [];
  const watched: Watched[] = [];
  for (let descriptor = 0; descriptor < highest; descriptor++) {
    let events = 0;
    for (const [i, { asks }] of SETS.entries()) {
      const set = sets[i];
      if (set !== undefined && holds(set, descriptor)) events |= asks;
    }
    if (events === 0) continue;
    descriptors.push(descriptor);
    watched.push({ file: process.files.get(descriptor), events, ready: 0 });
  }
  const result = waitFor(thread, watched, deadlineOf(thread, nanoseconds));
  if (result < 0) return result;
  let total = 0;
  for (const [i, { answers }] of SETS.entries()) {
    const wanted = sets[i];
    const address = addresses[i] ?? 0;
    if (address === 0 || wanted === undefined) continue;
    const found = new Uint8Array(size);
    watched.forEach(({ ready }, j) => {
      const descriptor = descriptors[j] ?? 0;
      if (!holds(wanted, descriptor) || (ready & answers) === 0) return;
      found[descriptor >>> 3] = (found[descriptor >>> 3] ?? 0) | (1 << (descriptor & 7));
      total++;
    });
    process.memory.copyOut(address, found);
  }
  return total;
}

const struct = new StructWriter(16);

/** Tells the program how much of its time was left, unless that is in memory that is only read. */
function writeRest(thread: ProcessThread, address: number, deadline: number, unit: number): void {
  const { clock, memory } = thread.process;
  if (address === 0) return;
  clock.sample(Math.max(0, deadline - clock.tick()));
  struct.i64(0, clock.seconds).i64(8, Math.floor(clock.nanoseconds / unit));
  try {
    memory.copyOut(address, struct.bytes, 16);
  } catch (error) {
    if (!(error instanceof SyscallFailure)) throw error;
  }
}

const MICROSECOND = 1000;
const MILLISECOND = 1_000_000;

/** A wait whose time is in memory, where the rest of it goes afterwards. */
function timed(
  thread: ProcessThread,
  address: number,
  unit: number,
  call: (nanoseconds: number) => number,
): number {
  const read = unit === 1 ? readTimespec : readTimeval;
  const time = address === 0 ? Infinity : read(thread.process, address);
  if (time < 0) return -Errno.EINVAL;
  const result = call(time);
  if (result >= 0) writeRest(thread, address, deadlineOf(thread, time), unit);
  return result;
}

/** Handlers of this group. */
export const pollingCalls: SyscallGroup = {
  poll: (thread, address, count, timeout) => {
    const milliseconds = timeout | 0;
    return poll(thread, address, count, milliseconds < 0 ? Infinity : milliseconds * MILLISECOND);
  },
  ppoll: (thread, address, count, timeout, mask, size) =>
    withMask(thread, mask, size, () =>
      timed(thread, timeout, 1, time => poll(thread, address, count, time)),
    ),
  select: (thread, count, read, write, except, timeout) =>
    timed(thread, timeout, MICROSECOND, time => select(thread, count, [read, write, except], time)),
  pselect6: (thread, count, read, write, except, timeout, mask) => {
    const { memory } = thread.process;
    const address = mask === 0 ? 0 : memory.readInt64(mask);
    const size = mask === 0 ? 0 : memory.readInt64(mask + 8);
    return withMask(thread, address, size, () =>
      timed(thread, timeout, 1, time => select(thread, count, [read, write, except], time)),
    );
  },
};
