/** A class's parameters and ports in words, for `--list-sim-objects`. */
import { AddrRange, describeValue } from '../base/index';
import { NULL } from './objectParam';
import { isParamProxy } from './proxy';
import type { ParamSpec, PortSpec, Schema } from './schema';

/**
 * The lines that describe a class: its name and the classes above it, then parameters with type,
 * default and description, then ports, each sorted by name; a blank line ends it.
 */
export function describeSchema(schema: Schema): string[] {
  const kinds = ancestors(schema);
  const lines = [schema.type + (kinds.length === 0 ? '' : ` (${kinds.join(', ')})`)];
  lines.push(`    ${schema.description}`);
  for (const [name, spec] of sortedEntries(schema.params)) lines.push(...paramLines(name, spec));
  for (const [name, spec] of sortedEntries(schema.ports)) lines.push(...portLines(name, spec));
  lines.push('');
  return lines;
}

/** The classes above, up to SimObject; what is above that stands for nothing. */
function ancestors({ parent }: Schema): string[] {
  return parent?.parent === undefined ? [] : [parent.type, ...ancestors(parent)];
}

function sortedEntries<T>(record: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A parameter in words. */
interface ParamDescription {
  /** Its type; 'deprecated' for an old name. */
  readonly type: string;
  /** Its default, or undefined where a script must set it. */
  readonly value: string | undefined;
  /** What it may be, for an enumeration. */
  readonly choices: readonly string[];
  readonly text: string;
}

/** Describes a parameter. */
export function describeParam({
  type,
  default: value,
  description,
  ...spec
}: ParamSpec): ParamDescription {
  if (spec.forwardsTo !== undefined) {
    return { type: 'deprecated', value: `use ${spec.forwardsTo}`, choices: [], text: description };
  }
  const { kind, choices = [], nullable, objectType } = type;
  const made = objectType === undefined ? 'computed' : 'an object of its own';
  const text = typeof value === 'function' ? made : defaultText(value);
  return {
    type: `${kind}${nullable === true ? ' or NULL' : ''}`,
    value: value === undefined ? undefined : text,
    choices,
    text: description,
  };
}

/** A port in words. */
interface PortDescription {
  readonly type: string;
  /** Whether it must be connected: 'required' or 'optional', '' for a vector. */
  readonly need: string;
  readonly text: string;
}

/** Describes a port. */
export function describePort({ role, vector, optional, description }: PortSpec): PortDescription {
  const kind = role === 'GEM5 REQUESTOR' ? 'RequestPort' : 'ResponsePort';
  const need = vector ? '' : optional ? 'optional' : 'required';
  return { type: `${vector ? 'Vector' : ''}${kind}`, need, text: description };
}

function paramLines(name: string, spec: ParamSpec): string[] {
  const { type, value, choices, text } = describeParam(spec);
  const line = `        ${name}: ${type}`;
  const more = text === '' ? [] : [`            ${text}`];
  if (spec.forwardsTo !== undefined) return [`${line}, ${value ?? ''}`, ...more];
  const names = choices.length === 0 ? [] : [`            one of ${choices.join(', ')}`];
  return [value === undefined ? `${line}, required` : `${line} = ${value}`, ...names, ...more];
}

function portLines(name: string, spec: PortSpec): string[] {
  const { type, need, text } = describePort(spec);
  return [`        ${name}: ${type}${need === '' ? '' : `, ${need}`}`, `            ${text}`];
}

function defaultText(value: unknown): string {
  if (value === NULL) return 'NULL';
  if (isParamProxy(value)) return String(value);
  if (value instanceof AddrRange) return value.toConfig();
  if (Array.isArray(value)) return `[${value.map(defaultText).join(', ')}]`;
  return typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : describeValue(value);
}
