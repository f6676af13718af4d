/** The options of configs/baremetal.ts. */
import { Command, Option } from 'commander';
import { fatal } from 'mini-gem5';
import { addCheckpointOptions, type CheckpointOptions } from './checkpointOptions';
import { memorySize } from './memorySize';
import { addSystemOptions, systemOptions, type SystemOptions } from './systemOptions';
import { wholeNumber } from './wholeNumber';

/** What the command line of configs/baremetal.ts asks for. */
export interface BaremetalOptions {
  /** The program to run. */
  readonly kernel: string;
  /** Its arguments. */
  readonly commandLine: string;
  /** Files to load along with it, each with its arguments. */
  readonly modules: readonly string[];
  /** Bytes. */
  readonly memSize: string;
  readonly numCpus: number;
  readonly cpuClock: string;
  /** `stdout`, `stdio`, `none`, `unix:PATH`, or a file in the output directory. */
  readonly serial: string;
  readonly kernelChips: 'none' | 'irqchip' | 'irqchip_pit';
  readonly format: 'auto' | 'flat' | 'elf' | 'multiboot';
  /** `timing`: the CPU waits for a device's answer, which comes as an event. */
  readonly memMode: 'atomic_noncaching' | 'timing';
  /** `fatal`: an access ends the run; `ones`: that is what it reads, and writes go nowhere. */
  readonly unassigned: 'fatal' | 'ones';
  /** Where a flat binary is loaded, undefined for the usual place. */
  readonly loadAddr: number | undefined;
  /** Tick at which to stop, or undefined. */
  readonly absMaxTick: number | undefined;
  /** Parameters of the System. */
  readonly system: SystemOptions;
  readonly checkpoints: CheckpointOptions;
}

interface RawOptions extends Omit<
  BaremetalOptions,
  'kernel' | 'system' | 'modules' | 'checkpoints'
> {
  readonly kernel?: string;
  readonly module: readonly string[];
}

const help = `
The kernel is a Multiboot 1 image, an ELF file of 32 or 64 bits, or a flat 16-bit binary:
  mini-gem5 configs/baremetal.ts --kernel guests/bin/bareMultiboot --command-line "one two"

The exit status is that of QEMU's isa-debug-exit: twice what the guest writes to port 0xf4, plus one.`;

/**
 * Reads the command line of the script.
 * @param args - the words after the script's name.
 */
export function parseBaremetalOptions(args: readonly string[]): BaremetalOptions {
  const program = new Command('baremetal.ts')
    .description('Runs a program without an operating system, under KVM.')
    .option('-k, --kernel <file>', 'the program to run')
    .option('-a, --command-line <words>', 'its arguments, in one word', '')
    .option(
      '--module <file and words>',
      'a file to load along with it, and its arguments; repeatable',
      (value: string, previous: readonly string[]) => [...previous, value],
      [] as readonly string[],
    )
    .option('--mem-size <size>', 'size of the memory', memorySize, '512MiB')
    .option('-n, --num-cpus <count>', 'number of CPUs', wholeNumber, 1)
    .option('--cpu-clock <clock>', 'clock of the CPU', '2GHz')
    .option(
      '--serial <where>',
      'stdout, stdio, none, unix:PATH, or a file in the output directory',
      'stdout',
    )
    .addOption(
      new Option('--kernel-chips <chips>', 'interrupt controllers and timer inside of KVM')
        .choices(['none', 'irqchip', 'irqchip_pit'])
        .default('irqchip_pit'),
    )
    .addOption(
      new Option('--format <format>', 'what the program is')
        .choices(['auto', 'flat', 'elf', 'multiboot'])
        .default('auto'),
    )
    .addOption(
      new Option('--mem-mode <mode>', 'whether devices answer at once or by events')
        .choices(['atomic_noncaching', 'timing'])
        .default('atomic_noncaching'),
    )
    .addOption(
      new Option('--unassigned <answer>', 'what addresses without memory and device do')
        .choices(['fatal', 'ones'])
        .default('fatal'),
    )
    .option('--load-addr <address>', 'where a flat binary is loaded', wholeNumber)
    .option('-m, --abs-max-tick <tick>', 'stop at this tick', wholeNumber);
  addCheckpointOptions(addSystemOptions(program))
    .addHelpText('after', help)
    .allowExcessArguments(false)
    .exitOverride(error => {
      process.exit(error.exitCode === 0 ? 0 : 2);
    })
    .parse([...args], { from: 'user' });
  const { kernel, module: modules, ...raw } = program.opts<RawOptions>();
  if (kernel === undefined || kernel === '') {
    return fatal('no program to run: give one with --kernel, such as guests/bin/bareMultiboot');
  }
  return {
    ...{ ...raw, kernel, modules },
    ...{ system: systemOptions(program), checkpoints: program.opts<CheckpointOptions>() },
  };
}
