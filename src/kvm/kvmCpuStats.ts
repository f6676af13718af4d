/** What a KVM CPU counts besides what every CPU does. Source: gem5 `cpu/kvm/base.cc`. */
import { Scalar, StatGroup, unit } from '../sim/index';

/** Statistics of a KVM CPU, merged into the CPU's own group. */
export class KvmCPUStats extends StatGroup {
  readonly numVMExits = this.#count('numVMExits', 'exits from KVM_RUN');
  readonly numVMHalfEntries = this.#count(
    'numVMHalfEntries',
    'entries into KVM that only finish what is pending',
  );
  readonly numExitSignal = this.#count('numExitSignal', 'exits because a signal is pending');
  readonly numMMIO = this.#count('numMMIO', 'exits for accesses to memory that KVM does not have');
  readonly numCoalescedMMIO = this.#count(
    'numCoalescedMMIO',
    'writes to memory that KVM collects, and hands over later',
  );
  readonly numIO = this.#count('numIO', 'exits for accesses to ports');
  readonly numHalt = this.#count('numHalt', 'exits because the guest waits for an interrupt');
  readonly numInterrupts = this.#count('numInterrupts', 'interrupts given to the guest');
  readonly numHypercalls = this.#count('numHypercalls', 'calls that the guest makes to KVM');

  #count(name: string, description: string): Scalar {
    return new Scalar(this, name, unit.Count, description);
  }
}
