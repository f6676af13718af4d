/** How writers see statistics: one method for each shape. Source: gem5 `base/stats/output.hh`. */

import type { Tick } from '../../base/index';
import type { DistributionStat } from './distributionStats';
import type { ScalarStat } from './scalarStats';
import type { SparseHistogram } from './sparseHistogram';
import type { StatGroup } from './statGroup';
import type { Vector2d } from './vector2d';
import type { VectorDistributionStat } from './vectorDistributionStats';
import type { VectorStat } from './vectorStats';

/** Takes each statistic in its turn. */
export interface StatVisitor {
  /** `Scalar`, `Average` and `Value`. */
  visitScalar(stat: ScalarStat): void;
  /** `Vector`, `AverageVector` and `Formula`. */
  visitVector(stat: VectorStat): void;
  visitVector2d(stat: Vector2d): void;
  /** `Distribution`, `Histogram`, `StandardDeviation` and `AverageDeviation`. */
  visitDistribution(stat: DistributionStat): void;
  /** Vectors of the above. */
  visitVectorDistribution(stat: VectorDistributionStat): void;
  visitSparseHistogram(stat: SparseHistogram): void;
}

/** Takes a tree of groups of statistics. */
export interface StatGroupVisitor extends StatVisitor {
  /**
   * The following statistics and groups belong to this group.
   *
   * @param name - its name within the group around it
   */
  beginGroup(name: string, group: StatGroup): void;
  /** The group begun last is complete. */
  endGroup(): void;
}

/** The stretch of simulated time that one dump is about, in ticks. */
export interface DumpPeriod {
  /** The tick of the last reset. */
  readonly begin: Tick;
  /** The tick of the dump. */
  readonly end: Tick;
}

/** A format that statistics are written in, with its destination. */
export interface StatOutput extends StatGroupVisitor {
  /** A dump begins. */
  begin(period: DumpPeriod): void;
  /** The dump is complete; everything has been handed to the destination. */
  end(): void;
}
