/**
 * Standard input, output and error of a program, from the names that gem5 has for them.
 *
 * Source of the behaviour: gem5 `sim/fd_array.cc`, `sim/Process.py`.
 */
import { constants, fstatSync, readFileSync, readlinkSync } from 'node:fs';
import { resolve } from 'node:path';
import { fatal } from '../base/index';
import { dup, errnoText, tryOpen } from '../host/index';
import type { FileDescriptors } from './fileDescriptors';
import { HostFile } from './hostFile';
import { RegularFile, StreamFile } from './hostOpenFile';
import type { HostWait } from './hostWait';
import { NullDevice, OpenFlag, type OpenFile } from './openFile';

/** What the three descriptors are to be: `cin`, `cout`, `cerr`, a path, or nothing at all (''). */
export interface StreamNames {
  readonly input: string;
  readonly output: string;
  readonly errout: string;
}

const HOST_INPUT: readonly string[] = ['cin', 'stdin'];
const HOST_OUTPUT: readonly string[] = ['cout', 'stdout'];
const HOST_ERROR: readonly string[] = ['cerr', 'stderr'];

/**
 * Opens descriptors 0 to 2.
 * @param outputDirectory - where relative paths of output files begin.
 * @throws {FatalError} when a file cannot be opened.
 */
export function openStandardStreams(
  files: FileDescriptors,
  names: StreamNames,
  outputDirectory: () => string,
  hostWait: HostWait,
): void {
  const output = (name: string): OpenFile | undefined => {
    if (name === '') return undefined;
    if (HOST_OUTPUT.includes(name)) return openHostStream(1, 'stdout', hostWait);
    if (HOST_ERROR.includes(name)) return openHostStream(2, 'stderr', hostWait);
    return outputFile(resolve(outputDirectory(), name), hostWait);
  };
  const input = openInput(names.input, hostWait);
  const out = output(names.output);
  // Both into one file: they must share its position.
  const shared = out !== undefined && names.errout === names.output;
  if (shared) out.retain();
  const error = shared ? out : output(names.errout);
  for (const [descriptor, file] of [input, out, error].entries()) {
    if (file !== undefined) files.set(descriptor, file);
  }
}

/**
 * One of the simulator's own standard streams.
 * @param descriptor - 0, 1 or 2
 * @param name - `stdin`, `stdout` or `stderr`
 */
export function openHostStream(descriptor: number, name: string, hostWait: HostWait): OpenFile {
  try {
    fstatSync(descriptor);
  } catch {
    // The simulator was started without it.
    return new NullDevice(OpenFlag.ReadWrite);
  }
  const flags = descriptor === 0 ? OpenFlag.ReadOnly : OpenFlag.WriteOnly;
  return new StreamFile(descriptor, name, flags, false, hostWait);
}

function openInput(name: string, hostWait: HostWait): OpenFile | undefined {
  if (name === '') return undefined;
  if (HOST_INPUT.includes(name)) {
    const stream = openHostStream(0, 'stdin', hostWait);
    const regular = stream.descriptor === 0 && fstatSync(0).isFile();
    return regular ? inputFile(dup(0), readlinkSync('/proc/self/fd/0'), positionOf(0)) : stream;
  }
  const path = resolve(name);
  const descriptor = tryOpen(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  if (descriptor < 0)
    fatal(`cannot open ${path} as the program's input: ${errnoText(-descriptor)}`);
  const stat = fstatSync(descriptor);
  if (stat.isFile()) return inputFile(descriptor, path, 0);
  if (stat.isDirectory()) fatal(`${path} is a directory; it cannot be the program's input`);
  return new StreamFile(descriptor, path, OpenFlag.ReadOnly, true, hostWait);
}

function inputFile(descriptor: number, path: string, position: number): OpenFile {
  const file = new RegularFile(new HostFile(descriptor, path), OpenFlag.ReadOnly);
  file.position = position;
  return file;
}

/** Where the host is in a file that it opened for us. */
function positionOf(descriptor: number): number {
  const text = readFileSync(`/proc/self/fdinfo/${String(descriptor)}`, 'latin1');
  return Number(/^pos:\s*(\d+)/.exec(text)?.[1] ?? 0);
}

function outputFile(path: string, hostWait: HostWait): OpenFile {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC;
  const descriptor = tryOpen(path, flags, 0o664);
  if (descriptor < 0)
    fatal(`cannot write the program's output to ${path}: ${errnoText(-descriptor)}`);
  if (!fstatSync(descriptor).isFile()) {
    return new StreamFile(descriptor, path, OpenFlag.WriteOnly, true, hostWait);
  }
  return new RegularFile(new HostFile(descriptor, path), OpenFlag.WriteOnly);
}
