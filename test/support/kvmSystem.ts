/** Builders of small systems on real KVM. */
import type { AddrRange } from '../../src/base/index';
import { KvmVM as KvmVMModel, kvmVMSchema } from '../../src/kvm/kvmVM';
import {
  SimpleMemory as SimpleMemoryModel,
  simpleMemorySchema,
  System as SystemModel,
  systemSchema,
} from '../../src/mem/index';
import { nodeClass, type Simulation } from '../../src/sim/index';
import { aSimulation, Root, SrcClockDomain, VoltageDomain } from './simulation';

export const System = nodeClass(SystemModel, systemSchema);
export const SimpleMemory = nodeClass(SimpleMemoryModel, simpleMemorySchema);
export const KvmVM = nodeClass(KvmVMModel, kvmVMSchema);

export interface VmSystemOptions {
  /** Sizes of memories, one after the other; default `1MiB`. */
  readonly memories?: readonly {
    readonly range: string | AddrRange;
    readonly null?: boolean;
    readonly kvmMap?: boolean;
  }[];
  readonly coalescedMMIO?: readonly AddrRange[];
}

/** A system with memories and a VM, and no CPU. */
export interface VmSystem {
  readonly simulation: Simulation;
  readonly system: SystemModel;
  readonly vm: KvmVMModel;
}

/** Builds the system; the caller disposes of the simulation. */
export function aVmSystem({
  memories = [{ range: '1MiB' }],
  coalescedMMIO = [],
}: VmSystemOptions = {}): VmSystem {
  const system = new System({
    clkDomain: new SrcClockDomain({ clock: '1GHz', voltageDomain: new VoltageDomain() }),
    memMode: 'atomic_noncaching',
    kvmVm: new KvmVM({ coalescedMMIO }),
    mem: memories.map(memory => new SimpleMemory(memory)),
  });
  const [first] = system.mem;
  if (first !== undefined) system.systemPort = first.port;
  const simulation = aSimulation();
  simulation.instantiate(new Root({ system, fullSystem: false }));
  return { simulation, system: system.simObject(), vm: system.kvmVm.simObject() };
}
