/** Floor 5, syscall emulation: programs for x86-64 Linux without a kernel. Knows no CPU model. */
export { AddressSpace } from './addressSpace';
export type { AddressSpaceParts } from './addressSpace';
export { readElf } from './elf';
export type { ElfProgram, ElfSegment } from './elf';
export { checkProgram } from './elfLoader';
export { FileAccess, LIBRARY_FOLDERS } from './fileAccess';
export type { FileAccessLists, PathUse } from './fileAccess';
export { PageAllocator } from './pageAllocator';
export type { PageAllocatorState, PageRange, PhysicalBlock, PhysicalBlocks } from './pageAllocator';
export type { AccessKind, FaultOutcome } from './pageFaults';
export type { MapRequest } from './placeMapping';
export { Process } from './process';
export type { ProcessThreadContext } from './process';
export { emulatedDriverSchema, processSchema } from './processSchema';
export type { ProcessParams } from './processSchema';
export { ProcessState } from './processState';
export type { ProcessEnd, ProcessIds, ProcessParts } from './processState';
export { ProcessThread } from './processThread';
export { SEWorkload, seWorkloadSchema, X86EmuLinux, x86EmuLinuxSchema } from './seWorkload';
export type {
  EmulatedProcess,
  ProcessContext,
  SEWorkloadParams,
  X86EmuLinuxParams,
} from './seWorkload';
export { Signal, signalName } from './signals';
export { syscallName } from './syscallNames';
export { doSyscall, offeredSyscalls } from './syscallTable';
