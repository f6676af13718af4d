/** Floor 6, KVM: real vCPUs through /dev/kvm. */
export { Kvm } from './kvm';
export type { KvmOptions } from './kvm';
export { KvmError, KvmUnavailableError } from './kvmError';
export type { KvmUnavailableReason } from './kvmError';
export { KvmVM, kvmVMSchema } from './kvmVM';
export type { KvmVMMember, KvmVMParams } from './kvmVM';
export type { MemSlot } from './memorySlots';
export { BaseKvmCPU } from './baseKvmCPU';
export { baseKvmCPUSchema } from './baseKvmCPUSchema';
export type { BaseKvmCPUParams } from './baseKvmCPUSchema';
export type { KvmCpuStatus } from './cpuStatus';
export { X86KvmCPU, x86KvmCPUSchema } from './x86KvmCPU';
export type { X86KvmCPUParams } from './x86KvmCPU';
export { PCI_CONFIG_BASE, portAddress, PORT_BASE, PORT_COUNT } from './x86IoSpace';
