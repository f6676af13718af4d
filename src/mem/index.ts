/** Floor 3: the memory system. Knows neither KVM nor CPUs. */
export { AbstractMemory, abstractMemorySchema, MemoryAccess } from './abstractMemory';
export type { AbstractMemoryParams } from './abstractMemory';
export { BackingStore } from './backingStore';
export type { BackingStoreOptions } from './backingStore';
export { RESERVE_BYTES } from './hostMemory';
export type { MemoryReserve } from './hostMemory';
export type { WasmMemory } from './linearMemory';
export type { BaseXBarParams } from './baseXBar';
export { Bridge, bridgeSchema } from './bridge';
export type { BridgeParams } from './bridge';
export { CoherentXBar } from './coherentXBar';
export { coherentXBarSchema, l2XBarSchema, systemXBarSchema } from './coherentXBarSchema';
export type { CoherentXBarParams } from './coherentXBarSchema';
export { ImageFile, readImageFile } from './imageFile';
export type { LockedAddr } from './lockedAddr';
export {
  MemCmd,
  MemCmdAttribute,
  memCmdAttributes,
  memCmdName,
  memCmdResponse,
  NUM_MEM_CMDS,
} from './memCmd';
export type { MemoryBlock } from './memoryBlock';
export { MemoryLock } from './memoryLocks';
export type { MemoryLocks } from './memoryLocks';
export { ioXBarSchema, NoncoherentXBar } from './noncoherentXBar';
export type { NoncoherentXBarParams } from './noncoherentXBar';
export { Packet, PacketFlag } from './packet';
export type { SenderState } from './packet';
export { PhysicalMemory } from './physicalMemory';
export type { PhysicalMemoryOptions } from './physicalMemory';
export { PacketQueue } from './packetQueue';
export { PrintReqState } from './printReqState';
export { QueuedResponsePort } from './queuedResponsePort';
export { Request, RequestFlag, RequestorIDs } from './request';
export type { AtomicOpFunctor } from './request';
export type { RequestorTable } from './requestorTable';
export { PortTrace, RequestPort } from './requestPort';
export { ResponsePort } from './responsePort';
export { SimpleMemory, simpleMemorySchema } from './simpleMemory';
export type { SimpleMemoryParams } from './simpleMemory';
export { SnoopFilter, snoopFilterSchema } from './snoopFilter';
export type { SnoopFilterParams } from './snoopFilter';
export { trackMoment } from './changeTracking';
export type { TrackedMoment } from './changeTracking';
export { System } from './system';
export type { KvmVMHandle } from './system';
export { systemSchema } from './systemSchema';
export type { MemoryMode, SystemParams } from './systemSchema';
export { SystemThreads } from './systemThreads';
export type { SystemThreadContext, ThreadStatus } from './systemThreads';
export { StubWorkload, Workload, workloadSchema } from './workload';
export type { StubWorkloadParams, SystemWorkload, WorkloadParams } from './workload';
export { WorkItems } from './workItems';
