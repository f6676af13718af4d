/**
 * A checkpoint's sections in memory: typed values by section and key.
 *
 * Source of the behaviour: gem5 `sim/serialize.cc`. Unlike there, a missing key and a value of
 * another type are always errors.
 */
import { panic } from '../base/index';
import {
  currentSection,
  type CheckpointIn,
  type CheckpointOut,
  type CheckpointValue,
  type MemoryImage,
  type MemoryImageSource,
  type SectionFormat,
} from '../sim/index';
import { CheckpointError } from './checkpointError';

/** One section: its version and its values in the order of saving. */
export interface SavedSection {
  version: number;
  readonly values: Map<string, CheckpointValue>;
}

/** Sections that objects write to and read back. */
export class CheckpointSections implements CheckpointOut, CheckpointIn {
  readonly directory: string;
  readonly sectionPath: string[] = [];
  readonly #sections: Map<string, SavedSection>;
  readonly #used = new Set<string>();
  readonly #images: ReadonlyMap<string, MemoryImage>;
  readonly #imageSources = new Map<string, MemoryImageSource>();

  /**
   * @param directory - of the checkpoint.
   * @param sections - to read; taken over.
   * @param images - memory images to read, by name.
   */
  constructor(
    directory: string,
    sections = new Map<string, SavedSection>(),
    images: ReadonlyMap<string, MemoryImage> = new Map(),
  ) {
    this.directory = directory;
    this.#sections = sections;
    this.#images = images;
  }

  /** Full names of all sections, in the order in which they were written. */
  sectionNames(): string[] {
    return [...this.#sections.keys()];
  }

  unusedSections(): string[] {
    return this.sectionNames().filter(name => !this.#used.has(name));
  }

  /** All sections by name, in the order in which they were written. */
  get sections(): ReadonlyMap<string, SavedSection> {
    return this.#sections;
  }

  /** The values of one section. */
  section(name: string): ReadonlyMap<string, CheckpointValue> | undefined {
    return this.#sections.get(name)?.values;
  }

  /** Memories to be saved, by name. */
  get imageSources(): ReadonlyMap<string, MemoryImageSource> {
    return this.#imageSources;
  }

  sectionExists(name: string): boolean {
    return this.#sections.has(name);
  }

  beginSection(name: string, format: SectionFormat): void {
    if (this.#sections.has(name)) panic(`the checkpoint has two sections '${name}'`);
    this.#sections.set(name, { version: format.version, values: new Map() });
  }

  openSection(name: string, format: SectionFormat): void {
    this.#used.add(name);
    upgrade(name, this.#sections.get(name) ?? this.fail('there is no such section'), format);
  }

  addMemoryImage(name: string, source: MemoryImageSource): void {
    if (this.#imageSources.has(name)) panic(`two memories are to be saved as '${name}'`);
    this.#imageSources.set(name, source);
  }

  memoryImage(name: string): MemoryImage {
    return this.#images.get(name) ?? this.fail(`there is no memory image '${name}'`);
  }

  paramOut(key: string, value: CheckpointValue): void {
    const name = currentSection(this);
    const section = this.#sections.get(name) ?? { version: 1, values: new Map() };
    this.#sections.set(name, section);
    if (section.values.has(key)) {
      panic(`checkpoint section '${name}' already has a value for '${key}'`);
    }
    section.values.set(key, value);
  }

  has(key: string): boolean {
    return this.#sections.get(currentSection(this))?.values.has(key) ?? false;
  }

  boolean(key: string): boolean {
    const value = this.#value(key);
    return typeof value === 'boolean' ? value : this.#wrongType(key, 'a boolean');
  }

  number(key: string): number {
    const value = this.#value(key);
    return typeof value === 'number' ? value : this.#wrongType(key, 'a number');
  }

  bigint(key: string): bigint {
    const value = this.#value(key);
    return typeof value === 'bigint' ? value : this.#wrongType(key, 'a 64-bit integer');
  }

  string(key: string): string {
    const value = this.#value(key);
    return typeof value === 'string' ? value : this.#wrongType(key, 'a string');
  }

  bytes(key: string): Uint8Array {
    const value = this.#value(key);
    return value instanceof Uint8Array ? value : this.#wrongType(key, 'bytes');
  }

  numbers(key: string): readonly number[] {
    const value = this.#value(key);
    return isListOf(value, isNumber) ? value : this.#wrongType(key, 'a list of numbers');
  }

  bigints(key: string): readonly bigint[] {
    const value = this.#value(key);
    return isListOf(value, isBigint) ? value : this.#wrongType(key, 'a list of 64-bit integers');
  }

  strings(key: string): readonly string[] {
    const value = this.#value(key);
    return isListOf(value, isString) ? value : this.#wrongType(key, 'a list of strings');
  }

  fail(message: string): never {
    throw new CheckpointError({ section: currentSection(this) }, message);
  }

  #value(key: string): CheckpointValue {
    const section = currentSection(this);
    const value = this.#sections.get(section)?.values.get(key);
    if (value === undefined) throw new CheckpointError({ section, key }, 'there is no such value');
    return value;
  }

  #wrongType(key: string, wanted: string): never {
    const section = currentSection(this);
    throw new CheckpointError({ section, key }, `the value is not ${wanted}`);
  }
}

/** Brings a section up to the version that a class has now. */
function upgrade(name: string, section: SavedSection, format: SectionFormat): void {
  if (section.version > format.version) {
    throw new CheckpointError(
      { section: name },
      `it has version ${String(section.version)}, this mini-gem5 knows up to ` +
        `${String(format.version)}; restore with a newer one`,
    );
  }
  for (; section.version < format.version; section.version++) {
    const upgrader = format.upgraders[section.version - 1];
    if (upgrader === undefined) {
      const versions = `${String(section.version)} to ${String(section.version + 1)}`;
      throw new CheckpointError({ section: name }, `nothing upgrades it from version ${versions}`);
    }
    upgrader(section.values);
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isBigint(value: unknown): value is bigint {
  return typeof value === 'bigint';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isListOf<T>(
  value: CheckpointValue,
  isElement: (element: unknown) => element is T,
): value is CheckpointValue & readonly T[] {
  return Array.isArray(value) && value.every(isElement);
}
