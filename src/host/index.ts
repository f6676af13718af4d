/** Linux, as the floors above see it. Nothing here knows about simulation or KVM. */
export { Errno, ErrnoError, errnoName, errnoText, isErrnoError } from './errno';
export type { ErrnoFailure, ErrnoName } from './errno';
export { leaveNow } from './childExit';
export { adoptChild, killChild, waitForChild } from './childProcesses';
export type { ChildEnd, ChildFate } from './childProcesses';
export { ForkError, forkProcess, onFork, requireCompilingChildren, requireForkable } from './fork';
export type { ForkRefusal } from './fork';
export { blockStandardStreams } from './standardStreams';
export { HostResources, hostResources } from './hostResources';
export type { HostResource } from './hostResources';
export { koffiVersion, whenReadable } from './libc';
export type { HostPointer } from './libc';
export { ioctl, ioctlRaw } from './ioctl';
export {
  addressOf,
  adviseHugePages,
  adviseMemory,
  HostMapping,
  HUGE_PAGE_BYTES,
  MapFlag,
  mapMemory,
  MAX_VIEW_BYTES,
  MemoryAdvice,
  populateMemory,
  Protection,
  protectMemory,
  unmapMemory,
  withAddressOf,
} from './memoryMap';
export type { MapRequest } from './memoryMap';
export { copyFileStart } from './copyFile';
export {
  close,
  dup,
  duplicateTo,
  fcntl,
  FcntlCommand,
  FD_CLOEXEC,
  HostDescriptor,
  memoryFile,
  open,
  pipe,
  PollEvent,
  readFully,
  tryOpen,
  tryPoll,
  tryPollAll,
  tryPread,
  tryPwrite,
  tryRead,
  tryReadv,
  tryWrite,
  tryWritev,
  writeFully,
} from './descriptors';
export { exchangePaths, makeFifo, makeFolders, startWriteback } from './filesOnDisk';
export { anonymousPages, isZeroMemory, sameMemory, touchedPages } from './pageScan';
export { ResultPipe } from './resultPipe';
export { SignalSet } from './signalSet';
export {
  blockSignals,
  pendingSignals,
  processId,
  realTimeSignals,
  setSignalMask,
  signalMask,
  signalThread,
  takePendingSignal,
  threadId,
  unblockSignals,
} from './signals';
export { PerfCounter, PerfHardware, PerfSoftware, PerfType } from './perfCounter';
export { monotonicResolution, PosixTimer } from './posixTimer';
export { processSignals } from './processSignals';
export { SignalCounters } from './signalCounters';
export {
  mappingCount,
  openDescriptorCount,
  pageSize,
  residentMemoryBytes,
  virtualMemoryBytes,
} from './processInfo';
export { timedCycles, timedSystemCall, timeStampCounterProblem } from './timeStampCounter';
export { UnixListener } from './unixSocket';
export { WrittenPages } from './writtenPages';
