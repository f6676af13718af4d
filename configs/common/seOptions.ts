/** The options of configs/se.ts. Their names are those of gem5's configs/common/Options.py. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { fatal } from 'mini-gem5';
import { split } from 'shlex';
import { addCheckpointOptions, type CheckpointOptions } from './checkpointOptions';
import { cpuType, cpuTypes } from './cpuTypes';
import { addSwitchOptions, type SwitchOptions } from './switchOptions';
import { memorySize } from './memorySize';
import { addSystemOptions, systemOptions, type SystemOptions } from './systemOptions';
import { wholeNumber } from './wholeNumber';

/** What the command line of configs/se.ts asks for. */
export interface SeOptions {
  /** The program to load. */
  readonly executable: string;
  /** Its argument list, argv[0] included. */
  readonly cmd: readonly string[];
  /** Its environment, as NAME=VALUE. */
  readonly env: readonly string[];
  /** Class of the CPU that counts, or undefined for the best that there is. */
  readonly cpuType: string | undefined;
  /** Class of the CPU that a checkpoint is restored with. */
  readonly restoreWithCpu?: string;
  readonly cpuClock: string;
  readonly sysClock: string;
  readonly sysVoltage: string;
  readonly memSize: string;
  readonly input: string;
  readonly output: string;
  readonly errout: string;
  /** Host files and folders that it may read, and write, besides those it always may. */
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  /** Whether the date that it sees is the host's. */
  readonly hostTime: boolean;
  /** Tick at which to stop, or undefined. */
  readonly absMaxTick: number | undefined;
  /** Parameters of the System. */
  readonly system: SystemOptions;
  readonly checkpoints: CheckpointOptions;
  /** Which CPUs run, one after the other. */
  readonly switching: SwitchOptions;
}

interface RawOptions {
  readonly cmd?: string;
  readonly options?: string;
  readonly argv0?: string;
  readonly env: readonly string[];
  readonly cpuType?: string;
  readonly restoreWithCpu?: string;
  readonly cpuClock: string;
  readonly sysClock: string;
  readonly sysVoltage: string;
  readonly memSize: string;
  readonly input: string;
  readonly output: string;
  readonly errout: string;
  readonly readable: readonly string[];
  readonly writable: readonly string[];
  readonly hostTime: boolean;
  readonly absMaxTick?: number;
}

const help = `
Arguments of the program stand in one word after -o, split as a shell splits it, or as they are
after --:
  mini-gem5 configs/se.ts -c guests/bin/args -o "one 'two words'"
  mini-gem5 configs/se.ts -c guests/bin/args -- one 'two words'`;

/**
 * Reads the command line of the script.
 * @param args - the words after the script's name.
 */
export function parseSeOptions(args: readonly string[]): SeOptions {
  const program = new Command('se.ts')
    .description('Runs an x86-64 Linux program in syscall emulation.')
    .option('-c, --cmd <program>', 'the program to run')
    .option('-o, --options <words>', 'its arguments, in one word')
    .option('--argv0 <name>', 'its argv[0], instead of the name after -c')
    .option(
      '-e, --env <line or file>',
      'add NAME=VALUE, or the lines of a file, to its environment; repeatable',
      (value: string, previous: readonly string[]) => [...previous, ...environmentLines(value)],
      [] as readonly string[],
    )
    .option('-i, --input <file>', 'its standard input', 'cin')
    .option('--output <file>', 'its standard output, in the output directory', 'cout')
    .option('--errout <file>', 'its standard error, in the output directory', 'cerr')
    .option('--readable <path>', 'let it read this file or folder; repeatable', oneMore, [])
    .option('--writable <path>', 'let it write this file or folder; repeatable', oneMore, [])
    .option('--host-time', "let it see the host's date instead of simulated time", false)
    .option('--cpu-type <class>', `class of the CPU: ${cpuTypes.join(', ')}`)
    .option(
      '--restore-with-cpu <class>',
      'restore a checkpoint with a CPU of this class, from which that of --cpu-type takes over',
      // Checked also where there is nothing to restore.
      (name: string): string => cpuType(name),
    )
    .option('--cpu-clock <clock>', 'clock of the CPU', '2GHz')
    .option('--sys-clock <clock>', 'clock of everything else', '1GHz')
    .option('--sys-voltage <voltage>', 'supply voltage', '1.0V')
    .option('--mem-size <size>', 'size of the memory', memorySize, '512MiB')
    .option('-m, --abs-max-tick <tick>', 'stop at this tick', wholeNumber);
  addSwitchOptions(addCheckpointOptions(addSystemOptions(program)))
    .argument('[arguments...]', 'arguments of the program, after --')
    .addHelpText('after', help)
    .exitOverride(error => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse([...args], { from: 'user' });
  return {
    ...settle(program.opts<RawOptions>(), program.args),
    system: systemOptions(program),
    checkpoints: program.opts<CheckpointOptions>(),
    switching: program.opts<SwitchOptions>(),
  };
}

const oneMore = (value: string, previous: readonly string[]): readonly string[] => [
  ...previous,
  value,
];

function settle(
  raw: RawOptions,
  rest: readonly string[],
): Omit<SeOptions, 'system' | 'checkpoints' | 'switching'> {
  const { cmd, options, argv0, absMaxTick, cpuType, ...others } = raw;
  if (cmd === undefined || cmd === '') {
    return fatal('no program to run: give one with -c, such as -c guests/bin/hello');
  }
  if (options !== undefined && rest.length > 0) {
    return fatal('give the arguments of the program either with -o or after --, not both');
  }
  const words = options === undefined ? rest : splitWords(options);
  return { ...others, executable: cmd, cmd: [argv0 ?? cmd, ...words], absMaxTick, cpuType };
}

function splitWords(text: string): string[] {
  try {
    return split(text);
  } catch (error) {
    return fatal(`cannot split -o "${text}" into words: ${(error as Error).message}`);
  }
}

function environmentLines(value: string): string[] {
  if (value.includes('=')) return [value];
  let text: string;
  try {
    text = readFileSync(value, 'utf8');
  } catch {
    return fatal(`--env ${value} is neither NAME=VALUE nor a file that can be read`);
  }
  return text.split('\n').filter(line => line !== '');
}
