/** Where debug lines go: standard output, or a file, compressed if its name ends in .gz. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fatal } from '../base/index';
import { writeAll } from './writeAll';

const STDOUT = 1;
/** A file gets its text in pieces of about this many characters. */
const PIECE = 1 << 16;

/** Takes debug lines one by one. */
export interface DebugOutput {
  line(text: string): void;
  /** Writes what is still held back. */
  close(): void;
}

/** Writes every line at once, in order with what the script and the guest print. */
class StandardOutput implements DebugOutput {
  line(text: string): void {
    writeAll(STDOUT, Buffer.from(text + '\n'));
  }

  close(): void {
    // Nothing is held back.
  }
}

class DebugFile implements DebugOutput {
  readonly #descriptor: number;
  readonly #compress: boolean;
  #pending: string[] = [];
  #length = 0;

  constructor(path: string) {
    this.#compress = path.endsWith('.gz');
    try {
      this.#descriptor = openSync(path, 'w');
    } catch (error) {
      fatal(`cannot write the debug file '${path}': ${(error as Error).message}`);
    }
  }

  line(text: string): void {
    this.#pending.push(text, '\n');
    this.#length += text.length + 1;
    if (this.#length >= PIECE) this.#flush();
  }

  close(): void {
    this.#flush();
    closeSync(this.#descriptor);
  }

  /** A gzip file may consist of several compressed pieces, one after the other. */
  #flush(): void {
    if (this.#length === 0) return;
    const text = Buffer.from(this.#pending.join(''));
    writeSync(this.#descriptor, this.#compress ? gzipSync(text) : text);
    this.#pending = [];
    this.#length = 0;
  }
}

/**
 * Opens the output of `--debug-file`.
 * @param name - 'cout' for standard output, else a file in `directory`.
 */
export function openDebugOutput(name: string, directory: () => string): DebugOutput {
  return name === 'cout' ? new StandardOutput() : new DebugFile(join(directory(), name));
}
