/** Waiting for the host: for somebody to type, or to read what was written. */
import { performance } from 'node:perf_hooks';
import { Errno } from '../host/index';
import { BLOCKED, RESTART } from './syscallResult';

/** What ends a wait for the host, besides the host. */
export interface HostWait {
  /** Whether the user wants the simulation to stop. */
  interrupted(): boolean;
  /** Milliseconds until the program has something else to do: a timer of its own expires. */
  patience(): number;
}

/** Milliseconds between looks at whether the user wants to stop; no signal need end a wait. */
const LOOK_INTERVAL = 50;

/**
 * Waits until the host is ready.
 * @param look - looks for as many milliseconds: positive when ready, 0 when not, or a negated errno.
 * @param limit - milliseconds to wait at most.
 * @returns what `look` found, `RESTART` when the user wants to stop, or `BLOCKED` when time is up.
 */
export function waitForHost(
  look: (milliseconds: number) => number,
  wait: HostWait,
  limit = wait.patience(),
): number {
  const end = performance.now() + limit;
  for (;;) {
    const left = Math.max(0, end - performance.now());
    const found = look(Math.ceil(Math.min(left, LOOK_INTERVAL)));
    if (found !== 0 && found !== -Errno.EINTR) return found;
    if (wait.interrupted()) return RESTART;
    if (performance.now() >= end) return BLOCKED;
  }
}
