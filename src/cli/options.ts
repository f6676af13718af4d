/** The options of the `mini-gem5` command. Names and defaults are gem5's (`python/m5/main.py`). */
import { Command, CommanderError, Help, type Option } from 'commander';
import { addCheckpointCommand, type CheckpointRequest } from './checkpointOptions';
import type { DebugOptions } from './debugOptions';
import type { RedirectOptions } from './redirect';
import { addServeForksCommand, type ServeForksRequest } from './serveForksOptions';

/** Options that stand before the script. */
export interface CommandOptions extends DebugOptions, RedirectOptions {
  readonly outdir: string;
  readonly quiet: boolean;
  readonly interactive: boolean;
  readonly statsFile: string;
  readonly dumpConfig: string;
  readonly jsonConfig: string;
  readonly dotConfig: string;
  readonly svgConfig: string;
  readonly dotDvfsConfig: string;
  readonly jsonStats: string;
  readonly traceOut?: string;
  readonly buildInfo: boolean;
  readonly statsHelp: boolean;
  readonly debugHelp: boolean;
  readonly listSimObjects: boolean;
}

/** What can be asked for instead of running a script, by the option that asks for it. */
const questions = {
  buildInfo: 'build-info',
  statsHelp: 'stats-help',
  debugHelp: 'debug-help',
  listSimObjects: 'list-sim-objects',
} as const;

/** What the command line asks to be done. */
export type WorkRequest =
  | {
      readonly kind: 'run';
      /** None where only a prompt is wanted. */
      readonly script: string | undefined;
      readonly args: string[];
      readonly options: CommandOptions;
    }
  | (ServeForksRequest & { readonly kind: 'serve-forks'; readonly options: CommandOptions })
  | { readonly kind: 'checkpoint'; readonly request: CheckpointRequest }
  | { readonly kind: 'doctor' | (typeof questions)[keyof typeof questions] };

/** What the command line asks for. */
export type Request =
  | WorkRequest
  /** Help or version was printed, or the options were wrong and that was said. */
  | { readonly kind: 'done'; readonly status: number };

const examples = `
Examples:
  mini-gem5 configs/hello.ts
  mini-gem5 --outdir out configs/se.ts -c guests/bin/args -o "one 'two words'"
  mini-gem5 checkpoint ls m5out
  mini-gem5 doctor

Exit status:
  0 success; with configs/se.ts the guest program's own exit code
  1 fatal: something the message says how to change
  2 wrong command line options
  128+N the guest program was killed by signal N
  130 Ctrl-C ended the run, and the script passes its code on
  134 panic: an error inside the simulator`;

/** Declares what {@link CommandOptions} holds. */
function withOptions(program: Command): Command {
  return program
    .optionsGroup('Options:')
    .option('-d, --outdir <directory>', 'output directory', 'm5out')
    .option('-r, --redirect-stdout', 'standard output (and error) into a file', false)
    .option('-e, --redirect-stderr', 'standard error into a file of its own', false)
    .option('--stdout-file <file>', 'the file of -r, in the output directory', 'simout.txt')
    .option('--stderr-file <file>', 'the file of -e, in the output directory', 'simerr.txt')
    .option('--silent-redirect', 'do not say where output goes', false)
    .option('-i, --interactive', 'a JavaScript prompt after the script, or without one', false)
    .option('-q, --quiet', 'leave out the banner', false)
    .optionsGroup('Statistics:')
    .option('--stats-file <file>', 'a file in the output directory, or a URL', 'stats.txt')
    .option('--json-stats <file>', 'those of the latest dump as JSON', 'stats.json')
    .option('--stats-help', 'print what a URL can say', false)
    .optionsGroup('Configuration, written into the output directory:')
    .option('--dump-config <file>', 'as INI', 'config.ini')
    .option('--json-config <file>', 'as JSON', 'config.json')
    .option('--dot-config <file>', 'as a graph for Graphviz', 'config.dot')
    .option('--svg-config <file>', 'that graph drawn, such as config.svg; takes 0.2 s', '')
    .option('--dot-dvfs-config <file>', 'clocks and voltages as a graph', '')
    .optionsGroup('Debugging:')
    .option('--debug-flags <flag[,flag...]>', 'debug flags to set; -FLAG clears one')
    .option('--debug-start <tick>', 'start debug output at this tick')
    .option('--debug-end <tick>', 'end debug output at this tick')
    .option('--debug-file <file>', 'where it goes; a name in .gz compresses it', 'cout')
    .option('--debug-activate <object[,object...]>', 'debug output of these objects only')
    .option('--debug-ignore <object[,object...]>', 'no debug output of these objects')
    .option('--debug-break <tick[,tick...]>', 'stop in the debugger (of node --inspect) then')
    .option('--trace-out <file>', 'timeline for Perfetto; a name in .gz compresses it')
    .optionsGroup('Information:')
    .option('--debug-help', 'print the debug flags', false)
    .option('--list-sim-objects', 'print every class with its parameters', false)
    .option('-B, --build-info', 'print what this command is made of', false);
}

/** Defaults that go without saying. */
function describeOption(option: Option): string {
  const value: unknown = option.defaultValue;
  if (value === false || value === '') return option.description;
  return new Help().optionDescription(option);
}

/** Reads the command line. Options end at the first word that is not one: the script. */
export function parseCommandLine(args: readonly string[], version: string): Request {
  let request: Request = { kind: 'done', status: 0 };
  const command = new Command('mini-gem5')
    .description('Runs a system described by a configuration script.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .argument('[script]', 'configuration script (.ts or .js)')
    .argument('[script options...]', 'handed to the script');
  const program = withOptions(command)
    .enablePositionalOptions()
    .passThroughOptions()
    .addHelpText('after', examples)
    .configureHelp({ optionDescription: describeOption })
    .configureOutput({
      // The nearest option on the same line: a mistake is answered by one.
      outputError: (text, write) => {
        write(text.replace(/\n\(/, ' ('));
      },
    })
    .exitOverride()
    .action((script: string | undefined, rest: string[], options: CommandOptions) => {
      const names = Object.keys(questions) as (keyof typeof questions)[];
      const asked = names.find(name => options[name]);
      if (asked !== undefined) request = { kind: questions[asked] };
      else if (script === undefined && !options.interactive) program.help({ error: true });
      else request = { kind: 'run', script, args: rest, options };
    });
  program
    .command('doctor')
    .description('say whether KVM can be used on this machine, and why not')
    .action(() => {
      request = { kind: 'doctor' };
    });
  addServeForksCommand(program, wanted => {
    request = { kind: 'serve-forks', ...wanted, options: program.opts<CommandOptions>() };
  });
  addCheckpointCommand(program, wanted => {
    request = { kind: 'checkpoint', request: wanted };
  });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'done', status: error.exitCode === 0 ? 0 : 2 };
  }
  return request;
}
