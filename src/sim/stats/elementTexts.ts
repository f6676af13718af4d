/** Names and descriptions of the elements of a vector. */

import { panic } from '../../base/index';
import type { Stat } from './stat';

const BLANK = /\s/;

/** One text for each element of a statistic, `''` for none. */
export class ElementTexts {
  readonly #stat: Stat;
  readonly #texts: string[] = [];
  #any = false;

  constructor(stat: Stat) {
    this.#stat = stat;
  }

  /** The number of elements up to the last that was given a text. */
  get length(): number {
    return this.#texts.length;
  }

  /** True when some element has a text. */
  get any(): boolean {
    return this.#any;
  }

  /** The text of an element, `''` for none. */
  at(index: number): string {
    return this.#texts[index] ?? '';
  }

  /** The text of an element, or its index. */
  orIndex(index: number): string {
    const text = this.at(index);
    return text === '' ? String(index) : text;
  }

  /** @throws {PanicError} for an index that is not one */
  set(index: number, text: string): void {
    if (!Number.isSafeInteger(index) || index < 0) {
      panic(`${this.#stat.path()}: no element ${index} to name or describe`);
    }
    while (this.#texts.length <= index) this.#texts.push('');
    this.#texts[index] = text;
    this.#any = text !== '' || this.#texts.some(each => each !== '');
  }

  /**
   * As `set`, for a text that becomes part of a printed name.
   *
   * @throws {PanicError} for a name with a blank in it, which no reader of `stats.txt` could take
   *   apart
   */
  setName(index: number, name: string): void {
    if (BLANK.test(name)) {
      panic(`${this.#stat.path()}: an element's name has no blanks: '${name}'`);
    }
    this.set(index, name);
  }

  /** As `setName` for the first elements, in order. */
  setNames(names: readonly string[]): void {
    names.forEach((name, index) => this.setName(index, name));
  }
}
