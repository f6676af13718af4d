/**
 * Saving and restoring state by section and key, whatever the file format.
 *
 * Source of the behaviour: gem5 `sim/serialize.hh`, `sim/serialize.cc`.
 */

/** A value that a checkpoint can hold under one key. */
export type CheckpointValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly number[]
  | readonly bigint[]
  | readonly string[];

/** A checkpoint being written. */
export interface CheckpointOut {
  /** Directory for files that accompany the checkpoint. */
  readonly directory: string;
  /** Full names of the open sections, innermost last. */
  readonly sectionPath: string[];
  /** Opens the section `name`; an object without values still has one. */
  enterSection(name: string): void;
  /** Stores `value` under `key` in the current section. */
  paramOut(key: string, value: CheckpointValue): void;
}

/** A checkpoint being read. */
export interface CheckpointIn {
  readonly directory: string;
  readonly sectionPath: string[];
  sectionExists(name: string): boolean;
  enterSection(name: string): void;
  /** Each reader fails with a typed error that names section and key when it is missing or of another type. */
  boolean(key: string): boolean;
  number(key: string): number;
  bigint(key: string): bigint;
  string(key: string): string;
  bytes(key: string): Uint8Array;
  numbers(key: string): readonly number[];
  strings(key: string): readonly string[];
  has(key: string): boolean;
}

/** The full name of the innermost open section. */
export function currentSection(checkpoint: CheckpointOut | CheckpointIn): string {
  return checkpoint.sectionPath.at(-1) ?? '';
}

/** Something whose state a checkpoint holds. */
export interface Serializable {
  serialize(checkpoint: CheckpointOut): void;
  unserialize(checkpoint: CheckpointIn): void;
}

function inSection(checkpoint: CheckpointOut | CheckpointIn, name: string, body: () => void): void {
  const outer = currentSection(checkpoint);
  checkpoint.sectionPath.push(outer === '' ? name : `${outer}.${name}`);
  try {
    checkpoint.enterSection(currentSection(checkpoint));
    body();
  } finally {
    checkpoint.sectionPath.pop();
  }
}

/** Saves `object` in the section `name` below the current one. */
export function serializeSection(
  checkpoint: CheckpointOut,
  name: string,
  object: Serializable,
): void {
  inSection(checkpoint, name, () => {
    object.serialize(checkpoint);
  });
}

/** Restores `object` from the section `name` below the current one. */
export function unserializeSection(
  checkpoint: CheckpointIn,
  name: string,
  object: Serializable,
): void {
  inSection(checkpoint, name, () => {
    object.unserialize(checkpoint);
  });
}
