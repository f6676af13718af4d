/** What a simulation needs from Node and Linux. */
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { fatal } from '../base/index';
import { makeFolders, processSignals, virtualMemoryBytes } from '../host/index';
import type { SimulationHost, StatAction } from '../sim/index';

const { SIGINT, SIGUSR1, SIGUSR2 } = constants.signals;

/** What the writing of outputs needs of a host. */
export type OutputHost = Pick<NodeHost, 'outputDirectory' | 'writeOutput'>;

/** A file that is written bit by bit, with what a fork needs of it. */
export interface OutputFile {
  /** Writes what is held back, so that a child does not write it again. */
  prepareFork(): void;
  /** In a child: leaves the file to the parent and begins one of its own. */
  moveTo(directory: string): void;
}

/** The host of a simulation that runs in this process and writes to one output directory. */
export class NodeHost implements SimulationHost {
  #outdir: string;
  readonly #files: OutputFile[] = [];
  /** How many Ctrl-C had been counted when the run began. */
  #interrupts = 0;
  /** How many requests for statistics had been counted when they were last served. */
  #dumps = 0;
  #dumpsAndResets = 0;

  /** @param outdir - created when the first file is written to it. */
  constructor(outdir: string) {
    this.#outdir = resolve(outdir);
  }

  seconds(): number {
    return performance.now() / 1000;
  }

  sleep(seconds: number): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1000);
  }

  memoryKiB(): number {
    return virtualMemoryBytes() / 1024;
  }

  print(line: string): void {
    process.stdout.write(`${line}\n`);
  }

  yield(): Promise<void> {
    return new Promise(resolve => {
      setImmediate(resolve);
    });
  }

  outputDirectory(): string {
    return this.#outdir;
  }

  makeOutputDirectory(): string {
    if (!existsSync(this.#outdir)) {
      try {
        makeFolders(this.#outdir);
      } catch (error) {
        fatal(`cannot create output directory '${this.#outdir}': ${reasonOf(error)}; see --outdir`);
      }
    }
    return this.#outdir;
  }

  /** Replaces a file. @param name - in the output directory unless the path is absolute */
  writeOutput(name: string, text: string): void {
    const path = resolve(this.makeOutputDirectory(), name);
    try {
      writeFileSync(path, text);
    } catch (error) {
      fatal(`cannot write '${path}': ${reasonOf(error)}`);
    }
  }

  /**
   * From now on SIGUSR1 and SIGUSR2 are requests for statistics, as in gem5, until the process ends.
   * Node would start its inspector at the one, and die of the other.
   */
  listenForStatRequests(): void {
    const signals = processSignals();
    signals.install([SIGUSR1, SIGUSR2]);
    this.#dumps = signals.count(SIGUSR1);
    this.#dumpsAndResets = signals.count(SIGUSR2);
  }

  takeStatRequest(): StatAction | null {
    const signals = processSignals();
    const dumps = signals.count(SIGUSR1);
    const dumpsAndResets = signals.count(SIGUSR2);
    const reset = dumpsAndResets !== this.#dumpsAndResets;
    if (!reset && dumps === this.#dumps) return null;
    this.#dumps = dumps;
    this.#dumpsAndResets = dumpsAndResets;
    return { dump: true, reset };
  }

  /** Notes a file that is to follow the output directory into a child of a fork. */
  addOutputFile(file: OutputFile): void {
    this.#files.push(file);
  }

  /** Before a fork: writes what files hold back. */
  prepareFork(): void {
    for (const file of this.#files) file.prepareFork();
  }

  /**
   * In a child of a fork: everything is written to this directory from now on.
   * @param copies - files of the old directory that the new one gets too, where they exist
   */
  moveOutputs(directory: string, copies: readonly string[]): void {
    const old = this.#outdir;
    this.#outdir = resolve(directory);
    this.makeOutputDirectory();
    for (const name of copies) {
      // What lies elsewhere stays where it is.
      const isInside = name !== '' && !isAbsolute(name);
      if (isInside && existsSync(join(old, name))) this.#copyOutput(old, name);
    }
    for (const file of this.#files) file.moveTo(this.#outdir);
  }

  #copyOutput(old: string, name: string): void {
    try {
      copyFileSync(join(old, name), join(this.#outdir, name));
    } catch (error) {
      fatal(`cannot write '${join(this.#outdir, name)}': ${reasonOf(error)}`);
    }
  }

  beginRun(): void {
    processSignals().install([SIGINT]);
    this.#interrupts = processSignals().count(SIGINT);
  }

  /** Ctrl-C is Node's again. */
  endRun(): void {
    processSignals().restore([SIGINT]);
  }

  interrupted(): boolean {
    return processSignals().count(SIGINT) !== this.#interrupts;
  }
}

/** The system's words for a failed call, without Node's decoration. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const text = /^E[A-Z0-9]+: ([^,]+)/.exec(error.message)?.[1];
  return text ?? error.message;
}
