/** Statistics: what a simulation counts, and how that is written. */

export { add, div, element, mul, neg, sub, sum } from './expression';
export type { Operand } from './expression';
export { AverageDeviation, Distribution, Histogram, StandardDeviation } from './distributionStats';
export type { DistributionData, DistributionKind } from './distributionStorage';
export { Formula } from './formula';
export { JsonWriter } from './jsonWriter';
export type { JsonObject, JsonValue, JsonWriterOptions } from './jsonWriter';
export type { StatsEnvironment } from './rootStats';
export { Average, Scalar, Value } from './scalarStats';
export { SparseHistogram } from './sparseHistogram';
export { StatFlag } from './statFlag';
export type { StatFlags } from './statFlag';
export { StatGroup } from './statGroup';
export type { StatContext, StatGroupOwner, VectorPosition } from './statGroup';
export { StatsRegistry } from './statsRegistry';
export type { DumpPeriod, StatGroupVisitor, StatOutput, StatVisitor } from './statVisitor';
export { TextWriter } from './textWriter';
export type { TextWriterOptions } from './textWriter';
export { unit, Unit } from './unit';
export { Vector2d } from './vector2d';
export {
  VectorAverageDeviation,
  VectorDistribution,
  VectorStandardDeviation,
} from './vectorDistributionStats';
export { AverageVector, Vector } from './vectorStats';
