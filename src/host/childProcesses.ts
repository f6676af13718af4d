/** The children that this process has forked, and how they ended. */
import { constants } from 'node:os';
import { fatal } from '../base/index';
import { close } from './descriptors';
import { Errno, ErrnoError } from './errno';
import { onFork } from './fork';
import { lastErrno, libc, whenReadable } from './libc';

const WNOHANG = 1;
const SYS_PIDFD_OPEN = 434;

/** How a child ended: by itself, or by a signal. */
export type ChildEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string };

/** What becomes of a child that still runs when this process exits. */
export type ChildFate = 'wait' | 'kill';

interface Child {
  readonly fate: ChildFate;
  end: ChildEnd | undefined;
  ended: Promise<ChildEnd> | undefined;
  /** Ends the watch of the child's descriptor, if there is one. */
  unwatch: (() => void) | undefined;
}

const children = new Map<number, Child>();

/** Notes a child that was just forked. */
export function adoptChild(pid: number, fate: ChildFate): void {
  if (children.size === 0) process.once('exit', endChildren);
  children.set(pid, { fate, end: undefined, ended: undefined, unwatch: undefined });
}

// A child has none of its parent's children, and its parent waits for them.
onFork(() => {
  for (const { unwatch } of children.values()) unwatch?.();
  children.clear();
  process.removeListener('exit', endChildren);
});

function childOf(pid: number): Child {
  return children.get(pid) ?? fatal(`${pid} is no process that was forked here`);
}

/** Takes the kernel's note of an end. @returns undefined when the child still runs */
function collect(pid: number, options: number): ChildEnd | undefined {
  const child = childOf(pid);
  const status = new Int32Array(1);
  while (child.end === undefined) {
    // SAFETY: the kernel writes one int.
    const result = libc.waitpid(pid, status, options);
    const errno = lastErrno();
    if (result === 0) return undefined;
    if (result > 0) child.end = decode(status[0] ?? 0);
    else if (errno !== Errno.EINTR) {
      throw new ErrnoError({ call: 'waitpid', errno, doing: `waiting for process ${pid}` });
    }
  }
  return child.end;
}

function decode(status: number): ChildEnd {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exited', code: (status >> 8) & 0xff };
  const names = Object.entries(constants.signals);
  return { kind: 'killed', signal: names.find(([, n]) => n === signal)?.[0] ?? `${signal}` };
}

/** How a child has ended; undefined while it runs. @throws {FatalError} for a process not forked here */
export function childEnd(pid: number): ChildEnd | undefined {
  return collect(pid, WNOHANG);
}

/**
 * Waits for the end of a child while the event loop goes on. May be called at any time, and again.
 *
 * @throws {FatalError} for a process that was not forked here
 */
export async function waitForChild(pid: number): Promise<ChildEnd> {
  const child = childOf(pid);
  child.ended ??= watch(pid, child);
  return child.ended;
}

function watch(pid: number, child: Child): Promise<ChildEnd> {
  return new Promise((resolve, reject) => {
    const end = collect(pid, WNOHANG);
    if (end !== undefined) {
      resolve(end);
      return;
    }
    const fd = openPidfd(pid);
    const stop = whenReadable(fd, () => {
      try {
        const found = collect(pid, WNOHANG);
        if (found === undefined) return;
        child.unwatch?.();
        resolve(found);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    child.unwatch = () => {
      child.unwatch = undefined;
      stop();
      close(fd);
    };
  });
}

/** A descriptor that has something to read when the process ends; closed on exec. */
function openPidfd(pid: number): number {
  // SAFETY: integers only.
  const fd = libc.syscall(SYS_PIDFD_OPEN, pid, 0);
  if (fd >= 0) return fd;
  throw new ErrnoError({
    ...{ call: 'pidfd_open', errno: lastErrno() },
    doing: `watching process ${pid}`,
  });
}

/** Sends a signal to a child that still runs. @returns whether it did */
export function killChild(pid: number, signal: NodeJS.Signals): boolean {
  return childEnd(pid) === undefined && process.kill(pid, signal);
}

/** At the end of this process: nobody is left behind, neither running nor as a zombie. */
function endChildren(): void {
  for (const [pid, { fate }] of children) if (fate === 'kill') killChild(pid, 'SIGKILL');
  for (const pid of children.keys()) collect(pid, 0);
}
