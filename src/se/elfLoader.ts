/** Opening a program's file and putting it into an address space. */
import { constants, existsSync, fstatSync } from 'node:fs';
import { fatal, FatalError } from '../base/index';
import { close, Errno, errnoText, tryOpen } from '../host/index';
import type { AddressSpace } from './addressSpace';
import { readElf, type ElfProgram, type ElfSegment } from './elf';
import { HostFile } from './hostFile';
import { PAGE_SIZE, pageDown, pageUp, PIE_BASE, Protection } from './layout';

/** Where a loaded program is. */
export interface LoadedProgram {
  /** Where execution starts. */
  readonly entry: number;
  /** Address of the program header table, 0 when it is not loaded. */
  readonly programHeaders: number;
  /** The first page after the program's segments. */
  readonly end: number;
  /** How far above the addresses that it was linked for it lies. */
  readonly bias: number;
}

/** The files that make up a program: its own, and the interpreter's if it is dynamic. */
export interface ProgramFiles {
  readonly program: ElfProgram;
  readonly interpreter: ElfProgram | undefined;
}

/** Opens a program's file for reading. */
function openFile(path: string): HostFile {
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

/** Opens a file and reads its headers; an open file comes back only in the result. */
function openElf(path: string): ElfProgram {
  const file = openFile(path);
  try {
    return readElf(file);
  } catch (error) {
    file.release();
    throw error;
  }
}

function openInterpreter(path: string): ElfProgram {
  try {
    return openElf(path);
  } catch (error) {
    if (!(error instanceof FatalError)) throw error;
    return fatal(`the program's interpreter cannot be used: ${error.message}`);
  }
}

/**
 * Opens a program, and the interpreter that it names.
 * @returns files that the caller releases.
 * @throws {FatalError} when one of them is missing, not readable, or no program that can be run.
 */
export function openProgram(path: string): ProgramFiles {
  const program = openElf(path);
  const name = program.interpreter;
  if (name === undefined) return { program, interpreter: undefined };
  try {
    if (!existsSync(name)) {
      fatal(
        `${path} cannot be run: its interpreter ${name} does not exist; install it, or link the ` +
          'program with -static',
      );
    }
    return { program, interpreter: openInterpreter(name) };
  } catch (error) {
    program.file.release();
    throw error;
  }
}

/**
 * Checks that a file is a program that can be run, without running it.
 * @throws {FatalError} when it is none, saying why.
 */
export function checkProgram(path: string): void {
  releaseFiles(openProgram(path));
}

/** Lets go of what {@link openProgram} opened. */
export function releaseFiles({ program, interpreter }: ProgramFiles): void {
  program.file.release();
  interpreter?.file.release();
}

/** The first address of a program as it was linked, rounded down to its alignment. */
function linkedBase({ segments, alignment }: ElfProgram): number {
  const first = segments[0]?.address ?? 0;
  return Math.floor(first / alignment) * alignment;
}

/** How far above the addresses that a program was linked for it is loaded. */
function programBias(program: ElfProgram): number {
  if (!program.relocatable) return 0;
  const { alignment } = program;
  return Math.ceil(PIE_BASE / alignment) * alignment - linkedBase(program);
}

/** Where there is room for an interpreter: below the stack, as for other mappings. */
function interpreterBias(program: ElfProgram, space: AddressSpace): number {
  if (!program.relocatable) return 0;
  const base = linkedBase(program);
  const { alignment } = program;
  const last = program.segments.at(-1);
  const end = last === undefined ? base : last.address + last.memorySize;
  const room = space.findRoom(pageUp(end - base) + alignment - PAGE_SIZE);
  if (room < 0) fatal(`${program.file.path} cannot be loaded: there is no room for it`);
  return Math.ceil(room / alignment) * alignment - base;
}

/**
 * Maps a program's segments, and says that the heap begins after them.
 * @throws {FatalError} when they do not fit into the address space or the system's memory.
 */
export function loadElf(program: ElfProgram, space: AddressSpace): LoadedProgram {
  const loaded = mapSegments(program, programBias(program), space);
  space.startHeap(loaded.end);
  return loaded;
}

/**
 * Maps the segments of a program's interpreter.
 * @throws {FatalError} as {@link loadElf}.
 */
export function loadInterpreter(program: ElfProgram, space: AddressSpace): LoadedProgram {
  return mapSegments(program, interpreterBias(program, space), space);
}

/** They are read from the file as they are touched. */
function mapSegments(program: ElfProgram, bias: number, space: AddressSpace): LoadedProgram {
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
  const { address } = program.programHeaders;
  return {
    entry: program.entry + bias,
    programHeaders: address === 0 ? 0 : address + bias,
    end,
    bias,
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
