/**
 * Configuration nodes: the cheap, printable tree that a script builds and that `instantiate()`
 * turns into models. A node's parameters, ports and children are its properties.
 *
 * Source of the behaviour: gem5 `python/m5/SimObject.py`.
 */
import { fatal, SimError, FatalError, suggestion, warn } from '../base/index';
import { elementName } from './elementName';
import { addChild, isOrphan, removeChild, sortedChildren } from './nodeChildren';
import {
  childNodes,
  isNode,
  isNodeList,
  nodeState,
  nodeStateKey,
  requireNoModel,
  simObjectOf,
  type Child,
  type NodeState,
} from './nodeState';
import { NULL } from './objectParam';
import { asPortRef, assignPort, NodePort, type PortInput, type PortRef } from './portRef';
import { holdsParamProxy, type ParamProxy } from './proxy';
import {
  toOutputName,
  type InputOf,
  type Inputs,
  type ParamsOf,
  type ParamSpecs,
  type PortInputs,
  type PortSpecs,
  type Schema,
} from './schema';
import type { SimObject } from './simObject';

/** A model class: its constructor and the schema it carries. */
export interface ModelClass<M extends SimObject = SimObject, S extends Schema = Schema> {
  // The parameters are checked against the schema, from which the model's own type derives.
  new (params: never): M;
  readonly schema: S;
}

declare const modelType: unique symbol;

/** What every node has, whatever its class. */
export interface AnyNode {
  readonly [nodeStateKey]: NodeState;
  /** Full path, such as `system.cpu`. */
  path(): string;
  /** This node and everything below it, parents first, children sorted by name. */
  descendants(): AnyNode[];
  /** The model that this node became. Only after instantiation. */
  simObject(): SimObject;
  /** The path. */
  toString(): string;
}

/** A node whose model is an `M`. */
export interface Node<out M extends SimObject = SimObject> extends AnyNode {
  readonly [modelType]?: M;
  simObject(): M;
}

type NodeProperties<P extends ParamSpecs, Q extends PortSpecs> = {
  -readonly [K in keyof P]: InputOf<P[K]> | ParamProxy;
} & { -readonly [K in keyof Q]: PortRef };

/** The node type of a schema, with its parameters and ports as properties. */
export type NodeOf<M extends SimObject, S extends Schema> =
  S extends Schema<infer P, infer Q> ? Node<M> & NodeProperties<P, Q> : never;

/** Names that are neither parameters nor ports are children, which must be nodes. */
type Checked<S extends Schema, A> = {
  [K in keyof A]: K extends keyof S['params']
    ? Inputs<S['params']>[K]
    : K extends keyof S['ports']
      ? PortInput
      : A[K] extends AnyNode | readonly AnyNode[]
        ? A[K]
        : never;
};

type Children<A> = {
  -readonly [K in keyof A as A[K] extends AnyNode | readonly AnyNode[] ? K : never]: A[K];
};

/** What a list may hold that the parameter accepts. */
type ElementOf<In> = Extract<In, readonly unknown[]>[number];

/** A list that a script gave a parameter stays one, so that `system.memRanges[0]` is an element. */
type Lists<P extends ParamSpecs, A> = {
  [K in keyof A & keyof P as A[K] extends readonly [unknown, ...unknown[]] ? K : never]: readonly [
    ElementOf<InputOf<P[K]>>,
    ...ElementOf<InputOf<P[K]>>[],
  ];
};

/** The class of nodes that scripts construct: `new SimpleMemory({ latency: '50ns' })`. */
export interface NodeClass<M extends SimObject, S extends Schema> {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- "no arguments"
  new <const A extends object = {}>(
    args?: A & Inputs<S['params']> & PortInputs<S['ports']> & Checked<S, A>,
  ): NodeOf<M, S> & Children<A> & Lists<S['params'], A>;
  readonly schema: S;
  readonly prototype: NodeOf<M, S>;
}

class NodeBase {
  readonly [nodeStateKey]: NodeState;

