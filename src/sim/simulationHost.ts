/** The machine that a simulation runs on, as the simulation sees it. */
import type { StatAction } from './statEvents';

/** What a simulation needs from the machine that it runs on. */
export interface SimulationHost {
  /** Monotonic host time in seconds. */
  seconds(): number;
  /** Does nothing for so many seconds. */
  sleep(seconds: number): void;
  /** Address space of the process, in KiB. */
  memoryKiB(): number;
  /** Prints a line on standard output. */
  print(line: string): void;
  /** The directory for everything that the simulation writes. Absolute; it need not exist yet. */
  outputDirectory(): string;
  /** Makes the output directory, if need be. @returns it */
  makeOutputDirectory(): string;
  /** Lets the host's own event loop have a turn. */
  yield(): Promise<void>;
  /** A run begins: from now on Ctrl-C is the simulation's. */
  beginRun(): void;
  endRun(): void;
  /** Whether the user has asked for an end since the run began. Cheap: called often. */
  interrupted(): boolean;
  /** Takes what the user wants of statistics, by a signal, or null. Cheap: called often. */
  takeStatRequest(): StatAction | null;
}
