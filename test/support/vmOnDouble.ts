/** A KvmVM whose kernel is a double. */
import { AddrRange } from '../../src/base/index';
import { Kvm } from '../../src/kvm/kvm';
import { KvmVM } from '../../src/kvm/kvmVM';
import type { BackingStore, System } from '../../src/mem/index';
import type { Simulation } from '../../src/sim/index';
import { FakeKvm } from './fakeKvm';
import { aSimulation } from './simulation';

/** What there is for the VM to find. */
export interface VmSetup {
  readonly calls?: FakeKvm;
  readonly stores?: readonly Partial<BackingStore>[];
  readonly memories?: readonly object[];
  readonly contexts?: readonly object[];
  readonly coalescedMMIO?: readonly AddrRange[];
  readonly m5opRange?: AddrRange;
}

/** The VM and its kernel. */
export interface VmOnDouble {
  readonly vm: KvmVM;
  readonly calls: FakeKvm;
  readonly simulation: Simulation;
}

/** A VM on a double of the kernel, in a system that has just what a VM looks at. */
export function aVmOnDouble({
  calls = new FakeKvm(),
  stores = [],
  memories = [],
  ...rest
}: VmSetup = {}): VmOnDouble {
  const { contexts = [], coalescedMMIO = [], m5opRange = new AddrRange() } = rest;
  const simulation: Simulation = aSimulation();
  const system = {
    name: () => 'system',
    setKvmVM: (handle: KvmVM) => {
      handle.setSystem(system as unknown as System);
    },
    getPhysMem: () => ({ getBackingStore: () => stores }),
    memories,
    m5opRange,
    threads: { contexts: () => contexts, get: (id: number) => contexts[id] },
  };
  const params = {
    ...{ name: 'system.kvm_vm', simulation, eventqIndex: 0, portConnectionCount: {} },
    ...{ system: system as unknown as System, coalescedMMIO },
  };
  const vm = new KvmVM(params, new Kvm({ calls }));
  return { vm, calls, simulation };
}
