/** A class's parameters and ports in words, for `--list-sim-objects`. */
import type { ParamSpec, Schema } from './schema';
import { isParamProxy, proxyExpression, proxyToString } from './proxy';

/** The lines that describe a class: name, parameters with type, default and description, ports. */
export function describeSchema(schema: Schema): string[] {
  const lines = [`${schema.type}: ${schema.description}`];
  for (const [name, spec] of Object.entries(schema.params)) {
    const value = defaultText(spec);
    lines.push(
      `    ${name}: ${spec.type.kind}${value === undefined ? ' (required)' : ` = ${value}`}`,
    );
    lines.push(`        ${spec.description}`);
  }
  for (const [name, port] of Object.entries(schema.ports)) {
    const kind = port.role === 'GEM5 REQUESTOR' ? 'RequestPort' : 'ResponsePort';
    lines.push(`    ${name}: ${port.vector ? 'Vector' : ''}${kind}`);
    lines.push(`        ${port.description}`);
  }
  lines.push('');
  return lines;
}

function defaultText(spec: ParamSpec): string | undefined {
  const value = spec.default;
  if (value === undefined) return undefined;
  if (isParamProxy(value)) {
    const expression = proxyExpression(value);
    return expression === undefined ? undefined : proxyToString(expression);
  }
  if (typeof value === 'function') return 'a new object';
  if (typeof value === 'object' && value !== null && 'isNull' in value) return 'NULL';
  return typeof value === 'string'
    ? `'${value}'`
    : Array.isArray(value)
      ? `[${value.join(', ')}]`
      : String(value);
}
