/** Checkpoints as one compressed file, to keep and to send. */
import { renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join, resolve } from 'node:path';
import { atomicDirectory, withTemporary } from './atomicDirectory';
import { CheckpointError, fileError } from './checkpointError';
import { CHECKPOINT_FILE } from './checkpointFile';
import { refuseParent } from './children';
import { squashCheckpoint } from './squash';
import { verifyCheckpoint } from './verify';
import { xxh64File } from './xxh64';

/** Loaded when it is needed: no run of a simulation does. */
const loadTar = (): typeof import('tar') =>
  createRequire(__filename)('tar') as typeof import('tar');

/** The only names in an archive. */
const NAMES = /^(?:\.\/)?(?:m5\.cpt\.pb|\w[\w.-]*\.img)$/;

/** What the tar and zlib libraries say of a file that is no archive, or not all of one. */
const NO_ARCHIVE = /^(?:TAR_\w+|zlib): (.*)/;

/**
 * Packs a checkpoint, with everything that it builds upon, into one file: a gzipped tar archive of
 * a full checkpoint.
 * @param directory - of the checkpoint
 * @param file - to write; it appears when it is whole
 * @throws {CheckpointError} when the checkpoint is damaged, or the file cannot be written
 */
export function packCheckpoint(directory: string, file: string): void {
  const target = resolve(file);
  withTemporary(target, folder => {
    const full = join(folder, 'checkpoint');
    squashCheckpoint(directory, full);
    verifyCheckpoint(full);
    const archive = join(folder, basename(target));
    const options = { gzip: true, portable: true, noMtime: true, sync: true } as const;
    loadTar().create({ ...options, file: archive, cwd: full }, ['.']);
    renameSync(archive, target);
  });
}

/**
 * Unpacks a packed checkpoint, and checks all of it.
 * @param file - made by {@link packCheckpoint}
 * @param directory - to make
 * @throws {CheckpointError} when the file is damaged or no such archive
 */
export function unpackCheckpoint(file: string, directory: string): void {
  atomicDirectory(directory, folder => {
    try {
      loadTar().extract({
        ...{ file, cwd: folder, sync: true, strict: true },
        filter: (path, entry) => {
          if (path === './' || path === '.') return false;
          const isFile = !('type' in entry) || entry.type === 'File' || entry.type === 'OldFile';
          if (isFile && NAMES.test(path)) return true;
          throw new CheckpointError({ file }, `it holds '${path}', which belongs to no checkpoint`);
        },
      });
    } catch (error) {
      throw unpackError(file, error);
    }
    verifyUnpacked(file, folder);
    refuseParent(resolve(directory), xxh64File(join(folder, CHECKPOINT_FILE)));
  });
}

function unpackError(file: string, error: unknown): CheckpointError {
  const reason = error instanceof Error ? NO_ARCHIVE.exec(error.message)?.[1] : undefined;
  if (reason === undefined) return fileError(file, 'unpacking it', error);
  const message = `it is damaged, or no file that 'checkpoint pack' wrote: ${reason}`;
  return new CheckpointError({ file }, message, { cause: error });
}

/** Whatever is wrong is said of the archive: the folder is gone when the user reads it. */
function verifyUnpacked(file: string, folder: string): void {
  try {
    verifyCheckpoint(folder);
  } catch (error) {
    if (!(error instanceof CheckpointError)) throw error;
    const message = error.message.replaceAll(`${folder}/`, '');
    throw new CheckpointError({ file }, message, { cause: error });
  }
}
