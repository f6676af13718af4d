/** Where debug lines go: standard output, or a file, compressed if its name ends in .gz. */
import { resolve } from 'node:path';
import { TextFile } from './textFile';
import { writeAll } from './writeAll';

const STDOUT = 1;

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
  readonly #file: TextFile;

  constructor(path: string) {
    this.#file = new TextFile(path);
  }

  line(text: string): void {
    this.#file.write(text + '\n');
  }

  close(): void {
    this.#file.close();
  }
}

/**
 * Opens the output of `--debug-file`.
 * @param name - 'cout' for standard output, else a file, in `directory` unless the path is absolute.
 */
export function openDebugOutput(name: string, directory: () => string): DebugOutput {
  return name === 'cout' ? new StandardOutput() : new DebugFile(resolve(directory(), name));
}
