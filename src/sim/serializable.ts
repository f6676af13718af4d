/**
 * Saving and restoring state by section and key, whatever the file format.
 *
 * Source of the behaviour: gem5 `sim/serialize.hh`, `sim/serialize.cc`.
 */

/** A value that a checkpoint can hold under one key. A bigint is an unsigned 64-bit word. */
export type CheckpointValue =
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly number[]
  | readonly bigint[]
  | readonly string[];

/** Turns the values of one section, as a version had them, into those of the next version. */
export type SectionUpgrader = (values: Map<string, CheckpointValue>) => void;

/** How a class writes its section. */
export interface SectionFormat {
  /** Counted from 1; raised whenever what is saved, or what it means, changes. */
  readonly version: number;
  /** The upgrader at index i leads from version i + 1 to the next: one less than versions. */
  readonly upgraders: readonly SectionUpgrader[];
}

/** The format of a class that has never changed what it saves. */
export const FirstSectionFormat: SectionFormat = { version: 1, upgraders: [] };

/** Pages in a row. */
export interface PageRun {
  /** Number of the first one: its offset in the memory, divided by {@link ImagePageBytes}. */
  readonly first: number;
  readonly count: number;
}

/** Bytes in a page of a memory image, whatever the host's pages are. */
export const ImagePageBytes = 4096;

/** Pages that differ from those of an older image. */
export interface ChangedPages extends PageRun {
  /** Whether all of them are zero. */
  readonly zero: boolean;
}

/** Memory whose contents a checkpoint is to hold. Borrowed: read before the checkpoint is done. */
export interface MemoryImageSource {
  /** Bytes, a multiple of {@link ImagePageBytes}. */
  readonly size: number;
  /** The pages that hold something else than zeros, in ascending order. */
  nonZeroPages(): Iterable<PageRun>;
  /** The pages that differ from `image`, in ascending order. */
  changedPages(image: MemoryImage): Iterable<ChangedPages>;
  /**
   * The bytes of pages, where they are.
   * @returns one piece, or more where they do not lie in one
   */
  bytes(run: PageRun): Uint8Array[];
}

/** Pages of a memory image, and the place in a file where they lie one after the other. */
export interface ImagePages extends PageRun {
  /** Absolute path of the file. */
  readonly path: string;
  /** Offset of the first page in it, in bytes; a multiple of {@link ImagePageBytes}. */
  readonly offset: number;
}

/** A memory image to restore: which pages it has, in ascending order; the others are zero. */
export interface MemoryImage {
  /** Bytes of memory. */
  readonly size: number;
  readonly pages: readonly ImagePages[];
  /** Which checkpoint it is of: the checksum of its `m5.cpt.pb`. */
  readonly checkpoint: bigint;
}

/** A checkpoint being written. */
export interface CheckpointOut {
  /** Directory that the checkpoint will have in the end; it need not exist yet. */
  readonly directory: string;
  /** Full names of the open sections, innermost last. */
  readonly sectionPath: string[];
  /** Begins the section `name`; an object without values still has one. */
  beginSection(name: string, format: SectionFormat): void;
  /** Stores `value` under `key` in the current section. */
  paramOut(key: string, value: CheckpointValue): void;
  /** Adds the contents of a memory, to be found under this name, which is that of a file as well. */
  addMemoryImage(name: string, source: MemoryImageSource): void;
}

/** A checkpoint being read. */
export interface CheckpointIn {
  /** The directory that it was read from. */
  readonly directory: string;
  readonly sectionPath: string[];
  /** Whether there is a section of this full name. */
  sectionExists(name: string): boolean;
  /** Full names of all sections. */
  sectionNames(): readonly string[];
  /** Full names of the sections that nobody has read. */
  unusedSections(): readonly string[];
  /**
   * Opens the section `name`, brought up to the version of `format`.
   * @throws {SimError} when there is no such section, or its version is newer.
   */
  openSection(name: string, format: SectionFormat): void;
  /**
   * The truth value under a key of the current section. This and the other readers fail with a typed
   * error that names section and key when the value is missing or of another type.
   */
  boolean(key: string): boolean;
  /** The number under a key. */
  number(key: string): number;
  /** The unsigned 64-bit word under a key. */
  bigint(key: string): bigint;
  /** The text under a key. */
  string(key: string): string;
  /** The bytes under a key. */
  bytes(key: string): Uint8Array;
  /** The list of numbers under a key. */
  numbers(key: string): readonly number[];
  /** The list of unsigned 64-bit words under a key. */
  bigints(key: string): readonly bigint[];
  /** The list of texts under a key. */
  strings(key: string): readonly string[];
  /** Whether the current section has a value under a key. */
  has(key: string): boolean;
  /** The memory image of this name. @throws {SimError} when there is none. */
  memoryImage(name: string): MemoryImage;
  /** Fails with the typed error of this checkpoint, which names the section. */
  fail(message: string): never;
}

/** The full name of the innermost open section. */
export function currentSection(checkpoint: CheckpointOut | CheckpointIn): string {
  return checkpoint.sectionPath.at(-1) ?? '';
}

/** Something whose state a checkpoint holds. */
export interface Serializable {
  /** Absent: version 1. */
  readonly sectionFormat?: SectionFormat;
  /** Writes the state, all of it, into the current section. Only called when it is drained. */
  serialize(checkpoint: CheckpointOut): void;
  /** Reads what `serialize` has written. */
  unserialize(checkpoint: CheckpointIn): void;
}

/** Saves `object` in the section `name` below the current one. */
export function serializeSection(
  checkpoint: CheckpointOut,
  name: string,
  object: Serializable,
): void {
  const fullName = fullNameOf(checkpoint, name);
  checkpoint.sectionPath.push(fullName);
  try {
    checkpoint.beginSection(fullName, object.sectionFormat ?? FirstSectionFormat);
    object.serialize(checkpoint);
  } finally {
    checkpoint.sectionPath.pop();
  }
}

function fullNameOf(checkpoint: CheckpointOut | CheckpointIn, name: string): string {
  const outer = currentSection(checkpoint);
  return outer === '' ? name : `${outer}.${name}`;
}

/** Restores `object` from the section `name` below the current one. */
export function unserializeSection(
  checkpoint: CheckpointIn,
  name: string,
  object: Serializable,
): void {
  unserializeFrom(checkpoint, fullNameOf(checkpoint, name), object);
}

/** Restores `object` from the section of this full name, wherever that is. */
export function unserializeFrom(
  checkpoint: CheckpointIn,
  fullName: string,
  object: Serializable,
): void {
  checkpoint.sectionPath.push(fullName);
  try {
    checkpoint.openSection(fullName, object.sectionFormat ?? FirstSectionFormat);
    object.unserialize(checkpoint);
  } finally {
    checkpoint.sectionPath.pop();
  }
}
