/**
 * Ports of models: the ends through which two objects talk. What they say to each other is defined
 * by the classes derived from this one. Source of the behaviour: gem5 `sim/port.hh`.
 */
import { fatal, panic } from '../base/index';
import type { SimObject } from './simObject';

/** The index of a port that is no element of a vector port. */
export const InvalidPortID = -1;

/** One end of a connection between two models. */
export abstract class Port {
  /** The object that the port belongs to. */
  readonly owner: SimObject;
  /** Its place in a vector port, or `InvalidPortID`. */
  readonly id: number;
  readonly #name: string;
  #peer: Port | null = null;

  /**
   * @param name - full name, such as `system.cpu.icache_port`
   * @param owner - the object that the port belongs to
   * @param id - its place in a vector port
   */
  constructor(name: string, owner: SimObject, id: number = InvalidPortID) {
    this.#name = name;
    this.owner = owner;
    this.id = id;
  }

  /** Full name, such as `system.cpu.icache_port`. */
  name(): string {
    return this.#name;
  }

  /** Whether the port has a peer. */
  get isConnected(): boolean {
    return this.#peer !== null;
  }

  /**
   * The port at the other end.
   *
   * @throws {FatalError} when there is none
   */
  get peer(): Port {
    return this.#peer ?? this.reportUnbound();
  }

  /**
   * Connects this port to another. Derived classes check that the two speak the same protocol, and
   * of two roles one does the work for both.
   *
   * @throws {PanicError} when it is connected already
   */
  bind(peer: Port): void {
    if (this.#peer !== null) {
      panic(
        `${this.name()} is bound to ${this.#peer.name()} and cannot be bound to ${peer.name()}`,
      );
    }
    this.#peer = peer;
  }

  /** Forgets the peer. A port without one stays as it is. */
  unbind(): void {
    this.#peer = null;
  }

  /**
   * Takes the place of another port, whose peer becomes the peer of this one.
   *
   * @throws {FatalError} when the other port is not connected
   * @throws {PanicError} when this one is connected already
   */
  takeOverFrom(old: Port): void {
    if (this.isConnected) panic(`${this.name()} is connected and cannot take over ${old.name()}`);
    const peer = old.peer;
    // Of two roles only one does the work, here and below; which one it is depends on the side.
    old.unbind();
    peer.unbind();
    peer.bind(this);
    this.bind(peer);
  }

  /** Ends the simulation because somebody uses a port that has no peer. */
  protected reportUnbound(): never {
    return fatal(`${this.name()}: Unconnected port!`);
  }
}
