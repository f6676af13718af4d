/** The data behind a configuration node, out of the way of the properties that scripts see. */
import { fatal, panic } from '../base/index';
import type { AnyNode, ModelClass } from './node';
import type { NodePort } from './portRef';
import { toOutputName, type Schema } from './schema';
import type { SimObject } from './simObject';

/** The property of a node that holds its state; scripts cannot name it. */
export const nodeStateKey = Symbol('nodeState');

/** A child, or a list of children under one name. */
export type Child = AnyNode | readonly AnyNode[];

/** Everything known about one node. */
export interface NodeState {
  readonly node: AnyNode;
  readonly schema: Schema;
  readonly model: ModelClass;
  /** Parameters as the script assigned them, by property name. */
  readonly assigned: Map<string, unknown>;
  /** The same after conversion; a proxy stays a proxy until instantiation. */
  readonly converted: Map<string, unknown>;
  /** What the model receives: proxies looked up, times in ticks. Objects are not in here. */
  readonly resolved: Map<string, unknown>;
  readonly children: Map<string, Child>;
  /** Objects under a second name: assigned here while they already had another parent. */
  readonly aliases: Map<string, Child>;
  readonly ports: Map<string, NodePort>;
  parent: AnyNode | undefined;
  /** Property under which the parent holds this node, with its index when it is one of a list. */
  attribute: string;
  index: number | undefined;
  /** The model, once instantiated. */
  simObject: SimObject | undefined;
}

/** Whether `value` is a configuration node. */
export function isNode(value: unknown): value is AnyNode {
  return typeof value === 'object' && value !== null && nodeStateKey in value;
}

/** Whether `value` is a list of configuration nodes, and not an empty one. */
export function isNodeList(value: unknown): value is readonly AnyNode[] {
  return Array.isArray(value) && value.length > 0 && value.every(isNode);
}

/** The state of a node. */
export function nodeState(node: AnyNode): NodeState {
  return node[nodeStateKey];
}

/** The schema of a node's class. */
export function nodeSchema(node: AnyNode): Schema {
  return nodeState(node).schema;
}

/** The model that a node became. */
export function simObjectOf(node: AnyNode): SimObject {
  return nodeState(node).simObject ?? panic(`${node.path()} has not been instantiated`);
}

/** Before a property is set: a model has read it, and never would again. @throws {FatalError} */
export function requireNoModel({ node, simObject }: NodeState, name: string): void {
  if (simObject === undefined) return;
  fatal(
    `${node.path()}.${toOutputName(name)} cannot be set after instantiate(): ` +
      'the models are made; change the model, which simObject() gives',
  );
}

/** The nodes of a child entry, in order. */
export function childNodes(child: Child): readonly AnyNode[] {
  return isNode(child) ? [child] : child;
}
