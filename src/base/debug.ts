/**
 * Debug flags and the trace they switch on. A flag is an object with one boolean, so a trace point
 * that is off costs one test: `if (Drain.enabled) dprintf(Drain, tick, name, 'text')`.
 * Source: gem5 `base/debug.hh`, `base/trace.hh`.
 */
import { fatal, panic } from './errors';
import { getLogSink } from './logging';
import { suggestion } from './nearestName';
import { ObjectMatch } from './objectMatch';
import { MaxTick } from './types';
import type { Tick } from './types';

/** What simple and compound flags have in common. */
export interface AnyDebugFlag {
  readonly name: string;
  readonly description: string;
  /** Asks for this flag's output. */
  enable(): void;
  /** Stops this flag's output. */
  disable(): void;
}

let tracing = true;
/** What was asked for, in order, while flags may still be defined that it is about. */
let requests: readonly { readonly name: string; readonly on: boolean }[] = [];
const registry = new Map<string, AnyDebugFlag>();

/** A flag that switches trace points. Made by `debugFlag`. */
export class DebugFlag implements AnyDebugFlag {
  readonly name: string;
  readonly description: string;
  /** Whether the flag shapes the trace (its name begins with `Fmt`) instead of adding lines. */
  readonly isFormat: boolean;
  /** Whether to trace now: the flag was asked for and tracing is on. Read it, never write it. */
  enabled = false;
  #requested = false;

  constructor(name: string, description: string, isFormat: boolean) {
    this.name = name;
    this.description = description;
    this.isFormat = isFormat;
  }

  /** Whether the flag was asked for, tracing or not. */
  get requested(): boolean {
    return this.#requested;
  }

  enable(): void {
    this.#requested = true;
    this.sync();
  }

  disable(): void {
    this.#requested = false;
    this.sync();
  }

  /** Follows a change of the global switch. */
  sync(): void {
    this.enabled = this.#requested && tracing;
  }
}

/** A name for several flags. Made by `compoundFlag`. */
export class CompoundFlag implements AnyDebugFlag {
  readonly name: string;
  readonly description: string;
  readonly #flags: AnyDebugFlag[];
  #requested = false;

  constructor(name: string, description: string, flags: readonly AnyDebugFlag[]) {
    this.name = name;
    this.description = description;
    this.#flags = [...flags];
  }

  /** The flags this one stands for. */
  get flags(): readonly AnyDebugFlag[] {
    return this.#flags;
  }

