/** The debugging options: which flags, from when to when, of which objects, and where to. */
import {
  allFlags,
  CompoundFlag,
  fatal,
  setDebugActivate,
  setDebugFlags,
  setDebugIgnore,
  setTracing,
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
}

/** Sets the flags and opens the output; the window is scheduled on the default simulation. */
export function applyDebugOptions(options: DebugOptions, sink: TerminalSink): void {
  // Scripts define flags of their own, which are not known yet.
  setDebugFlags(options.debugFlags ?? '', true);
  setDebugActivate(list(options.debugActivate));
  setDebugIgnore(list(options.debugIgnore));
  const output = openDebugOutput(options.debugFile, () => defaultM5().host.makeOutputDirectory());
  sink.debugOutput = output;
  process.once('exit', () => {
    output.close();
  });
  const start = tickOf('--debug-start', options.debugStart);
  const end = tickOf('--debug-end', options.debugEnd);
  if (start === undefined) setTracing(true);
  else switchTracing(true, start);
  if (end !== undefined) switchTracing(false, end);
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

/** The lines of `--debug-help`: base flags, then compound ones with what they stand for. */
export function debugHelp(): string[] {
  const flags = [...allFlags()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const line = (flag: (typeof flags)[number]): string => `    ${flag.name}: ${flag.description}`;
  const compound = flags.filter(flag => flag instanceof CompoundFlag);
  return [
    'Base Flags:',
    ...flags.filter(flag => !(flag instanceof CompoundFlag)).map(line),
    'Compound Flags:',
    ...compound.flatMap(flag => [
      line(flag),
      `        ${flag.flags.map(({ name }) => name).join(', ')}`,
    ]),
  ];
}
