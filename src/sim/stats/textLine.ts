/** One line of `stats.txt`. Source: gem5 `base/stats/text.cc`. */

import { formatPercent, formatValue } from './numberFormat';
import type { Stat } from './stat';
import { StatFlag } from './statFlag';

const NAME_WIDTH = 40;
const VALUE_WIDTH = 12;
const PERCENT_WIDTH = 10;
const NO_PERCENTS = ' '.repeat(2 * (PERCENT_WIDTH + 1));

/** How the text output looks. */
export interface TextStyle {
  /** Descriptions and units follow the values. */
  readonly desc: boolean;
  /** Columns are aligned with spaces. */
  readonly spaces: boolean;
}

/** The shares that an element, and all elements up to it, have of a total; none while not numbers. */
export class Shares {
  pdf: number;
  cdf: number;
  readonly #total: number;

  /** @param total - 0 when there are no shares to print */
  constructor(total: number) {
    this.#total = total;
    this.pdf = total === 0 ? NaN : 0;
    this.cdf = this.pdf;
  }

  /** Takes the next element. */
  add(value: number): void {
    if (this.#total === 0) return;
    this.pdf = value / this.#total;
    this.cdf += this.pdf;
  }
}

/** No shares to print. */
export const NO_SHARES = new Shares(0);

/** Makes the lines of one statistic. */
export class LineFormat {
  readonly #style: TextStyle;
  readonly #precision: number;
  readonly #nozero: boolean;
  readonly #nonan: boolean;
  readonly #description: string;
  readonly #unitText: string;
  readonly #end: string;

  /** @param description - of the lines, where it is not that of the statistic */
  constructor(style: TextStyle, stat: Stat, description = stat.description) {
    this.#style = style;
    this.#precision = stat.getPrecision();
    this.#nozero = stat.hasFlag(StatFlag.nozero);
    this.#nonan = stat.hasFlag(StatFlag.nonan);
    this.#description = description;
    this.#unitText = style.desc ? ` (${stat.unit.text})\n` : '\n';
    this.#end = this.#endWith(description);
  }

  /** A line of its own; empty when the statistic's flags leave it out. */
  line(name: string, value: number, shares = NO_SHARES, description = this.#description): string {
    if ((this.#nozero && value === 0) || (this.#nonan && Number.isNaN(value))) return '';
    const end = description === this.#description ? this.#end : this.#endWith(description);
    if (!this.#style.spaces) return `${name} ${this.#numbers(value, shares)}${end}`;
    return `${name.padEnd(NAME_WIDTH)} ${this.#numbers(value, shares)}${end}`;
  }

  /** The beginning of a line for several values. */
  openLine(name: string): string {
    return this.#style.spaces ? name.padEnd(NAME_WIDTH) : name;
  }

  /** One value of such a line. */
  cell(value: number, shares: Shares): string {
    if (this.#nonan && Number.isNaN(value)) return '';
    return ` |${this.#numbers(value, shares)}`;
  }

  /** The end of such a line. */
  closeLine(): string {
    return this.#end;
  }

  #numbers(value: number, shares: Shares): string {
    const text = formatValue(value, this.#precision);
    if (!this.#style.spaces) {
      const pdf = formatPercent(shares.pdf);
      const cdf = formatPercent(shares.cdf);
      return text + (pdf === '' ? '' : ` ${pdf}`) + (cdf === '' ? '' : ` ${cdf}`);
    }
    const padded = text.padStart(VALUE_WIDTH);
    if (Number.isNaN(shares.pdf) && Number.isNaN(shares.cdf)) return padded + NO_PERCENTS;
    const pdf = formatPercent(shares.pdf).padStart(PERCENT_WIDTH);
    return `${padded} ${pdf} ${formatPercent(shares.cdf).padStart(PERCENT_WIDTH)}`;
  }

  #endWith(description: string): string {
    if (!this.#style.desc || description === '') return this.#unitText;
    return ` # ${description}${this.#unitText}`;
  }
}
