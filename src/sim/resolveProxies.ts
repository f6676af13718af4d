/**
 * Turns the parameters of a tree into plain values: defaults are filled in, proxies looked up, and
 * times given in ticks. Ports that a proxy connects are connected.
 *
 * Source of the behaviour: gem5 `SimObject.adoptOrphanParams`, `SimObject.unproxyParams`.
 */
import { fatal, FatalError, SimError, warn } from '../base/index';
import { convertParam, setParam } from './node';
import type { AnyNode } from './node';
import { isNode, isNodeList, nodeState } from './nodeState';
import { refuseGaps, resolvePort } from './portRef';
import { holdsParamProxy, isParamProxy } from './proxy';
import { lookUp, type ProxyHolder } from './proxySearch';
import { modelParams, paramOutputName, toOutputName, type Schema } from './schema';

/** Objects given as defaults, and objects that only a parameter refers to, become children. */
export function adoptOrphanParams(node: AnyNode): void {
  const state = nodeState(node);
  for (const [name, spec] of modelParams(state.schema)) {
    if (!state.assigned.has(name) && typeof spec.default === 'function') {
      setParam(state, name, (spec.default as () => unknown)());
    }
    const value = state.converted.get(name);
    for (const object of isNode(value) ? [value] : isNodeList(value) ? value : []) {
      if (nodeState(object).parent === undefined && object !== node && !isRoot(object)) {
        warn(`${node.path()} adopting orphan SimObject param '${paramOutputName(name, spec)}'`);
        setParam(state, name, value);
      }
    }
  }
}

function isRoot(node: AnyNode): boolean {
  return nodeState(node).schema.type === 'Root';
}

/**
 * Settles all parameters and ports of a tree.
 * @throws {FatalError} naming the first that has no value, or one that does not fit.
 */
export function settleTree(root: AnyNode): void {
  for (const node of root.descendants()) adoptOrphanParams(node);
  const nodes = root.descendants();
  for (const node of nodes) {
    for (const [name] of modelParams(nodeState(node).schema)) resolvedParam(node, name);
    resolvePorts(node);
  }
  for (const node of nodes) {
    for (const port of nodeState(node).ports.values()) refuseGaps(port);
  }
}

/** Ports in the order of their names, so that the elements of vector ports come in a fixed order. */
function resolvePorts(node: AnyNode): void {
  const state = nodeState(node);
  const ports = [...state.ports.values()].map(port => ({ port, name: toOutputName(port.name) }));
  ports.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { port, name } of ports) {
    const holder: ProxyHolder = {
      state,
      name,
      objectType: undefined,
      nullable: false,
      valueOf: settledOrUndefined([]),
      isPending: () => false,
    };
    resolvePort(port, proxy => lookUp(holder, proxy));
  }
}

/**
 * The converted value of a parameter, with its proxy looked up.
 * @throws {FatalError} when the value is missing or its proxy finds nothing, or too much.
 */
export function resolvedParam(node: AnyNode, name: string): unknown {
  return settle(node, name, []);
}

function settle(node: AnyNode, name: string, pending: readonly string[]): unknown {
  const state = nodeState(node);
  let value = state.converted.get(name);
  if (value === undefined) {
    const declared = state.schema.params[name]?.default;
    const isMissing = declared === undefined;
    if (isMissing) fatal(`${node.path()}.${name} without default or user set value`);
    value = holdsParamProxy(declared) ? declared : convertParam(state, name, declared);
  }
  if (holdsParamProxy(value)) value = convertParam(state, name, found(node, name, value, pending));
  state.converted.set(name, value);
  return value;
}

/** What the proxies in the value of a parameter stand for. */
function found(node: AnyNode, name: string, value: unknown, pending: readonly string[]): unknown {
  const here = `${node.path()}.${name}`;
  if (pending.includes(here)) {
    fatal(`parameters refer to each other in a circle: ${[...pending, here].join(' -> ')}`);
  }
  const state = nodeState(node);
  const type = state.schema.params[name]?.type;
  const inner = [...pending, here];
  const holder: ProxyHolder = {
    state,
    name,
    objectType: type?.objectType,
    nullable: (type?.nullable ?? type?.element?.nullable) === true,
    valueOf: settledOrUndefined(inner),
    isPending: (other, param) => inner.includes(`${other.path()}.${param}`),
  };
  if (!Array.isArray(value)) return isParamProxy(value) ? lookUp(holder, value) : value;
  // Each proxy in a list stands for one element, or for several.
  return value.flatMap((item: unknown) => (isParamProxy(item) ? lookUp(holder, item) : [item]));
}

/** Looks at other parameters; one that the script has yet to set is passed over. */
function settledOrUndefined(pending: readonly string[]): (node: AnyNode, name: string) => unknown {
  return (node, name) => {
    const state = nodeState(node);
    const spec = state.schema.params[name];
    const current = spec?.forwardsTo ?? name;
    const isSet = state.converted.has(current);
    const isDeclared = state.schema.params[current]?.default !== undefined;
    return isSet || isDeclared ? settle(node, current, pending) : undefined;
  };
}

/**
 * What the model receives for a parameter. Warnings about it come once.
 * @param ticksPerSecond - the fixed tick frequency, in Hz.
 * @throws {FatalError} naming the parameter and its legal range.
 */
export function modelParam(node: AnyNode, name: string, ticksPerSecond: number): unknown {
  const state = nodeState(node);
  const type = typeOf(state.schema, name);
  const value = resolvedParam(node, name);
  const here = (): string => `${node.path()}.${name}`;
  // The models of objects do not exist before they are asked for.
  if (type.objectType !== undefined) return type.resolve(value, ticksPerSecond, warn);
  if (!state.resolved.has(name)) {
    try {
      const resolved = type.resolve(value, ticksPerSecond, text => {
        warn(`${here()}: ${text}`);
      });
      state.resolved.set(name, resolved);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      throw new FatalError(`cannot set ${here()}: ${error.message}`, { cause: error });
    }
  }
  return state.resolved.get(name);
}

function typeOf(schema: Schema, name: string): Schema['params'][string]['type'] {
  return schema.params[name]?.type ?? fatal(`${schema.type} has no parameter '${name}'`);
}
