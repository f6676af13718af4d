/**
 * Ports as scripts see them: references that an assignment connects.
 *
 * Source of the behaviour: gem5 `python/m5/params.py` (`PortRef`, `VectorPortRef`).
 */
import { describeValue, fatal } from '../base/index';
import type { AnyNode } from './node';
import { isParamProxy, type Indexed, type ParamProxy } from './proxy';
import { toOutputName, type PortSpec } from './schema';

/**
 * A port of a configuration node. Assign one port to another to connect them, in either order:
 * `system.cpu.icachePort = system.membus.cpuSidePorts`. A vector port takes one more element each
 * time, and `port[1]` is a certain element of it.
 */
export interface PortRef extends PortMethods, Indexed<PortRef> {}

/** What can be done with a port besides assigning it. */
export interface PortMethods {
  /** Connects this port with `other`; a vector port takes all ports of a list. */
  connect(other: PortInput): void;
  /** One element of a vector port, which `port[index]` is too. */
  element(index: number): PortRef;
}

/** What a port can be connected to: a port, a proxy that leads to one, several for a vector. */
export type PortInput = PortRef | readonly PortRef[];

/** One end of a connection. */
export class PortConnection {
  readonly port: NodePort;
  /** Position among the connections of a vector port; 0 for a scalar one. */
  readonly index: number;
  /** The other end, once it is known. */
  peer: PortConnection | undefined;
  /** Leads to the other end, at instantiation. */
  pending: ParamProxy | undefined;

  constructor(port: NodePort, index: number) {
    this.port = port;
    this.index = index;
  }

  /** gem5's spelling, such as `system.membus.cpu_side_ports[1]`. */
  toString(): string {
    return this.port.spec.vector
      ? `${String(this.port)}[${String(this.index)}]`
      : String(this.port);
  }
}

/** A port with all that is known about it. */
export class NodePort implements PortMethods {
  readonly node: AnyNode;
  /** Property name of the port in the schema. */
  readonly name: string;
  readonly spec: PortSpec;
  /** By index. Elements that a script passed over have no peer. */
  readonly connections: PortConnection[] = [];

  constructor(node: AnyNode, name: string, spec: PortSpec) {
    this.node = node;
    this.name = name;
    this.spec = spec;
  }

  connect(other: PortInput): void {
    connectEnds(this, other);
  }

  element(index: number): PortRef {
    if (!this.spec.vector) fatal(`${String(this)} is a single port; it has no elements`);
    return asPortRef(new PortElement(this, index));
  }

  /** The place that the next connection takes, with what it has been given before. */
  next(): PortConnection {
    return this.at(this.spec.vector ? this.connections.length : 0);
  }

  /** The connection at an index, which is made with all before it if need be. */
  at(index: number): PortConnection {
    while (this.connections.length <= index) {
      this.connections.push(new PortConnection(this, this.connections.length));
    }
    return this.connections[index] ?? fatal(`${String(this)} has no element ${String(index)}`);
  }

  toString(): string {
    return `${this.node.path()}.${toOutputName(this.name)}`;
  }
}

/** One element of a vector port, whether or not it is there yet. */
class PortElement implements PortMethods {
  readonly port: NodePort;
  readonly index: number;

  constructor(port: NodePort, index: number) {
    this.port = port;
    this.index = index;
  }

  get spec(): PortSpec {
    return this.port.spec;
  }

  get connections(): readonly PortConnection[] {
    return this.port.connections.slice(this.index, this.index + 1);
  }

  connect(other: PortInput): void {
    connectEnds(this, other);
  }

  element(_index: number): PortRef {
    return fatal(`${String(this)} is an element; it has none of its own`);
  }

  next(): PortConnection {
    return this.port.at(this.index);
  }

  toString(): string {
    return `${String(this.port)}[${String(this.index)}]`;
  }
}

type PortEnd = NodePort | PortElement;

/**
 * Numbers are not properties of these classes, so that a look-up of one goes on to what stands
 * behind the prototypes: `port[3]` costs nothing to any other access.
 */
