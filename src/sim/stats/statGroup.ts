/** The tree that statistics hang in. Source: gem5 `base/stats/group.{hh,cc}`. */

import { panic } from '../../base/index';
import type { Tick } from '../../base/index';
import { elementName } from '../elementName';
import type { Stat } from './stat';
import type { StatGroupVisitor } from './statVisitor';

const BAD_NAME = /[\s.]/;

/** Where statistics that average over time learn what time it is. */
export interface StatContext {
  /** The current tick. */
  curTick(): Tick;
}

/**
 * Who is told what happens to a group: usually the SimObject that has it. Each method is called
 * after the group and all groups below it have been dealt with, as in gem5 an override that first
 * calls its base class.
 */
export interface StatGroupOwner {
  /** All objects exist: size what depends on other objects. */
  regStats?(): void;
  /** Statistics start afresh. */
  resetStats?(): void;
  /** Statistics are about to be read: bring them up to the current tick. */
  preDumpStats?(): void;
}

/** Where a group stands among the elements of a vector of objects. */
export interface VectorPosition {
  /** The name of the vector, such as `cpu`. */
  readonly vector: string;
  readonly index: number;
}

/**
 * A group of statistics. Its statistics print in the order of their declaration, then its
 * sub-groups sorted by name; what a merged group has prints as if this group had it.
 *
 * A SimObject has one. Statistics that belong together are a subclass, whose fields declare them:
 *
 * ```ts
 * class FetchStats extends StatGroup {
 *   readonly numInsts = new Scalar(this, 'numInsts', unit.Count, 'instructions fetched');
 * }
 * readonly fetchStats = new FetchStats(this.stats, 'fetchStats0'); // system.cpu.fetchStats0.…
 * readonly cpuStats = new CpuStats(this.stats); // merged: system.cpu.…
 * ```
 */
export class StatGroup {
  #context: StatContext | undefined = undefined;
  #owner: StatGroupOwner | undefined;
  #parent: StatGroup | undefined = undefined;
  #mergedInto: StatGroup | undefined = undefined;
  #name: string;
  #position: VectorPosition | undefined = undefined;
  #enabled = false;

  // What prints here: its own, and that of merged groups.
  readonly #stats = new Map<string, Stat>();
  readonly #groups = new Map<string, StatGroup>();
  #sortedGroups: [string, StatGroup][] | undefined = undefined;
  // What calls descend into.
  readonly #ownGroups = new Map<string, StatGroup>();
  #sortedOwnGroups: StatGroup[] | undefined = undefined;
  readonly #mergedGroups: StatGroup[] = [];

  /**
   * @param parent - with a name: the group that this becomes a sub-group of; without: the group
   *   that this is merged into. A context, or nothing: this group stands alone until somebody
   *   adds it to another.
   * @param name - its name within the parent; for a group that stands alone its full path, which
   *   messages show until it is added somewhere
   * @param owner - who is told of resets and dumps
   */
  constructor(parent?: StatGroup | StatContext, name = '', owner?: StatGroupOwner) {
    this.#name = name;
    this.#owner = owner;
    if (parent instanceof StatGroup) {
      if (name === '') parent.mergeStatGroup(this);
      else parent.addStatGroup(name, this);
    } else {
      this.#context = parent;
    }
  }

