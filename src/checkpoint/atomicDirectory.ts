/**
 * A directory that is there as a whole or not at all: it is made under another name, brought to the
 * disk, and renamed at the end. What a killed process leaves behind is found by its name and removed.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { SimError } from '../base/index';
import { exchangePaths, makeFolders } from '../host/index';
import { CheckpointError, fileError } from './checkpointError';

/** `.cpt-tmp-<process id>-<number>-<final name>` */
const TEMPORARY = /^\.cpt-tmp-(\d+)-(\d+)-/;
let made = 0;

/** Directories that this process is writing now. */
const underWay = new Set<string>();

/**
 * Makes a directory that is whole from the moment at which it has its name. One of the same name is
 * replaced, and stays until then.
 * @param body - fills the directory whose path it is given
 * @returns what `body` returns
 * @throws {CheckpointError} when the directory cannot be written; nothing is left of it then
 */
export function atomicDirectory<Result>(path: string, body: (path: string) => Result): Result {
  const target = resolve(path);
  const parent = dirname(target);
  try {
    makeFolders(parent);
  } catch (error) {
    throw fileError(parent, 'making the directory', error);
  }
  refuseOther(target);
  removeLeftovers(parent);
  return withTemporary(target, temporary => {
    const result = body(temporary);
    syncDirectory(temporary);
    install(temporary, target);
    syncDirectory(parent);
    return result;
  });
}

/**
 * Does something with an empty directory beside a path, which is removed in the end, also when the
 * process is killed: by the next one that looks.
 * @throws {CheckpointError} naming the path, for whatever the system refuses
 */
export function withTemporary<Result>(target: string, body: (temporary: string) => Result): Result {
  const name = `.cpt-tmp-${String(process.pid)}-${String(made++)}-${basename(target)}`;
  const temporary = join(dirname(target), name);
  underWay.add(name);
  try {
    mkdirSync(temporary, { mode: 0o775 });
    return body(temporary);
  } catch (error) {
    throw error instanceof SimError ? error : fileError(target, 'writing it', error);
  } finally {
    // After a rename it is not there any more, and to have Node find that out costs more.
    if (existsSync(temporary)) rmSync(temporary, { recursive: true, force: true });
    underWay.delete(name);
  }
}

/** What is no checkpoint is not ours to replace. */
function refuseOther(target: string): void {
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (!stat.isDirectory()) {
    throw new CheckpointError({ file: target }, 'it is there already and no directory');
  }
  const others = readdirSync(target).filter(name => !/^m5\.cpt\.pb$|\.img$/.test(name));
  const [other] = others;
  if (other !== undefined) {
    throw new CheckpointError(
      { file: target },
      `it is there already and holds other things (${other}); name a directory of its own`,
    );
  }
}

/** Gives the directory its name. */
function install(temporary: string, target: string): void {
  if (!existsSync(target)) {
    renameSync(temporary, target);
    return;
  }
  if (!exchangePaths(temporary, target)) {
    // A file system without the exchange: for a moment there is neither.
    rmSync(target, { recursive: true });
    renameSync(temporary, target);
    return;
  }
}

/** Brings the names in a directory to the disk. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Removes what processes that are gone have left behind in a directory. A directory that cannot be
 * read or changed is left as it is.
 */
export function removeLeftovers(parent: string): void {
  let names: string[];
  try {
    names = readdirSync(parent);
  } catch {
    return;
  }
  for (const name of names) {
    const owner = TEMPORARY.exec(name)?.[1];
    if (owner === undefined || underWay.has(name)) continue;
    if (owner !== String(process.pid) && isAlive(owner)) continue;
    try {
      rmSync(join(parent, name), { recursive: true, force: true });
    } catch {
      // Somebody else's, or a read-only place: it does no harm there.
    }
  }
}

/** Whether a process still runs: one that has ended may wait for its parent to ask how. */
function isAlive(process: string): boolean {
  try {
    const stat = readFileSync(`/proc/${process}/stat`, 'latin1');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
