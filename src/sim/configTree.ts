/**
 * The configured tree as gem5 writes it: `config.ini` and `config.json`.
 *
 * Source of the behaviour: gem5 `python/m5/SimObject.py` (`print_ini`, `get_config_as_dict`).
 */
import type { AnyNode } from './node';
import { sortedChildren } from './nodeChildren';
import { childNodes, isNode, isNodeList, nodeState } from './nodeState';
import type { NodePort } from './portRef';
import type { JsonValue } from './pythonText';
import { modelParam, resolvedParam } from './resolveProxies';
import { modelParams, paramOutputName, toOutputName, type ParamSpec } from './schema';

/** A parameter as outputs show it. */
export interface OutputParam {
  /** gem5's spelling. */
  readonly name: string;
  readonly ini: string;
  readonly json: JsonValue;
}

/** The parameters of a node, with their resolved values, sorted by name. */
export function outputParams(node: AnyNode, ticksPerSecond: number): OutputParam[] {
  return modelParams(nodeState(node).schema)
    .map(([name, spec]) => ({
      name: paramOutputName(name, spec),
      ...outputValue(node, name, spec, ticksPerSecond),
    }))
    .sort(byName);
}

function outputValue(
  node: AnyNode,
  name: string,
  { type }: ParamSpec,
  ticksPerSecond: number,
): { ini: string; json: JsonValue } {
  if (type.objectType === undefined) {
    const value = modelParam(node, name, ticksPerSecond);
    return { ini: type.toIni(value), json: type.toJson(value) };
  }
  // Written before there are models, and whether or not there ever are.
  const value = resolvedParam(node, name);
  if (type.element !== undefined) {
    const paths = isNodeList(value) ? value.map(object => object.path()) : [];
    return { ini: paths.join(' '), json: paths };
  }
  const path = isNode(value) ? value.path() : undefined;
  return { ini: path ?? 'Null', json: path ?? null };
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** The ports of a node that are connected, with gem5's spelling of their names, sorted by it. */
export function connectedPorts(node: AnyNode): { name: string; port: NodePort }[] {
  return [...nodeState(node).ports.values()]
    .filter(port => port.connections.length > 0)
    .map(port => ({ name: toOutputName(port.name), port }))
    .sort(byName);
}

/** What stands at the other ends of a port. */
function peers(port: NodePort): string[] {
  return port.connections.map(({ peer }) => (peer === undefined ? 'None' : String(peer)));
}

/** The last part of a node's path: `cpu0` of `system.cpu0`. */
function ownName(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

/** The text of config.ini. The sections are sorted by path. */
export function configIni(root: AnyNode, ticksPerSecond: number): string {
  return root
    .descendants()
    .map(node => ({ name: node.path(), node }))
    .sort(byName)
    .map(({ name, node }) => iniSection(name, node, ticksPerSecond))
    .join('');
}

function iniSection(path: string, node: AnyNode, ticksPerSecond: number): string {
  const lines = [`[${path}]`, `type=${nodeState(node).schema.outputType}`];
  const children = sortedChildren(node).map(child => ownName(child.path()));
  if (children.length > 0) lines.push(`children=${children.join(' ')}`);
  for (const { name, ini } of outputParams(node, ticksPerSecond)) lines.push(`${name}=${ini}`);
  for (const { name, port } of connectedPorts(node)) lines.push(`${name}=${peers(port).join(' ')}`);
  return lines.join('\n') + '\n\n';
}

/**
 * What config.json holds. A child that is a parameter too stands in the parameter's place, as in
 * gem5; the other children follow the parameters.
 */
export function configJson(node: AnyNode, ticksPerSecond: number): JsonValue {
  const state = nodeState(node);
  const path = node.path();
  const json: Record<string, JsonValue> = {
    type: state.schema.outputType,
    cxx_class: `gem5::${state.schema.modelName}`,
    name: path === 'root' ? null : ownName(path),
    path,
  };
  for (const param of outputParams(node, ticksPerSecond)) json[param.name] = param.json;
  const children = [...state.children].map(([name, child]) => ({
    name: toOutputName(name),
    child,
  }));
  for (const { name, child } of children.sort(byName)) {
    const objects = childNodes(child).map(one => configJson(one, ticksPerSecond));
    json[name] = isNode(child) ? (objects[0] ?? null) : objects;
  }
  for (const { name, port } of connectedPorts(node)) {
    json[name] = {
      role: port.spec.role,
      peer: port.spec.vector ? peers(port) : (peers(port)[0] ?? null),
      is_source: port.spec.role === 'GEM5 REQUESTOR' ? 'True' : 'False',
    };
  }
  return json;
}
