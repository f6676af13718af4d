/**
 * The error types of the simulator. A `FatalError` is the user's fault and says what to change; a
 * `PanicError` is a bug of the simulator. Source: gem5 `base/logging.hh`.
 */

/** Everything the simulator throws on purpose. Tell them apart by `kind`, never by their text. */
export abstract class SimError extends Error {
  /** Names the family of the error, for example `fatal` or `panic`. */
  abstract readonly kind: string;
}

/** The simulation cannot go on because of something the user gave it: a value, a file, a wiring. */
export class FatalError extends SimError {
  readonly kind = 'fatal';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'FatalError';
  }
}

/** The simulation cannot go on because of a bug in the simulator or in a model. */
export class PanicError extends SimError {
  readonly kind = 'panic';

  /** Further lines for whoever looks for the bug, such as a register dump. */
  readonly details: readonly string[];

  constructor(message: string, details: readonly string[] = [], options?: ErrorOptions) {
    super(message, options);
    this.name = 'PanicError';
    this.details = details;
  }
}

/**
 * Ends the simulation because of a mistake of the user.
 *
 * @param message - one line that says what is wrong and what to change
 * @throws {FatalError} always
 */
export function fatal(message: string): never {
  throw new FatalError(message);
}

/**
 * Ends the simulation because of a bug in the simulator.
 *
 * @param message - one line that says what should never have happened
 * @param details - further lines, such as a register dump
 * @throws {PanicError} always
 */
export function panic(message: string, details: readonly string[] = []): never {
  throw new PanicError(message, details);
}

/**
 * Closes a `switch` over a union: a member without a case becomes a compile error.
 *
 * @throws {PanicError} when a value outside the union arrives at run time
 */
export function assertNever(x: never): never {
  return panic(`Unexpected value ${JSON.stringify(x)}`);
}
