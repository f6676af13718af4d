/** The debugging options: which flags, from when to when, of which objects, and where to. */
import {
  allFlags,
  CompoundFlag,
  DebugFlag,
  fatal,
  setDebugActivate,
  setDebugFlags,
  setDebugIgnore,
  setTracing,
  type AnyDebugFlag,
  type Tick,
} from '../base/index';
import { defaultM5 } from '../m5/index';
import { EventFunctionWrapper, EventPriority } from '../sim/index';
import { openDebugOutput } from './debugOutput';
import type { TerminalSink } from './terminalSink';

/** The options as gem5 names them. */
export interface DebugOptions {
  readonly debugFlags?: string;
  readonly debugStart?: string;
  readonly debugEnd?: string;
  readonly debugFile: string;
  readonly debugActivate?: string;
  readonly debugIgnore?: string;
  readonly debugBreak?: string;
}

/** Sets the flags and opens the output; the window is scheduled on the default simulation. */
export function applyDebugOptions(options: DebugOptions, sink: TerminalSink): void {
  // Scripts define flags of their own, which are not known yet.
  setDebugFlags(options.debugFlags ?? '', true);
  setDebugActivate(list(options.debugActivate));
  setDebugIgnore(list(options.debugIgnore));
  const output = openDebugOutput(options.debugFile, defaultM5().host);
  sink.debugOutput = output;
  process.once('exit', () => {
    output.close();
  });
  const start = tickOf('--debug-start', options.debugStart);
  const end = tickOf('--debug-end', options.debugEnd);
  setTracing(start === undefined);
  if (start !== undefined) switchTracing(true, start);
  if (end !== undefined) switchTracing(false, end);
  for (const text of list(options.debugBreak)) {
    defaultM5().schedBreak(tickOf('--debug-break', text) ?? 0);
  }
}

function list(text: string | undefined): string[] {
  return text === undefined || text === '' ? [] : text.split(',');
}

function tickOf(option: string, text: string | undefined): Tick | undefined {
  if (text === undefined) return undefined;
  const tick = Number(text);
  if (!Number.isSafeInteger(tick) || tick < 0) fatal(`${option} ${text} is not a tick`);
  return tick;
}

function switchTracing(on: boolean, when: Tick): void {
  const event = new EventFunctionWrapper(
    () => {
      setTracing(on);
    },
    on ? 'debug_start' : 'debug_end',
    false,
    EventPriority.Debug_Enable_Pri,
  );
  defaultM5().simulation.eventQueue.schedule(event, when);
}

/** The lines of `--debug-help`: base flags, compound ones with what they stand for, formats. */
export function debugHelp(): string[] {
  const flags = allFlags();
  const line = ({ name, description }: AnyDebugFlag): string => `    ${name}: ${description}`;
  const simple = flags.filter(flag => flag instanceof DebugFlag);
  const parts = ({ name, flags: members }: CompoundFlag): string =>
    name === 'All' ? 'All Base Flags' : members.map(member => member.name).join(', ');
  return [
    'Base Flags:',
    ...simple.filter(flag => !flag.isFormat).map(line),
    '',
    'Compound Flags:',
    ...flags
      .filter(flag => flag instanceof CompoundFlag)
      .flatMap(flag => [line(flag), `        ${parts(flag)}`]),
    '',
    'Formatting Flags:',
    ...simple.filter(flag => flag.isFormat).map(line),
  ];
}
