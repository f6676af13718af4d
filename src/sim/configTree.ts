/**
 * The configured tree as gem5 writes it: `config.ini` and `config.json`.
 *
 * Source of the behaviour: gem5 `python/m5/SimObject.py` (`print_ini`, `get_config_as_dict`).
 */
import { sortedChildren, type AnyNode } from './node';
import { childNodes, isNode, isNodeList, nodeState } from './nodeState';
import type { JsonValue, ParamType } from './paramTypes';
import type { PortRef } from './portRef';
import { resolvedParam } from './resolveProxies';
import { paramOutputName, toOutputName } from './schema';

/** Parameters as gem5 spells them, with their types and resolved values, sorted by name. */
function outputParams(node: AnyNode, ticksPerSecond: number): OutputParam[] {
  return Object.entries(nodeState(node).schema.params)
    .filter(([, spec]) => spec.forwardsTo === undefined)
    .map(([name, spec]) => {
      const converted = resolvedParam(node, name);
      const object = spec.type.objectType !== undefined;
      return {
        name: paramOutputName(name, spec),
        type: spec.type,
        value: object ? converted : spec.type.resolve(converted, ticksPerSecond),
        object,
      };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

interface OutputParam {
  readonly name: string;
  readonly type: ParamType<unknown, unknown>;
  /** For an object-valued parameter the node, else what the model receives. */
  readonly value: unknown;
  readonly object: boolean;
}

function connectedPorts(node: AnyNode): PortRef[] {
  return [...nodeState(node).ports.values()]
    .filter(port => port.connections.length > 0)
    .sort((a, b) => (toOutputName(a.name) < toOutputName(b.name) ? -1 : 1));
}

function pathsOf(value: unknown): string[] {
  return isNode(value) ? [value.path()] : isNodeList(value) ? value.map(node => node.path()) : [];
}

/** The text of config.ini. */
export function configIni(root: AnyNode, ticksPerSecond: number): string {
  const sections = root.descendants().map(node => ({ path: node.path(), node }));
  sections.sort((a, b) =>
    a.path === 'root' ? -1 : b.path === 'root' ? 1 : a.path < b.path ? -1 : 1,
  );
  return sections.map(({ path, node }) => iniSection(path, node, ticksPerSecond)).join('');
}

function iniSection(path: string, node: AnyNode, ticksPerSecond: number): string {
  const lines = [`[${path}]`, `type=${nodeState(node).schema.outputType}`];
  const children = sortedChildren(node).map(child => child.path().split('.').at(-1) ?? '');
  if (children.length > 0) lines.push(`children=${children.join(' ')}`);
  for (const { name, type, value, object } of outputParams(node, ticksPerSecond)) {
    const paths = pathsOf(value);
    const empty = Array.isArray(value) ? '' : 'Null';
    const text = !object ? type.toIni(value) : paths.length > 0 ? paths.join(' ') : empty;
    lines.push(`${name}=${text}`);
  }
  for (const port of connectedPorts(node)) {
    const peers = port.connections.map(connection => String(connection.peer));
    lines.push(`${toOutputName(port.name)}=${peers.join(' ')}`);
  }
  return lines.join('\n') + '\n\n';
}

/** The object that config.json holds. */
export function configJson(node: AnyNode, ticksPerSecond: number): JsonValue {
  const state = nodeState(node);
  const isRoot = node.path() === 'root';
  const json: Record<string, JsonValue> = {
    type: state.schema.outputType,
    cxx_class: `gem5::${state.schema.modelName}`,
    name: isRoot ? null : (node.path().split('.').at(-1) ?? null),
    path: node.path(),
  };
  const childKeys = new Set([...state.children.keys()].map(toOutputName));
  for (const { name, type, value, object } of outputParams(node, ticksPerSecond)) {
    if (childKeys.has(name)) continue;
    const paths = pathsOf(value);
    json[name] = !object ? type.toJson(value) : Array.isArray(value) ? paths : (paths[0] ?? null);
  }
  for (const [name, child] of [...state.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const objects = childNodes(child).map(one => configJson(one, ticksPerSecond));
    json[toOutputName(name)] = isNode(child) ? (objects[0] ?? null) : objects;
  }
  for (const port of connectedPorts(node)) {
    const peers = port.connections.map(connection => String(connection.peer));
    json[toOutputName(port.name)] = {
      role: port.spec.role,
      peer: port.spec.vector ? peers : (peers[0] ?? null),
      is_source: port.spec.role === 'GEM5 REQUESTOR' ? 'True' : 'False',
    };
  }
  return json;
}
