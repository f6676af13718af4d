/**
 * The open files of a program in a checkpoint. What cannot be saved is an error before anything is
 * written.
 */
import { constants, fstatSync, readFileSync, writeFileSync, type BigIntStats } from 'node:fs';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { fatal } from '../base/index';
import { errnoText, makeFolders, tryOpen } from '../host/index';
import { serializeSection, unserializeSection } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import { EmulatedFile } from './emulatedFiles';
import type { FileDescriptors } from './fileDescriptors';
import { HostFile, statusOf } from './hostFile';
import { DirectoryFile, RegularFile, StreamFile } from './hostOpenFile';
import type { HostWait } from './hostWait';
import { NullDevice, RandomDevice, ZeroDevice, type OpenFile } from './openFile';
import { Pipe, PipeEnd } from './pipe';
import { openHostStream } from './standardStreams';

/** What files of one program need to be saved and opened again. */
export interface FileSurroundings {
  /** Name of the process, for messages. */
  readonly name: string;
  /** Where the program writes by default. Files in it are found again in another run's. */
  readonly outputDirectory: () => string;
  readonly hostWait: HostWait;
  /** Fills bytes with the program's next random numbers. */
  readonly fillRandom: (target: Uint8Array) => void;
}

/**
 * Contents of output files up to this many bytes are saved with them, so that a run in another output
 * directory has them too.
 */
const SAVED_CONTENTS = 4 * 1024 * 1024;

const STREAMS: readonly string[] = ['stdin', 'stdout', 'stderr'];

/** The table of descriptors, saved and restored. */
export class SavedDescriptors implements Serializable {
  readonly #files: FileDescriptors;
  readonly #around: FileSurroundings;

  constructor(files: FileDescriptors, surroundings: FileSurroundings) {
    this.#files = files;
    this.#around = surroundings;
  }

