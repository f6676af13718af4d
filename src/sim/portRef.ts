/**
 * Ports as scripts see them: references that an assignment connects.
 *
 * Source of the behaviour: gem5 `python/m5/params.py` (`PortRef`, `VectorPortRef`).
 */
import { fatal } from '../base/index';
import type { AnyNode } from './node';
import { toOutputName, type PortSpec } from './schema';

/** One end of a connection. */
export class PortConnection {
  readonly port: PortRef;
  /** Position among the connections of a vector port; 0 for a scalar one. */
  readonly index: number;
  peer: PortConnection | undefined;

  constructor(port: PortRef, index: number) {
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

/** A port of a configuration node. Assign one port to another to connect them, in either order. */
export class PortRef {
  readonly node: AnyNode;
  /** Property name of the port in the schema. */
  readonly name: string;
  readonly spec: PortSpec;
  readonly connections: PortConnection[] = [];

  constructor(node: AnyNode, name: string, spec: PortSpec) {
    this.node = node;
    this.name = name;
    this.spec = spec;
  }

  /**
   * Connects this port with `other`; a vector port takes one more element.
   * @throws {FatalError} when a scalar port is connected already or both have the same role.
   */
  connect(other: PortRef): void {
    if (this.spec.role === other.spec.role) {
      const role = this.spec.role === 'GEM5 REQUESTOR' ? 'send' : 'receive';
      fatal(`cannot connect ${String(this)} to ${String(other)}: both ports ${role} requests`);
    }
    this.#refuseSecond(other);
    other.#refuseSecond(this);
    const here = new PortConnection(this, this.connections.length);
    const there = new PortConnection(other, other.connections.length);
    here.peer = there;
    there.peer = here;
    this.connections.push(here);
    other.connections.push(there);
  }

  #refuseSecond(other: PortRef): void {
    const present = this.connections[0];
    if (this.spec.vector || present === undefined) return;
    fatal(
      `port ${String(this)} is already connected to ${String(present.peer)}; ` +
        `it cannot be connected to ${String(other)} too`,
    );
  }

  toString(): string {
    return `${this.node.path()}.${toOutputName(this.name)}`;
  }
}
