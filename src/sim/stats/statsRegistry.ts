/** All statistics of one simulation. Source: gem5 `python/m5/stats/__init__.py`. */

import { fatal, panic } from '../../base/index';
import type { Tick } from '../../base/index';
import type { Formula } from './formula';
import { RootStats } from './rootStats';
import type { StatsEnvironment } from './rootStats';
import type { Stat } from './stat';
import { StatGroup } from './statGroup';
import type { StatContext } from './statGroup';
import type { StatOutput } from './statVisitor';

/**
 * Owns the root of the tree of groups and the outputs, and decides when a dump is written.
 *
 * The order of a run: objects make their groups and statistics; `regStats`; `enable`; `reset` when
 * the first `simulate()` starts the objects; `dump` and `reset` whenever somebody asks.
 */
export class StatsRegistry implements StatContext {
  /** The root of the tree. A Root object merges its own group into it. */
  readonly root: StatGroup;
  /** Simulated time, host time and rates: `simSeconds` and the like. */
  readonly rootStats: RootStats;

  /** Whether the first run goes on with statistics that were restored. */
  keepsAtStart = false;
  readonly #environment: StatsEnvironment;
  readonly #outputs: StatOutput[] = [];
  readonly #dumpCallbacks: (() => void)[] = [];
  readonly #resetCallbacks: (() => void)[] = [];
  #enabled = false;
  #lastDump: Tick | undefined = undefined;

  /** @param environment - its host clock is read at once, everything else later */
  constructor(environment: StatsEnvironment) {
    this.#environment = environment;
    this.root = new StatGroup(environment);
    this.rootStats = new RootStats(environment);
    this.root.mergeStatGroup(this.rootStats);
  }

  /** The current tick. */
  curTick(): Tick {
    return this.#environment.curTick();
  }

  /** Simulated seconds since the last reset: what most rates are divided by. */
  get simSeconds(): Formula {
    return this.rootStats.simSeconds;
  }

  /** True when statistics have been enabled. */
  get enabled(): boolean {
    return this.#enabled;
  }

  /** Lets every owner of a group set up what depends on other objects. */
  regStats(): void {
    this.root.regStats();
  }

  /**
   * Checks that all statistics are complete; from now on there are no new ones.
   *
   * @throws {FatalError} when they are enabled already
   * @throws {PanicError} naming a statistic that lacks something
   */
  enable(): void {
    if (this.#enabled) fatal('Statistics are already enabled: call enable() once');
    this.root.enable();
    this.#enabled = true;
  }

  /** Adds a format and destination that every dump goes to. */
  addOutput(output: StatOutput): void {
    this.#outputs.push(output);
  }

  /** Calls back before the statistics are read for a dump, in order of registration. */
  registerDumpCallback(callback: () => void): void {
    this.#dumpCallbacks.push(callback);
  }

  /** Calls back after every reset, in order of registration. */
  registerResetCallback(callback: () => void): void {
    this.#resetCallbacks.push(callback);
  }

  /** A statistic by its full dotted name, such as `system.cpu.numCycles`. */
  resolve(name: string): Stat | undefined {
    return this.root.resolveStat(name);
  }

  /** The first run begins: statistics start afresh, or go on with what was restored. */
  begin(): void {
    if (this.keepsAtStart) return;
    this.rootStats.dropTotals();
    this.reset();
  }

  /** Starts all statistics afresh. */
  reset(): void {
    this.root.resetStats();
    for (const callback of this.#resetCallbacks) callback();
  }

  /**
   * Writes statistics to every output.
   *
   * A dump of everything is written once per tick: a second one within the same tick is ignored,
   * because a script that dumps at the end of its run is followed by the dump at exit, which would
   * say the same again. The first one is written at whatever tick, tick 0 included (gem5 ignores
   * that one). A dump of selected groups is always written, and does not keep a dump of everything
   * from being written in the same tick (in gem5 it does).
   *
   * @param roots - the groups to write, with all below them; all groups when there are none
   * @returns false when the dump was ignored
   * @throws {FatalError} when statistics are not enabled yet
   * @throws {PanicError} when a selected group is not part of this tree
   */
  dump(roots: readonly StatGroup[] = []): boolean {
    if (!this.#enabled) fatal('Statistics cannot be dumped before the simulation is instantiated');
    const now = this.curTick();
    if (roots.length === 0) {
      if (this.#lastDump === now) return false;
      this.#lastDump = now;
    }
    this.#prepare();
    for (const output of this.#outputs) this.#write(output, roots);
    return true;
  }

  /** Writes all statistics, as they are now, to one output. It does not count as a dump. */
  write(output: StatOutput): void {
    this.#prepare();
    this.#write(output, []);
  }

  #write(output: StatOutput, roots: readonly StatGroup[]): void {
    output.begin({ begin: this.rootStats.startTick, end: this.curTick() });
    if (roots.length === 0) this.root.visit(output);
    else for (const group of roots) this.#visitBelowPath(group, output);
    output.end();
  }

  /**
   * Forgets that something was dumped in this tick: a forked child has outputs of its own, in which
   * nothing is written yet.
   */
  notifyFork(): void {
    this.#lastDump = undefined;
  }

  #prepare(): void {
    for (const callback of this.#dumpCallbacks) callback();
    this.root.preDumpStats();
    this.root.prepare();
  }

  #visitBelowPath(group: StatGroup, output: StatOutput): void {
    const path = group.path();
    const names = path === '' ? [] : path.split('.');
    let above = this.root;
    for (const name of names) {
      above = above.resolveGroup(name) ?? panic(`stat group ${path}: not part of this simulation`);
      output.beginGroup(name, above);
    }
    group.visit(output);
    for (const _name of names) output.endGroup();
  }
}
