/** Performance counters of the processor and the kernel (`perf_event_open(2)`). */
import { close, FcntlCommand } from './descriptors';
import { ErrnoError } from './errno';
import { hostResources } from './hostResources';
import type { HostResource } from './hostResources';
import { ioctl } from './ioctl';
import { lastErrno, libc } from './libc';

/** Kinds of counters (`PERF_TYPE_…`). */
export const PerfType = { Hardware: 0, Software: 1 } as const;
/** Counters of the kind `Hardware` (`PERF_COUNT_HW_…`). */
export const PerfHardware = { CpuCycles: 0, Instructions: 1 } as const;
/** Counters of the kind `Software` (`PERF_COUNT_SW_…`). */
export const PerfSoftware = { TaskClock: 1 } as const;

const SYS_PERF_EVENT_OPEN = 298;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_DISABLE = 0x2401;
const PERF_EVENT_IOC_PERIOD = 0x40082404;
const PERF_IOC_FLAG_GROUP = 1;

const F_OWNER_TID = 0;
const O_ASYNC = 0o20000;

// struct perf_event_attr, version 0: 64 bytes.
const ATTR_BYTES = 64;
const ATTR = { type: 0, size: 4, config: 8, samplePeriod: 16, flags: 40 } as const;
const FLAG = { disabled: 1n, pinned: 4n, excludeHv: 1n << 6n, excludeHost: 1n << 19n } as const;

/** The longest period there is: a counter that never overflows. */
const NEVER = 2n ** 63n - 1n;

/** What to count, and whom. */
export interface PerfCounterOptions {
  /** One of {@link PerfType}. */
  readonly type: number;
  /** Which counter of the type. */
  readonly config: number;
  /** The counter that starts and stops this one along; default: none, it is the leader of a group. */
  readonly group?: PerfCounter;
  /** Whether what the host itself does is left out; only guests of KVM count. */
  readonly excludeHost?: boolean;
  /** Whether it can send a signal when a period is over. */
  readonly sampling?: boolean;
}

/** One counter of the calling thread, stopped at first. */
export class PerfCounter implements HostResource {
  readonly #value = new BigUint64Array(1);
  readonly #fd: number;
  #open = true;

  /**
   * @throws {ErrnoError} ENOENT, ENODEV or EOPNOTSUPP when there is no such counter on this machine;
   *   EACCES or EPERM when it may not be used
   */
  constructor({ type, config, group, excludeHost = false, sampling = false }: PerfCounterOptions) {
    const attr = new DataView(new ArrayBuffer(ATTR_BYTES));
    attr.setUint32(ATTR.type, type, true);
    attr.setUint32(ATTR.size, ATTR_BYTES, true);
    attr.setBigUint64(ATTR.config, BigInt(config), true);
    if (sampling) attr.setBigUint64(ATTR.samplePeriod, NEVER, true);
    let flags: bigint = FLAG.excludeHv;
    if (group === undefined) flags |= FLAG.disabled | FLAG.pinned;
    if (excludeHost) flags |= FLAG.excludeHost;
    attr.setBigUint64(ATTR.flags, flags, true);
    const leader = group === undefined ? -1 : group.#fd;
    // SAFETY: the kernel reads as many bytes of the struct as its size field says.
    const fd = libc.perfEventOpen(SYS_PERF_EVENT_OPEN, attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0) {
      const doing = 'opening a performance counter';
      throw new ErrnoError({ call: 'perf_event_open', errno: lastErrno(), doing });
    }
    this.#fd = fd;
    hostResources.add(this);
  }

  /**
   * Sends a signal to a thread when a period is over. For a counter that is `sampling`.
   * @throws {ErrnoError} when the kernel refuses
   */
  signalOnOverflow(signal: number, thread: number): void {
    const owner = new Int32Array([F_OWNER_TID, thread]);
    this.#fcntl(FcntlCommand.SetOwnerEx, owner);
    this.#fcntl(FcntlCommand.SetSignal, signal);
    this.#fcntl(FcntlCommand.SetStatusFlags, O_ASYNC);
  }

  #fcntl(command: number, argument: number | Int32Array): void {
    const doing = 'having a performance counter send signals';
    // SAFETY: the commands used take an integer, or a struct of two, which is alive during the call.
    const result =
      typeof argument === 'number'
        ? libc.fcntl(this.#fd, command, argument)
        : libc.fcntlPointer(this.#fd, command, argument);
    if (result < 0) throw new ErrnoError({ call: 'fcntl', errno: lastErrno(), doing });
  }

  /** Starts the counter, and those of its group. */
  start(): void {
    this.#ioctl(PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP, 'starting a performance counter');
  }

  /** Stops the counter, and those of its group. */
  stop(): void {
    this.#ioctl(PERF_EVENT_IOC_DISABLE, PERF_IOC_FLAG_GROUP, 'stopping a performance counter');
  }

  /** After how many counts a period is over, from now on; Infinity for never. */
  setPeriod(counts: number): void {
    this.#value[0] = counts === Infinity ? NEVER : BigInt(Math.max(1, Math.floor(counts)));
    this.#ioctl(PERF_EVENT_IOC_PERIOD, this.#value, 'setting the period of a performance counter');
  }

  #ioctl(request: number, argument: number | BigUint64Array, doing: string): void {
    ioctl(this.#fd, request, argument, doing);
  }

  /** What was counted since the counter was opened. Exact up to 2^53. */
  read(): number {
    // SAFETY: 8 bytes to write.
    const result = libc.read(this.#fd, this.#value, 8);
    if (result !== 8) {
      const doing = 'reading a performance counter';
      throw new ErrnoError({ call: 'read', errno: result < 0 ? lastErrno() : 0, doing });
    }
    return Number(this.#value[0]);
  }

  /** Closes the counter. A second call does nothing. */
  dispose(): void {
    if (!this.#open) return;
    this.#open = false;
    hostResources.remove(this);
    close(this.#fd);
  }
}