  constructor(model: ModelClass, schema: Schema, args: object) {
    if (schema.abstract)
      fatal(`${schema.type} is abstract; use one of the classes derived from it`);
    requireProperties(schema, args);
    this[nodeStateKey] = {
      node: this,
      schema,
      model,
      assigned: new Map(),
      converted: new Map(),
      resolved: new Map(),
      children: new Map(),
      aliases: new Map(),
      ports: new Map(),
      parent: undefined,
      attribute: '',
      index: undefined,
      simObject: undefined,
    };
    const proxy = new Proxy(this, nodeHandler);
    (this[nodeStateKey] as { node: AnyNode }).node = proxy;
    for (const [name, value] of Object.entries(args)) setProperty(this[nodeStateKey], name, value);
    return proxy;
  }

  path(): string {
    const { parent, schema, attribute, index } = this[nodeStateKey];
    if (schema.type === 'Root') return 'root';
    if (parent === undefined) return `<orphan ${schema.type}>`;
    const siblings = nodeState(parent).children.get(attribute);
    const count = siblings === undefined ? 1 : childNodes(siblings).length;
    const name = elementName(toOutputName(attribute), index ?? 0, index === undefined ? 1 : count);
    return nodeState(parent).schema.type === 'Root' ? name : `${parent.path()}.${name}`;
  }

  descendants(): AnyNode[] {
    const found: AnyNode[] = [];
    const visit = (node: AnyNode): void => {
      found.push(node);
      for (const child of sortedChildren(node)) visit(child);
    };
    visit(this[nodeStateKey].node);
    return found;
  }

  simObject(): SimObject {
    return simObjectOf(this[nodeStateKey].node);
  }

  toString(): string {
    return this.path();
  }

