/** Builders for tests of the simulation core. */
import {
  Root as RootModel,
  rootSchema,
  nodeClass,
  Simulation,
  SrcClockDomain as SrcClockDomainModel,
  srcClockDomainSchema,
  VoltageDomain as VoltageDomainModel,
  voltageDomainSchema,
  type SimulationHost,
  type StatAction,
} from '../../src/sim/index';

export const Root = nodeClass(RootModel, rootSchema);
export const SrcClockDomain = nodeClass(SrcClockDomainModel, srcClockDomainSchema);
export const VoltageDomain = nodeClass(VoltageDomainModel, voltageDomainSchema);

/** A host whose clock stands still and that nobody interrupts, unless told so. */
export class QuietHost implements SimulationHost {
  /** Set to end the next run as Ctrl-C does. */
  interrupt = false;
  runs = 0;
  readonly printed: string[] = [];
  readonly slept: number[] = [];

  seconds(): number {
    return 1;
  }

  sleep(seconds: number): void {
    this.slept.push(seconds);
  }

  memoryKiB(): number {
    return 1024;
  }

  print(line: string): void {
    this.printed.push(line);
  }

  yield(): Promise<void> {
    return new Promise(resolve => {
      setImmediate(resolve);
    });
  }

  outputDirectory(): string {
    return '.';
  }

  makeOutputDirectory(): string {
    throw new Error('a unit test writes no files');
  }

  beginRun(): void {
    this.runs++;
  }

  endRun(): void {
    this.interrupt = false;
  }

  interrupted(): boolean {
    return this.interrupt;
  }

  /** Set to have the next look at the host find a request for statistics. */
  statRequest: StatAction | null = null;

  takeStatRequest(): StatAction | null {
    const request = this.statRequest;
    this.statRequest = null;
    return request;
  }
}

/** A host on which every look at the clock finds a second gone. */
export class BusyHost extends QuietHost {
  #seconds = 0;

  override seconds(): number {
    return this.#seconds++;
  }
}

/** A simulation on a quiet host. */
export function aSimulation(host: SimulationHost = new QuietHost()): Simulation {
  return new Simulation(host);
}
