/** `mini-gem5 checkpoint …`: what can be done with checkpoints on disk. */
import type { Command } from 'commander';

/** What the command line asks to be done with checkpoints. */
export type CheckpointRequest =
  | { readonly action: 'ls'; readonly directory: string; readonly json: boolean }
  | {
      readonly action: 'inspect';
      readonly directory: string;
      readonly sections: readonly string[];
      readonly json: boolean;
    }
  | { readonly action: 'verify'; readonly directories: readonly string[] }
  | { readonly action: 'diff'; readonly a: string; readonly b: string; readonly json: boolean }
  | { readonly action: 'squash' | 'pack' | 'unpack'; readonly from: string; readonly to: string };

/**
 * Adds the subcommand.
 * @param take - gets what the user wants
 */
export function addCheckpointCommand(
  program: Command,
  take: (request: CheckpointRequest) => void,
): void {
  const command = program.command('checkpoint').description('work with checkpoints on disk');
  command
    .command('ls [directory]')
    .description('list the checkpoints in a directory, m5out by default')
    .option('--json', 'as JSON', false)
    .action((directory: string | undefined, { json }: { json: boolean }) => {
      take({ action: 'ls', directory: directory ?? 'm5out', json });
    });
  command
    .command('inspect <checkpoint> [sections...]')
    .description('print what a checkpoint holds: an overview, or the values of sections')
    .option('--json', 'as JSON', false)
    .action((directory: string, sections: string[], { json }: { json: boolean }) => {
      take({ action: 'inspect', directory, sections, json });
    });
  command
    .command('verify <checkpoints...>')
    .description('check every byte, memory and parents included')
    .action((directories: string[]) => {
      take({ action: 'verify', directories });
    });
  command
    .command('diff <a> <b>')
    .description('print what differs: registers, values of objects, pages of memory')
    .option('--json', 'as JSON', false)
    .action((a: string, b: string, { json }: { json: boolean }) => {
      take({ action: 'diff', a, b, json });
    });
  const transfers = [
    ['squash', '<checkpoint> <target>', 'make a full checkpoint of an incremental one'],
    ['pack', '<checkpoint> <file>', 'pack a checkpoint into one compressed file (.tar.gz)'],
    ['unpack', '<file> <target>', 'unpack such a file, and check it'],
  ] as const;
  for (const [action, words, description] of transfers) {
    command
      .command(`${action} ${words}`)
      .description(description)
      .action((from: string, to: string) => {
        take({ action, from, to });
      });
  }
}
