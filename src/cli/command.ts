/** The `mini-gem5` command: reads the command line, and reports whatever goes wrong. */
import { setLogSink } from '../base/index';
import { version } from '../m5/version';
import { parseCommandLine } from './options';
import type { perform } from './perform';
import { reportError } from './reportError';
import { TerminalSink } from './terminalSink';

/**
 * Runs the command to its end; the exit status is left in `process.exitCode`.
 * @param afterRun - called at the end of a process that has run a script, or begun to
 */
export function runCommand(args: readonly string[], afterRun = (): void => {}): void {
  const sink = new TerminalSink();
  setLogSink(sink);
  const fail = (error: unknown): void => {
    process.exitCode = reportError(error, line => {
      sink.line(line);
    });
  };
  process.on('uncaughtException', error => {
    fail(error);
    process.exit();
  });
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Who has read the output has seen enough (`| head`). The run goes on: its files are wanted.
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    const request = parseCommandLine(args, version());
    if (request.kind === 'run') process.once('exit', afterRun);
    if (request.kind === 'done') process.exitCode = request.status;
    else loadPerform()(request, args, sink);
  } catch (error) {
    fail(error);
  }
}

/** The simulator, which is not loaded for `--help` or a wrong option. */
function loadPerform(): typeof perform {
  const module = require('./perform') as { readonly perform: typeof perform };
  return module.perform;
}
