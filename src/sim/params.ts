/**
 * How a schema declares parameters: `param.Latency('30ns', 'time to answer')` is optional with a
 * default, `param.Latency('time to answer')` must be set by the script, `vectorParam` declares a
 * list. The names are those of gem5's `Param` and `VectorParam`.
 */
import { timeType } from './calendarTime';
import { ethernetAddrType, ipAddressType, ipNetmaskType, ipWithPortType } from './networkTypes';
import type { Node } from './node';
import { objectType, type NullObject } from './objectParam';
import {
  addrRangeType,
  addrType,
  boolType,
  cyclesType,
  enumType,
  floatType,
  integerType,
  memorySize32Type,
  memorySizeType,
  plainType,
  stringType,
  vectorType,
  type ParamType,
} from './paramTypes';
import type { ParamProxy } from './proxy';
import {
  clockType,
  currentType,
  energyType,
  frequencyType,
  latencyType,
  memoryBandwidthType,
  networkBandwidthType,
  temperatureType,
  voltageType,
} from './quantityTypes';
import type { DeprecatedParam, ParamSpec } from './schema';
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
// Numbers are exact to here; gem5's 64-bit types go on to 2^63 - 1 and 2^64 - 1.
const MaxExact = Number.MAX_SAFE_INTEGER;

const types = {
  Int: integerType('Int', -MaxInt32 - 1, MaxInt32),
  Unsigned: integerType('Unsigned', 0, 2 ** 32 - 1),
  Int8: integerType('Int8', -128, 127),
  UInt8: integerType('UInt8', 0, 255),
  Int16: integerType('Int16', -32768, 32767),
  UInt16: integerType('UInt16', 0, 65535),
  Int32: integerType('Int32', -MaxInt32 - 1, MaxInt32),
  UInt32: integerType('UInt32', 0, 2 ** 32 - 1),
  Int64: integerType('Int64', -MaxExact, MaxExact),
  UInt64: integerType('UInt64', 0, MaxExact),
  Counter: integerType('Counter', 0, MaxExact),
  Tick: integerType('Tick', 0, MaxExact),
  Percent: integerType('Percent', 0, 100),
  TcpPort: integerType('TcpPort', 0, 65535),
  UdpPort: integerType('UdpPort', 0, 65535),
  Cycles: cyclesType,
  Float: floatType,
  String: stringType,
  Bool: boolType,
  MemorySize: memorySizeType,
  MemorySize32: memorySize32Type,
  Addr: addrType,
  AddrRange: addrRangeType,
  Latency: latencyType,
  Clock: clockType,
  Frequency: frequencyType,
  Voltage: voltageType,
  Current: currentType,
  Energy: energyType,
  Temperature: temperatureType,
  MemoryBandwidth: memoryBandwidthType,
  NetworkBandwidth: networkBandwidthType,
  EthernetAddr: ethernetAddrType,
  IpAddress: ipAddressType,
  IpNetmask: ipNetmaskType,
  IpWithPort: ipWithPortType,
  Time: timeType,
};

type Declarators = {
  readonly [K in keyof typeof types]: (typeof types)[K] extends ParamType<infer In, infer Out>
    ? ParamDeclarator<In, Out>
    : never;
};

/** What a script may assign to a list: one value, or several, any of them found by a proxy. */
type ListOf<In> = In | readonly (In | ParamProxy)[];

type VectorDeclarators = {
  readonly [K in keyof typeof types]: (typeof types)[K] extends ParamType<infer In, infer Out>
    ? ParamDeclarator<ListOf<In>, readonly Out[]>
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

/** One of `names`: with a default, or required. */
function enumParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  description: string,
): ParamSpec<Name, Name>;
function enumParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  defaultValue: NoInfer<Name> | ParamProxy,
  description: string,
  options?: ParamOptions,
): ParamSpec<Name, Name>;
function enumParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  ...rest: [string] | [Name | ParamProxy, string, (ParamOptions | undefined)?]
): ParamSpec<Name, Name> {
  const type = enumType(kind, names);
  if (rest.length === 1) return { type, description: rest[0] };
  return { type, default: rest[0], description: rest[1], ...rest[2] };
}

