/**
 * A true `fork()` of this process: parent and child go on from the same point, each with the whole
 * state of the program. Memory is shared until one of them writes to it.
 *
 * What of Node survives: the JavaScript heap, the event loop with its timers and sockets, and libuv's
 * thread pool, which is made anew. What does not: V8's helper threads, which therefore must have no
 * work (`--single-threaded`), and worker threads.
 */
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { SimError } from '../base/index';
import { exitWithoutTeardown, parentIsGone } from './childExit';
import { errnoName, errnoText } from './errno';
import { forkWithAllMemory } from './forkCode';
import { activeRequests, libc, libuv } from './libc';
import { processId } from './signals';
import { blockStandardStreams, unwrittenOutput } from './standardStreams';

/** The option of Node without which no process can be forked. */
export const ForkFlag = '--single-threaded';

/**
 * Why a process cannot be forked:
 * - `flag`: Node was started without {@link ForkFlag};
 * - `worker`: this is a worker thread;
 * - `live-workers`: worker threads are running;
 * - `requests`: file operations are under way in libuv's threads, which a child has not;
 * - `output`: Node holds output back that both processes would write;
 * - `platform`: not Linux on x86-64;
 * - `host`: the kernel refuses; `code` says why.
 */
export type ForkRefusal =
  'flag' | 'worker' | 'live-workers' | 'requests' | 'output' | 'platform' | 'host';

/** The process could not be forked. Nothing has changed. */
export class ForkError extends SimError {
  readonly kind = 'fork';
  readonly reason: ForkRefusal;
  /** Name of the kernel's error, such as `'EAGAIN'`, where the reason is `host`. */
  readonly code: string | undefined;

  constructor(reason: ForkRefusal, message: string, code?: string) {
    super(message);
    this.name = 'ForkError';
    this.reason = reason;
    this.code = code;
  }
}

let liveWorkers = 0;
process.on('worker', worker => {
  liveWorkers++;
  worker.once('exit', () => liveWorkers--);
});

const inChildren: (() => void)[] = [];

/** Has `callback` called in every child, right after its birth, in the order of registration. */
export function onFork(callback: () => void): void {
  inChildren.push(callback);
}

/** What Node calls requests that libuv's threads serve. */
const THREAD_POOL_REQUEST = /^(?:FSReq|GetAddrInfo|GetNameInfo)/;

/**
 * Checks that the process can be forked, and touches nothing.
 *
 * @throws {ForkError} when it cannot
 */
export function requireForkable(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ForkError('platform', 'forking needs Linux on x86-64');
  }
  if (!isMainThread) {
    throw new ForkError('worker', 'a worker thread cannot fork; fork on the main thread');
  }
  if (!process.execArgv.some(option => option.replaceAll('_', '-') === ForkFlag)) {
    throw new ForkError(
      'flag',
      `forking needs Node's option ${ForkFlag}, which the mini-gem5 command sets; ` +
        `otherwise start the script as: node ${ForkFlag} SCRIPT`,
    );
  }
  if (liveWorkers > 0) {
    const count = liveWorkers === 1 ? 'a worker thread is' : `${liveWorkers} worker threads are`;
    throw new ForkError('live-workers', `cannot fork while ${count} running; end them first`);
  }
  const requests = process.getActiveResourcesInfo().filter(kind => THREAD_POOL_REQUEST.test(kind));
  // Node lists a request until its callback has returned; libuv knows it is over before.
  if (requests.length > 0 && activeRequests() > 0) {
    const what = `file operations or name lookups (${requests.length})`;
    throw new ForkError('requests', `cannot fork while ${what} are under way; await them first`);
  }
}

const REMEDIES: Readonly<Record<string, string>> = {
  EAGAIN: '; end other processes, or raise the limit (ulimit -u, or pids.max of the control group)',
  ENOMEM: '; make the memory smaller, or let the kernel overcommit (sysctl vm.overcommit_memory)',
};

/**
 * Forks.
 *
 * The child has no thread but this one, ends when its parent is killed, and leaves by `_exit` with
 * the exit listeners run; what {@link onFork} registered has run when this returns there.
 *
 * @param fork - makes the call; a test puts another in its place
 * @returns the child's process number; 0 in the child
 * @throws {ForkError} when the process cannot be forked
 */
export function forkProcess(fork: () => number = forkWithAllMemory): number {
  requireForkable();
  blockStandardStreams();
  if (unwrittenOutput() > 0) {
    throw new ForkError(
      'output',
      `cannot fork: ${unwrittenOutput()} bytes of output wait for their reader; run the script ` +
        'with the mini-gem5 command, which writes output at once',
    );
  }
  const parent = processId();
  const pid = fork();
  if (pid < 0) {
    const code = errnoName(-pid);
    const message = `the host cannot fork: ${errnoText(-pid)} (${code})${REMEDIES[code] ?? ''}`;
    throw new ForkError('host', message, code);
  }
  if (pid === 0) becomeChild(parent);
  return pid;
}

/** The option of Node without which a child that compiles WebAssembly may hang. */
const OneHelper = '--v8-pool-size=1';

/**
 * Checks that children can compile WebAssembly. V8 wakes its helper threads for it, of which a child has
 * none. Waking those that the fork has caught waiting hangs when they are several, in the C library's
 * condition variable; one alone cannot be in two generations of waiters.
 *
 * @throws {ForkError} when they cannot
 */
export function requireCompilingChildren(): void {
  const options = process.execArgv.map(option => option.replaceAll('_', '-')).join('=');
  if (options.includes(OneHelper)) return;
  throw new ForkError(
    'flag',
    `forking a simulation with a software CPU needs Node's option ${OneHelper} besides ` +
      `${ForkFlag}; the mini-gem5 command sets both`,
  );
}

/**
 * In a child nobody compiles WebAssembly better while it runs: functions are compiled when they are
 * called, and at once for good.
 */
function compileOnThisThread(): void {
  for (const flag of ['--wasm-lazy-compilation', '--no-wasm-dynamic-tiering', '--no-liftoff']) {
    setFlagsFromString(flag);
  }
}

const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

function becomeChild(parent: number): void {
  // SAFETY: integers. A child whose parent is killed would run on for nobody.
  libc.prctl(PR_SET_PDEATHSIG, SIGKILL);
  // SAFETY: no arguments.
  if (libc.getppid() !== parent) parentIsGone();
  // SAFETY: Node's main thread runs the default loop, and nothing has used it since the fork.
  const result = libuv.loopFork(libuv.defaultLoop());
  if (result < 0) {
    throw new ForkError('host', `libuv could not fork: ${errnoText(-result)}`, errnoName(-result));
  }
  Object.defineProperty(process, 'pid', { value: processId() });
  exitWithoutTeardown();
  compileOnThisThread();
  for (const callback of inChildren) callback();
}
