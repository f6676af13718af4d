/** Options about checkpoints, under gem5's names (configs/common/Options.py). */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { fatal } from 'mini-gem5';

/** What the command line asks for. */
export interface CheckpointOptions {
  /** Make checkpoints at this tick, and every so many ticks after it. */
  readonly takeCheckpoints?: { readonly first: number; readonly period: number };
  /** So many are made at most. */
  readonly maxCheckpoints: number;
  /** Where they are; default: the output directory. */
  readonly checkpointDir?: string;
  /** Number of the checkpoint to restore, from 1, by tick. */
  readonly checkpointRestore?: number;
  /** Statistics go on from those of the checkpoint. */
  readonly restoreStats: boolean;
  /** Make one more when the run is over. */
  readonly checkpointAtEnd: boolean;
  /** Only what has changed since the last checkpoint. */
  readonly incrementalCheckpoints: boolean;
}

/** Adds the options to a command. */
export function addCheckpointOptions(program: Command): Command {
  return program
    .option('--take-checkpoints <first,period>', 'make checkpoints from a tick on', firstAndPeriod)
    .option('--max-checkpoints <count>', 'make no more than so many', count, 5)
    .option('--checkpoint-dir <directory>', 'where checkpoints are; default: the output directory')
    .option('-r, --checkpoint-restore <number>', 'restore this one of them, by tick, from 1', count)
    .option('--restore-stats', 'statistics go on from those of the checkpoint', false)
    .option('--checkpoint-at-end', 'make a checkpoint when the run is over', false)
    .option('--incremental-checkpoints', 'save only what has changed since the last one', false);
}

function firstAndPeriod(text: string): { first: number; period: number } {
  const numbers = text.split(',').map(part => (part.trim() === '' ? NaN : Number(part)));
  const [first = NaN, period = NaN, ...rest] = numbers;
  const good = Number.isSafeInteger(first) && first >= 0 && Number.isSafeInteger(period);
  if (good && period > 0 && rest.length === 0) return { first, period };
  throw new InvalidArgumentError('Give two numbers of ticks, such as 1000000,5000000.');
}

function count(text: string): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('It is a whole number from 1 on.');
}

const NAME = /^cpt\.(\d+)$/;

/**
 * The checkpoint to restore, or undefined.
 * @param outdir - the output directory
 */
export function checkpointToRestore(
  { checkpointRestore: number, checkpointDir }: CheckpointOptions,
  outdir: string,
): string | undefined {
  if (number === undefined) return undefined;
  const folder = checkpointDir ?? outdir;
  const ticks = (existsSync(folder) ? readdirSync(folder) : [])
    .flatMap(name => NAME.exec(name)?.[1] ?? [])
    .sort((a, b) => Number(a) - Number(b));
  const tick = ticks[number - 1];
  if (tick !== undefined) return join(folder, `cpt.${tick}`);
  const there = ticks.length === 0 ? 'there are none' : `there are ${String(ticks.length)}`;
  return fatal(`checkpoint ${String(number)} not found in ${folder}: ${there}`);
}
