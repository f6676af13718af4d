/**
 * A checkpoint's sections in memory: typed values by section and key.
 *
 * Source of the behaviour: gem5 `sim/serialize.cc`. Unlike there, a missing key and a value of
 * another type are always errors.
 */
import { fatal } from '../base/index';
import {
  currentSection,
  type CheckpointIn,
  type CheckpointOut,
  type CheckpointValue,
} from '../sim/index';

/** Sections that objects write to and read back. */
export class CheckpointSections implements CheckpointOut, CheckpointIn {
  readonly directory: string;
  readonly sectionPath: string[] = [];
  readonly #sections = new Map<string, Map<string, CheckpointValue>>();

  /** @param directory - for files that accompany the checkpoint. */
  constructor(directory: string) {
    this.directory = directory;
  }

  /** Full names of all sections, in the order in which they were written. */
  sectionNames(): string[] {
    return [...this.#sections.keys()];
  }

  /** The values of one section. */
  section(name: string): ReadonlyMap<string, CheckpointValue> | undefined {
    return this.#sections.get(name);
  }

  sectionExists(name: string): boolean {
    return this.#sections.has(name);
  }

  enterSection(name: string): void {
    if (!this.#sections.has(name)) this.#sections.set(name, new Map());
  }

  paramOut(key: string, value: CheckpointValue): void {
    const name = currentSection(this);
    const section = this.#sections.get(name) ?? new Map<string, CheckpointValue>();
    if (section.has(key)) fatal(`checkpoint section '${name}' already has a value for '${key}'`);
    this.#sections.set(name, section.set(key, value));
  }

  has(key: string): boolean {
    return this.#sections.get(currentSection(this))?.has(key) ?? false;
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

  strings(key: string): readonly string[] {
    const value = this.#value(key);
    return isListOf(value, isString) ? value : this.#wrongType(key, 'a list of strings');
  }

  #value(key: string): CheckpointValue {
    const section = currentSection(this);
    const value = this.#sections.get(section)?.get(key);
    return value ?? fatal(`checkpoint section '${section}' has no value for '${key}'`);
  }

  #wrongType(key: string, wanted: string): never {
    return fatal(`checkpoint section '${currentSection(this)}': '${key}' is not ${wanted}`);
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
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
