/**
 * How a schema declares parameters: `param.Latency('30ns', 'time to answer')` is optional with a
 * default, `param.Latency('time to answer')` must be set by the script, `vectorParam` declares a
 * list. The names are those of gem5's `Param` and `VectorParam`.
 */
import type { Node } from './node';
import { objectType, type NullObject } from './objectParam';
import {
  addrRangeType,
  addrType,
  boolType,
  clockType,
  cyclesType,
  enumType,
  floatType,
  frequencyType,
  integerType,
  latencyType,
  memoryBandwidthType,
  memorySizeType,
  stringType,
  vectorType,
  voltageType,
  type ParamType,
} from './paramTypes';
import type { ParamProxy } from './proxy';
import type { ParamSpec } from './schema';
import type { SimObject } from './simObject';

/** Rarely needed details of a parameter. */
export interface ParamOptions {
  /** The name in gem5's outputs where it is not the snake_case form of the property. */
  readonly outputName?: string;
}

/** Declares a parameter of one type: required with one argument, with a default otherwise. */
export interface ParamDeclarator<In, Out> {
  (description: string): ParamSpec<In, Out>;
  (
    defaultValue: In | ParamProxy | (() => In),
    description: string,
    options?: ParamOptions,
  ): ParamSpec<In, Out>;
}

function declarator<In, Out>(type: ParamType<In, Out>): ParamDeclarator<In, Out> {
  return (
    defaultOrDescription: In | ParamProxy | string | (() => In),
    description?: string,
    options: ParamOptions = {},
  ): ParamSpec<In, Out> =>
    description === undefined
      ? { type, description: defaultOrDescription as string, ...options }
      : { type, description, default: defaultOrDescription as In, ...options };
}

const MaxInt32 = 2 ** 31 - 1;
const MaxUInt64 = Number.MAX_SAFE_INTEGER;

const types = {
  Int: integerType('Int', -MaxInt32 - 1, MaxInt32),
  Unsigned: integerType('Unsigned', 0, 2 ** 32 - 1),
  Int8: integerType('Int8', -128, 127),
  UInt8: integerType('UInt8', 0, 255),
  Int16: integerType('Int16', -32768, 32767),
  UInt16: integerType('UInt16', 0, 65535),
  Int32: integerType('Int32', -MaxInt32 - 1, MaxInt32),
  UInt32: integerType('UInt32', 0, 2 ** 32 - 1),
  Int64: integerType('Int64', -MaxUInt64, MaxUInt64),
  UInt64: integerType('UInt64', 0, MaxUInt64),
  Counter: integerType('Counter', 0, MaxUInt64),
  Tick: integerType('Tick', 0, MaxUInt64),
  Percent: integerType('Percent', 0, 100),
  TcpPort: integerType('TcpPort', 0, 65535),
  Cycles: cyclesType,
  Float: floatType,
  String: stringType,
  Bool: boolType,
  MemorySize: memorySizeType,
  Addr: addrType,
  AddrRange: addrRangeType,
  Latency: latencyType,
  Clock: clockType,
  Frequency: frequencyType,
  Voltage: voltageType,
  MemoryBandwidth: memoryBandwidthType,
};

type Declarators = {
  readonly [K in keyof typeof types]: (typeof types)[K] extends ParamType<infer In, infer Out>
    ? ParamDeclarator<In, Out>
    : never;
};

type VectorDeclarators = {
  readonly [K in keyof typeof types]: (typeof types)[K] extends ParamType<infer In, infer Out>
    ? ParamDeclarator<In | readonly In[], readonly Out[]>
    : never;
};

const scalars = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [
    name,
    declarator(type as ParamType<unknown, unknown>),
  ]),
) as unknown as Declarators;

const vectors = Object.fromEntries(
  Object.entries(types).map(([name, type]) => [
    name,
    declarator(vectorType(type as ParamType<unknown, unknown>)),
  ]),
) as unknown as VectorDeclarators;

type ObjectDefault<M extends SimObject> = Node<M> | ParamProxy | (() => Node<M>);

/** Scalar parameter declarations. */
export const param = {
  ...scalars,
  /** One of `names`. */
  Enum: <const Name extends string>(
    kind: string,
    names: readonly Name[],
    defaultValue: NoInfer<Name>,
    description: string,
  ): ParamSpec<Name, Name> => ({ type: enumType(kind, names), description, default: defaultValue }),
  /** An object of class `type` (or derived from it). */
  SimObject: <M extends SimObject>(
    type: string,
    defaultValue: ObjectDefault<M> | undefined,
    description: string,
  ): ParamSpec<Node<M>, M> => ({
    type: objectType<Node<M>, M>(type, false),
    description,
    default: defaultValue,
  }),
  /** An object of class `type`, or NULL. */
  SimObjectOrNull: <M extends SimObject>(
    type: string,
    defaultValue: ObjectDefault<M> | NullObject,
    description: string,
  ): ParamSpec<Node<M> | NullObject, M | null> => ({
    type: objectType<Node<M> | NullObject, M | null>(type, true),
    description,
    default: defaultValue,
  }),
};

/** Declarations of parameters that are lists. */
export const vectorParam = {
  ...vectors,
  /** Objects of class `type` (or derived from it). */
  SimObject: <M extends SimObject>(
    type: string,
    defaultValue: readonly Node<M>[] | ParamProxy,
    description: string,
  ): ParamSpec<Node<M> | readonly Node<M>[], readonly M[]> => ({
    type: vectorType(objectType<Node<M>, M>(type, false)),
    description,
    default: defaultValue,
  }),
};
