/**
 * Statistics as JSON, in the layout of gem5's `m5.stats.gem5stats`. Source: gem5
 * `python/m5/stats/gem5stats.py`, `python/m5/ext/pystats/`.
 */

import { panic } from '../../base/index';
import type { DistributionStat } from './distributionStats';
import type { DistributionData } from './distributionStorage';
import type { ElementTexts } from './elementTexts';
import { Formula } from './formula';
import type { ScalarStat } from './scalarStats';
import type { SparseHistogram } from './sparseHistogram';
import type { Stat } from './stat';
import { StatFlag } from './statFlag';
import type { StatGroup } from './statGroup';
import type { DumpPeriod, StatOutput } from './statVisitor';
import type { Vector2d } from './vector2d';
import type { VectorDistributionStat } from './vectorDistributionStats';
import type { VectorStat } from './vectorStats';

/** Anything JSON can hold. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject;

/** An object of JSON. */
export interface JsonObject {
  [key: string]: JsonValue;
}

/** Options of a {@link JsonWriter}. */
export interface JsonWriterOptions {
  /** Spaces per level (default 4). */
  readonly indent?: number;
  /** Include formulas, as scalars and vectors (default true; gem5 leaves them out). */
  readonly formulas?: boolean;
  /** The date and time for `creation_time`, in ISO 8601; without it that is null. */
  readonly creationTime?: () => string;
}

/**
 * Writes one JSON document for each dump: nested objects, with `"type"` telling SimObjects, vectors
 * of SimObjects, groups and the kinds of statistics apart. A value that is not a finite number
 * becomes null, since JSON has no other way to say it.
 */
export class JsonWriter implements StatOutput {
  readonly #sink: (document: string) => void;
  readonly #options: JsonWriterOptions;
  readonly #open: JsonObject[] = [];

  /** @param sink - takes each document as a whole, to replace the one before it */
  constructor(sink: (document: string) => void, options: JsonWriterOptions = {}) {
    this.#sink = sink;
    this.#options = options;
  }

  begin(period: DumpPeriod): void {
    this.#open.length = 0;
    this.#open.push({
      type: 'SimObject',
      time_conversion: null,
      creation_time: this.#options.creationTime?.() ?? null,
      simulated_begin_time: period.begin,
      simulated_end_time: period.end,
      name: 'root',
    });
  }

  end(): void {
    this.#sink(`${JSON.stringify(this.#current(), null, this.#options.indent ?? 4)}\n`);
  }

  beginGroup(name: string, group: StatGroup): void {
    const parent = this.#current();
    const position = group.vectorPosition;
    const elements = position === undefined ? undefined : elementsOf(parent, position.vector);
    // Selected groups can have parts of their paths in common.
    const existing = elements === undefined ? parent[name] : elements[position?.index ?? 0];
    const object = isObject(existing) ? existing : groupObject(name, group);
    if (elements === undefined) parent[name] = object;
    else elements[position?.index ?? 0] = object;
    this.#open.push(object);
  }

  endGroup(): void {
    this.#open.pop();
  }

  visitScalar(stat: ScalarStat): void {
    this.#number(stat, stat.result());
  }

  visitVector(stat: VectorStat): void {
    const isFormula = stat instanceof Formula;
    if (isFormula && this.#options.formulas === false) return;
    const values = stat.result();
    const [only] = values;
    if (isFormula && values.length === 1 && only !== undefined) {
      this.#number(stat, only);
      return;
    }
    const object: JsonObject = {};
    values.forEach((value, index) => {
      const own = stat.elementDescriptions.at(index);
      const description = own === '' ? stat.description : own;
      object[stat.elementNames.orIndex(index)] = scalar(stat, value, description);
    });
    this.#put(stat, statistic('Vector', object, stat.description));
  }

  visitVector2d(stat: Vector2d): void {
    const rows: JsonObject = {};
    for (let x = 0; x < stat.xSize; x++) {
      const row: JsonObject = countsObject(stat, stat.row(x), stat.columnNames);
      rows[stat.rowNames.orIndex(x)] = statistic('Vector', row, stat.description);
    }
    this.#put(stat, statistic('Vector2d', rows, stat.description));
  }

  visitDistribution(stat: DistributionStat): void {
    this.#put(stat, distribution(stat, stat.data(), stat.description));
  }

  visitVectorDistribution(stat: VectorDistributionStat): void {
    for (let index = 0; index < stat.size(); index++) {
      const own = stat.elementDescriptions.at(index);
      const description = own === '' ? stat.description : own;
      const name = `${stat.name}_${stat.elementNames.orIndex(index)}`;
      this.#put(stat, distribution(stat, stat.data(index), description), name);
    }
  }

  visitSparseHistogram(stat: SparseHistogram): void {
    const object: JsonObject = {};
    for (const [value, count] of stat.entries()) {
      object[sampleKey(value)] = scalar(stat, count, null);
    }
    this.#put(stat, statistic('SparseHist', object, stat.description));
  }

  #number(stat: Stat, value: number): void {
    if (stat.hasFlag(StatFlag.nozero) && value === 0) return;
    this.#put(stat, scalar(stat, value, stat.description));
  }

  #put(stat: Stat, value: JsonObject, name = stat.name): void {
    if (stat.hasFlag(StatFlag.display)) this.#current()[name] = value;
  }

  #current(): JsonObject {
    return this.#open.at(-1) ?? panic('A statistic came before the dump began');
  }
}

function groupObject(name: string, group: StatGroup): JsonObject {
  if (group.owner === undefined) return { type: 'Group', time_conversion: null };
  return { type: 'SimObject', time_conversion: null, name };
}

/** The list of a vector of SimObjects, which is made when its first element comes. */
function elementsOf(parent: JsonObject, vector: string): JsonValue[] {
  const existing = parent[vector];
  if (isObject(existing) && Array.isArray(existing['value'])) return existing['value'];
  const value: JsonValue[] = [];
  parent[vector] = { type: 'SimObjectVector', time_conversion: null, value };
  return value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function statistic(type: string, value: JsonValue, description: string | null): JsonObject {
  return { value, type, description };
}

function scalar(stat: Stat, value: number, description: string | null): JsonObject {
  return {
    ...statistic('Scalar', finite(value), description),
    unit: stat.unit.text,
    datatype: 'f64',
  };
}

function countsObject(stat: Stat, counts: Float64Array, names?: ElementTexts): JsonObject {
  const object: JsonObject = {};
  counts.forEach((count, index) => {
    object[names?.orIndex(index) ?? String(index)] = scalar(stat, count, null);
  });
  return object;
}

function distribution(stat: Stat, data: DistributionData, description: string): JsonObject {
  // A deviation has no buckets; gem5's readers want at least one, so all samples are in it.
  const deviation = data.kind === 'Deviation';
  const buckets = deviation ? Float64Array.of(data.samples) : data.buckets;
  return {
    ...statistic('Distribution', countsObject(stat, buckets), description),
    min: deviation ? null : data.minValue,
    max: deviation ? null : data.maxValue,
    num_bins: buckets.length,
    bin_size: data.bucketSize,
    sum: data.sum,
    underflow: data.underflow,
    overflow: data.overflow,
    logs: finite(data.logs),
    sum_squared: data.squares,
  };
}

/** The key of a sampled value: as Python writes a float, `64.0`. */
function sampleKey(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
