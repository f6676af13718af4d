/**
 * Turns the parameters of a tree into plain values: defaults are filled in and proxies looked up.
 *
 * Source of the behaviour: gem5 `python/m5/proxy.py`, `SimObject.unproxyParams`.
 */
import { fatal, warn } from '../base/index';
import { NULL } from './objectParam';
import { convertParam, setParam, sortedChildren } from './node';
import type { AnyNode } from './node';
import { childNodes, isNode, isNodeList, nodeState, type NodeState } from './nodeState';
import { isParamProxy, proxyExpression, proxyToString, type ProxyExpression } from './proxy';
import { isKindOf, toOutputName } from './schema';

/** Objects given as defaults, and objects that only a parameter refers to, become children. */
export function adoptOrphanParams(node: AnyNode): void {
  const state = nodeState(node);
  for (const [name, spec] of Object.entries(state.schema.params)) {
    if (!state.assigned.has(name) && typeof spec.default === 'function') {
      setParam(state, name, (spec.default as () => unknown)());
    }
    const value = state.converted.get(name);
    if (value === undefined || isParamProxy(value)) continue;
    for (const object of isNode(value) ? [value] : isNodeList(value) ? value : []) {
      if (nodeState(object).parent === undefined && object !== node && !isRoot(object)) {
        warn(`${node.path()} adopting orphan SimObject param '${toOutputName(name)}'`);
        setParam(state, name, value);
      }
    }
  }
}

function isRoot(node: AnyNode): boolean {
  return nodeState(node).schema.type === 'Root';
}

/**
 * The converted value of a parameter, with its proxy looked up.
 * @throws {FatalError} when the value is missing or its proxy finds nothing, or too much.
 */
export function resolvedParam(node: AnyNode, name: string): unknown {
  return resolve(node, name, []);
}

function resolve(node: AnyNode, name: string, pending: readonly string[]): unknown {
  const state = nodeState(node);
  const here = `${node.path()}.${name}`;
  if (pending.includes(here)) {
    fatal(`parameters refer to each other in a circle: ${[...pending, here].join(' -> ')}`);
  }
  let value = state.converted.get(name);
  if (value === undefined) {
    const declared = state.schema.params[name]?.default;
    if (declared === undefined) fatal(`${here} without default or user set value`);
    value = isParamProxy(declared) ? declared : convertParam(state, name, declared);
  }
  if (isParamProxy(value)) {
    const expression = proxyExpression(value);
    if (expression === undefined) return value;
    value = convertParam(state, name, lookUp(state, name, expression, [...pending, here]));
  }
  state.converted.set(name, value);
  return value;
}

/** Looks a proxy up, seen from the object that holds the parameter. */
function lookUp(
  holder: NodeState,
  name: string,
  expression: ProxyExpression,
  pending: readonly string[],
): unknown {
  const [first, ...rest] = expression.steps;
  const type = holder.schema.params[name]?.type;
  const wanted = type?.objectType;
  const unresolved = (): never =>
    fatal(
      `can't resolve proxy '${proxyToString(expression)}' of ${holder.node.path()}.${name}` +
        (wanted === undefined ? '' : `: no ${wanted} found`),
    );
  if (first?.kind !== 'attribute') return unresolved();

  const nullable = (type?.nullable ?? type?.element?.nullable) === true;
  let value: unknown;
  if (first.name === 'all' && wanted !== undefined) {
    const start = expression.origin === 'Self' ? holder.node : (holder.parent ?? holder.node);
    return allOf(start, wanted);
  }
  let search = expression.origin === 'Self' ? holder.node : holder.parent;
  while (search !== undefined && value === undefined) {
    value =
      first.name === 'any'
        ? anyOf(search, wanted ?? unresolved(), holder, pending)
        : attributeOf(search, first.name, pending);
    search = expression.origin === 'Self' ? undefined : nodeState(search).parent;
  }
  if (value === undefined) return nullable ? NULL : unresolved();
  return rest.reduce<unknown>((current, step) => {
    switch (step.kind) {
      case 'attribute':
        return (
          (isNode(current) ? attributeOf(current, step.name, pending) : undefined) ?? unresolved()
        );
      case 'index':
        return (
          (Array.isArray(current) ? (current[step.index] as unknown) : undefined) ?? unresolved()
        );
      case 'arithmetic':
        return typeof current === 'number' ? calculate(current, step) : unresolved();
    }
  }, value);
}

function calculate(
  value: number,
  step: { readonly operator: '*' | '/' | '//'; readonly operand: number },
): number {
  switch (step.operator) {
    case '*':
      return value * step.operand;
    case '/':
      return value / step.operand;
    case '//':
      return Math.floor(value / step.operand);
  }
}

/** A parameter or child of `node`, or undefined. */
function attributeOf(node: AnyNode, name: string, pending: readonly string[]): unknown {
  const state = nodeState(node);
  if (Object.hasOwn(state.schema.params, name)) {
    const spec = state.schema.params[name];
    if (state.converted.has(name) || spec?.default !== undefined) {
      return resolve(node, name, pending);
    }
    return undefined;
  }
  const child = state.children.get(name);
  return child !== undefined && childNodes(child).length === 1 && !isNode(child) ? child[0] : child;
}

/** The one object of `type` that is `node`, a child of it or a parameter of it; or undefined. */
function anyOf(
  node: AnyNode,
  type: string,
  holder: NodeState,
  pending: readonly string[],
): AnyNode | undefined {
  const matches = (candidate: AnyNode): boolean =>
    candidate !== holder.node && isKindOf(nodeState(candidate).schema, type);
  if (matches(node)) return node;
  const found = new Set(sortedChildren(node).filter(matches));
  if (found.size === 0) {
    const state = nodeState(node);
    for (const [name, spec] of Object.entries(state.schema.params)) {
      if (spec.type.objectType === undefined || pending.includes(`${node.path()}.${name}`))
        continue;
      const value = state.converted.get(name);
      if (isNode(value) && matches(value)) found.add(value);
    }
  }
  if (found.size > 1) {
    const names = [...found].map(candidate => candidate.path()).join(' and ');
    fatal(`Parent.any of ${holder.node.path()} matched more than one ${type}: ${names}`);
  }
  return [...found][0];
}

/** Every object of `type` in the subtree, sorted by path. */
function allOf(start: AnyNode, type: string): AnyNode[] {
  return start
    .descendants()
    .filter(node => isKindOf(nodeState(node).schema, type))
    .sort((a, b) => (a.path() < b.path() ? -1 : 1));
}
