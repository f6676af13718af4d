/** What a program's paths mean: relative ones, and those of files that the simulator provides. */
import { Errno } from '../host/index';
import { openEmulatedFile } from './emulatedFiles';
import { NullDevice, RandomDevice, ZeroDevice, type OpenFile } from './openFile';
import type { ProcessState } from './processState';
import { failWith } from './syscallFailure';

/** "Relative to the working directory", as a descriptor (`AT_FDCWD`). */
export const AT_FDCWD = -100;

/** An absolute path; `..` and symbolic links stay, since what they mean depends on each other. */
export function absolutePath(process: ProcessState, directory: number, path: string): string {
  if (path === '') return failWith(Errno.ENOENT);
  if (path.startsWith('/')) return path;
  if (directory === AT_FDCWD) return `${process.cwd}/${path}`;
  const file = process.files.get(directory);
  if (!file.isDirectory) return failWith(Errno.ENOTDIR);
  return `${file.path}/${path}`;
}

/** The path of the program itself, under the names that it has for it. */
export function isOwnExecutable({ ids }: ProcessState, path: string): boolean {
  return path === '/proc/self/exe' || path === `/proc/${String(ids.pid)}/exe`;
}

const DESCRIPTOR_FOLDER = /^(?:\/dev\/fd|\/proc\/self\/fd)\/(\d+)$/;
const STANDARD_STREAMS: Readonly<Record<string, number>> = {
  '/dev/stdin': 0,
  '/dev/stdout': 1,
  '/dev/stderr': 2,
};

/** The descriptor of the program that a path names, -1 when it names none. */
export function namedDescriptor(path: string): number {
  const stream = STANDARD_STREAMS[path];
  if (stream !== undefined) return stream;
  const match = DESCRIPTOR_FOLDER.exec(path);
  return match === null ? -1 : Number(match[1]);
}

/** Opens a file that the simulator provides; `undefined` when the path is no such file. */
export function openProvided(
  process: ProcessState,
  path: string,
  flags: number,
): OpenFile | undefined {
  switch (path) {
    case '/dev/null':
      return new NullDevice(flags);
    case '/dev/zero':
    case '/dev/full':
      return new ZeroDevice(path, flags);
    case '/dev/random':
    case '/dev/urandom':
      return new RandomDevice(path, flags, target => {
        process.fillRandom(target);
      });
    case '/dev/tty':
      // The program has standard streams, but no controlling terminal.
      return failWith(Errno.ENXIO);
    default:
      return openEmulatedFile(process, path, flags);
  }
}
