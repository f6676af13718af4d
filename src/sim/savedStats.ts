/**
 * Statistics in a checkpoint, each object's in a section of its own. A restored run begins with
 * statistics at zero, as in gem5, unless the script wants them to go on.
 */
import { warn } from '../base/index';
import { serializeSection, unserializeSection } from './serializable';
import type { CheckpointIn, CheckpointOut, Serializable } from './serializable';
import type { SimObject } from './simObject';
import type { StatGroup, StatsRegistry } from './stats/index';

type Stat = ReturnType<StatGroup['getStats']>[number];

/** Name of the section, below that of the object. */
const SECTION = 'stats';
/** Key of what belongs to the simulation as a whole. */
const TOTALS = '(totals)';

/** Saves what all objects have counted. */
export function serializeStats(
  stats: StatsRegistry,
  objects: readonly SimObject[],
  checkpoint: CheckpointOut,
): void {
  for (const object of objects) {
    const saved = new SavedStats(object, stats);
    if (saved.isEmpty) continue;
    serializeSection(checkpoint, object.name() + '.' + SECTION, saved);
  }
}

/** Whether a section has an object's statistics. */
export function isStatsSection(name: string): boolean {
  return name.endsWith(`.${SECTION}`);
}

/** Has all objects go on counting from where they were; those that were not saved begin at zero. */
export function restoreStats(
  stats: StatsRegistry,
  objects: readonly SimObject[],
  checkpoint: CheckpointIn,
): void {
  for (const object of objects) {
    const section = object.name() + '.' + SECTION;
    if (!checkpoint.sectionExists(section)) continue;
    unserializeSection(checkpoint, section, new SavedStats(object, stats));
  }
}

/** The statistics of one object. */
class SavedStats implements Serializable {
  readonly #stats: ReadonlyMap<string, Stat>;
  readonly #totals: StatsRegistry['rootStats'] | undefined;
  readonly #name: string;
  readonly #goOn: boolean;

  constructor(object: SimObject, { root, rootStats, keepsAtStart }: StatsRegistry) {
    const isRoot = object.simulation.root?.simObject() === object;
    this.#name = object.name();
    this.#goOn = keepsAtStart;
    this.#totals = isRoot ? rootStats : undefined;
    this.#stats = statsOf(isRoot ? root : object.stats, object);
  }

  get isEmpty(): boolean {
    return this.#stats.size === 0 && this.#totals === undefined;
  }

  serialize(checkpoint: CheckpointOut): void {
    if (this.#totals !== undefined) checkpoint.paramOut(TOTALS, this.#totals.saveTotals());
    for (const [name, stat] of this.#stats) checkpoint.paramOut(name, stat.saveState());
  }

  unserialize(checkpoint: CheckpointIn): void {
    if (this.#totals !== undefined) this.#totals.loadTotals(checkpoint.numbers(TOTALS));
    for (const [name, stat] of this.#stats) {
      if (!checkpoint.has(name) || stat.loadState(checkpoint.numbers(name))) continue;
      if (!this.#goOn) continue;
      warn(`${this.#name}: the statistic ${name} has another size than in the checkpoint`);
    }
  }
}

/** The statistics of a group and of its parts that keep numbers, by name; not those of other objects. */
function statsOf(group: StatGroup, owner: SimObject, path = ''): Map<string, Stat> {
  const found = new Map<string, Stat>();
  for (const stat of group.getStats()) {
    if (stat.saveState().length > 0) found.set(path + stat.name, stat);
  }
  for (const [name, part] of group.getStatGroups()) {
    if (part.owner !== undefined && part.owner !== owner) continue;
    for (const entry of statsOf(part, owner, `${path}${name}.`)) found.set(...entry);
  }
  return found;
}
