/** Floor 5: CPU models that need no KVM, and what all CPU models share. */
export { BaseCPU, baseCPUSchema } from './baseCPU';
export type { BaseCPUParams } from './baseCPU';
export type { CpuProcess } from './cpuProcess';
export { BaseCPUStats, CommitStats } from './cpuStats';
export { ThreadContext } from './threadContext';
