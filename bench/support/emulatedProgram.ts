/** A guest program under syscall emulation on a KVM CPU, in this process. */
import {
  AddrRange,
  KvmVM,
  Process,
  Root,
  SEWorkload,
  SimpleMemory,
  SrcClockDomain,
  System,
  SystemXBar,
  VoltageDomain,
  X86KvmCPU,
} from '../../src/m5/objects';
import type { Process as ProcessModel } from '../../src/se/index';
import type { Simulation } from '../../src/sim/index';
import { aSimulation } from '../../test/support/simulation';

/** The program, and what runs it; the caller disposes of the simulation. */
export interface EmulatedProgram {
  readonly simulation: Simulation;
  readonly process: ProcessModel;
}

/** Builds the system of `configs/hello.ts` around a program that is about to start. */
export function anEmulatedProgram(cmd: readonly [string, ...string[]]): EmulatedProgram {
  const process = new Process({ cmd });
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: 'atomic_noncaching',
    memRanges: [new AddrRange('512MiB')],
    kvmVm: new KvmVM(),
    cpu: new X86KvmCPU(),
    membus: new SystemXBar(),
    memory: new SimpleMemory({ range: '512MiB' }),
    workload: SEWorkload.initCompatible(cmd[0]),
  });
  system.cpu.icachePort = system.membus.cpuSidePorts;
  system.cpu.dcachePort = system.membus.cpuSidePorts;
  system.memory.port = system.membus.memSidePorts;
  system.systemPort = system.membus.cpuSidePorts;
  system.cpu.workload = process;
  const simulation = aSimulation();
  simulation.instantiate(new Root({ fullSystem: false, system }));
  return { simulation, process: process.simObject() };
}