const elementAccess = new Proxy(
  {},
  {
    get: (_target, key, port: PortEnd) => (isIndex(key) ? port.element(Number(key)) : undefined),
    set: (_target, key, value, port: PortEnd) => {
      if (isIndex(key)) assignPort(port.element(Number(key)), value);
      else fatal(`a port has no property '${String(key)}'; assign to the port itself`);
      return true;
    },
  },
);
Object.setPrototypeOf(NodePort.prototype, elementAccess);
Object.setPrototypeOf(PortElement.prototype, elementAccess);

function isIndex(key: string | symbol): key is string {
  return typeof key === 'string' && /^\d+$/.test(key);
}

/** The script's view of a port: its numbers are there by {@link elementAccess}. */
export function asPortRef(port: NodePort | PortElement): PortRef {
  return port as unknown as PortRef;
}

function isPortEnd(value: unknown): value is PortEnd {
  return value instanceof NodePort || value instanceof PortElement;
}

/** Whether `value` is a port of a node, or an element of one. */
export function isPortRef(value: unknown): value is PortRef {
  return isPortEnd(value);
}

/** The connections of a port, by index; of an element at most one. */
export function connectionsOf(port: PortRef): readonly PortConnection[] {
  const end: unknown = port;
  return isPortEnd(end) ? end.connections : [];
}

/**
 * Does what a script's assignment to a port asks for.
 * @throws {FatalError} when the value is no port, or cannot be connected to this one.
 */
export function assignPort(port: PortRef | NodePort, value: unknown): void {
  const end: unknown = port;
  if (isPortEnd(end)) connectEnds(end, value);
}

function connectEnds(end: PortEnd, value: unknown): void {
  if (isParamProxy(value)) {
    const place = end.next();
    refuseSecond(end, place, 'another port');
    place.pending = value;
  } else if (isPortEnd(value)) {
    connectPair(end, value);
  } else if (Array.isArray(value) && end instanceof NodePort && end.spec.vector) {
    for (const one of value) connectEnds(end, one);
  } else if (Array.isArray(value)) {
    fatal(`${String(end)} is a single port; it cannot be connected to a list of ports`);
  } else {
    fatal(`${describeValue(value)} is not a port; cannot connect ${String(end)} to it`);
  }
}

function connectPair(one: PortEnd, other: PortEnd): void {
  refuseSameRole(one, other);
  refuseSecond(one, one.connections[0], String(other));
  refuseSecond(other, other.connections[0], String(one));
  join(one.next(), other.next());
}

function join(here: PortConnection, there: PortConnection): void {
  here.peer = there;
  there.peer = here;
  here.pending = undefined;
  there.pending = undefined;
}

function refuseSameRole(one: PortEnd, other: PortEnd): void {
  if (one.spec.role !== other.spec.role) return;
  const role = one.spec.role === 'GEM5 REQUESTOR' ? 'send' : 'receive';
  fatal(`cannot connect ${String(one)} to ${String(other)}: both ports ${role} requests`);
}

/** Only a vector port as a whole takes more than one peer. A proxy may be replaced. */
function refuseSecond(end: PortEnd, present: PortConnection | undefined, other: string): void {
  if (present?.peer === undefined || (end instanceof NodePort && end.spec.vector)) return;
  fatal(
    `port ${String(end)} is already connected to ${String(present.peer)}; ` +
      `it cannot be connected to ${other} too`,
  );
}

/**
 * Completes the connections of a port that a proxy leads to the other end of.
 * @param lookUp - finds what a proxy stands for, seen from the node of the port.
 */
export function resolvePort(port: NodePort, lookUp: (proxy: ParamProxy) => unknown): void {
  for (const connection of [...port.connections]) {
    if (connection.pending === undefined) continue;
    const other = lookUp(connection.pending);
    if (!isPortEnd(other)) {
      fatal(`${describeValue(other)} is not a port; cannot connect ${String(connection)} to it`);
    }
    refuseSameRole(port, other);
    refuseSecond(other, other.connections[0], String(port));
    join(connection, other.next());
  }
}

/** @throws {FatalError} when an element of a vector port was passed over. */
export function refuseGaps(port: NodePort): void {
  const gap = port.connections.find(connection => connection.peer === undefined);
  if (gap !== undefined) fatal(`${String(gap)} is not connected, but an element after it is`);
}
