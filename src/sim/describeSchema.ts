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
  for (const [name, spec] of sortedEntries(schema.params)) lines.push(...describeParam(name, spec));
  for (const [name, spec] of sortedEntries(schema.ports)) lines.push(...describePort(name, spec));
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

function describeParam(name: string, spec: ParamSpec): string[] {
  if (spec.forwardsTo !== undefined) {
    const lines = [`        ${name}: deprecated, use ${spec.forwardsTo}`];
    return spec.description === '' ? lines : [...lines, `            ${spec.description}`];
  }
  const { kind, choices, nullable, objectType } = spec.type;
  const made = objectType === undefined ? 'computed' : 'an object of its own';
  const text = typeof spec.default === 'function' ? made : defaultText(spec.default);
  const suffix = spec.default === undefined ? ', required' : ` = ${text}`;
  const lines = [`        ${name}: ${kind}${nullable === true ? ' or NULL' : ''}${suffix}`];
  if (choices !== undefined) lines.push(`            one of ${choices.join(', ')}`);
  return [...lines, `            ${spec.description}`];
}

function describePort(name: string, { role, vector, optional, description }: PortSpec): string[] {
  const kind = role === 'GEM5 REQUESTOR' ? 'RequestPort' : 'ResponsePort';
  const need = vector ? '' : optional ? ', optional' : ', required';
  return [`        ${name}: ${vector ? 'Vector' : ''}${kind}${need}`, `            ${description}`];
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
