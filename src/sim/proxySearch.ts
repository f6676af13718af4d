/**
 * Finds what a proxy stands for in the tree of nodes.
 *
 * Source of the behaviour: gem5 `python/m5/proxy.py`, `SimObject.find_any`, `SimObject.find_all`.
 */
import { fatal } from '../base/index';
import { portOf } from './node';
import type { AnyNode } from './node';
import { childNodes, isNode, nodeState, type NodeState } from './nodeState';
import { NULL } from './objectParam';
import { isPortRef } from './portRef';
import {
  isParamProxy,
  proxyExpression,
  proxyToString,
  type ParamProxy,
  type ProxyExpression,
  type ProxyOperator,
  type ProxyStep,
} from './proxy';
import { isTimeQuantity } from './quantityTypes';
import { isKindOf } from './schema';

/** Who asks for a proxy, and what for. */
export interface ProxyHolder {
  readonly state: NodeState;
  /** The parameter or port that the proxy was assigned to. */
  readonly name: string;
  /** The class of object that is wanted, if one is. */
  readonly objectType: string | undefined;
  /** Whether nothing at all is an answer too. */
  readonly nullable: boolean;
  /** The value of a parameter of another node; undefined while the script has not set it. */
  valueOf(node: AnyNode, name: string): unknown;
  /** Whether the value of this parameter is being looked up just now. */
  isPending(node: AnyNode, name: string): boolean;
}

/**
 * Looks a proxy up, seen from the object that holds it.
 * @throws {FatalError} when it finds nothing, or too much.
 */
export function lookUp(holder: ProxyHolder, proxy: ParamProxy): unknown {
  const expression = proxyExpression(proxy);
  const [first, ...rest] = expression?.steps ?? [];
  if (expression === undefined || first?.kind !== 'attribute') return unresolved(holder, proxy);
  const start = search(holder, proxy, expression, first.name);
  if (start === undefined) return holder.nullable ? NULL : unresolved(holder, proxy);
  return rest.reduce<unknown>((value, step) => follow(holder, proxy, value, step), start);
}

function unresolved(holder: ProxyHolder, proxy: ParamProxy): never {
  const { state, name, objectType } = holder;
  const expression = proxyExpression(proxy);
  const text = expression === undefined ? '' : proxyToString(expression);
  return fatal(
    `can't resolve proxy '${text}' of ${state.node.path()}.${name}` +
      (objectType === undefined ? '' : `: no ${objectType} found`),
  );
}

/** The value of the first attribute, from where the search ends. */
function search(
  holder: ProxyHolder,
  proxy: ParamProxy,
  { origin }: ProxyExpression,
  attribute: string,
): unknown {
  const { state, objectType } = holder;
  const isSelf = origin === 'Self';
  if (attribute === 'all' && objectType !== undefined) {
    return allOf(isSelf ? state.node : (state.parent ?? state.node), objectType);
  }
  let node = isSelf ? state.node : state.parent;
  while (node !== undefined) {
    const found =
      attribute === 'any'
        ? anyOf(holder, node, objectType ?? unresolved(holder, proxy))
        : attributeOf(holder, node, attribute);
    if (found !== undefined) return found;
    node = isSelf ? undefined : nodeState(node).parent;
  }
  return undefined;
}

function follow(holder: ProxyHolder, proxy: ParamProxy, value: unknown, step: ProxyStep): unknown {
  switch (step.kind) {
    case 'attribute': {
      const next = isNode(value) ? attributeOf(holder, value, step.name) : undefined;
      return next ?? unresolved(holder, proxy);
    }
    case 'index':
      return elementOf(value, step.index) ?? unresolved(holder, proxy);
    case 'arithmetic': {
      const { operator, operand } = step;
      const other = isParamProxy(operand) ? lookUp(holder, operand) : operand;
      return calculate(value, operator, other) ?? unresolved(holder, proxy);
    }
  }
}

/** Element 0 of what is no list is the thing itself, so that `cpu[0]` is right for one CPU too. */
function elementOf(value: unknown, index: number): unknown {
  if (Array.isArray(value)) return value[index];
  if (isPortRef(value)) return value.element(index);
  return index === 0 ? value : undefined;
}

/** The result for a number or a time, or undefined where there is none. */
function calculate(value: unknown, operator: ProxyOperator, operand: unknown): unknown {
  if (typeof operand !== 'number') return undefined;
  if (isTimeQuantity(value)) {
    if (operator === 'under' || operator === 'floorUnder') return undefined;
    return { ...value, value: apply(value.value, operator, operand) };
  }
  return typeof value === 'number' ? apply(value, operator, operand) : undefined;
}

function apply(value: number, operator: ProxyOperator, operand: number): number {
  switch (operator) {
    case 'times':
      return value * operand;
    case 'over':
      return value / operand;
    case 'floorOver':
      return Math.floor(value / operand);
    case 'under':
      return operand / value;
    case 'floorUnder':
      return Math.floor(operand / value);
  }
}

/** A parameter, child or port of `node`, or undefined. */
function attributeOf(holder: ProxyHolder, node: AnyNode, name: string): unknown {
  const state = nodeState(node);
  if (Object.hasOwn(state.schema.params, name)) return holder.valueOf(node, name);
  if (Object.hasOwn(state.schema.ports, name)) return portOf(state, name);
  const child = state.children.get(name) ?? state.aliases.get(name);
  // A list of one is as good as its element, as in names.
  return Array.isArray(child) && child.length === 1 ? (child[0] as AnyNode) : child;
}

/**
 * The one object of `type` that is `node`, a child of it or a parameter of it; or undefined. As in
 * gem5 the elements of lists are not looked at: which one would it be?
 */
function anyOf(holder: ProxyHolder, node: AnyNode, type: string): AnyNode | undefined {
  const matches = (candidate: unknown): candidate is AnyNode =>
    isNode(candidate) &&
    nodeState(candidate) !== holder.state &&
    isKindOf(nodeState(candidate).schema, type);
  if (matches(node)) return node;
  const state = nodeState(node);
  const found = new Set([...state.children.values()].filter(matches));
  for (const [name, spec] of Object.entries(state.schema.params)) {
    const { objectType, element } = spec.type;
    if (objectType === undefined || element !== undefined || spec.forwardsTo !== undefined)
      continue;
    // What has not been looked up yet is looked up only where it must be of the wanted class.
    const settled = state.converted.get(name);
    const isOpen = settled === undefined || isParamProxy(settled);
    const mayLookUp = objectType === type && !holder.isPending(node, name);
    const value = isOpen && mayLookUp ? holder.valueOf(node, name) : settled;
    if (matches(value)) found.add(value);
  }
  if (found.size > 1) {
    const names = [...found].map(candidate => candidate.path()).sort();
    fatal(
      `Parent.any of ${holder.state.node.path()}.${holder.name} matched more than one ${type}: ` +
        names.join(' and '),
    );
  }
  return [...found][0];
}

/** Every object of `type` below `start`, sorted by path. */
function allOf(start: AnyNode, type: string): AnyNode[] {
  return [...nodeState(start).children.values()]
    .flatMap(childNodes)
    .flatMap(child => child.descendants())
    .filter(node => isKindOf(nodeState(node).schema, type))
    .sort((a, b) => (a.path() < b.path() ? -1 : 1));
}
