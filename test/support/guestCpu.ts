/** The CPUs that tests run programs on, in scripts that are given as text. */
import { noKvm } from './kvm';

/** Names of their classes. */
export type GuestCpu = 'X86KvmCPU' | 'AtomicSimpleCPU';

/** What tests use that do not care: what `configs/se.ts` would choose. */
export const usualCpu: GuestCpu = noKvm === null ? 'X86KvmCPU' : 'AtomicSimpleCPU';

/**
 * Parameters of a `System` that give it a CPU, as TypeScript.
 * @param cpu - its class
 * @param name - what the system calls it, as TypeScript
 * @param classes - what has the classes
 */
export function cpuParams(cpu: GuestCpu, name = 'cpu', classes = 'objects'): string {
  return cpu === 'X86KvmCPU'
    ? `memMode: 'atomic_noncaching', kvmVm: new ${classes}.KvmVM(), ${name}: new ${classes}.X86KvmCPU(),`
    : `memMode: 'atomic', ${name}: new ${classes}.AtomicSimpleCPU(),`;
}
