/** What a program's paths mean: relative ones, and those of files that the simulator provides. */
import { Errno } from '../host/index';
import { openEmulatedFile } from './emulatedFiles';
import { hostCall } from './fileAccess';
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
  return `${hostCall(() => file.currentPath())}/${path}`;
}

const OWN_LINK = /^\/+proc\/+(\w+|thread-self)\/+(exe|cwd|root)(\/.*)?$/;

/**
 * What links below `/proc/self` lead to for the program, not for the simulator: the path with the link
 * replaced. Other paths come back as they are.
 */
export function withoutOwnLinks(process: ProcessState, path: string): string {
  const match = OWN_LINK.exec(path);
  const [, owner, name, rest = ''] = match ?? [];
  if (owner !== 'self' && owner !== 'thread-self' && owner !== String(process.ids.pid)) return path;
  if (name === 'exe') return `${process.executable}${rest}`;
  return `${name === 'cwd' ? process.cwd : ''}${rest === '' ? '/' : rest}`;
}

/** Where a link below `/proc/self` leads, `undefined` when a path is none. */
export function ownLink(process: ProcessState, path: string): string | undefined {
  const target = withoutOwnLinks(process, path);
  if (target === path) return undefined;
  return target.length > 1 && target.endsWith('/') ? target.slice(0, -1) : target;
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