/** An object of class `type` (or derived from it): with a default, or required. */
function objectParam<M extends SimObject>(type: string, description: string): ParamSpec<Node<M>, M>;
function objectParam<M extends SimObject>(
  type: string,
  defaultValue: ObjectDefault<M> | undefined,
  description: string,
  options?: ParamOptions,
): ParamSpec<Node<M>, M>;
function objectParam<M extends SimObject>(
  type: string,
  ...rest: [string] | [ObjectDefault<M> | undefined, string, (ParamOptions | undefined)?]
): ParamSpec<Node<M>, M> {
  const spec = { type: objectType<Node<M>, M>(type, false) };
  if (rest.length === 1) return { ...spec, description: rest[0] };
  return { ...spec, default: rest[0], description: rest[1], ...rest[2] };
}

/** Scalar parameter declarations. */
export const param = {
  ...scalars,
  /** One of a list of names. */
  Enum: enumParam,
  /** An object of a class, or of one derived from it. */
  SimObject: objectParam,
  /** An object of class `type`, or NULL. */
  SimObjectOrNull: <M extends SimObject>(
    type: string,
    defaultValue: ObjectDefault<M> | NullObject,
    description: string,
    options: ParamOptions = {},
  ): ParamSpec<Node<M> | NullObject, M | null> => ({
    type: objectType<Node<M> | NullObject, M | null>(type, true),
    description,
    default: defaultValue,
    ...options,
  }),
  /**
   * An old name of the parameter `forwardsTo`, which gets what a script assigns to the old name,
   * with a warning. The model knows nothing of it.
   * @param description - what to say to the user besides the new name, if anything.
   */
  Deprecated: <const To extends string>(forwardsTo: To, description = ''): DeprecatedParam<To> => ({
    // The type is that of the parameter, which `defineSchema` fills in.
    type: plainType<never, never>('Deprecated', value => value as never),
    description,
    forwardsTo,
  }),
};

/** Any of `names`, each as often as the script likes: with a default, or required. */
function enumListParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  description: string,
): ParamSpec<ListOf<Name>, readonly Name[]>;
function enumListParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  defaultValue: ListOf<NoInfer<Name>> | ParamProxy,
  description: string,
  options?: ParamOptions,
): ParamSpec<ListOf<Name>, readonly Name[]>;
function enumListParam<const Name extends string>(
  kind: string,
  names: readonly Name[],
  ...rest: [string] | [ListOf<Name> | ParamProxy, string, (ParamOptions | undefined)?]
): ParamSpec<ListOf<Name>, readonly Name[]> {
  const type = vectorType(enumType(kind, names));
  if (rest.length === 1) return { type, description: rest[0] };
  return { type, default: rest[0], description: rest[1], ...rest[2] };
}

type ObjectListDefault<M extends SimObject> =
  readonly Node<M>[] | ParamProxy | (() => readonly Node<M>[]);

/** Objects of class `type` (or derived from it): with a default, or required. */
function objectListParam<M extends SimObject>(
  type: string,
  description: string,
): ParamSpec<ListOf<Node<M>>, readonly M[]>;
function objectListParam<M extends SimObject>(
  type: string,
  defaultValue: ObjectListDefault<M>,
  description: string,
  options?: ParamOptions,
): ParamSpec<ListOf<Node<M>>, readonly M[]>;
function objectListParam<M extends SimObject>(
  type: string,
  ...rest: [string] | [ObjectListDefault<M>, string, (ParamOptions | undefined)?]
): ParamSpec<ListOf<Node<M>>, readonly M[]> {
  const spec = { type: vectorType(objectType<Node<M>, M>(type, false)) };
  if (rest.length === 1) return { ...spec, description: rest[0] };
  return { ...spec, default: rest[0], description: rest[1], ...rest[2] };
}

/** Declarations of parameters that are lists. */
export const vectorParam = {
  ...vectors,
  /** Any of a list of names, each as often as the script likes. */
  Enum: enumListParam,
  /** Objects of a class, or of ones derived from it. */
  SimObject: objectListParam,
};
