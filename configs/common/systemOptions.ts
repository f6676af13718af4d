/**
 * Options that set parameters of the System, under gem5's names (configs/common/Options.py): what
 * pseudo-instructions of the guest find and do. docs/pseudo-instructions.md explains them.
 */
import type { Command } from 'commander';
import { wholeNumber } from './wholeNumber';

/** Parameters of the System. */
export interface SystemOptions {
  readonly initParam?: number;
  /** Host file that m5_read_file reads. */
  readonly readfile?: string;
  readonly exitOnWorkItems?: boolean;
  readonly workItemId?: number;
  readonly numWorkIds?: number;
  readonly workBeginCpuIdExit?: number;
  readonly workBeginExitCount?: number;
  readonly workEndExitCount?: number;
  readonly workBeginCkptCount?: number;
  readonly workEndCkptCount?: number;
  readonly workCpusCkptCount?: number;
}

/** Which parameter an option sets. */
const PARAMETERS = {
  initParam: 'initParam',
  script: 'readfile',
  exitOnWorkItems: 'exitOnWorkItems',
  workItemId: 'workItemId',
  numWorkIds: 'numWorkIds',
  workBeginCpuIdExit: 'workBeginCpuIdExit',
  workBeginExitCount: 'workBeginExitCount',
  workEndExitCount: 'workEndExitCount',
  workBeginCheckpointCount: 'workBeginCkptCount',
  workEndCheckpointCount: 'workEndCkptCount',
  workCpusCheckpointCount: 'workCpusCkptCount',
} as const satisfies Record<string, keyof SystemOptions>;

/** Adds the options to a command. */
export function addSystemOptions(program: Command): Command {
  return program
    .option('--init-param <number>', 'what m5_init_param returns', wholeNumber)
    .option('--script <file>', 'what m5_read_file reads')
    .option('--exit-on-work-items', 'end the run at every m5_work_begin and m5_work_end')
    .option('--work-item-id <id>', 'the only work id that counts for the following', wholeNumber)
    .option('--num-work-ids <count>', 'number of work ids', wholeNumber)
    .option('--work-begin-cpu-id-exit <cpu>', 'exit when this CPU begins work', wholeNumber)
    .option('--work-begin-exit-count <count>', 'exit when so much work has begun', wholeNumber)
    .option('--work-end-exit-count <count>', 'exit when so much work has ended', wholeNumber)
    .option(
      '--work-begin-checkpoint-count <count>',
      'checkpoint when so much work has begun',
      wholeNumber,
    )
    .option(
      '--work-end-checkpoint-count <count>',
      'checkpoint when so much work has ended',
      wholeNumber,
    )
    .option(
      '--work-cpus-checkpoint-count <count>',
      'checkpoint at every begin and end of work once so many CPUs have had one',
      wholeNumber,
    );
}

/** The parameters that the command line asks for; those that it leaves out keep their defaults. */
export function systemOptions(program: Command): SystemOptions {
  const given = program.opts<Record<string, unknown>>();
  const entries = Object.entries(PARAMETERS).map(
    ([option, name]) => [name, given[option]] as const,
  );
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
