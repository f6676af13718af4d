/**
 * What the author of a model needs: the classes to derive from, and what declares parameters,
 * ports, events, statistics and debug flags.
 *
 * ```ts
 * import { defineSchema, nodeClass, SimObject, simObjectSchema } from 'mini-gem5/model';
 * ```
 *
 * The classes here are models. The nodes of the same names, from which scripts build their trees,
 * are in `mini-gem5/objects`. The tutorial in `docs/tutorial/` shows how the two go together.
 */

// Numbers, messages, debug output.
export {
  AddrRange,
  bits,
  ceilLog2,
  compoundFlag,
  ddump,
  debugFlag,
  divCeil,
  dprintf,
  fatal,
  floorLog2,
  hack,
  inform,
  isPowerOf2,
  MaxAddr,
  MaxTick,
  panic,
  Random,
  roundDown,
  roundUp,
  warn,
  warnOnce,
  withProgress,
} from '../base/index';
export type {
  Addr,
  ContextID,
  Cycles,
  DebugFlag,
  RandomState,
  RequestorID,
  Tick,
} from '../base/index';

// Declarations.
export {
  defineSchema,
  nodeClass,
  NULL,
  param,
  Parent,
  requestPort,
  responsePort,
  Self,
  vectorParam,
  vectorRequestPort,
  vectorResponsePort,
} from '../sim/index';
// The type of a schema or a node class is made of these, so whoever exports one needs their names.
export type {
  AnyNode,
  Inputs,
  ModelClass,
  Node,
  NodeClass,
  NodeOf,
  NullObject,
  ParamProxy,
  ParamsOf,
  ParamSpec,
  PortRef,
  PortSpec,
  Schema,
  SimObjectContext,
} from '../sim/index';

// Objects, events, clocks.
export {
  ClockDomain,
  clockDomainSchema,
  ClockedObject,
  clockedObjectSchema,
  CountedExitEvent,
  Event,
  EventFlag,
  EventFunctionWrapper,
  EventManager,
  EventPriority,
  EventQueue,
  exitSimLoop,
  exitSimLoopNow,
  GlobalSimLoopExitEvent,
  LocalSimLoopExitEvent,
  SimObject,
  simObjectSchema,
  Simulation,
} from '../sim/index';
export type { ClockedObjectParams, ExitRepeat, SimObjectParams } from '../sim/index';

// Draining, checkpoints, probes.
export {
  ProbeListener,
  ProbeManager,
  ProbePoint,
  serializeSection,
  unserializeSection,
} from '../sim/index';
export type {
  CheckpointIn,
  CheckpointOut,
  CheckpointValue,
  Drainable,
  DrainState,
  Serializable,
} from '../sim/index';

// Statistics.
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
  mul,
  neg,
  Scalar,
  SparseHistogram,
  StandardDeviation,
  StatFlag,
  StatGroup,
  sub,
  sum,
  unit,
  Unit,
  Value,
  Vector,
  Vector2d,
  VectorAverageDeviation,
  VectorDistribution,
  VectorStandardDeviation,
} from '../sim/index';

// Devices.
export { BasicPioDevice, basicPioDeviceSchema, PioDevice, pioDeviceSchema } from '../dev/index';
export type { BasicPioDeviceParams, PioDeviceParams } from '../dev/index';

// What KVM keeps in the kernel.
export { KvmDevice, KvmKernelGicV2 } from '../kvm/index';

// Ports, packets, memories.
export { InvalidPortID, Port } from '../sim/index';
export {
  AbstractMemory,
  abstractMemorySchema,
  MemCmd,
  Packet,
  PacketFlag,
  PacketQueue,
  QueuedResponsePort,
  Request,
  RequestFlag,
  RequestorIDs,
  RequestPort,
  ResponsePort,
  SimpleMemory,
  simpleMemorySchema,
  System,
  systemSchema,
} from '../mem/index';
export type {
  AbstractMemoryParams,
  MemoryMode,
  SenderState,
  SimpleMemoryParams,
  SystemParams,
} from '../mem/index';
