/** Opening a program's file and putting it into an address space. */
import { constants, fstatSync } from 'node:fs';
import { fatal } from '../base/index';
import { close, Errno, errnoText, tryOpen } from '../host/index';
import type { AddressSpace } from './addressSpace';
import { readElf, type ElfProgram, type ElfSegment } from './elf';
import { HostFile } from './hostFile';
import { pageDown, pageUp, PIE_BASE, Protection } from './layout';

/** Where a loaded program is. */
export interface LoadedProgram {
  /** Where execution starts. */
  readonly entry: number;
  /** Address of the program header table, 0 when it is not loaded. */
  readonly programHeaders: number;
  /** The first page after the program's segments: the heap begins here. */
  readonly end: number;
}

/**
 * Opens a program's file for reading.
 * @throws {FatalError} when it is missing, not readable, a directory or not a regular file.
 */
export function openProgram(path: string): HostFile {
  // Opening a pipe or a device may wait for ever or act on the device, but not with O_NONBLOCK.
  const descriptor = tryOpen(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  if (descriptor === -Errno.ENOENT || descriptor === -Errno.ENOTDIR) {
    fatal(`the program ${path} does not exist; check the path (cmd or executable of the process)`);
  }
  if (descriptor < 0) fatal(`the program ${path} cannot be opened: ${errnoText(-descriptor)}`);
  const stat = fstatSync(descriptor);
  if (!stat.isFile()) {
    close(descriptor);
    fatal(`${path} is ${stat.isDirectory() ? 'a directory' : 'not a regular file'}, not a program`);
  }
  return new HostFile(descriptor, path);
}

/**
 * Checks that a file is a program that can be run, without running it.
 * @throws {FatalError} when it is none, saying why.
 */
export function checkProgram(path: string): void {
  const file = openProgram(path);
  try {
    readElf(file);
  } finally {
    file.release();
  }
}

/** How far above the addresses that a program was linked for it is loaded. */
function loadBias(program: ElfProgram): number {
  if (!program.relocatable) return 0;
  const first = program.segments[0]?.address ?? 0;
  const alignment = Math.max(program.alignment, 1);
  const lowest = Math.floor(first / alignment) * alignment;
  return Math.ceil(PIE_BASE / alignment) * alignment - lowest;
}

/**
 * Maps a program's segments. They are read from the file as they are touched.
 * @throws {FatalError} when they do not fit into the address space or the system's memory.
 */
export function loadElf(program: ElfProgram, space: AddressSpace): LoadedProgram {
  const bias = loadBias(program);
  let end = 0;
  let bytes = 0;
  for (const segment of program.segments) {
    end = pageUp(segment.address + bias + segment.memorySize);
    bytes += end - pageDown(segment.address + bias);
  }
  const { path } = program.file;
  if (end > space.mmapTop) fatal(`${path} cannot be loaded: it reaches into the stack`);
  if (bytes > space.freeBytes) {
    fatal(
      `${path} needs ${String(bytes)} bytes of memory, but only ${String(space.freeBytes)} are ` +
        'free; give the system more memory',
    );
  }
  for (const segment of program.segments) mapSegment(program, segment, bias, space);
  space.startHeap(end);
  const { address } = program.programHeaders;
  return {
    entry: program.entry + bias,
    programHeaders: address === 0 ? 0 : address + bias,
    end,
  };
}

function mapSegment(
  program: ElfProgram,
  segment: ElfSegment,
  bias: number,
  space: AddressSpace,
): void {
  const start = pageDown(segment.address + bias);
  const fileEnd = pageUp(segment.address + bias + segment.fileSize);
  const memoryEnd = pageUp(segment.address + bias + segment.memorySize);
  const { protection } = segment;
  const place = (address: number, end: number, fromFile: boolean): void => {
    if (end <= address) return;
    const result = space.map({
      address,
      length: end - address,
      protection,
      fixed: true,
      ...(fromFile && {
        backing: program.file,
        fileOffset: pageDown(segment.fileOffset),
        fileLimit: segment.fileOffset + segment.fileSize,
      }),
    });
    if (result < 0) fatal(`${program.file.path} does not fit into the system's memory`);
  };
  if (segment.fileSize > 0) place(start, fileEnd, true);
  place(segment.fileSize > 0 ? fileEnd : start, memoryEnd, false);
}

/** The protection of a program's stack. */
export function stackProtection(program: ElfProgram): number {
  const usual = Protection.Read | Protection.Write;
  return program.executableStack ? usual | Protection.Execute : usual;
}
