/** Builders for tests of statistics. */

import type { StatsRegistry } from '../../src/sim/stats/index';
import {
  StatGroup,
  TextWriter,
  type StatsEnvironment,
  type TextWriterOptions,
} from '../../src/sim/stats/index';

/** A clock that only moves when a test says so. */
export class TestClock {
  tick = 0;

  curTick(): number {
    return this.tick;
  }
}

/** A group that stands alone, with a clock. */
export function aStatGroup(clock: TestClock = new TestClock()): StatGroup {
  return new StatGroup(clock);
}

/** An environment that stands still, apart from what a test replaces. */
export function aStatsEnvironment(parts: Partial<StatsEnvironment> = {}): StatsEnvironment {
  return {
    curTick: () => 0,
    frequency: () => 1e12,
    hostSeconds: () => 0,
    hostMemory: () => 0,
    insts: () => 0,
    ops: () => 0,
    ...parts,
  };
}

/** The lines that a group's statistics print, without the lines around a dump. */
export function linesOf(group: StatGroup, options: TextWriterOptions = {}): string[] {
  const chunks: string[] = [];
  const writer = new TextWriter(chunk => chunks.push(chunk), options);
  writer.begin();
  group.visit(writer);
  writer.end();
  return chunks.join('').split('\n').slice(2, -3);
}

/** As `linesOf`, with runs of blanks made one: for tests that are not about columns. */
export function wordsOf(group: StatGroup, options: TextWriterOptions = { desc: false }): string[] {
  return linesOf(group, options).map(line => line.trim().replace(/ +/g, ' '));
}

/** The text that a registry's next dump writes, empty when it is ignored. */
export function dumpOf(registry: StatsRegistry, options: TextWriterOptions = {}): string {
  const chunks: string[] = [];
  registry.addOutput(new TextWriter(chunk => chunks.push(chunk), options));
  registry.dump();
  return chunks.join('');
}