  /** Adds a flag to the set; it is switched on when the set is. */
  add(flag: AnyDebugFlag): void {
    this.#flags.push(flag);
    if (this.#requested) flag.enable();
  }

  enable(): void {
    this.#requested = true;
    for (const flag of this.#flags) flag.enable();
  }

  disable(): void {
    this.#requested = false;
    for (const flag of this.#flags) flag.disable();
  }
}

function register<Flag extends AnyDebugFlag>(flag: Flag): Flag {
  if (registry.has(flag.name)) panic(`Debug flag ${flag.name} is already defined`);
  registry.set(flag.name, flag);
  const first = requests.findIndex(({ name }) => name === flag.name);
  // What was asked for after it counts again: `Kvm,-KvmRun` leaves KvmRun off.
  if (first >= 0) for (const { name, on } of requests.slice(first)) changeFlag(name, on);
  return flag;
}

const all = register(new CompoundFlag('All', 'Controls all debug flags', []));

/**
 * Defines a debug flag.
 *
 * @throws {PanicError} when the name is taken
 */
export function debugFlag(name: string, description: string): DebugFlag {
  const flag = register(new DebugFlag(name, description, false));
  all.add(flag);
  return flag;
}

function formatFlag(name: string, description: string): DebugFlag {
  return register(new DebugFlag(name, description, true));
}

/**
 * Defines a flag that stands for several others.
 *
 * @throws {PanicError} when the name is taken
 */
export function compoundFlag(
  name: string,
  flags: readonly AnyDebugFlag[],
  description: string,
): CompoundFlag {
  return register(new CompoundFlag(name, description, flags));
}

/** Leaves the tick out of trace lines. */
export const FmtTicksOff = formatFlag('FmtTicksOff', "Don't show tick count on debug messages");
/** Puts the flag's name into trace lines. */
export const FmtFlag = formatFlag('FmtFlag', 'Show the debug flag of each debug message');
/** Follows each trace line with the stack that led to it. */
export const FmtStackTrace = formatFlag('FmtStackTrace', 'Print a stack trace after each message');

/** The flag of that name, simple or compound, or undefined. */
export function findFlag(name: string): AnyDebugFlag | undefined {
  return registry.get(name);
}

/** Every flag there is, sorted by name. */
export function allFlags(): readonly AnyDebugFlag[] {
  return [...registry.values()].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/**
 * Switches the flag of that name on or off.
 *
 * @returns false when there is no such flag
 */
export function changeFlag(name: string, value: boolean): boolean {
  const flag = registry.get(name);
  if (flag === undefined) return false;
  if (value) flag.enable();
  else flag.disable();
  return true;
}

/**
 * Switches flags as the `--debug-flags` option does: names separated by commas, a name with a
 * leading `-` is switched off.
 *
 * @param mayFollow - names that are no flags yet are switched when somebody defines them, until
 *   {@link requireDebugFlags}
 * @throws {FatalError} when a name is not a flag, and may not follow
 */
export function setDebugFlags(list: string, mayFollow = false): void {
  for (const entry of list.split(',')) {
    const text = entry.trim();
    if (text === '') continue;
    const on = !text.startsWith('-');
    const name = on ? text : text.slice(1);
    if (mayFollow) requests = [...requests, { name, on }];
    if (!changeFlag(name, on) && !mayFollow) refuseFlag(name);
  }
}

/**
 * Ends the wait for flags that the script was to define.
 *
 * @throws {FatalError} when one was asked for and there is still none of that name
 */
export function requireDebugFlags(): void {
  const unknown = requests.find(({ name }) => !registry.has(name));
  if (unknown !== undefined) refuseFlag(unknown.name);
  requests = [];
}

function refuseFlag(name: string): never {
  const hint = suggestion(name, [...registry.keys()], '; --debug-help lists those that there are');
  return fatal(`invalid debug flag '${name}'${hint}`);
}

/** Switches every flag off, and forgets what was asked for. */
export function clearDebugFlags(): void {
  requests = [];
  for (const flag of registry.values()) flag.disable();
}

/**
 * Opens or closes the trace as a whole; the flags keep their settings. It is open at first. The
 * window of `--debug-start` and `--debug-end` is two events that call this.
 */
export function setTracing(on: boolean): void {
  tracing = on;
  for (const flag of registry.values()) if (flag instanceof DebugFlag) flag.sync();
}

/** Whether the trace as a whole is open. */
export function tracingEnabled(): boolean {
  return tracing;
}

const activate = new ObjectMatch();
const ignore = new ObjectMatch();

/**
 * Traces only objects whose names match one of the expressions; an empty list means all.
 *
 * @param expressions - dot-wise prefixes in which a part may be `*`, for example `system.*.icache`
 */
export function setDebugActivate(expressions: readonly string[]): void {
  activate.setExpressions(expressions);
}

/** Leaves out objects whose names match one of the expressions. */
export function setDebugIgnore(expressions: readonly string[]): void {
  ignore.setExpressions(expressions);
}

/**
 * Whether the object filters let lines of this object through. A line without a name always passes.
 *
 * @throws {FatalError} when the name is both activated and ignored
 */
export function isObjectTraced(name: string): boolean {
  if (name === '') return true;
  const ignored = ignore.matches(name);
  if (activate.isEmpty) return !ignored;
  const activated = activate.matches(name);
  if (activated && ignored) {
    fatal(`Object ${name} is in both --debug-activate and --debug-ignore; remove it from one`);
  }
  return activated;
}

/** The trace line gem5 writes: `   1000: system.cpu: text`. */
export function formatDebugLine(
  flag: DebugFlag,
  tick: Tick,
  objectName: string,
  text: string,
): string {
  let line = '';
  if (!FmtTicksOff.enabled && tick !== MaxTick) line += `${String(tick).padStart(7)}: `;
  if (FmtFlag.enabled) line += `${flag.name}: `;
  if (objectName !== '') line += `${objectName}: `;
  return line + text;
}

/**
 * Writes one trace line, subject to the object filters. Test `flag.enabled` first: this function
 * does not, so that the text is not made in vain.
 *
 * @param tick - when it happened; `MaxTick` leaves the tick out
 * @param objectName - the full name of the object that speaks, or '' for none
 */
export function dprintf(flag: DebugFlag, tick: Tick, objectName: string, text: string): void {
  if (!isObjectTraced(objectName)) return;
  const sink = getLogSink();
  sink.debug(formatDebugLine(flag, tick, objectName, text));
  if (FmtStackTrace.enabled) {
    const stack = new Error().stack?.split('\n').slice(2) ?? [];
    for (const frame of stack) sink.debug(frame);
  }
}

/** Writes bytes as trace lines of 16, in hexadecimal and as text. */
export function ddump(flag: DebugFlag, tick: Tick, objectName: string, data: Uint8Array): void {
  for (let start = 0; start < data.length; start += 16) {
    const row = data.subarray(start, start + 16);
    let hex = '';
    let text = '';
    for (let i = 0; i < 16; i++) {
      const byte = row[i];
      hex += byte === undefined ? '   ' : `${byte.toString(16).padStart(2, '0')} `;
      if (i === 7) hex += ' ';
      if (byte !== undefined) text += byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ' ';
    }
    dprintf(flag, tick, objectName, `${start.toString(16).padStart(8, '0')}  ${hex}  ${text}`);
  }
}