  /** What console.log prints in Node: the tree behind a node is too much. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { parent, schema } = this[nodeStateKey];
    return parent === undefined ? this.path() : `${schema.type} ${this.path()}`;
  }
}

function requireProperties({ type }: Schema, args: unknown): void {
  if (typeof args === 'object' && args !== null && !Array.isArray(args) && !isNode(args)) return;
  const given = Array.isArray(args) ? 'a list' : String(args);
  fatal(`new ${type}() takes an object of parameters, ports and children, not ${given}`);
}

const nodeHandler: ProxyHandler<NodeBase> = {
  get(target, key, receiver): unknown {
    if (typeof key === 'symbol' || key in target) return Reflect.get(target, key, receiver);
    return getProperty(target[nodeStateKey], key);
  },
  has(target, key) {
    if (typeof key === 'symbol') return key in target;
    const state = target[nodeStateKey];
    return key in target || key in state.schema.params || state.children.has(key);
  },
  set(target, key, value) {
    if (typeof key === 'symbol') return Reflect.set(target, key, value);
    setProperty(target[nodeStateKey], key, value);
    return true;
  },
  // A class field in a script's own subclass defines its property rather than assigning it.
  defineProperty(target, key, descriptor) {
    if (typeof key === 'symbol') return Reflect.defineProperty(target, key, descriptor);
    setProperty(target[nodeStateKey], key, descriptor.value);
    return true;
  },
};

/** Properties that JavaScript itself asks any object for. */
const probedByLanguage = new Set(['then', 'toJSON', 'constructor', 'inspect', 'asymmetricMatch']);

function getProperty(state: NodeState, name: string): unknown {
  const { schema } = state;
  if (Object.hasOwn(schema.params, name)) return paramValue(state, name);
  const spec = schema.ports[name];
  if (spec !== undefined && Object.hasOwn(schema.ports, name))
    return asPortRef(portOf(state, name));
  const child = state.children.get(name) ?? state.aliases.get(name);
  if (child !== undefined) return child;
  if (name.startsWith('_')) return Reflect.get(state, name);
  if (probedByLanguage.has(name)) return undefined;
  return fatal(
    `${state.node.path()} (${schema.type}) has no parameter, port or child '${name}'` +
      suggestion(name, [...propertyNames(schema), ...state.children.keys()]),
  );
}

/** The parameter as the script set it, else its default, which becomes a child if it is an object. */
function paramValue(state: NodeState, name: string): unknown {
  const spec = state.schema.params[name];
  if (spec?.forwardsTo !== undefined) return paramValue(state, currentName(state, name));
  if (!state.assigned.has(name) && typeof spec?.default === 'function') {
    setParam(state, name, (spec.default as () => unknown)());
  }
  return state.assigned.has(name) ? state.assigned.get(name) : spec?.default;
}

/** The name of the parameter that a deprecated name stands for; warns of its use. */
function currentName({ schema }: NodeState, name: string): string {
  const { forwardsTo = name, description = '' } = schema.params[name] ?? {};
  const reason = description === '' ? '' : ` (${description})`;
  warn(`${schema.type}.${name} is deprecated; use ${forwardsTo}${reason}`);
  return forwardsTo;
}

/** The port `name` of a node, made on first use. */
export function portOf(state: NodeState, name: string): NodePort {
  let port = state.ports.get(name);
  const spec = state.schema.ports[name];
  if (port === undefined && spec !== undefined) {
    port = new NodePort(state.node, name, spec);
    state.ports.set(name, port);
  }
  return port ?? fatal(`${state.node.path()} has no port '${name}'`);
}

function setProperty(state: NodeState, name: string, value: unknown): void {
  const { schema } = state;
  if (!name.startsWith('_')) requireNoModel(state, name);
  if (name.startsWith('_')) {
    Object.defineProperty(state, name, { value, configurable: true });
  } else if (Object.hasOwn(schema.params, name)) {
    setParam(state, name, value);
  } else if (Object.hasOwn(schema.ports, name)) {
    assignPort(portOf(state, name), value);
  } else if (isNode(value) || isNodeList(value)) {
    addChild(state, name, value);
  } else {
    fatal(`${schema.type} has no parameter '${name}'` + suggestion(name, propertyNames(schema)));
  }
}

/** Assigns a parameter. An object without a parent becomes a child under the parameter's name. */
export function setParam(state: NodeState, name: string, value: unknown): void {
  const { schema } = state;
  const spec = schema.params[name];
  if (spec === undefined) return;
  if (spec.forwardsTo !== undefined) {
    setParam(state, currentName(state, name), value);
    return;
  }
  state.assigned.set(name, value);
  if (holdsParamProxy(value)) {
    state.converted.set(name, value);
    return;
  }
  const converted = convertParam(state, name, value);
  state.converted.set(name, converted);
  if (isNode(converted) ? isOrphan(converted) : isNodeList(converted) && converted.some(isOrphan)) {
    addChild(state, name, converted as Child);
  } else if (converted === NULL) {
    removeChild(state, name);
  }
}

/** Converts a value, naming object and parameter when it does not fit. */
export function convertParam(state: NodeState, name: string, value: unknown): unknown {
  const spec = state.schema.params[name];
  try {
    return spec?.type.convert(value);
  } catch (error) {
    if (!(error instanceof SimError)) throw error;
    const holder = isOrphan(state.node) ? state.schema.type : state.node.path();
    throw new FatalError(`cannot set ${holder}.${name}: ${error.message}`, { cause: error });
  }
}

function propertyNames(schema: Schema): string[] {
  return [...Object.keys(schema.params), ...Object.keys(schema.ports)];
}

/** A model class whose constructor takes what its own schema declares. */
interface SchemaModel<S extends Schema, M extends SimObject> {
  new (params: ParamsOf<S>): M;
  readonly schema: S;
}

/** The class of nodes for a model class, with the model's own schema. */
export function nodeClass<S extends Schema, M extends SimObject>(
  model: SchemaModel<S, M>,
): NodeClass<M, S>;
/** One of several classes of nodes for a model class: `schema` has other defaults than the model's. */
export function nodeClass<S extends Schema, M extends SimObject>(
  model: ModelClass<M>,
  schema: S,
): NodeClass<M, S>;
export function nodeClass<S extends Schema, M extends SimObject>(
  model: ModelClass<M>,
  schema: Schema = model.schema,
): NodeClass<M, S> {
  const derived = class extends NodeBase {
    static readonly schema = schema;
    constructor(args: object = {}) {
      super(model, schema, args);
    }
  };
  Object.defineProperty(derived, 'name', { value: schema.type });
  return derived as unknown as NodeClass<M, S>;
}
