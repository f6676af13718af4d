/** The CPUs that scripts offer by name, and what a system has to be for each. */
import { fatal, inform, kvmProblem } from 'mini-gem5';
import {
  AtomicSimpleCPU,
  KvmVM,
  NonCachingSimpleCPU,
  TimingSimpleCPU,
  X86KvmCPU,
} from 'mini-gem5/objects';

/** The names that `--cpu-type` takes. */
export const cpuTypes = [
  'X86KvmCPU',
  'AtomicSimpleCPU',
  'NonCachingSimpleCPU',
  'TimingSimpleCPU',
] as const;

/** One of them. */
export type CpuType = (typeof cpuTypes)[number];

/** The type of this name. */
export function cpuType(name: string): CpuType {
  const known = cpuTypes.find(type => type === name);
  return known ?? fatal(`CPU type ${name} is unknown; there are ${cpuTypes.join(', ')}`);
}

/**
 * The CPU that was asked for; if none was, KVM's where it can be used, and else one in software, which
 * is said.
 * @param counts - whether it has to count instructions, which KVM's does not
 */
export function chooseCpuType(wanted?: string, counts = false): CpuType {
  if (wanted !== undefined) return cpuType(wanted);
  if (counts) return 'AtomicSimpleCPU';
  const problem = kvmProblem();
  if (problem === null) return 'X86KvmCPU';
  inform(`Running on AtomicSimpleCPU, since KVM cannot be used: ${problem}`);
  return 'AtomicSimpleCPU';
}

/** Whether KVM can be used on this machine. */
export function kvmIsUsable(): boolean {
  return kvmProblem() === null;
}

/** A CPU of one of the types. */
export type Cpu = X86KvmCPU | AtomicSimpleCPU | NonCachingSimpleCPU | TimingSimpleCPU;

/** Parameters that all of them take. */
export type CpuParams = NonNullable<ConstructorParameters<typeof AtomicSimpleCPU>[0]>;

/** Makes a CPU. */
export function makeCpu(type: CpuType, params: CpuParams = {}): Cpu {
  switch (type) {
    case 'X86KvmCPU':
      return new X86KvmCPU(params);
    case 'AtomicSimpleCPU':
      return new AtomicSimpleCPU(params);
    case 'NonCachingSimpleCPU':
      return new NonCachingSimpleCPU(params);
    case 'TimingSimpleCPU':
      return new TimingSimpleCPU(params);
  }
}

/** The memory mode that each type needs. */
const MEMORY_MODES = {
  X86KvmCPU: 'atomic_noncaching',
  AtomicSimpleCPU: 'atomic',
  NonCachingSimpleCPU: 'atomic_noncaching',
  TimingSimpleCPU: 'timing',
} as const satisfies Record<CpuType, string>;

/** Parameters of a `System` that depend on its CPU. */
interface CpuParts {
  readonly cpu: Cpu;
  readonly memMode: (typeof MEMORY_MODES)[CpuType];
}

/** The same where KVM is used. */
interface KvmParts extends CpuParts {
  readonly kvmVm: KvmVM;
}

/**
 * Parameters of a `System` with a CPU of a type.
 * @param others - the types of CPUs that may take over from it
 */
export function systemWith(
  type: CpuType,
  cpu: Cpu = makeCpu(type),
  others: readonly CpuType[] = [],
): CpuParts | KvmParts {
  const parts = { cpu, memMode: MEMORY_MODES[type] };
  return [type, ...others].includes('X86KvmCPU') ? { ...parts, kvmVm: new KvmVM() } : parts;
}
