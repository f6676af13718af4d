/** Where debug lines go: standard output, or a file, compressed if its name ends in .gz. */
import type { NodeHost, OutputFile } from '../m5/index';
import { forkedPath, outputPath } from './forkedFile';
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

class DebugFile implements DebugOutput, OutputFile {
  readonly #name: string;
  #file: TextFile;

  constructor(directory: string, name: string) {
    this.#name = name;
    this.#file = new TextFile(outputPath(directory, name));
  }

  line(text: string): void {
    this.#file.write(text + '\n');
  }

  close(): void {
    this.#file.close();
  }

  prepareFork(): void {
    this.#file.writeOut();
  }

  moveTo(directory: string): void {
    this.#file.abandon();
    this.#file = new TextFile(forkedPath(directory, this.#name));
  }
}

/**
 * Opens the output of `--debug-file`.
 * @param name - 'cout' for standard output, else a file, in the output directory of `host` unless the
 *   path is absolute.
 */
export function openDebugOutput(name: string, host: NodeHost): DebugOutput {
  if (name === 'cout') return new StandardOutput();
  const file = new DebugFile(host.makeOutputDirectory(), name);
  host.addOutputFile(file);
  return file;
}
