/** Floor 6, KVM: real vCPUs through /dev/kvm. */
export { Kvm } from './kvm';
export type { KvmOptions } from './kvm';
export type { KvmUnavailableReason } from './kvmError';
export { KvmVM } from './kvmVM';
export type { KvmVMMember, KvmVMParams } from './kvmVM';
export type { MappedStore } from './mainMemory';
export { KvmDevice } from './kvmDevice';
export { KvmKernelGicV2 } from './kernelGicV2';
export { kvmProblem } from './kvmProblem';
export type { MemSlot } from './memorySlots';
export type { BaseKvmCPU } from './baseKvmCPU';
export type { BaseKvmCPUParams } from './baseKvmCPUSchema';
export type { KvmCpuStatus } from './cpuStatus';
export { X86KvmCPU } from './x86KvmCPU';
export type { X86KvmCPUParams } from './x86KvmCPU';
