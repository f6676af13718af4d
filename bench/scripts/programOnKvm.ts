/** The system of the scripts here: a program that prints nothing, on a KVM CPU. */
import {
  type AddrRange,
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
} from 'mini-gem5/objects';

/** A system that is not instantiated yet, and its root. */
export interface ProgramOnKvm {
  readonly system: System;
  readonly root: Root;
}

/**
 * @param binary - path of the program
 * @param range - the addresses of memory, in bytes
 */
export function programOnKvm(binary: string, range: AddrRange): ProgramOnKvm {
  const cpu = new X86KvmCPU();
  const membus = new SystemXBar();
  const memory = new SimpleMemory({ range });
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    ...{ memMode: 'atomic_noncaching', memRanges: [range], kvmVm: new KvmVM() },
    ...{ cpu, membus, memory, workload: SEWorkload.initCompatible(binary) },
  });
  cpu.icachePort = membus.cpuSidePorts;
  cpu.dcachePort = membus.cpuSidePorts;
  memory.port = membus.memSidePorts;
  system.systemPort = membus.cpuSidePorts;
  cpu.workload = new Process({ cmd: [binary], output: '' });
  return { system, root: new Root({ fullSystem: false, system }) };
}
