/** Saving and restoring every object. Source of the behaviour: gem5 `python/m5/simulate.py`. */
import { fatal, warn } from '../base/index';
import { isStatsSection, restoreStats } from './savedStats';
import { serializeSection } from './serializable';
import type { CheckpointIn, CheckpointOut } from './serializable';
import { savedObjects } from './simulationGlobals';
import type { SimObject } from './simObject';
import type { StatsRegistry } from './stats/index';

/** Saves every object in a section of its name. */
export function serializeTree(objects: readonly SimObject[], checkpoint: CheckpointOut): void {
  for (const object of objects) serializeSection(checkpoint, object.name(), object);
}

/**
 * Gives every object its state, and what it has counted.
 *
 * @param objects - in the order of the tree, so that an object can rely on those above it
 * @throws {FatalError} when the checkpoint has no state for an object that needs it, with the state
 *   that nobody would take beside it: mostly somebody was renamed
 */
export function restoreTree(
  objects: readonly SimObject[],
  checkpoint: CheckpointIn,
  stats: StatsRegistry,
): void {
  const missing = objects.filter(
    object => !checkpoint.sectionExists(object.name()) && !object.mayStartFresh,
  );
  if (missing.length > 0) {
    const names = missing.map(object => `${object.name()} (${object.constructor.name})`).join(', ');
    const orphans = orphansOf(objects, checkpoint);
    const rest = orphans.length === 0 ? '' : `; it has state of ${orphans.join(', ')}`;
    fatal(
      `${checkpoint.directory} is a checkpoint of another system: it has no state of ${names}` +
        `${rest}; build the tree that was saved`,
    );
  }
  for (const object of objects) object.loadState(checkpoint);
  // Last, since objects may count while they take their state.
  restoreStats(stats, objects, checkpoint);
  const unused = lostSections(checkpoint, stats.keepsAtStart);
  if (unused.length > 0) {
    warn(`${checkpoint.directory}: nobody has taken the state of ${unused.join(', ')}`);
  }
}

/** Sections that nobody has taken, and whose state is lost. @param wantsStats - those of statistics too */
function lostSections(checkpoint: CheckpointIn, wantsStats: boolean): string[] {
  const unused = checkpoint.unusedSections();
  const { mayBeLeftOut } = savedObjects(checkpoint);
  const left = new Set(unused);
  const taken = checkpoint.sectionNames().filter(name => !left.has(name));
  // Where something below was taken, as a CPU's thread, another object has the place of this one.
  const isReplaced = (name: string): boolean => taken.some(other => other.startsWith(name + '.'));
  return unused
    .filter(name => wantsStats || !isStatsSection(name))
    .filter(name => !mayBeLeftOut.has(name) && !isReplaced(name));
}

/** Objects that were saved and that there are none of now. */
function orphansOf(objects: readonly SimObject[], checkpoint: CheckpointIn): string[] {
  const present = new Set(objects.map(object => object.name()));
  const { names, classes } = savedObjects(checkpoint);
  return names.flatMap((name, i) => (present.has(name) ? [] : `${name} (${classes[i] ?? ''})`));
}
