/** The debug flags of this floor, under gem5's names. */
import { compoundFlag, debugFlag } from '../base/index';

/** What is set up in the kernel, and the life of CPUs. */
export const Kvm = debugFlag('Kvm', 'Basic KVM functionality');
/** Registers that travel between a thread and its vCPU. */
export const KvmContext = debugFlag('KvmContext', 'KVM/simulator context synchronization');
/** Accesses to devices. */
export const KvmIO = debugFlag('KvmIO', 'KVM memory-mapped and port IO');
/** Interrupts and how they reach the guest. */
export const KvmInt = debugFlag('KvmInt', 'KVM interrupt handling');
/** Entries into the guest and what they end with. */
export const KvmRun = debugFlag('KvmRun', 'KVM entry and exit');
/** Run timers. */
export const KvmTimer = debugFlag('KvmTimer', 'KVM run timers');

/** All of these. */
compoundFlag('KvmAll', [Kvm, KvmContext, KvmIO, KvmInt, KvmRun, KvmTimer], 'All KVM debug flags');
