/** Tells the user about an error that ended a run. */
import { formatMessage, PanicError, SimError } from '../base/index';

/** Exit status after a fatal error: the user's to mend. */
export const FatalStatus = 1;
/** Exit status after a panic: the status a shell shows for gem5's abort(). */
export const PanicStatus = 134;

/**
 * Writes one clear line for the simulator's own errors, and for any other error its stack, once.
 * @returns the exit status of the process.
 */
export function reportError(error: unknown, write: (line: string) => void): number {
  if (error instanceof PanicError) {
    write(formatMessage('panic', error.message));
    for (const line of error.details) write(line);
    return PanicStatus;
  }
  if (error instanceof SimError) {
    write(formatMessage('fatal', error.message));
    return FatalStatus;
  }
  if (hasNoDirectory(error)) {
    write(formatMessage('fatal', 'the working directory is not there any more; change to another'));
    return FatalStatus;
  }
  write(error instanceof Error ? stackOf(error) : `fatal: the script threw ${String(error)}`);
  return FatalStatus;
}

/** Whether Node could not tell the working directory: somebody has removed it. */
function hasNoDirectory(error: unknown): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).syscall === 'uv_cwd';
}

/** The stack without Node's part, and without the command's that called the script. */
function stackOf(error: Error): string {
  const lines = (error.stack ?? String(error)).split('\n');
  const others = lines.filter(line => !/\(node:internal|at node:internal/.test(line));
  const last = others.findLastIndex(line => !line.includes(`(${__dirname}/`));
  const shown = others.slice(0, last + 1);
  // An error of our own, of which the user's part is not in sight, is shown for its report.
  const hasFrames = shown.some(line => line.startsWith('    at '));
  return (hasFrames ? shown : others).join('\n');
}
