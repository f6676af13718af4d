/** Statistics as text, in the layout of gem5's `stats.txt`. Source: gem5 `base/stats/text.cc`. */

import { panic } from '../../base/index';
import type { DistributionStat } from './distributionStats';
import type { DistributionData } from './distributionStorage';
import { formatGeneral } from './numberFormat';
import type { ScalarStat } from './scalarStats';
import type { SparseHistogram } from './sparseHistogram';
import type { Stat } from './stat';
import { StatFlag } from './statFlag';
import type { StatOutput } from './statVisitor';
import { LineFormat, Shares } from './textLine';
import type { TextStyle } from './textLine';
import type { Vector2d } from './vector2d';
import type { VectorDistributionStat } from './vectorDistributionStats';
import type { VectorStat } from './vectorStats';
import { sumOf } from './vectorStats';

const BEGIN = '\n---------- Begin Simulation Statistics ----------\n';
const END = '\n---------- End Simulation Statistics   ----------\n';
const SEPARATOR = '::';
/** Text is handed on in pieces of at least this many characters, but for the last one. */
const CHUNK_LENGTH = 1 << 16;

/** Options of a {@link TextWriter}, those of gem5's `text://` outputs. */
export interface TextWriterOptions {
  /** Write descriptions and units after the values (default true). */
  readonly desc?: boolean;
  /** Align columns with spaces (default true). */
  readonly spaces?: boolean;
}

/**
 * Writes each dump as a block between a line that begins it and a line that ends it. A line has the
 * full dotted name in 40 columns, the value in 12, the share of the total and the cumulative share
 * in 10 each, `#`, the description, and the unit in parentheses.
 */
export class TextWriter implements StatOutput {
  readonly #sink: (chunk: string) => void;
  readonly #style: TextStyle;
  readonly #prefixes: string[] = [];
  #prefix = '';
  #text = '';

  /** @param sink - takes the text, in large pieces and in order; it has all of it after `end` */
  constructor(sink: (chunk: string) => void, options: TextWriterOptions = {}) {
    this.#sink = sink;
    this.#style = { desc: options.desc ?? true, spaces: options.spaces ?? true };
  }

  begin(): void {
    this.#write(BEGIN);
  }

  end(): void {
    this.#write(END);
    this.#flush();
  }

  beginGroup(name: string): void {
    this.#prefixes.push(this.#prefix);
    this.#prefix = `${this.#prefix}${name}.`;
  }

  endGroup(): void {
    this.#prefix = this.#prefixes.pop() ?? panic('A stat group ended that had not begun');
  }

  visitScalar(stat: ScalarStat): void {
    if (!stat.isDisplayed()) return;
    const format = new LineFormat(this.#style, stat);
    this.#write(format.line(this.#prefix + stat.name, stat.result()));
  }

  visitVector(stat: VectorStat): void {
    if (!stat.isDisplayed()) return;
    const values = stat.result();
    const format = new LineFormat(this.#style, stat);
    const name = this.#prefix + stat.name;
    const shares = sharesOf(stat, values);
    const [only] = values;
    if (values.length === 1 && only !== undefined) {
      this.#write(format.line(name, only, shares));
      return;
    }

    const { elementNames, elementDescriptions } = stat;
    const describe = describesElements(stat);
    this.#elements(stat, format, name, stat.total(), (emit: ElementSink) => {
      values.forEach((value, index) => {
        const elementName = elementNames.any ? elementNames.at(index) : String(index);
        if (elementName === '') return;
        shares.add(value);
        emit(elementName, value, shares, describe ? elementDescriptions.at(index) : undefined);
      });
    });
    if (stat.hasFlag(StatFlag.total)) {
      this.#write(format.line(`${name}${SEPARATOR}total`, stat.total()));
    }
  }

  visitVector2d(stat: Vector2d): void {
    if (!stat.isDisplayed()) return;
    const format = new LineFormat(this.#style, stat);
    const name = this.#prefix + stat.name;
    for (let x = 0; x < stat.xSize; x++) {
      const rowName = stat.rowNames.any ? stat.rowNames.at(x) : String(x);
      if (rowName !== '') this.#row(stat, format, `${name}_${rowName}`, stat.row(x));
    }
    if (stat.hasFlag(StatFlag.total) && stat.xSize > 1) {
      const total = stat.total();
      this.#write(format.line(`${name}${SEPARATOR}total`, total, sharesOf(stat, [total])));
    }
  }

  visitDistribution(stat: DistributionStat): void {
    if (!stat.isDisplayed()) return;
    const format = new LineFormat(this.#style, stat);
    this.#distribution(stat, format, this.#prefix + stat.name, stat.data());
  }

  visitVectorDistribution(stat: VectorDistributionStat): void {
    if (!stat.isDisplayed()) return;
    for (let index = 0; index < stat.size(); index++) {
      const description = stat.elementDescriptions.at(index);
      const format = new LineFormat(
        this.#style,
        stat,
        description === '' ? stat.description : description,
      );
      const name = `${this.#prefix}${stat.name}_${stat.elementNames.orIndex(index)}`;
      this.#distribution(stat, format, name, stat.data(index));
    }
  }

  visitSparseHistogram(stat: SparseHistogram): void {
    if (!stat.isDisplayed()) return;
    const format = new LineFormat(this.#style, stat);
    const base = this.#prefix + stat.name + SEPARATOR;
    this.#write(format.line(`${base}samples`, stat.samples()));
    for (const [value, count] of stat.entries()) {
      this.#write(format.line(base + formatGeneral(value), count));
    }
  }

  #row(stat: Vector2d, format: LineFormat, name: string, values: Float64Array): void {
    const { columnNames } = stat;
    const shares = sharesOf(stat, values);
    const [only] = values;
    if (values.length === 1 && only !== undefined) {
      const columnName = columnNames.any ? columnNames.at(0) : '0';
      this.#write(format.line(`${name}${SEPARATOR}${columnName}`, only, shares));
      return;
    }
    const total = sumOf(values);
    this.#elements(stat, format, name, total, (emit: ElementSink) => {
      values.forEach((value, index) => {
        const columnName = columnNames.any ? columnNames.at(index) : String(index);
        if (columnName === '') return;
        shares.add(value);
        emit(columnName, value, shares);
      });
    });
    if (stat.hasFlag(StatFlag.total)) {
      this.#write(format.line(`${name}${SEPARATOR}total`, total));
    }
  }

