/** `--interactive`: a prompt at which a simulation can be looked at, and driven on. */
import { start, writer, type REPLServer } from 'node:repl';
import { formatMessage, PanicError, SimError } from '../base/index';

/**
 * Shows the prompt. The process goes on until its input ends, or `.exit`.
 * @param names - what is known there by name
 */
export function prompt(names: Readonly<Record<string, unknown>>): void {
  const repl = start({ prompt: 'mini-gem5> ', writer: show });
  for (const [name, value] of Object.entries(names)) {
    Object.defineProperty(repl.context, name, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
}

/** The simulator's own errors are one line, as everywhere else. */
function show(this: REPLServer, value: unknown): string {
  if (!(value instanceof SimError)) return writer.call(this, value);
  return formatMessage(value instanceof PanicError ? 'panic' : 'fatal', value.message);
}
