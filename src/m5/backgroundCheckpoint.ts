/** A checkpoint that a forked child writes while this process runs on. */
import { rmSync } from 'node:fs';
import { FatalError } from '../base/index';
import { startChildTask } from './childTask';
import type { ForkEachParts } from './forkEach';

/** The child's output directory, for what its objects open at the fork; it is removed with the child. */
const OUTDIR = '%(parent)s/checkpoint-%(pid)i';

/**
 * Has a child write a checkpoint.
 * @param directory - of the checkpoint, for messages
 * @param write - writes it; called in the child
 * @throws {FatalError} when the child could not write it, with its reason
 */
export async function writeInBackground(
  { simulation, lastExit, fork }: ForkEachParts,
  directory: string,
  write: () => void,
): Promise<void> {
  let outdir = '';
  const removeOutputs = (): void => {
    rmSync(outdir, { recursive: true, force: true });
  };
  const task = startChildTask({
    simulation,
    lastExit,
    fork: () => {
      const child = fork(OUTDIR, undefined);
      outdir = child.outdir;
      return child.pid;
    },
    body: () => {
      try {
        write();
      } finally {
        removeOutputs();
      }
    },
    timeout: Infinity,
    leavesAtOnce: true,
  });
  if (task === null) return;
  const outcome = await task.outcome;
  removeOutputs();
  switch (outcome.status) {
    case 'done':
      return;
    case 'failed':
      throw new FatalError(outcome.error.message);
    case 'killed':
      throw new FatalError(`the process that wrote ${directory} was killed by ${outcome.signal}`);
    case 'exited':
    case 'timed-out':
      throw new FatalError(`the process that wrote ${directory} ended before it was done`);
  }
}
