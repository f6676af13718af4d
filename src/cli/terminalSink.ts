/** Messages and debug lines on the terminal. */
import { formatMessage, type LogLevel, type LogSink } from '../base/index';
import type { DebugOutput } from './debugOutput';
import { writeAll } from './writeAll';

const STDERR = 2;

/** Writes messages to standard error at once, and debug lines wherever the user wants them. */
export class TerminalSink implements LogSink {
  debugOutput: DebugOutput | undefined;
  /** Called before each line: whoever draws on the terminal makes room for it. */
  beforeLine: (() => void) | undefined;

  message(level: LogLevel, text: string): void {
    this.line(formatMessage(level, text));
  }

  debug(line: string): void {
    if (this.debugOutput === undefined) this.line(line);
    else this.debugOutput.line(line);
  }

  /** Writes one line as it is. */
  line(text: string): void {
    this.beforeLine?.();
    writeAll(STDERR, Buffer.from(text + '\n'));
  }
}
