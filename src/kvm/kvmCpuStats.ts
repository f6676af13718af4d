/** What a KVM CPU counts besides what every CPU does. Source: gem5 `cpu/kvm/base.cc`. */
import { Scalar, StatGroup, unit } from '../sim/index';

/** Statistics of a KVM CPU, merged into the CPU's own group. */
export class KvmCPUStats extends StatGroup {
  readonly numVMExits = this.#count('numVMExits', 'total number of KVM exits');
  readonly numVMHalfEntries = this.#count(
    'numVMHalfEntries',
    'number of KVM entries to finalize pending operations',
  );
  readonly numExitSignal = this.#count('numExitSignal', 'exits due to signal delivery');
  readonly numMMIO = this.#count('numMMIO', 'number of VM exits due to memory mapped IO');
  readonly numCoalescedMMIO = this.#count(
    'numCoalescedMMIO',
    'number of coalesced memory mapped IO requests',
  );
  readonly numIO = this.#count('numIO', 'number of VM exits due to legacy IO');
  readonly numHalt = this.#count(
    'numHalt',
    'number of VM exits due to wait for interrupt instructions',
  );
  readonly numInterrupts = this.#count('numInterrupts', 'number of interrupts delivered');
  readonly numHypercalls = this.#count('numHypercalls', 'number of hypercalls');

  #count(name: string, description: string): Scalar {
    return new Scalar(this, name, unit.Count, description);
  }
}
