/**
 * How a forked process ends. Node's own way waits for helper threads, of which a child has none: both
 * when it exits, and already when its event loop has nothing left to wait for.
 */
import { takeCoverage } from 'node:v8';
import { libc, libuv } from './libc';

const SIGKILL_STATUS = 137;
let installed = false;

/** Ends the process at once: no listener runs, nothing is written. */
function exitNow(status: number): never {
  // Node writes what a test has covered in a part of its way to end that a child leaves out.
  if (process.env['NODE_V8_COVERAGE'] !== undefined) takeCoverage();
  // SAFETY: ends the process; the kernel releases what it had.
  libc.exitNow(status);
  throw new Error('_exit returned');
}

/** Ends a child whose parent was killed before the child could ask to be told. */
export function parentIsGone(): never {
  exitNow(SIGKILL_STATUS);
}

/** Ends a child without its exit listeners, which are the parent's. */
export function leaveNow(status: number): never {
  exitNow(status);
}

/** Runs the other exit listeners; what one of them throws ends the process as it would elsewhere. */
function exitListener(status: number): void {
  process.removeListener('exit', exitListener);
  try {
    process.emit('exit', status);
  } catch (error) {
    reportUncaught(error);
  }
  exitNow(statusOf(status));
}

/** What the script has set counts: listeners may change it. */
function statusOf(status: number | string | null | undefined): number {
  return Number(process.exitCode ?? status ?? 0);
}

function reportUncaught(error: unknown): void {
  process.exitCode = 1;
  const [listener] = process.listeners('uncaughtException');
  listener?.(error as Error, 'uncaughtException');
}

/**
 * From now on this process ends by `_exit`, after its exit listeners have run once. Called in a
 * child; its own children inherit it.
 */
export function exitWithoutTeardown(): void {
  if (installed) return;
  installed = true;
  const leave = process as unknown as { reallyExit(status?: number): never };
  leave.reallyExit = status => exitNow(statusOf(status));
  process.prependListener('exit', exitListener);
  lookForEnd(0);
  // Node would print an uncaught error only after the exit listeners.
  if (process.listenerCount('uncaughtException') === 0) {
    process.on('uncaughtException', error => {
      process.stderr.write(`${error.stack ?? String(error)}\n`);
      process.exit(1);
    });
  }
}

/** Milliseconds between two looks at whether anything is left to do. */
const LOOK_INTERVAL = 5;

/** Exits as Node does when nothing is left to wait for, before Node sees that itself. */
function lookForEnd(milliseconds: number): void {
  setTimeout(() => {
    if (somethingIsLeft()) {
      lookForEnd(LOOK_INTERVAL);
      return;
    }
    process.emit('beforeExit', statusOf(0));
    // What a listener has begun is seen after its promises have had their turn.
    setTimeout(() => {
      if (somethingIsLeft()) lookForEnd(LOOK_INTERVAL);
      else process.exit();
    }, 0);
  }, milliseconds);
}

/** Whether something but the timer that asks keeps the event loop alive. To be called by that timer. */
function somethingIsLeft(): boolean {
  // While a timer's callback runs, libuv knows of no other timers, and Node does.
  const kinds = process.getActiveResourcesInfo();
  if (kinds.includes('Immediate') || kinds.filter(kind => kind === 'Timeout').length > 1)
    return true;
  // SAFETY: asks the loop that this thread is running, and changes nothing.
  return libuv.loopAlive(libuv.defaultLoop()) !== 0;
}
