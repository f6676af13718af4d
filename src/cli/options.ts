/** The options of the `mini-gem5` command. Names and defaults are gem5's (`python/m5/main.py`). */
import { Command, CommanderError } from 'commander';
import type { DebugOptions } from './debugOptions';
import type { RedirectOptions } from './redirect';

/** Options that stand before the script. */
export interface CommandOptions extends DebugOptions, RedirectOptions {
  readonly outdir: string;
  readonly quiet: boolean;
  readonly statsFile: string;
  readonly dumpConfig: string;
  readonly jsonConfig: string;
  readonly dotConfig: string;
  readonly svgConfig: string;
  readonly jsonStats: string;
  readonly traceOut?: string;
  readonly debugHelp: boolean;
  readonly listSimObjects: boolean;
}

/** What the command line asks to be done. */
export type WorkRequest =
  | {
      readonly kind: 'run';
      readonly script: string;
      readonly args: string[];
      readonly options: CommandOptions;
    }
  | { readonly kind: 'doctor' }
  | { readonly kind: 'debug-help' }
  | { readonly kind: 'list-sim-objects' };

/** What the command line asks for. */
export type Request =
  | WorkRequest
  /** Help or version was printed, or the options were wrong and that was said. */
  | { readonly kind: 'done'; readonly status: number };

const examples = `
Examples:
  mini-gem5 configs/hello.ts
  mini-gem5 --outdir out configs/se.ts -c guests/bin/args -o "one 'two words'"
  mini-gem5 doctor

Exit status:
  0 success; with configs/se.ts the guest program's own exit code
  1 fatal: something the message says how to change
  2 wrong command line options
  128+N the guest program was killed by signal N
  134 panic: an error inside the simulator`;

/** Declares what {@link CommandOptions} holds. */
function withOptions(program: Command): Command {
  return program
    .option('-d, --outdir <directory>', 'output directory', 'm5out')
    .option('-r, --redirect-stdout', 'standard output (and error) into a file', false)
    .option('-e, --redirect-stderr', 'standard error into a file of its own', false)
    .option('--stdout-file <file>', 'the file of -r, in the output directory', 'simout.txt')
    .option('--stderr-file <file>', 'the file of -e, in the output directory', 'simerr.txt')
    .option('--silent-redirect', 'do not say where output goes', false)
    .option('-q, --quiet', 'leave out the banner', false)
    .option(
      '--stats-file <file>',
      'statistics: a file in the output directory, or a URL',
      'stats.txt',
    )
    .option('--json-stats <file>', 'statistics of the latest dump as JSON', 'stats.json')
    .option('--dump-config <file>', 'configuration as INI, in the output directory', 'config.ini')
    .option('--json-config <file>', 'configuration as JSON, in the output directory', 'config.json')
    .option('--dot-config <file>', 'configuration as a graph for Graphviz', 'config.dot')
    .option('--svg-config <file>', 'draw that graph, such as config.svg; takes 0.2 s', '')
    .option('--debug-flags <flag[,flag...]>', 'debug flags to set; -FLAG clears one')
    .option('--debug-start <tick>', 'start debug output at this tick')
    .option('--debug-end <tick>', 'end debug output at this tick')
    .option('--debug-file <file>', 'where it goes; a name in .gz compresses it', 'cout')
    .option('--debug-activate <object[,object...]>', 'debug output of these objects only')
    .option('--debug-ignore <object[,object...]>', 'no debug output of these objects')
    .option('--trace-out <file>', 'timeline for Perfetto; a name in .gz compresses it')
    .option('--debug-help', 'print the debug flags', false)
    .option('--list-sim-objects', 'print every class with its parameters', false);
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
    .configureOutput({
      // The nearest option on the same line: a mistake is answered by one.
      outputError: (text, write) => {
        write(text.replace(/\n\(/, ' ('));
      },
    })
    .exitOverride()
    .action((script: string | undefined, rest: string[], options: CommandOptions) => {
      if (options.debugHelp) request = { kind: 'debug-help' };
      else if (options.listSimObjects) request = { kind: 'list-sim-objects' };
      else if (script === undefined) program.help({ error: true });
      else request = { kind: 'run', script, args: rest, options };
    });
  program
    .command('doctor')
    .description('say whether KVM can be used on this machine, and why not')
    .action(() => {
      request = { kind: 'doctor' };
    });
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { kind: 'done', status: error.exitCode === 0 ? 0 : 2 };
  }
  return request;
}
