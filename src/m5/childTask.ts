/** One piece of work in a forked child, and what comes of it. */
import { deserialize, serialize } from 'node:v8';
import { SimError } from '../base/index';
import { ErrnoError, killChild, leaveNow, ResultPipe, waitForChild } from '../host/index';
import type { ChildEnd } from '../host/index';
import type { ExitEvent, Simulation } from '../sim/index';
import { statValues, type StatValues } from './statValues';

/** The longest that a timer of Node can wait, in milliseconds: 25 days. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** Bytes of a result that a parent takes: more is a mistake. */
const MAX_RESULT_BYTES = 256 * 1024 * 1024;

/** Why the child's last run ended. */
export type ChildExit = Pick<ExitEvent, 'cause' | 'code' | 'tick'>;

/** What a child's work threw. */
export interface ChildError {
  /** Class of the error, such as `FatalError`. */
  readonly name: string;
  /** `kind` of the simulator's own errors, such as `fatal`; empty for others. */
  readonly kind: string;
  readonly message: string;
}

/**
 * What came of a child:
 * - `done`: its work returned `result`;
 * - `failed`: its work threw `error`, or the child could not be made;
 * - `exited`: it ended before its work was done, with `code`;
 * - `killed`: a signal ended it;
 * - `timed-out`: it took longer than it may, and was killed.
 */
export type ChildOutcome<Result> =
  | { readonly status: 'done'; readonly result: Result; readonly report: ChildReport }
  | { readonly status: 'failed'; readonly error: ChildError; readonly report: ChildReport }
  | { readonly status: 'exited'; readonly code: number }
  | { readonly status: 'killed'; readonly signal: string }
  | { readonly status: 'timed-out' };

/** How the simulation was when the child's work was over. */
export interface ChildReport {
  /** Why its last run ended; undefined when there was none. */
  readonly exit: ChildExit | undefined;
  readonly stats: StatValues;
}

/** What goes over the pipe. */
type Message = { readonly report: ChildReport } & (
  { readonly result: unknown } | { readonly error: ChildError }
);

/** How to make a child for a task. */
export interface ChildTaskParts<Result> {
  readonly simulation: Simulation;
  /** Why the simulation's last run ended; undefined before there was one. */
  readonly lastExit: () => ExitEvent | undefined;
  /** Forks the simulation: the child's process number, or 0 in the child. */
  readonly fork: () => number;
  /** The child's work. */
  readonly body: () => Result | Promise<Result>;
  /** Milliseconds of host time that it may take; Infinity for any. */
  readonly timeout: number;
  /** Whether the child ends without exit listeners, and so without final statistics. */
  readonly leavesAtOnce?: boolean;
}

/** A child that works. */
export interface ChildTask<Result> {
  readonly pid: number;
  readonly outcome: Promise<ChildOutcome<Result>>;
}

/**
 * Makes a child and has it work. In the child this returns null, if at all: whoever called must do
 * nothing more, for the process ends when the work is done.
 *
 * @throws {ForkError} `FatalError` as `M5.fork` does
 */
export function startChildTask<Result>(parts: ChildTaskParts<Result>): ChildTask<Result> | null {
  const pipe = new ResultPipe(MAX_RESULT_BYTES);
  let pid: number;
  try {
    pid = pipe.across(parts.fork);
  } catch (error) {
    pipe.dispose();
    throw error;
  }
  if (pid === 0) {
    work(parts, pipe);
    return null;
  }
  return { pid, outcome: collect<Result>(pid, pipe, parts.timeout) };
}

async function collect<Result>(
  pid: number,
  pipe: ResultPipe,
  timeout: number,
): Promise<ChildOutcome<Result>> {
  let excess: ChildOutcome<Result> | undefined;
  const end = (outcome: ChildOutcome<Result>): void => {
    excess = outcome;
    killChild(pid, 'SIGKILL');
  };
  pipe.receive(() => {
    const message = `the result is larger than ${MAX_RESULT_BYTES} bytes`;
    end({ status: 'failed', error: { name: 'Error', kind: '', message }, report: NoReport });
  });
  const timer =
    timeout <= LONGEST_TIMER
      ? setTimeout(() => {
          end({ status: 'timed-out' });
        }, timeout)
      : undefined;
  try {
    const how = await waitForChild(pid);
    const bytes = pipe.finish();
    return excess ?? outcomeOf<Result>(how, bytes);
  } finally {
    clearTimeout(timer);
    pipe.dispose();
  }
}

const NoReport: ChildReport = { exit: undefined, stats: {} };

/** The outcome for a child that could not be made. */
export function failedOutcome(error: unknown): ChildOutcome<never> {
  return { status: 'failed', error: describeError(error), report: NoReport };
}

function outcomeOf<Result>(end: ChildEnd, bytes: Uint8Array | undefined): ChildOutcome<Result> {
  if (end.kind === 'killed') return { status: 'killed', signal: end.signal };
  if (bytes === undefined) return { status: 'exited', code: end.code };
  const message = deserialize(bytes) as Message;
  const { report } = message;
  if ('error' in message) return { status: 'failed', error: message.error, report };
  return { status: 'done', result: message.result as Result, report };
}

function work<Result>(parts: ChildTaskParts<Result>, pipe: ResultPipe): void {
  const { simulation, lastExit, body, leavesAtOnce = false } = parts;
  const finish = (message: Message, status: number): void => {
    pipe.send(serialize(message));
    if (leavesAtOnce) leaveNow(status);
    process.exit(process.exitCode ?? status);
  };
  const reportOf = (): ChildReport => ({
    exit: plainExit(lastExit()),
    stats: statValues(simulation),
  });
  const fail = (thrown: unknown): void => {
    finish({ error: describeError(thrown), report: reportOf() }, 1);
  };
  const succeed = (result: unknown): void => {
    try {
      finish({ result, report: reportOf() }, 0);
    } catch (error) {
      // A result that cannot be copied, such as a function.
      if (error instanceof ErrnoError) throw error;
      fail(error);
    }
  };
  let result: Result | Promise<Result>;
  try {
    result = body();
  } catch (error) {
    fail(error);
    return;
  }
  if (result instanceof Promise) result.then(succeed, fail);
  else succeed(result);
}

/** Without what cannot be copied. */
function plainExit(exit: ExitEvent | undefined): ChildExit | undefined {
  return exit && { cause: exit.cause, code: exit.code, tick: exit.tick };
}

function describeError(error: unknown): ChildError {
  const kind = error instanceof SimError ? error.kind : '';
  return error instanceof Error
    ? { name: error.name, kind, message: error.message }
    : { name: typeof error, kind, message: String(error) };
}
