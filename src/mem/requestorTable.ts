/** The requestors of a system. Source: gem5 `sim/system.cc`. */
import { fatal } from '../base/index';
import type { RequestorID } from '../base/index';
import type { SimObject } from '../sim/index';
import { RequestorIDs } from './request';

interface Requestor {
  readonly object: SimObject | null;
  readonly name: string;
}

/**
 * Gives everybody who sends requests a small number, by which statistics are indexed. Names are
 * relative to the system: `cpu.inst` for the `inst` side of `system.cpu`.
 */
export class RequestorTable {
  readonly #systemName: string;
  readonly #requestors: Requestor[] = [];
  #frozen = false;

  /** @param systemName - the full name of the system */
  constructor(systemName: string) {
    this.#systemName = systemName;
  }

  /**
   * The id of a requestor; the same each time it asks, so that a CPU that takes over from another of
   * the same name keeps its id.
   *
   * @param object - who sends requests
   * @param part - which side of it, such as `inst`; empty for the object as a whole
   * @throws {FatalError} when it is new and statistics have already been sized
   */
  idOf(object: SimObject, part: string): RequestorID {
    return this.#add(object, part === '' ? object.name() : `${object.name()}.${part}`);
  }

  /** The id of a requestor that is no object of this system. @throws {FatalError} as `idOf` */
  globalIdOf(name: string): RequestorID {
    return this.#add(null, name);
  }

  #add(object: SimObject | null, fullName: string): RequestorID {
    const name = this.#relative(fullName);
    const known = this.#requestors.findIndex(requestor => requestor.name === name);
    if (known !== -1) return known;
    if (this.#frozen) {
      fatal(`${fullName} asks for a requestor id after regStats(); it must do so in init()`);
    }
    return this.#requestors.push({ object, name }) - 1;
  }

  /** The id of this name, or that of nobody. */
  lookup(name: string): RequestorID {
    const relative = this.#relative(name);
    const id = this.#requestors.findIndex(requestor => requestor.name === relative);
    return id === -1 ? RequestorIDs.invalid : id;
  }

  /**
   * The id of an object, or that of nobody.
   *
   * @throws {FatalError} when the object has several
   */
  lookupObject(object: SimObject): RequestorID {
    const ids = this.#requestors.flatMap((entry, id) => (entry.object === object ? [id] : []));
    if (ids.length > 1) fatal(`${object.name()} has several requestor ids; look one up by name`);
    return ids[0] ?? RequestorIDs.invalid;
  }

  /** The name of a requestor. @throws {FatalError} when there is no such id */
  nameOf(id: RequestorID): string {
    return this.#requestors[id]?.name ?? fatal(`There is no requestor with id ${String(id)}`);
  }

  /** The names by id. From now on there can be no new one: statistics have been sized. */
  names(): readonly string[] {
    this.#frozen = true;
    return this.#requestors.map(requestor => requestor.name);
  }

  #relative(name: string): string {
    const prefix = `${this.#systemName}.`;
    return name.startsWith(prefix) ? name.slice(prefix.length) : name;
  }
}
