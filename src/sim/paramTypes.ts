/**
 * The types that parameters can have: what a script may assign, what the model receives, and how
 * both are written into configuration outputs.
 *
 * Source of the behaviour: gem5 `python/m5/params.py`, `python/m5/util/convert.py`.
 */
import {
  AddrRange,
  fatal,
  secondsToTicks,
  toAddr,
  toBool,
  toClockPeriodSeconds,
  toFloat,
  toInteger,
  toLatencySeconds,
  toMemoryBandwidth,
  toMemorySize,
  toVoltage,
  type Addr,
  type Cycles,
  type Tick,
  type TimeValue,
} from '../base/index';

/** Anything that JSON can hold. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/**
 * A parameter type. A value passes through two steps: {@link convert} when the script assigns it,
 * which rejects what does not fit, and {@link resolve} at instantiation, when the tick frequency
 * is fixed.
 */
export interface ParamType<In, Out> {
  /** gem5's name of the type, as `--list-sim-objects` prints it. */
  readonly kind: string;
  /** Set for object-valued types: the class that a value must be of. */
  readonly objectType?: string;
  /** Whether an object-valued parameter may be NULL. */
  readonly nullable?: boolean;
  /** Set for vectors: the type of one element. */
  readonly element?: ParamType<unknown, unknown>;
  /** @throws {FatalError} saying what is accepted. */
  convert(value: unknown): unknown;
  /** @param ticksPerSecond - the fixed tick frequency, in Hz. */
  resolve(converted: unknown, ticksPerSecond: number): Out;
  /** The text of config.ini. */
  toIni(resolved: Out): string;
  toJson(resolved: Out): JsonValue;
  /** Only for the type system: what a script may assign. */
  readonly input?: In;
}

function plainType<In, Out extends string | number | boolean>(
  kind: string,
  convert: (value: unknown) => Out,
): ParamType<In, Out> {
  return {
    kind,
    convert,
    resolve: value => value as Out,
    toIni: String,
    toJson: value => value,
  };
}

/** An integer with inclusive bounds; strings may carry 0x, 0o or 0b. */
export function integerType(
  kind: string,
  minimum: number,
  maximum: number,
): ParamType<number | string, number> {
  return plainType(kind, value => toInteger(value, { kind, minimum, maximum }));
}

export const floatType: ParamType<number | string, number> = {
  ...plainType<number | string, number>('Float', toFloat),
  toIni: floatText,
};

/** A float as Python prints it, so that 1 is "1.0". */
function floatText(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

export const stringType: ParamType<string, string> = plainType('String', value =>
  typeof value === 'string' ? value : fatal(`${describe(value)} is not a string`),
);

export const boolType: ParamType<boolean | string, boolean> = plainType('Bool', toBool);

export const memorySizeType: ParamType<number | string, number> = plainType(
  'MemorySize',
  toMemorySize,
);

export const addrType: ParamType<Addr | string, Addr> = plainType('Addr', toAddr);

export const addrRangeType: ParamType<AddrRange | string | number, AddrRange> = {
  kind: 'AddrRange',
  convert: value => {
    if (value instanceof AddrRange) return value;
    if (typeof value === 'string' || typeof value === 'number') return new AddrRange(value);
    return fatal(`${describe(value)} is not an address range; try new AddrRange('512MiB')`);
  },
  resolve: value => value as AddrRange,
  toIni: range => range.toConfig(),
  toJson: range => range.toConfig(),
};

function timeType<In>(
  kind: string,
  convert: (value: unknown) => TimeValue,
  minimumTicks: number,
): ParamType<In, Tick> {
  return {
    kind,
    convert,
    resolve: (value, ticksPerSecond) => {
      const time = value as TimeValue;
      const ticks = time.unit === 'ticks' ? time.value : secondsToTicks(time.value, ticksPerSecond);
      if (ticks < minimumTicks) {
        fatal(`a ${kind} of ${String(ticks)} ticks is too short; the minimum is one tick`);
      }
      return ticks;
    },
    toIni: String,
    toJson: value => value,
  };
}

/** A duration such as '30ns' or '500t'; the model receives ticks. */
export const latencyType = timeType<string | number>('Latency', toLatencySeconds, 0);

/** A clock given by frequency or period; the model receives the period in ticks. */
export const clockType = timeType<string | number>('Clock', toClockPeriodSeconds, 1);

/** A frequency; as in gem5 the model receives the *period* in ticks. */
export const frequencyType = timeType<string | number>('Frequency', toClockPeriodSeconds, 1);

export const voltageType: ParamType<number | string, number> = {
  ...plainType<number | string, number>('Voltage', toVoltage),
  toIni: floatText,
};

/** Bytes per second in a script; the model receives ticks per byte. */
export const memoryBandwidthType: ParamType<string | number, number> = {
  kind: 'MemoryBandwidth',
  convert: toMemoryBandwidth,
  resolve: (bytesPerSecond, ticksPerSecond) =>
    (bytesPerSecond as number) === 0 ? 0 : ticksPerSecond / (bytesPerSecond as number),
  toIni: value => value.toFixed(6),
  toJson: value => value,
};

export const cyclesType: ParamType<number | string, Cycles> = integerType(
  'Cycles',
  0,
  Number.MAX_SAFE_INTEGER,
);

/** One of a list of names. */
export function enumType<const Name extends string>(
  kind: string,
  names: readonly Name[],
): ParamType<Name, Name> {
  return plainType(kind, value => {
    const name = names.find(candidate => candidate === value);
    return name ?? fatal(`${describe(value)} is none of ${names.join(', ')}`);
  });
}

/** A list; a single value stands for a list of one, and "a,b,c" for its parts. */
export function vectorType<In, Out>(
  element: ParamType<In, Out>,
): ParamType<In | readonly In[], readonly Out[]> {
  return {
    kind: `VectorParam.${element.kind}`,
    element,
    ...(element.objectType === undefined ? {} : { objectType: element.objectType }),
    convert: value => elementsOf(value).map(item => element.convert(item)),
    resolve: (values, ticksPerSecond) =>
      (values as readonly unknown[]).map(value => element.resolve(value, ticksPerSecond)),
    toIni: values => values.map(value => element.toIni(value)).join(' '),
    toJson: values => values.map(value => element.toJson(value)),
  };
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  const inner = value.trim().replace(/^[[(](.*)[\])]$/s, '$1');
  return inner === '' ? [] : inner.split(',').map(item => item.trim());
}

/** `value` as a message shows it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'object' && value !== null) return `an object of ${value.constructor.name}`;
  return String(value);
}
