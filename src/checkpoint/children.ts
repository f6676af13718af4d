/** Checkpoints that build upon another one. */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { CheckpointError } from './checkpointError';
import { CHECKPOINT_FILE, readParent } from './checkpointFile';
import { xxh64File } from './xxh64';

/**
 * Makes sure that nothing beside a directory builds upon the checkpoint in it, which is about to be
 * replaced. What builds upon it in other folders finds out when it is restored.
 * @param directory - absolute path; nothing need be there
 * @param digest - checksum of the new `m5.cpt.pb`; the same as before replaces nothing
 * @throws {CheckpointError} naming both
 */
export function refuseParent(directory: string, digest: bigint): void {
  const file = join(directory, CHECKPOINT_FILE);
  if (!existsSync(file)) return;
  const old = xxh64File(file);
  if (old === digest) return;
  const folder = dirname(directory);
  const child = readdirSync(folder).find(name => buildsUpon(join(folder, name), directory, old));
  if (child === undefined) return;
  const advice = 'remove that first, or write to another directory';
  throw new CheckpointError(
    { file: directory },
    `it cannot be replaced: ${join(folder, child)} builds upon it; ${advice}`,
  );
}

function buildsUpon(child: string, directory: string, digest: bigint): boolean {
  const file = join(child, CHECKPOINT_FILE);
  if (!existsSync(file)) return false;
  try {
    const parent = readParent(file);
    return parent?.digest === digest && resolve(child, parent.path) === directory;
  } catch (error) {
    // What cannot be restored anyway loses nothing.
    if (error instanceof CheckpointError) return false;
    throw error;
  }
}
