/** One-shot timers that send a signal to one thread, and the clock they run on. */
import { panic } from '../base/index';
import { ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { lastErrno, libc } from './libc';
import { processId } from './signals';

const CLOCK_MONOTONIC = 1;
const SIGEV_THREAD_ID = 4;
const NANOSECONDS = 1e9;
/** The longest time that a timer can be armed for, in nanoseconds: 126 years. */
const LONGEST = 4e18;

// struct sigevent: 8 bytes of value, then these 32-bit words; 64 bytes in all.
const SIGEVENT_WORDS = 16;
const SIGEVENT_SIGNAL = 2;
const SIGEVENT_NOTIFY = 3;
const SIGEVENT_THREAD = 4;

// struct itimerspec: interval and value, each 8 bytes of seconds and 8 of nanoseconds, little
// endian. Seconds stay below 2^32 (MaxTick is 9007 s) and nanoseconds do anyway, so the low words
// are enough and no bigint is made.
const ITIMERSPEC_WORDS = 8;
const VALUE_SECONDS = 4;
const VALUE_NANOSECONDS = 6;

/**
 * A timer of the host's monotonic clock that, once armed, sends one signal to one thread. Arming,
 * disarming and asking allocate nothing.
 */
export class PosixTimer implements HostResource {
  readonly #id: number;
  readonly #process: number;
  readonly #setting = new Uint32Array(ITIMERSPEC_WORDS);
  readonly #current = new Uint32Array(ITIMERSPEC_WORDS);
  #open = true;

  /**
   * Creates a timer, not armed.
   *
   * @param signal - what to send when it runs out; the thread should block it
   * @param thread - kernel number of the thread, as `threadId()` gives it there
   * @throws {ErrnoError} EINVAL for an unknown signal or thread, EAGAIN when there are too many
   */
  constructor(signal: number, thread: number) {
    const event = new Int32Array(SIGEVENT_WORDS);
    event[SIGEVENT_SIGNAL] = signal;
    event[SIGEVENT_NOTIFY] = SIGEV_THREAD_ID;
    event[SIGEVENT_THREAD] = thread;
    const id = new Int32Array(2); // timer_t is 8 bytes; for this kind it holds a small integer
    // SAFETY: the kernel reads 64 bytes of sigevent and the C library writes 8 bytes of timer_t.
    const result = libc.timer_create(CLOCK_MONOTONIC, event, id);
    if (result < 0) {
      const doing = `creating a timer for signal ${String(signal)}`;
      throw new ErrnoError({ call: 'timer_create', errno: lastErrno(), doing });
    }
    this.#id = id[0] ?? 0;
    this.#process = processId();
    hostResources.add(this);
  }

  /**
   * Starts the timer, from now; an earlier start is forgotten.
   *
   * @param nanoseconds - less than 1 counts as 1, more than 4 * 10^18 as that; whole ones count
   * @throws {PanicError} when the timer has been disposed of
   */
  arm(nanoseconds: number): void {
    // Zero would disarm, so whatever is no time at all (NaN too) becomes the shortest.
    const whole = nanoseconds >= 1 ? Math.floor(Math.min(nanoseconds, LONGEST)) : 1;
    const seconds = Math.floor(whole / NANOSECONDS);
    this.#set(seconds, whole - seconds * NANOSECONDS);
  }

  /**
   * Stops the timer. A signal that it has already sent stays pending.
   *
   * @throws {PanicError} when the timer has been disposed of
   */
  disarm(): void {
    this.#set(0, 0);
  }

  #set(seconds: number, nanoseconds: number): void {
    const setting = this.#setting;
    setting[VALUE_SECONDS] = seconds;
    setting[VALUE_NANOSECONDS] = nanoseconds;
    // SAFETY: a live timer and 32 bytes to read.
    const result = libc.timer_settime(this.#handle(), 0, setting, null);
    if (result < 0) {
      throw new ErrnoError({ call: 'timer_settime', errno: lastErrno(), doing: 'setting a timer' });
    }
  }

  /**
   * Nanoseconds until the timer runs out; 0 when it has, or is not armed.
   *
   * @throws {PanicError} when the timer has been disposed of
   */
  remaining(): number {
    const current = this.#current;
    // SAFETY: a live timer and 32 bytes to write.
    const result = libc.timer_gettime(this.#handle(), current);
    if (result < 0) {
      throw new ErrnoError({ call: 'timer_gettime', errno: lastErrno(), doing: 'asking a timer' });
    }
    return (current[VALUE_SECONDS] ?? 0) * NANOSECONDS + (current[VALUE_NANOSECONDS] ?? 0);
  }

  /** The number may be another timer's once this one is disposed of. */
  #handle(): number {
    if (!this.#open) panic('a timer was used after it was disposed of');
    return this.#id;
  }

  /**
   * Deletes the timer; a second call does nothing. Timers are not inherited: in a process forked
   * after the timer was made there is nothing to delete, and the number may be another timer's.
   */
  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    hostResources.remove(this);
    if (processId() !== this.#process) return;
    // SAFETY: this object owns the timer and has just made itself unusable.
    const result = libc.timer_delete(this.#id);
    if (result < 0) {
      throw new ErrnoError({ call: 'timer_delete', errno: lastErrno(), doing: 'deleting a timer' });
    }
  }
}

/** Resolution of the monotonic clock that timers run on, in nanoseconds. */
export function monotonicResolution(): number {
  const time = new BigInt64Array(2);
  // SAFETY: the kernel writes 16 bytes of timespec.
  const result = libc.clock_getres(CLOCK_MONOTONIC, time);
  if (result < 0) {
    const doing = "reading the clock's resolution";
    throw new ErrnoError({ call: 'clock_getres', errno: lastErrno(), doing });
  }
  return Number(time[0]) * NANOSECONDS + Number(time[1]);
}
