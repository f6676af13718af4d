/**
 * Which files of the host a program may use. Symbolic links are followed first: what counts is where
 * a path leads, not how it is written.
 */
import { constants, lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { warnOnce } from '../base/index';
import { close, Errno, tryOpen } from '../host/index';
import { OpenFlag } from './openFile';
import { failWith, SyscallFailure } from './syscallFailure';

/** Folders of libraries and their data, readable by default. */
export const LIBRARY_FOLDERS: readonly string[] = [
  '/lib',
  '/lib64',
  '/usr/lib',
  '/usr/lib64',
  '/usr/local/lib',
  '/usr/share/locale',
  '/usr/share/terminfo',
  '/usr/share/zoneinfo',
  '/etc/ld.so.cache',
  '/etc/localtime',
];

const MAX_LINKS = 40;
/** What is below shows the simulator itself, its memory included, as if it were the program. */
const PROCESSES = '/proc';

function errnoOf(error: unknown): number {
  const { errno } = error as NodeJS.ErrnoException;
  return errno === undefined ? Errno.EIO : -errno;
}

/** Runs a file function of Node; its failure fails the system call under way. */
export function hostCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof SyscallFailure) throw error;
    return failWith(errnoOf(error));
  }
}

/** Where a path leads, whether or not there is something; undefined when there is no way there. */
function canonical(path: string, links = MAX_LINKS): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno !== Errno.ENOENT || path === '/') return failWith(errno);
  }
  const name = basename(path);
  if (name === '..' || name === '.') return failWith(Errno.ENOENT);
  const folder = hostCall(() => realpathSync.native(dirname(path)));
  const place = join(folder, name);
  let target: string;
  try {
    if (!lstatSync(place).isSymbolicLink()) return place;
    target = readlinkSync(place);
  } catch {
    return place;
  }
  if (links === 0) return failWith(Errno.ELOOP);
  return canonical(isAbsolute(target) ? target : join(folder, target), links - 1);
}

function isInside(root: string, path: string): boolean {
  return path === root || root === '/' || path.startsWith(`${root}/`);
}

/** What a path is wanted for: `look` is to ask about a file without opening it. */
export type PathUse = 'look' | 'read' | 'write';

const VERBS: Readonly<Record<PathUse, string>> = { look: 'look at', read: 'read', write: 'write' };

/** What a program may use. */
export interface FileAccessLists {
  /** Files and folders to read, absolute. What may be written may be read as well. */
  readonly readable: readonly string[];
  /** Files and folders to write, absolute. */
  readonly writable: readonly string[];
}

/** Decides about one program's paths. Paths given to it are absolute. */
export class FileAccess {
  readonly #readable: string[];
  readonly #writable: string[];
  readonly #owner: string;

  /** @param owner - name of the process, for messages. */
  constructor(owner: string, lists: FileAccessLists) {
    this.#owner = owner;
    this.#writable = lists.writable.map(existing);
    this.#readable = [...this.#writable, ...lists.readable.map(existing)];
  }

  /** Allows one more file or folder to be read and written. */
  addWritable(path: string): void {
    this.#writable.push(existing(path));
    this.#readable.push(existing(path));
  }

  /**
   * Lets `body` work on the place that a path leads to, if the program may use it so.
   * @param body - gets a path for calls of the host that do not follow a symbolic link at its end, and
   *   the place's own.
   * @param follow - as in {@link FileAccess.locate}, which also says what is thrown.
   */
  use<T>(
    path: string,
    access: PathUse,
    body: (hostPath: string, place: string) => T,
    follow = true,
  ): T {
    return atPlace(this.locate(path, access, follow), body);
  }

  /**
   * The place that a path leads to, checked.
   * @param follow - whether a symbolic link at the very end is followed.
   * @throws {SyscallFailure} EACCES when the program may not use it so, ENOENT and others when there
   *   is no way there.
   */
  locate(path: string, access: PathUse, follow = true): string {
    const place = follow ? canonical(path) : canonicalParent(path);
    const roots = access === 'write' ? this.#writable : this.#readable;
    if (!isInside(PROCESSES, place)) {
      if (roots.some(root => isInside(root, place))) return place;
      if (access === 'look' && roots.some(root => isInside(place, root))) return place;
    }
    if (access !== 'write' && !exists(place)) return failWith(Errno.ENOENT);
    const list = access === 'write' ? 'writablePaths' : 'readablePaths';
    // What is below /proc has the number of the simulator's process in it.
    const what = isInside(PROCESSES, place)
      ? `${path}, which shows the simulator itself`
      : `${place}; add it to ${list} to allow it`;
    warnOnce(
      `${this.#owner} ${list} ${place}`,
      `${this.#owner}: the program may not ${VERBS[access]} ${what}`,
    );
    return failWith(Errno.EACCES);
  }
}

/** The path by which Linux shows what a descriptor of the simulator is. */
export function descriptorPath(descriptor: number): string {
  return `/proc/self/fd/${String(descriptor)}`;
}

/**
 * Lets `body` work on a place that was checked, by a path that leads there even when somebody puts a
 * symbolic link into the way meanwhile: the folder is open, and known to be the one that was checked.
 * @throws {SyscallFailure} as `body` does through {@link hostCall}; ELOOP when the way has changed.
 */
function atPlace<T>(place: string, body: (hostPath: string, place: string) => T): T {
  if (place === '/') return hostCall(() => body(place, place));
  const folder = dirname(place);
  const flags = OpenFlag.Path | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  const descriptor = tryOpen(folder, flags);
  if (descriptor < 0) return failWith(-descriptor);
  try {
    const held = descriptorPath(descriptor);
    if (hostCall(() => readlinkSync(held)) !== folder) return failWith(Errno.ELOOP);
    return hostCall(() => body(join(held, basename(place)), place));
  } finally {
    close(descriptor);
  }
}

/**
 * Lets `body` work on what lies at a checked place, by a path that leads to it alone: a symbolic link
 * that somebody has put there meanwhile is not followed.
 * @throws {SyscallFailure} with the host's error
 */
export function withoutFollowing<T>(place: string, body: (path: string) => T): T {
  const descriptor = tryOpen(place, OpenFlag.Path | constants.O_NOFOLLOW);
  if (descriptor < 0) return failWith(-descriptor);
  try {
    return hostCall(() => body(descriptorPath(descriptor)));
  } finally {
    close(descriptor);
  }
}

function canonicalParent(path: string): string {
  const name = basename(path);
  if (name === '..' || name === '.' || name === '') return canonical(path);
  return join(
    hostCall(() => realpathSync.native(dirname(path))),
    name,
  );
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** A listed path with its symbolic links followed, as far as it exists. */
function existing(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(existing(parent), basename(path));
  }
}
