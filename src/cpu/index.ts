/** Floor 5, CPUs: what all models share. Knows no KVM. */
export { AtomicSimpleCPU } from './atomicSimpleCPU';
export type { AtomicSimpleCPUParams } from './atomicSimpleCPU';
export { BareMetalWorkload, bareMetalWorkloadSchema } from './bareMetal/bareMetalWorkload';
export type { BareMetalWorkloadParams } from './bareMetal/bareMetalWorkload';
export { BaseCPU, baseCPUSchema } from './baseCPU';
export type { BaseCPUParams } from './baseCPU';
export type { BaseCPUStats, CommitCPUStats } from './cpuStats';
export { warnOfForeignState } from './foreignState';
export { M5Op } from './pseudoInst/m5Op';
export { accessM5op } from './pseudoInst/m5opAccess';
export { pseudoInst } from './pseudoInst/pseudoInst';
export { NonCachingSimpleCPU } from './nonCachingSimpleCPU';
export type { NonCachingSimpleCPUParams } from './nonCachingSimpleCPU';
export { TimingSimpleCPU } from './timingSimpleCPU';
export type { TimingSimpleCPUParams } from './timingSimpleCPU';
export { ThreadContext } from './threadContext';
export type { ThreadContextCPU } from './threadContext';
export type { ThreadProcess } from './threadProcess';
