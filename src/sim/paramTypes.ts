/**
 * The types that parameters can have: what a script may assign, what the model receives, and how
 * both are written into configuration outputs. Quantities with units are in `quantityTypes.ts`.
 *
 * Source of the behaviour: gem5 `python/m5/params.py`, `python/m5/util/convert.py`.
 */
import {
  AddrRange,
  describeValue,
  fatal,
  toAddr,
  toBool,
  toFloat,
  toInteger,
  toMemorySize,
  type Addr,
  type Cycles,
} from '../base/index';
import type { ParamProxy } from './proxy';
import { JsonFloat, pythonFloat, type JsonValue } from './pythonText';

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
  /** Set for enumerations: the names to choose from. */
  readonly choices?: readonly string[];
  /** Set for vectors: the type of one element. */
  readonly element?: ParamType<unknown, unknown>;
  /** @throws {FatalError} saying what is accepted. */
  convert(value: unknown): unknown;
  /**
   * @param ticksPerSecond - the fixed tick frequency, in Hz.
   * @param report - takes a warning about the value, without the parameter's name.
   * @throws {FatalError} when the value is out of bounds, without the parameter's name.
   */
  resolve(converted: unknown, ticksPerSecond: number, report: (warning: string) => void): Out;
  /** The text of config.ini. */
  toIni(resolved: Out): string;
  /** The value in config.json. */
  toJson(resolved: Out): JsonValue;
  /** Only for the type system: what a script may assign. */
  readonly input?: In;
}

/** A type whose values go to the model, and to the outputs, as they were converted. */
export function plainType<In, Out extends string | number | boolean>(
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

/** A number that outputs show as a float. */
export function realType<In>(
  kind: string,
  convert: (value: unknown) => number,
): ParamType<In, number> {
  return {
    ...plainType<In, number>(kind, convert),
    toIni: pythonFloat,
    toJson: value => new JsonFloat(value),
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

/** Any number. */
export const floatType: ParamType<number | string, number> = realType('Float', toFloat);

/** Any text. */
export const stringType: ParamType<string, string> = plainType('String', value =>
  typeof value === 'string' ? value : fatal(`${describeValue(value)} is not a string`),
);

/** A truth value; strings such as 'yes' and 'false' are read as gem5 does. */
export const boolType: ParamType<boolean | string, boolean> = plainType('Bool', toBool);

/** A number of bytes, below 2^53. */
export const memorySizeType: ParamType<number | string, number> = plainType(
  'MemorySize',
  toMemorySize,
);

const MaxMemorySize32 = 2 ** 32 - 1;

/** A number of bytes, below 2^32. */
export const memorySize32Type: ParamType<number | string, number> = plainType(
  'MemorySize32',
  value => {
    const bytes = toMemorySize(value);
    if (bytes <= MaxMemorySize32) return bytes;
    return fatal(
      `${describeValue(value)} is not a valid MemorySize32; ` +
        `accepted: a memory size from 0 to ${String(MaxMemorySize32)} bytes`,
    );
  },
);

/** A physical address. */
export const addrType: ParamType<Addr | string, Addr> = plainType('Addr', toAddr);

/** A range of addresses; a size or an end address stands for the range from 0. */
export const addrRangeType: ParamType<AddrRange | string | number, AddrRange> = {
  kind: 'AddrRange',
  convert: value => {
    if (value instanceof AddrRange) return value;
    if (typeof value === 'string' || typeof value === 'number') return new AddrRange(value);
    return fatal(`${describeValue(value)} is not an address range; try new AddrRange('512MiB')`);
  },
  resolve: value => value as AddrRange,
  toIni: range => range.toConfig(),
  toJson: range => range.toConfig(),
};

/** A number of clock cycles. */
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
  return {
    ...plainType<Name, Name>(kind, value => {
      const name = names.find(candidate => candidate === value);
      if (name !== undefined) return name;
      return fatal(
        `${describeValue(value)} is not a valid ${kind}; accepted: one of ${names.join(', ')}`,
      );
    }),
    choices: names,
  };
}

/** A list; a single value stands for a list of one, and "a,b,c" for its parts. */
export function vectorType<In, Out>(
  element: ParamType<In, Out>,
): ParamType<In | readonly (In | ParamProxy)[], readonly Out[]> {
  return {
    kind: `VectorParam.${element.kind}`,
    element,
    ...(element.objectType === undefined ? {} : { objectType: element.objectType }),
    ...(element.choices === undefined ? {} : { choices: element.choices }),
    convert: value => elementsOf(value).map(item => element.convert(item)),
    resolve: (values, ticksPerSecond, report) =>
      (values as readonly unknown[]).map(value => element.resolve(value, ticksPerSecond, report)),
    toIni: values => values.map(value => element.toIni(value)).join(' '),
    toJson: values => values.map(value => element.toJson(value)),
  };
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return [value];
  const inner = value.trim().replace(/^\[(.*)\]$/s, '$1');
  return inner === '' ? [] : inner.split(',').map(item => item.trim());
}
