/**
 * Floor 4, x86-64: the state of a thread, segments, paging, CPUID, and the supervisor that syscall
 * emulation puts into the guest.
 */
export {
  CS,
  DS,
  ES,
  FS,
  GS,
  LDTR,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  R8,
  R9,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RFLAGS,
  RIP,
  RSI,
  RSP,
  SS,
  TR,
  gprNames,
  segmentNames,
} from './registers';
export type { GprIndex, SegmentIndex } from './registers';
export {
  Cr0,
  Cr4,
  Efer,
  PageFaultError,
  RFlags,
  Vector,
  XFeature,
  flagNames,
  vectorName,
} from './flags';
export { Msr, msrName, msrSlot, stateMsrs } from './msr';
export { RegisterSet, registerSetNames } from './registerSets';
export type { RegisterSource } from './registerSets';
export { segmentLayout, sregsLayout, threadStateLayout, xsaveLayout } from './threadStateLayout';
export type { StateBlock, StatePart } from './stateBlock';
export { X86ThreadState } from './threadState';
export { serializeThreadState, unserializeThreadState } from './threadStateCheckpoint';
export type { EntryHook } from './entryHook';
export { ioAddressBase, ioPortCount, x86IOAddress, x86PciConfigRange } from './ioAddress';
export { initThreadState, resetThreadState, startThreadAt } from './resetState';
export { MpState } from './mpState';
export { InterruptRequests } from './interruptRequests';
export type { DeliveryMode, Interrupt } from './interruptRequests';
export { dumpFpuRegs, dumpIntRegs, dumpSpecRegs, dumpThreadState } from './dump';
export { initialFcw } from './fpuState';
export type { FpuState } from './fpuState';
export type { DescriptorTableRegister, SegmentRegister, SegmentValue } from './segmentRegister';
export { formatVirtual, highHalfStart, userHalfEnd, virtualAddressBits } from './virtualAddress';
export type { VirtualAddr } from './virtualAddress';
export { PageFlags, largePageBytes } from './pageTableEntry';
export { translateLinear } from './linearAddress';
export { walkTo } from './pageWalk';
export type { WordReader } from './pageWalk';
export type { PageTableChanges } from './pageTableChanges';
export { PageTables } from './pageTables';
export type { PageTableMemory, Translation } from './pageTables';
export {
  SystemSegment,
  decodeDescriptor,
  encodeDescriptor,
  encodeGate,
  encodeTaskState,
} from './descriptors';
export type { Gate, TaskState } from './descriptors';
export { m5opsAddress, supervisorAddress, trapPort, userCode, userData } from './supervisorLayout';
export { enableComponents, sanitizeUserFlags } from './userThread';
export type { UserFeatures } from './userThread';
export { GuestSupervisor } from './guestSupervisor';
export type { ExceptionTrap, PortTrap, SyscallTrap, Trap } from './guestSupervisor';
export { CpuidFeature, cpuidVendor, filterCpuid, findCpuidLeaf, hasCpuidFeature } from './cpuid';
export { deliverException, enterSyscall } from './exceptionDelivery';
export type { PendingException, SupervisorMemory } from './exceptionDelivery';
export { Disassembler } from './disassembler';
export type { Disassembly, MemoryOperand, WrittenRegister } from './disassembler';
export type { AccessLog, LoggedAccess } from './isa/accessLog';
export type { BaseCore, CoreException, CoreStop, CoreSurroundings } from './isa/baseCore';
export type { CoreMemoryOptions } from './isa/coreMemory';
export { SoftwareCore } from './isa/softwareCore';
export { SteppedCore } from './isa/steppedCore';
export { softwareCpuid, softwareFeatures } from './isa/softwareCpuid';
export type { CpuidFeatureBit, CpuidLeaf, CpuidRegister } from './cpuid';
