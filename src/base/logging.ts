/**
 * Messages to the user: `warn: text`, `info: text`, `hack: text`. They go through one replaceable
 * sink, so this floor needs neither a terminal nor a file. Source: gem5 `base/logging.hh`.
 */

import { fatal } from './errors';

/** The levels of gem5's messages; each line begins with its level. */
export type LogLevel = 'warn' | 'info' | 'hack' | 'panic' | 'fatal';

/** Where messages and debug lines go. */
export interface LogSink {
  /** Takes one message without the level prefix and without a final newline. */
  message(level: LogLevel, text: string): void;
  /** Takes one finished line of debug trace, without a final newline. */
  debug(line: string): void;
}

/** Writes everything to the console's error stream. */
export const consoleSink: LogSink = {
  message(level, text) {
    globalThis.console.error(formatMessage(level, text));
  },
  debug(line) {
    globalThis.console.error(line);
  },
};

/** What `setLogLevel` lets through, from the least to the most. */
const levels: readonly LogLevel[] = ['panic', 'fatal', 'warn', 'info', 'hack'];

let sink: LogSink = consoleSink;
let mostTalkative = levels.indexOf('hack');
const onceKeys = new Set<string>();

/** The line a message becomes, for example `warn: text`. */
export function formatMessage(level: LogLevel, text: string): string {
  return `${level}: ${text}`;
}

/**
 * Sends messages and debug lines elsewhere from now on.
 *
 * @returns the sink that was in place, to put it back
 */
export function setLogSink(next: LogSink): LogSink {
  const previous = sink;
  sink = next;
  return previous;
}

/** The sink in place. */
export function getLogSink(): LogSink {
  return sink;
}

/**
 * Suppresses the messages that matter less than `level`. The order is gem5's: panic, fatal, warn,
 * info, hack; at first all of them are shown.
 *
 * @throws {FatalError} when it is none of these
 */
export function setLogLevel(level: LogLevel): void {
  if (!levels.includes(level)) {
    fatal(`setLogLevel() takes one of ${levels.join(', ')}, not '${level}'`);
  }
  mostTalkative = levels.indexOf(level);
}

function say(level: LogLevel, message: string): void {
  if (levels.indexOf(level) <= mostTalkative) sink.message(level, message);
}

/** Tells the user that the simulation may not do what they expect. */
export function warn(message: string): void {
  say('warn', message);
}

/** Tells the user something worth knowing that is in order. */
export function inform(message: string): void {
  say('info', message);
}

/** Tells the user that a known shortcut of a model has been taken. */
export function hack(message: string): void {
  say('hack', message);
}

/**
 * Warns once per key in the life of the process.
 *
 * @param key - names the occasion; later calls with the same key say nothing
 */
export function warnOnce(key: string, message: string): void {
  if (onceKeys.has(key)) return;
  onceKeys.add(key);
  warn(message);
}

/** Forgets which `warnOnce` keys were seen, so that each warns again. */
export function resetWarnOnce(): void {
  onceKeys.clear();
}