  /** @throws {FatalError} naming a descriptor that cannot be saved */
  serialize(checkpoint: CheckpointOut): void {
    const entries = [...this.#files.entries()];
    const files = [...new Set(entries.map(([, { file }]) => file))];
    checkpoint.paramOut(
      'descriptors',
      entries.map(([descriptor]) => descriptor),
    );
    checkpoint.paramOut(
      'files',
      entries.map(([, { file }]) => files.indexOf(file)),
    );
    checkpoint.paramOut(
      'closeOnExec',
      entries.map(([, { closeOnExec }]) => Number(closeOnExec)),
    );
    checkpoint.paramOut('count', files.length);
    savePipes(files, checkpoint);
    for (const [i, file] of files.entries()) {
      const descriptor = entries.find(([, entry]) => entry.file === file)?.[0] ?? -1;
      const saved = new SavedFile(this.#around, descriptor, file);
      serializeSection(checkpoint, `file${String(i)}`, saved);
    }
  }

  /** @throws {FatalError} naming a descriptor whose file cannot be opened again */
  unserialize(checkpoint: CheckpointIn): void {
    const descriptors = checkpoint.numbers('descriptors');
    const indices = checkpoint.numbers('files');
    const closeOnExec = checkpoint.numbers('closeOnExec');
    const files: OpenFile[] = [];
    const pipes = loadPipes(checkpoint);
    for (let i = 0; i < checkpoint.number('count'); i++) {
      const descriptor = descriptors[indices.indexOf(i)] ?? -1;
      const saved = new SavedFile(this.#around, descriptor, undefined, pipes);
      unserializeSection(checkpoint, `file${String(i)}`, saved);
      files.push(saved.opened ?? checkpoint.fail(`file ${String(i)} was not opened`));
    }
    for (const [i, descriptor] of descriptors.entries()) {
      const index = indices[i] ?? -1;
      const file = files[index] ?? checkpoint.fail(`descriptor ${String(descriptor)} has no file`);
      if (indices.indexOf(index) !== i) file.retain();
      this.#files.set(descriptor, file, closeOnExec[i] === 1);
    }
  }
}

/** One open file: what several descriptors may share. */
class SavedFile implements Serializable {
  readonly #around: FileSurroundings;
  readonly #descriptor: number;
  readonly #file: OpenFile | undefined;
  readonly #pipes: ReadonlyMap<number, Pipe>;
  /** After `unserialize`: the file, open again. */
  opened: OpenFile | undefined;

  /** @param pipes - those of the program, by id */
  constructor(
    surroundings: FileSurroundings,
    descriptor: number,
    file?: OpenFile,
    pipes: ReadonlyMap<number, Pipe> = new Map(),
  ) {
    this.#around = surroundings;
    this.#descriptor = descriptor;
    this.#file = file;
    this.#pipes = pipes;
  }

  serialize(out: CheckpointOut): void {
    const file = this.#file ?? this.#refuse('', 'there is none');
    const { path, flags, position } = file;
    out.paramOut('flags', flags);
    out.paramOut('position', position);
    if (file instanceof RegularFile) this.#saveRegular(file, out);
    else if (file instanceof DirectoryFile) this.#saveDirectory(file, out);
    else if (file instanceof EmulatedFile) {
      out.paramOut('kind', 'emulated');
      out.paramOut('path', path);
      out.paramOut('contents', file.contents.slice());
    } else if (file instanceof PipeEnd) {
      out.paramOut('kind', 'pipe');
      out.paramOut('path', path);
      out.paramOut('pipe', file.pipe.id);
    } else if (file instanceof StreamFile && STREAMS.includes(path)) {
      out.paramOut('kind', 'stream');
      out.paramOut('path', path);
    } else if (
      file instanceof NullDevice ||
      file instanceof ZeroDevice ||
      file instanceof RandomDevice
    ) {
      out.paramOut('kind', 'device');
      out.paramOut('path', path);
    } else {
      this.#refuse(path, 'it leads out of the simulation, where its state is');
    }
  }

  #refuse(path: string, why: string): never {
    fatal(
      `${this.#around.name}: descriptor ${String(this.#descriptor)} (${path}) cannot be saved: ` +
        `${why}; make the checkpoint at another point of the program`,
    );
  }

  /** @returns the status of an open file that its path still leads to */
  #checkName({ path, descriptor }: RegularFile | DirectoryFile, what: string): BigIntStats {
    const now = statusOf(path);
    const open = fstatSync(descriptor, { bigint: true });
    if (now?.ino !== open.ino || now.dev !== open.dev) {
      this.#refuse(path, `${what} has lost its name`);
    }
    return open;
  }

  #saveDirectory(file: DirectoryFile, out: CheckpointOut): void {
    this.#checkName(file, 'the directory');
    saveDirectory(file, out);
  }

  #saveRegular(file: RegularFile, out: CheckpointOut): void {
    const { path } = file;
    const open = this.#checkName(file, 'the file');
    const inside = relative(this.#around.outputDirectory(), path);
    const isOutput = inside !== '' && !inside.startsWith('..') && !isAbsolute(inside);
    out.paramOut('kind', 'regular');
    out.paramOut('path', isOutput ? inside : path);
    out.paramOut('isOutput', isOutput);
    out.paramOut('size', Number(open.size));
    if (isOutput && file.writable && open.size <= SAVED_CONTENTS) {
      out.paramOut('contents', readFileSync(path));
    }
  }

  unserialize(from: CheckpointIn): void {
    const file = this.#open(from);
    file.position = from.number('position');
    this.opened = file;
  }