  /** Its dotted path from the root, which has none. */
  path(): string {
    if (this.#mergedInto !== undefined) return this.#mergedInto.path();
    const above = this.#parent === undefined ? '' : this.#parent.path();
    return above === '' ? this.#name : `${above}.${this.#name}`;
  }

  /** Who is told of resets and dumps. */
  get owner(): StatGroupOwner | undefined {
    return this.#owner;
  }

  /** Where it stands among the elements of a vector, or undefined when it is no element. */
  get vectorPosition(): VectorPosition | undefined {
    return this.#position;
  }

  /**
   * The current tick.
   *
   * @throws {PanicError} when neither this group nor any around it was given a context
   */
  curTick(): Tick {
    this.#context ??= this.#findContext();
    return this.#context.curTick();
  }

  /**
   * Adds a statistic; every statistic does this for itself when it is made.
   *
   * @throws {PanicError} when statistics are enabled already, or when the name is taken
   */
  addStat(stat: Stat): void {
    if (this.#enabled) {
      panic(`${stat.path()}: statistics are enabled already; declare it before, or in regStats()`);
    }
    this.#checkFree(stat.name);
    this.#stats.set(stat.name, stat);
    this.#mergedInto?.addStat(stat);
  }

  /**
   * Makes a group that stands alone a sub-group of this one.
   *
   * @throws {PanicError} when the name is taken, empty, or has a dot or a blank; when the group
   *   has a place already; when statistics are enabled already
   */
  addStatGroup(name: string, group: StatGroup): void {
    if (name === '' || BAD_NAME.test(name)) {
      panic(`${this.#describe()}: a sub-group's name has no dots and no blanks: '${name}'`);
    }
    this.#checkNew(group);
    this.#showGroup(name, group);
    this.#ownGroups.set(name, group);
    this.#sortedOwnGroups = undefined;
    group.#parent = this;
    group.#name = name;
  }

  /**
   * Adds the groups of a vector of objects, named as the objects are: `cpu0`, `cpu1`, …, or just
   * `cpu` when there is one.
   *
   * @throws {PanicError} as `addStatGroup`
   */
  addStatGroupVector(name: string, groups: readonly StatGroup[]): void {
    groups.forEach((group, index) => {
      this.addStatGroup(elementName(name, index, groups.length), group);
      group.#position = { vector: name, index };
    });
  }

  /**
   * Makes the statistics and sub-groups of another group, and all it will ever get, print as this
   * group's own.
   *
   * @throws {PanicError} when a name is taken, when the group has a place already, or when
   *   statistics are enabled already
   */
  mergeStatGroup(group: StatGroup): void {
    this.#checkNew(group);
    for (const stat of group.#stats.values()) this.addStat(stat);
    for (const [name, child] of group.#groups) this.#showGroup(name, child);
    this.#mergedGroups.push(group);
    group.#mergedInto = this;
  }

  /** The statistics that print here, in their order. */
  getStats(): readonly Stat[] {
    return [...this.#stats.values()];
  }

  /** The sub-groups that print here, sorted by name. */
  getStatGroups(): readonly (readonly [string, StatGroup])[] {
    this.#sortedGroups ??= [...this.#groups].sort(byName);
    return this.#sortedGroups;
  }

  /** A statistic by its dotted name within this group, such as `cpu.numCycles`. */
  resolveStat(name: string): Stat | undefined {
    const dot = name.indexOf('.');
    if (dot < 0) return this.#stats.get(name);
    return this.#groups.get(name.slice(0, dot))?.resolveStat(name.slice(dot + 1));
  }

  /** A group by its dotted name within this group. */
  resolveGroup(name: string): StatGroup | undefined {
    const dot = name.indexOf('.');
    if (dot < 0) return this.#groups.get(name);
    return this.#groups.get(name.slice(0, dot))?.resolveGroup(name.slice(dot + 1));
  }

  /** Tells all owners, lowest first, to set up what depends on other objects. */
  regStats(): void {
    for (const group of this.#mergedGroups) group.regStats();
    for (const group of this.#ownSorted()) group.regStats();
    this.#owner?.regStats?.();
  }

  /** Resets its statistics, then merged groups, then sub-groups by name, then tells the owner. */
  resetStats(): void {
    for (const stat of this.#stats.values()) stat.reset();
    for (const group of this.#mergedGroups) group.resetStats();
    for (const group of this.#ownSorted()) group.resetStats();
    this.#owner?.resetStats?.();
  }

  /** Tells all owners, lowest first, that statistics are about to be read. */
  preDumpStats(): void {
    for (const group of this.#mergedGroups) group.preDumpStats();
    for (const group of this.#ownSorted()) group.preDumpStats();
    this.#owner?.preDumpStats?.();
  }

  /** Brings all statistics up to the current tick. */
  prepare(): void {
    for (const stat of this.#stats.values()) stat.prepare();
    for (const [, group] of this.getStatGroups()) group.prepare();
  }

  /** Shows its statistics, then its sub-groups sorted by name, to a writer. */
  visit(visitor: StatGroupVisitor): void {
    for (const stat of this.#stats.values()) stat.visit(visitor);
    for (const [name, group] of this.getStatGroups()) {
      visitor.beginGroup(name, group);
      group.visit(visitor);
      visitor.endGroup();
    }
  }

  /**
   * Checks that every statistic is complete, and lets none be added from now on.
   *
   * @throws {PanicError} naming the first statistic that lacks something
   */
  enable(): void {
    for (const stat of this.#stats.values()) {
      const missing = stat.check();
      if (missing !== undefined) panic(`${stat.path()}: stat is not ready: ${missing}`);
    }
    this.#enabled = true;
    for (const group of this.#mergedGroups) group.enable();
    for (const group of this.#ownSorted()) group.enable();
  }

  #findContext(): StatContext {
    if (this.#context !== undefined) return this.#context;
    const above = this.#mergedInto ?? this.#parent;
    if (above === undefined) {
      panic(`${this.#describe()}: no context was given, so it cannot know the current tick`);
    }
    return above.#findContext();
  }

  #ownSorted(): readonly StatGroup[] {
    this.#sortedOwnGroups ??= [...this.#ownGroups].sort(byName).map(([, group]) => group);
    return this.#sortedOwnGroups;
  }

  #showGroup(name: string, group: StatGroup): void {
    this.#checkFree(name);
    this.#groups.set(name, group);
    this.#sortedGroups = undefined;
    if (this.#mergedInto !== undefined) this.#mergedInto.#showGroup(name, group);
  }

  #checkFree(name: string): void {
    if (this.#stats.has(name) || this.#groups.has(name)) {
      panic(`${this.#describe()}: two stats or sub-groups have the name '${name}'`);
    }
  }

  #checkNew(group: StatGroup): void {
    if (this.#enabled) panic(`${this.#describe()}: statistics are enabled: no more groups`);
    if (group.#parent !== undefined || group.#mergedInto !== undefined) {
      panic(`${group.#describe()}: a stat group has one place only`);
    }
    if (this.#isWithin(group)) panic(`${this.#describe()}: a stat group cannot be part of itself`);
  }

  #isWithin(group: StatGroup): boolean {
    if (this === group) return true;
    const above = this.#mergedInto ?? this.#parent;
    return above !== undefined && above.#isWithin(group);
  }

  #describe(): string {
    const path = this.path();
    return path === '' ? 'root stat group' : `stat group ${path}`;
  }
}

function byName(left: [string, StatGroup], right: [string, StatGroup]): number {
  return left[0] < right[0] ? -1 : 1;
}
