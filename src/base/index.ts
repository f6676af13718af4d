/** Floor 0: addresses, units, messages, errors, bits, random numbers. Knows neither Node nor koffi. */
export { InvalidContextID, MaxAddr, MaxTick } from './types';
export type { Addr, ContextID, Cycles, RequestorID, Tick } from './types';
export { FatalError, PanicError, SimError, assertNever, fatal, panic } from './errors';
export {
  consoleSink,
  formatMessage,
  getLogSink,
  hack,
  inform,
  resetWarnOnce,
  setLogLevel,
  setLogSink,
  warn,
  warnOnce,
} from './logging';
export type { LogLevel, LogSink } from './logging';
export { suggestion } from './nearestName';
export {
  CompoundFlag,
  DebugFlag,
  FmtFlag,
  FmtStackTrace,
  FmtTicksOff,
  allFlags,
  changeFlag,
  clearDebugFlags,
  compoundFlag,
  ddump,
  debugFlag,
  dprintf,
  findFlag,
  requireDebugFlags,
  setDebugActivate,
  setDebugFlags,
  setDebugIgnore,
  setTracing,
  tracingEnabled,
} from './debug';
export type { AnyDebugFlag } from './debug';
export { describeValue } from './numbers';
export { noProgress, setProgressDisplay, withProgress } from './progress';
export type { ProgressBar, ProgressDisplay } from './progress';
export {
  anyToFrequency,
  anyToLatency,
  secondsToTicks,
  toAddr,
  toBool,
  toClockPeriodSeconds,
  toCurrent,
  toEnergy,
  toFloat,
  toFrequency,
  toInteger,
  toLatencySeconds,
  toMemoryBandwidth,
  toMemorySize,
  toNetworkBandwidth,
  toTemperature,
  toVoltage,
} from './units';
export type { IntegerOptions, TimeValue } from './units';
export { toIpAddress, toIpNetmask, toIpWithPort } from './network';
export type { IpNetmask, IpWithPort } from './network';
export {
  bitAnd,
  bitClear,
  bitOr,
  bitXor,
  bits,
  ceilLog2,
  ctz,
  divCeil,
  floorLog2,
  fromHiLo,
  hi32,
  insertBits,
  isPowerOf2,
  lo32,
  mask,
  parity32,
  popCount,
  popCount32,
  roundDown,
  roundUp,
} from './bits';
export { Random } from './random';
export type { RandomState } from './random';
export { AddrRange } from './addrRange';
export type { AddrLike, AddrRangeSpec } from './addrRangeForms';
export { AddrRangeMap } from './addrRangeMap';
export type { AddrRangeMapEntry } from './addrRangeMap';
export { SymbolTable } from './symbolTable';
export type { CodeSymbol, NearestSymbol } from './symbolTable';
