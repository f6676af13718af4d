import { fatal, type NearestSymbol } from '../base/index';
import { Root, type SimObject } from '../sim/index';
import type { ThreadContext } from './threadContext';

/** What a CPU needs of the process whose thread it runs (syscall emulation's `Process`). */
export interface ThreadProcess {
  /** Full name of the process object, for messages. */
  name(): string;
  /**
   * A thread context runs this process. Called while the CPU initialises, when the system knows the
   * context already; the process activates it when its program is loaded.
   */
  assignThreadContext(context: ThreadContext): void;
  /** Another CPU has taken the thread over: this context has the same id as the one before. */
  replaceThreadContext(context: ThreadContext): void;
  /** The function that an address of the program's code lies in; null when none is known. */
  symbolAt(address: number): NearestSymbol | null;
  /** Copies bytes of the program's memory out. @returns false when the program cannot read them all */
  readMemory(address: bigint, target: Uint8Array): boolean;
  /** Copies bytes into the program's memory. @returns false when the program cannot write them all */
  writeMemory(address: bigint, source: Uint8Array): boolean;
  /**
   * Where an absolute path of the host leads.
   * @returns undefined, with a warning, when the program may not write there
   */
  writablePlace(path: string): string | undefined;
}

/**
 * Outside of a full system, a thread without a process would do nothing to the end of time.
 * @param cpu - whose thread it is
 * @param processes - how many the CPU has
 * @throws {FatalError} when it has none
 */
export function requireProcesses(cpu: SimObject, processes: number): void {
  const root = cpu.simulation.objects.find((object): object is Root => object instanceof Root);
  if (processes > 0 || root?.params.fullSystem !== false) return;
  fatal(
    `${cpu.name()} has no program to run: set its workload, as in ` +
      `${cpu.name()}.workload = new Process({ cmd: ['program'] }), or fullSystem of the root`,
  );
}