  #open(from: CheckpointIn): OpenFile {
    const kind = from.string('kind');
    const path = from.string('path');
    const flags = from.number('flags');
    switch (kind) {
      case 'regular':
        return this.#openRegular(from, path, flags);
      case 'directory': {
        const file = new DirectoryFile(this.#openHost(path, flags), path, flags);
        file.restoreEntries(loadEntries(from));
        return file;
      }
      case 'emulated':
        return new EmulatedFile(path, flags, from.bytes('contents'));
      case 'stream': {
        const file = openHostStream(STREAMS.indexOf(path), path, this.#around.hostWait);
        file.flags = flags;
        return file;
      }
      case 'pipe': {
        const pipe = this.#pipes.get(from.number('pipe'));
        return new PipeEnd(pipe ?? from.fail('the pipe is missing'), flags);
      }
      case 'device':
        return this.#openDevice(from, path, flags);
      default:
        return from.fail(`'${kind}' is no known kind of file`);
    }
  }

  #openDevice(from: CheckpointIn, path: string, flags: number): OpenFile {
    if (path === '/dev/null') return new NullDevice(flags);
    if (path === '/dev/zero' || path === '/dev/full') return new ZeroDevice(path, flags);
    if (path === '/dev/random' || path === '/dev/urandom') {
      return new RandomDevice(path, flags, this.#around.fillRandom);
    }
    return from.fail(`'${path}' is no known device`);
  }

  #openRegular(from: CheckpointIn, saved: string, flags: number): OpenFile {
    const isOutput = from.boolean('isOutput');
    const path = isOutput ? join(this.#around.outputDirectory(), saved) : saved;
    const size = from.number('size');
    if (from.has('contents') && sizeOf(path) < size) this.#putBack(path, from.bytes('contents'));
    if (sizeOf(path) < size) {
      fatal(
        `${this.#around.name}: descriptor ${String(this.#descriptor)} had the file ${path} of ` +
          `${String(size)} bytes when the checkpoint was made; put it back`,
      );
    }
    return new RegularFile(new HostFile(this.#openHost(path, flags), path), flags);
  }

  /** Writes what was in a file of the output directory, which may be a new one. */
  #putBack(path: string, contents: Uint8Array): void {
    try {
      makeFolders(dirname(path));
      writeFileSync(path, contents);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      fatal(
        `${this.#around.name}: descriptor ${String(this.#descriptor)} cannot have ${path} again: ` +
          reason,
      );
    }
  }

  #openHost(path: string, flags: number): number {
    // Access mode and O_APPEND are Linux's own numbers; nothing is created or cut.
    const descriptor = tryOpen(path, flags | constants.O_NONBLOCK | constants.O_NOCTTY);
    if (descriptor >= 0) return descriptor;
    return fatal(
      `${this.#around.name}: descriptor ${String(this.#descriptor)} cannot have ${path} again: ` +
        errnoText(-descriptor),
    );
  }
}

/** Saves what is in the pipes between the program's descriptors. */
function savePipes(files: readonly OpenFile[], out: CheckpointOut): void {
  const ends = files.filter(file => file instanceof PipeEnd);
  const pipes = [...new Set(ends.map(({ pipe }) => pipe))];
  out.paramOut(
    'pipes',
    pipes.map(({ id }) => id),
  );
  for (const pipe of pipes) out.paramOut(`pipe${String(pipe.id)}`, pipe.contents());
}

function loadPipes(from: CheckpointIn): Map<number, Pipe> {
  const pipes = new Map<number, Pipe>();
  for (const id of from.numbers('pipes')) {
    const pipe = new Pipe(id);
    const bytes = from.bytes(`pipe${String(id)}`);
    if (pipe.put(bytes, 0, bytes.length) < bytes.length) from.fail('a pipe holds too much');
    pipes.set(id, pipe);
  }
  return pipes;
}

/** Bytes in a regular file; -1 when there is none. */
function sizeOf(path: string): number {
  const status = statusOf(path);
  return status?.isFile() === true ? Number(status.size) : -1;
}

function saveDirectory(file: DirectoryFile, out: CheckpointOut): void {
  const entries = file.position === 0 ? [] : file.entries();
  out.paramOut('kind', 'directory');
  out.paramOut('path', file.path);
  out.paramOut(
    'entryNames',
    entries.map(({ name }) => name),
  );
  out.paramOut(
    'entryInodes',
    entries.map(({ ino }) => ino),
  );
  out.paramOut(
    'entryTypes',
    entries.map(({ type }) => type),
  );
}

function loadEntries(from: CheckpointIn): { name: string; ino: bigint; type: number }[] {
  const inodes = from.bigints('entryInodes');
  const types = from.numbers('entryTypes');
  return from
    .strings('entryNames')
    .map((name, i) => ({ name, ino: inodes[i] ?? 0n, type: types[i] ?? 0 }));
}
