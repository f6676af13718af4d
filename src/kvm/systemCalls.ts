/**
 * The border between this floor and the kernel. Everything that talks to KVM does so through one
 * of these, so that a test can put a double in the kernel's place and refuse any request.
 */
import {
  close,
  HostMapping,
  ioctlRaw,
  MapFlag,
  timedCycles,
  timedSystemCall,
  timeStampCounterProblem,
  tryOpen,
} from '../host/index';
import type { HostPointer, HostResource } from '../host/index';
import { constants } from 'node:fs';

/** Memory that a vCPU shares with its user. */
export interface SharedMapping extends HostResource {
  /** The bytes; borrowed, dead after `dispose`. */
  readonly buffer: ArrayBuffer;
}

/** The system calls that KVM is used by. */
export interface KvmSystemCalls {
  /** Opens a device for reading and writing: a descriptor, or the negated error number. */
  open(path: string): number;
  /** Closes a descriptor. */
  close(fd: number): void;
  /**
   * Makes one request, once.
   * @param argument - an integer, a host address, or a view that the kernel reads and writes in
   *   place and that is as large as the struct of the request.
   * @returns what the driver returns, or the negated error number.
   */
  ioctl(fd: number, request: number, argument: HostPointer): number;
  /**
   * Makes a request without an argument, once, and times it by the time stamp counter. Only where
   * {@link timingProblem} has found none.
   * @returns as {@link ioctl}
   */
  timedIoctl(fd: number, request: number): number;
  /** Cycles of the counter that the last {@link timedIoctl} took. */
  timedCycles(): number;
  /** Why the counter, said to run at so many hertz, cannot be used; undefined where it can. */
  timingProblem(hertz: number): string | undefined;
  /**
   * Maps the first bytes of a descriptor, shared, readable and writable.
   * @throws {ErrnoError} when the kernel refuses.
   */
  map(fd: number, length: number, doing: string): SharedMapping;
}

/** Number of ioctl(2) on x86-64. */
const SYS_IOCTL = 16;

/** The kernel itself. */
export const hostSystemCalls: KvmSystemCalls = {
  open: path => tryOpen(path, constants.O_RDWR),
  close: fd => {
    close(fd);
  },
  ioctl: ioctlRaw,
  timedIoctl: (fd, request) => timedSystemCall(SYS_IOCTL, fd, request, 0),
  timedCycles,
  timingProblem: timeStampCounterProblem,
  map: (fd, length, doing) => new HostMapping({ fd, length, flags: MapFlag.Shared, doing }),
};
