/** Where a child of a fork writes what its parent writes to a file. */
import { basename, isAbsolute, join, resolve } from 'node:path';

/**
 * The path of a file in an output directory.
 * @param name - relative to the directory, or absolute
 */
export function outputPath(directory: string, name: string): string {
  return resolve(directory, name);
}

/**
 * The path of the same file in a forked child: it lies in the child's output directory. One that the
 * user put elsewhere gets the process's number into its name: `trace.1234.json.gz`.
 */
export function forkedPath(directory: string, name: string, pid = process.pid): string {
  if (!isAbsolute(name)) return outputPath(directory, name);
  const file = basename(name);
  const dot = file.indexOf('.', 1);
  const stem = dot < 0 ? file : file.slice(0, dot);
  const extension = dot < 0 ? '' : file.slice(dot);
  return join(name, '..', `${stem}.${pid}${extension}`);
}
