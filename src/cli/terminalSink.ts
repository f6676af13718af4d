/** Messages and debug lines on the terminal. */
import { writeSync } from 'node:fs';
import { formatMessage, type LogLevel, type LogSink } from '../base/index';

const STDERR = 2;

/**
 * Writes to standard error at once and in order, so that nothing is lost when the process ends.
 */
export class TerminalSink implements LogSink {
  message(level: LogLevel, text: string): void {
    this.line(formatMessage(level, text));
  }

  debug(line: string): void {
    this.line(line);
  }

  /** Writes one line as it is. */
  line(text: string): void {
    let rest = Buffer.from(text + '\n');
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(STDERR, rest));
      } catch (error) {
        // A full pipe that does not block is tried again; a closed one has no reader to tell.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      }
    }
  }
}
