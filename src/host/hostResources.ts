/** Owners of things that the garbage collector cannot release. */
import { warn } from '../base/index';

/** Owns something of the kernel's (a descriptor, a mapping, a timer, a signal action). */
export interface HostResource {
  /** Releases what is owned. A second call does nothing. */
  dispose(): void;
}

/**
 * Everything that is open, in order of birth. What is left when the process exits is released in
 * reverse order, so that a thing never outlives what it was built on.
 *
 * Owners add themselves when they acquire and remove themselves when they are disposed of.
 */
export class HostResources {
  readonly #open = new Set<HostResource>();

  /** Number of owners not yet disposed of. */
  get size(): number {
    return this.#open.size;
  }

  /** Notes an owner that has just acquired its resource. */
  add(resource: HostResource): void {
    this.#open.add(resource);
  }

  /** Forgets an owner that has released its resource; unknown owners are ignored. */
  remove(resource: HostResource): void {
    this.#open.delete(resource);
  }

  /**
   * Disposes of every owner, the youngest first. All are tried, whatever happens.
   *
   * @throws {AggregateError} when some could not release, with their errors.
   */
  disposeAll(): void {
    const errors: unknown[] = [];
    for (const resource of [...this.#open].reverse()) {
      if (!this.#open.has(resource)) continue; // another one has disposed of its parts
      try {
        resource.dispose();
      } catch (error) {
        errors.push(error);
      }
      this.#open.delete(resource);
    }
    if (errors.length > 0) throw new AggregateError(errors, 'host resources could not be released');
  }
}

/** The owners of this process, released when it exits. */
export const hostResources = new HostResources();

// An exit that goes through Node runs this; after any other end the kernel releases everything.
process.once('exit', () => {
  try {
    hostResources.disposeAll();
  } catch (error) {
    // Too late to do anything about it but tell: data written to a file may be lost.
    const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
    for (const each of errors) warn(each instanceof Error ? each.message : String(each));
  }
});
