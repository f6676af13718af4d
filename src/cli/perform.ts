/** What the `mini-gem5` command does with a request. */
import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { setProgressDisplay } from '../base/index';
import { blockStandardStreams } from '../host/index';
import * as m5 from '../m5/index';
import * as objects from '../m5/objects';
import { version } from '../m5/version';
import { buildInfo } from './buildInfo';
import { checkpointCommand } from './checkpointCommand';
import { applyDebugOptions, debugHelp } from './debugOptions';
import { doctor } from './doctor';
import { listSimObjects } from './listSimObjects';
import type { CommandOptions, WorkRequest } from './options';
import type { prompt } from './prompt';
import { redirect } from './redirect';
import { runScript, type LoadedScript } from './runScript';
import { statsHelp } from './statsHelp';
import { TerminalProgress } from './terminalProgress';
import type { TerminalSink } from './terminalSink';
import { serveForks } from './serveForks';
import { startTimeline } from './timelineOption';

const STDERR = 2;

/**
 * Does what was asked for.
 * @param args - all of the command line, for the banner
 */
export function perform(request: WorkRequest, args: readonly string[], sink: TerminalSink): void {
  const print = (line: string): void => {
    console.log(line);
  };
  switch (request.kind) {
    case 'doctor':
      process.exitCode = doctor(print);
      return;
    case 'checkpoint':
      showProgress(sink);
      process.exitCode = checkpointCommand(request.request, print, line => {
        sink.line(line);
      });
      return;
    case 'build-info':
      buildInfo().forEach(print);
      return;
    case 'stats-help':
      statsHelp().forEach(print);
      return;
    case 'debug-help':
      debugHelp().forEach(print);
      return;
    case 'list-sim-objects':
      listSimObjects().forEach(print);
      return;
    case 'run':
      begin(request.options, args, sink);
      run(request);
      return;
    case 'serve-forks':
      begin(request.options, args, sink);
      after(runScript(request.script, request.args), exported => {
        serveForks(request.script, exported, request.server);
      });
      return;
  }
}

function run({ script, args, options }: Extract<WorkRequest, { readonly kind: 'run' }>): void {
  const loaded =
    script === undefined ? { exported: {}, settled: undefined } : runScript(script, args);
  if (!options.interactive) return;
  // Node's own prompt takes long to load.
  const module = require('./prompt') as { readonly prompt: typeof prompt };
  after(loaded, exported => {
    module.prompt({ m5, ...objects, ...exported });
  });
}

/** Does something when a script is through; what it throws after an `await` ends the process. */
function after(script: LoadedScript, action: (exported: LoadedScript['exported']) => void): void {
  if (script.settled === undefined) {
    action(script.exported);
    return;
  }
  void script.settled.then(() => {
    action(script.exported);
  });
}

/** What comes before a script. */
function begin(options: CommandOptions, args: readonly string[], sink: TerminalSink): void {
  blockStandardStreams();
  applyOptions(options, sink);
  if (!options.quiet) printBanner(args);
}

function applyOptions(options: CommandOptions, sink: TerminalSink): void {
  m5.configureDefault(options.outdir);
  const { host, outputFiles } = m5.defaultM5();
  // From the first moment on: by default the one starts Node's inspector, and the other kills.
  host.listenForStatRequests();
  outputFiles.stats = options.statsFile;
  outputFiles.configIni = options.dumpConfig;
  outputFiles.configJson = options.jsonConfig;
  outputFiles.configDot = options.dotConfig;
  outputFiles.configSvg = options.svgConfig;
  outputFiles.dvfsDot = options.dotDvfsConfig;
  outputFiles.jsonStats = options.jsonStats;
  redirect(options);
  applyDebugOptions(options, sink);
  if (options.traceOut !== undefined) startTimeline(options.traceOut);
  showProgress(sink);
}

/** Long work shows a bar to whoever sits at a terminal, and nothing to a pipe or a file. */
function showProgress(sink: TerminalSink): void {
  if (!isatty(STDERR)) return;
  const progress = new TerminalProgress(process.stderr);
  setProgressDisplay(progress);
  sink.beforeLine = () => {
    progress.makeRoom();
  };
}

function printBanner(args: readonly string[]): void {
  console.log(`mini-gem5 ${version()}, a simulator of computer systems in the shape of gem5`);
  console.log('');
  console.log(`mini-gem5 started ${new Date().toString().replace(/ GMT.*/, '')}`);
  console.log(`mini-gem5 executing on ${hostname()}, pid ${String(process.pid)}`);
  console.log(`command line: mini-gem5 ${args.map(quoted).join(' ')}`);
  console.log('');
}

/** A word as a shell would take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
