/** What the `mini-gem5` command does with a request. */
import { hostname } from 'node:os';
import { isatty } from 'node:tty';
import { setLogSink, setProgressDisplay } from '../base/index';
import { configureDefault, defaultM5 } from '../m5/index';
import { applyDebugOptions, debugHelp } from './debugOptions';
import { doctor } from './doctor';
import { listSimObjects } from './listSimObjects';
import { parseCommandLine, type CommandOptions } from './options';
import { redirect } from './redirect';
import { reportError } from './reportError';
import { runScript } from './runScript';
import { TerminalProgress } from './terminalProgress';
import { TerminalSink } from './terminalSink';
import { startTimeline } from './timelineOption';
import { version } from './version';

const STDERR = 2;

/** Runs the command to its end; the exit status is left in `process.exitCode`. */
export function runCommand(args: readonly string[]): void {
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
  try {
    perform(args, sink);
  } catch (error) {
    fail(error);
  }
}

function perform(args: readonly string[], sink: TerminalSink): void {
  const request = parseCommandLine(args, version());
  switch (request.kind) {
    case 'done':
      process.exitCode = request.status;
      return;
    case 'doctor':
      process.exitCode = doctor(line => {
        console.log(line);
      });
      return;
    case 'debug-help':
      for (const line of debugHelp()) console.log(line);
      return;
    case 'list-sim-objects':
      for (const line of listSimObjects()) console.log(line);
      return;
    case 'run':
      applyOptions(request.options, sink);
      if (!request.options.quiet) printBanner(args);
      runScript(request.script, request.args);
      return;
  }
}

function applyOptions(options: CommandOptions, sink: TerminalSink): void {
  configureDefault(options.outdir);
  const { outputFiles } = defaultM5();
  outputFiles.stats = options.statsFile;
  outputFiles.configIni = options.dumpConfig;
  outputFiles.configJson = options.jsonConfig;
  outputFiles.configDot = options.dotConfig;
  outputFiles.configSvg = options.svgConfig;
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
