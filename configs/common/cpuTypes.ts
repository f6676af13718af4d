/** The CPUs that scripts offer by name, and what a system has to be for each. */
import { fatal, inform, kvmProblem } from 'mini-gem5';
import { AtomicSimpleCPU, KvmVM, NonCachingSimpleCPU, X86KvmCPU } from 'mini-gem5/objects';

/** The names that `--cpu-type` takes. */
export const cpuTypes = ['X86KvmCPU', 'AtomicSimpleCPU', 'NonCachingSimpleCPU'] as const;

/** One of them. */
export type CpuType = (typeof cpuTypes)[number];

/**
 * The CPU that was asked for; if none was, KVM's where it can be used, and else one in software, which
 * is said.
 */
export function chooseCpuType(wanted?: string): CpuType {
  if (wanted !== undefined) {
    const known = cpuTypes.find(name => name === wanted);
    return known ?? fatal(`--cpu-type ${wanted} is unknown; there are ${cpuTypes.join(' and ')}`);
  }
  const problem = kvmProblem();
  if (problem === null) return 'X86KvmCPU';
  inform(`Running on AtomicSimpleCPU, since KVM cannot be used: ${problem}`);
  return 'AtomicSimpleCPU';
}

/** What a system with a KVM CPU has. */
interface KvmParts {
  readonly cpu: X86KvmCPU;
  readonly memMode: 'atomic_noncaching';
  readonly kvmVm: KvmVM;
}

/** What a system with a CPU in software has. */
interface SoftwareParts {
  readonly cpu: AtomicSimpleCPU | NonCachingSimpleCPU;
  readonly memMode: 'atomic' | 'atomic_noncaching';
}

/** Parameters of a `System` with a CPU of a type. */
export function systemWith(type: CpuType): KvmParts | SoftwareParts {
  switch (type) {
    case 'X86KvmCPU':
      return { cpu: new X86KvmCPU(), memMode: 'atomic_noncaching', kvmVm: new KvmVM() };
    case 'AtomicSimpleCPU':
      return { cpu: new AtomicSimpleCPU(), memMode: 'atomic' };
    case 'NonCachingSimpleCPU':
      return { cpu: new NonCachingSimpleCPU(), memMode: 'atomic_noncaching' };
  }
}
