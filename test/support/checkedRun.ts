/** Runs a program on a CPU that the host's processor checks, and finds the instruction that differs. */
import { existsSync } from 'node:fs';
import {
  LIBRARY_FOLDERS,
  Process,
  SimpleMemory,
  System,
  SystemXBar,
  X86EmuLinux,
} from '../../src/m5/objects';
import { nodeClass } from '../../src/sim/index';
import { CheckedCPU, DivergenceError, WindowPassedError, type Divergence } from './checkedCPU';
import { SilentHost } from './silentHost';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from './simulation';

const CheckedCPUNode = nodeClass(CheckedCPU);

/** What is run, and what of it. */
export interface CheckedProgram {
  readonly cmd: readonly string[];
  readonly env?: readonly string[];
  readonly input?: string;
  readonly output?: string;
  /** The output directory. */
  readonly outdir: string;
  /** Instructions after which it ends; default the program's own end. */
  readonly count?: number;
  /** Told of instructions that were compared, now and then. */
  readonly onProgress?: (insts: number) => void;
  /** Called after each block in software: for tests, to make a mistake. */
  readonly mistake?: (cpu: CheckedCPU) => void;
}

/** How it went. */
export interface CheckedRun {
  readonly divergence: Divergence | null;
  readonly insts: number;
  readonly blocks: number;
  readonly cause: string;
  readonly code: number;
}

/** One run, with a closer look at a window of instructions. */
export function runChecked(
  program: CheckedProgram,
  window?: readonly [number, number],
): CheckedRun {
  const cpu = new CheckedCPUNode({ maxInstsAnyThread: program.count ?? 0 });
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    ...{ memMode: 'atomic', cpu, membus: new SystemXBar() },
    memory: new SimpleMemory({ range: '256MiB' }),
    memRanges: ['256MiB'],
    workload: new X86EmuLinux(),
  });
  cpu.icachePort = system.membus.cpuSidePorts;
  cpu.dcachePort = system.membus.cpuSidePorts;
  system.memory.port = system.membus.memSidePorts;
  system.systemPort = system.membus.cpuSidePorts;
  const { cmd, env = [], input = '/dev/null', output = 'cout' } = program;
  cpu.workload = new Process({
    ...{ cmd: [...cmd], env: [...env], input, output, errout: output === 'cout' ? 'cerr' : output },
    readablePaths: ['.', ...LIBRARY_FOLDERS, ...cmd.filter(word => existsSync(word))],
  });
  const simulation = aSimulation(new SilentHost(program.outdir));
  try {
    simulation.instantiate(new Root({ fullSystem: false, system }));
    const model: CheckedCPU = cpu.simObject();
    if (window !== undefined) model.window = window;
    model.mistake = () => program.mistake?.(model);
    model.onProgress = insts => program.onProgress?.(insts);
    let divergence: Divergence | null = null;
    let end = { cause: '', code: 0 };
    try {
      end = simulation.simulate();
    } catch (error) {
      const { cause } = error as Error;
      if (cause instanceof DivergenceError) ({ divergence } = cause);
      else if (!(cause instanceof WindowPassedError)) throw error;
    }
    const { cause, code } = end;
    return { divergence, insts: model.totalInsts(), blocks: model.blocks, cause, code };
  } finally {
    simulation.dispose();
  }
}

/**
 * From a divergence, by running again and again, to that of the first instruction that differs.
 *
 * @param onPass - told of each closer one
 * @returns the last one; it is of several instructions when these alone do not differ
 */
export function narrow(
  program: CheckedProgram,
  first: Divergence,
  onPass: (divergence: Divergence) => void,
): Divergence {
  let divergence = first;
  while (divergence.bad - divergence.good > 1) {
    const { good, bad } = divergence;
    const next = runChecked({ ...program, output: '/dev/null' }, [good, bad]).divergence;
    if (next === null || next.bad - next.good >= bad - good) return divergence;
    divergence = next;
    onPass(next);
  }
  return divergence;
}