  /** Writes the elements that `each` emits, in lines of their own or all in one. */
  #elements(
    stat: Stat,
    format: LineFormat,
    name: string,
    total: number,
    each: (emit: ElementSink) => void,
  ): void {
    if (stat.hasFlag(StatFlag.nozero) && total === 0) return;
    if (stat.hasFlag(StatFlag.oneline)) {
      this.#write(format.openLine(name));
      each((_elementName, value, shares) => this.#write(format.cell(value, shares)));
      this.#write(format.closeLine());
    } else {
      const base = name + SEPARATOR;
      each((elementName, value, shares, description) =>
        this.#write(format.line(base + elementName, value, shares, description)),
      );
    }
  }

  #distribution(stat: Stat, format: LineFormat, name: string, data: DistributionData): void {
    if (stat.hasFlag(StatFlag.nozero) && data.samples === 0) return;
    const base = name + SEPARATOR;
    const line = (what: string, value: number, shares?: Shares): void =>
      this.#write(format.line(base + what, value, shares));
    const oneline = stat.hasFlag(StatFlag.oneline);

    if (oneline) {
      line('bucket_size', data.bucketSize);
      line('min_bucket', data.min);
      line('max_bucket', data.max);
    }
    line('samples', data.samples);
    line('mean', data.samples === 0 ? NaN : data.sum / data.samples);
    if (data.kind === 'Hist') {
      line('gmean', data.samples === 0 ? NaN : Math.exp(data.logs / data.samples));
    }
    line('stdev', standardDeviation(data));
    if (data.kind === 'Deviation') return;

    const total = data.underflow + sumOf(data.buckets) + data.overflow;
    const shares = new Shares(total);
    const ranged = data.kind === 'Dist';
    if (ranged) {
      shares.add(data.underflow);
      line('underflows', data.underflow, shares);
    }
    if (oneline) this.#write(format.openLine(name));
    data.buckets.forEach((count, index) => {
      shares.add(count);
      if (oneline) this.#write(format.cell(count, shares));
      else line(bucketName(data, index), count, shares);
    });
    if (oneline) this.#write(format.closeLine());
    if (ranged) {
      shares.add(data.overflow);
      line('overflows', data.overflow, shares);
      line('min_value', data.minValue);
      line('max_value', data.maxValue);
    }
    line('total', total);
  }

  #write(text: string): void {
    this.#text += text;
    if (this.#text.length >= CHUNK_LENGTH) this.#flush();
  }

  #flush(): void {
    this.#sink(this.#text);
    this.#text = '';
  }
}

type ElementSink = (name: string, value: number, shares: Shares, description?: string) => void;

/** Shares of the sum of the values, where the statistic's flags ask for any. */
function sharesOf(stat: Stat, values: Float64Array | readonly number[]): Shares {
  if (!stat.hasFlag(StatFlag.pdf | StatFlag.cdf)) return new Shares(0);
  let total = 0;
  for (const value of values) total += value;
  return new Shares(total);
}

/** True when some element has both a name and a description: then elements have their own. */
function describesElements(stat: VectorStat): boolean {
  const { elementNames, elementDescriptions } = stat;
  if (!elementNames.any || !elementDescriptions.any) return false;
  for (let index = 0; index < elementNames.length; index++) {
    if (elementNames.at(index) !== '' && elementDescriptions.at(index) !== '') return true;
  }
  return false;
}

/** Of the samples, with one degree of freedom less; not a number for fewer than two. */
function standardDeviation(data: DistributionData): number {
  const { samples, squares, sum } = data;
  if (samples === 0) return NaN;
  return Math.sqrt((samples * squares - sum * sum) / (samples * (samples - 1)));
}

/** The range of a bucket: `0-3`, or `0` when it has one value. */
function bucketName(data: DistributionData, index: number): string {
  const low = index * data.bucketSize + data.min;
  const high = Math.min(low + data.bucketSize - 1, data.max);
  return low < high ? `${formatGeneral(low)}-${formatGeneral(high)}` : formatGeneral(low);
}
