/** Floor 1: the simulation core. Knows neither Node nor koffi. */
export {
  ClockDomain,
  clockDomainSchema,
  DerivedClockDomain,
  derivedClockDomainSchema,
  SrcClockDomain,
  srcClockDomainSchema,
} from './clockDomain';
export type { ClockedMember, DerivedClockDomainParams, SrcClockDomainParams } from './clockDomain';
export { ClockedObject, clockedObjectSchema } from './clockedObject';
export type { ClockedObjectParams } from './clockedObject';
export { configDot } from './configDot';
export { dvfsDot } from './dvfsDot';
export { configIni, configJson } from './configTree';
export { describeSchema } from './describeSchema';
export { DrainManager } from './drain';
export type { Drainable, DrainState } from './drain';
export type { DrainLimits } from './drainLoop';
export { notifyFork, prepareFork } from './forkSimulation';
export { nodeClass } from './node';
export { isNode } from './nodeState';
export type { AnyNode, ModelClass, Node, NodeClass, NodeOf } from './node';
export { NULL } from './objectParam';
export type { NullObject } from './objectParam';
export { param, vectorParam } from './params';
export type { ParamType } from './paramTypes';
export type { PortInput, PortRef } from './portRef';
export { ProbeListener, ProbeManager, ProbePoint } from './probe';
export { Parent, Self } from './proxy';
export type { ParamProxy } from './proxy';
export { pythonJson } from './pythonText';
export type { JsonValue } from './pythonText';
export { Root, rootSchema } from './root';
export type { RootParams } from './root';
export {
  defineSchema,
  requestPort,
  responsePort,
  vectorRequestPort,
  vectorResponsePort,
} from './schema';
export type { Inputs, ParamSpec, ParamsOf, PortSpec, Schema, SimObjectContext } from './schema';
export {
  currentSection,
  ImagePageBytes,
  serializeSection,
  unserializeFrom,
  unserializeSection,
} from './serializable';
export type {
  ChangedPages,
  CheckpointIn,
  CheckpointOut,
  CheckpointValue,
  ImagePages,
  MemoryImage,
  MemoryImageSource,
  PageRun,
  SectionFormat,
  SectionUpgrader,
  Serializable,
} from './serializable';
export { SimObject, simObjectSchema } from './simObject';
export type { SimObjectParams } from './simObject';
export { Simulation } from './simulation';
export type { InstructionCounter } from './instructionCounter';
export type { SimulationHost } from './simulationHost';
export type { Timeline } from './timeline';
export { scheduleStatEvent } from './statEvents';
export type { StatAction } from './statEvents';
export { TimelineEnding } from './traceEventWriter';
export type { TimelineOutput } from './traceEventWriter';
export { VoltageDomain, voltageDomainSchema } from './voltageDomain';
export type { VoltageDomainParams } from './voltageDomain';
export { Event, EventFlag, EventFunctionWrapper, EventPriority } from './event';
export { EventManager } from './eventManager';
export { EventQueue } from './eventQueue';
export {
  CountedExitEvent,
  exitSimLoop,
  exitSimLoopNow,
  GlobalSimLoopExitEvent,
  LocalSimLoopExitEvent,
} from './exitEvents';
export type { ExitEvent, ExitRepeat } from './exitEvents';
export { EventLoop, runEventLoop } from './simulateLoop';
export type { SimulateAsyncOptions } from './simulateLoop';
export { Port, InvalidPortID } from './port';
export {
  add,
  Average,
  AverageDeviation,
  AverageVector,
  Distribution,
  div,
  element,
  Formula,
  Histogram,
  JsonWriter,
  mul,
  neg,
  Scalar,
  SparseHistogram,
  StandardDeviation,
  StatFlag,
  StatGroup,
  sub,
  sum,
  TextWriter,
  unit,
  Unit,
  Value,
  Vector,
  Vector2d,
  VectorAverageDeviation,
  VectorDistribution,
  VectorStandardDeviation,
} from './stats/index';
export type { StatContext, StatGroupOwner, StatOutput } from './stats/index';
