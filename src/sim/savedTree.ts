/** Saving and restoring every object. Source of the behaviour: gem5 `python/m5/simulate.py`. */
import { fatal, warn } from '../base/index';
import { isStatsSection, restoreStats } from './savedStats';
import { serializeSection, unserializeSection } from './serializable';
import type { CheckpointIn, CheckpointOut } from './serializable';
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
  const unused = checkpoint
    .unusedSections()
    .filter(name => stats.keepsAtStart || !isStatsSection(name));
  if (unused.length > 0) {
    warn(`${checkpoint.directory}: nobody has taken the state of ${unused.join(', ')}`);
  }
}

/** Objects that were saved and that there are none of now. */
function orphansOf(objects: readonly SimObject[], checkpoint: CheckpointIn): string[] {
  const names = new Set(objects.map(object => object.name()));
  let saved: string[] = [];
  if (!checkpoint.sectionExists('root.globals')) return saved;
  unserializeSection(checkpoint, 'root.globals', {
    serialize: () => undefined,
    unserialize: () => {
      const classes = checkpoint.strings('classes');
      saved = checkpoint
        .strings('objects')
        .map((name, i) => (names.has(name) ? '' : `${name} (${classes[i] ?? ''})`));
    },
  });
  return saved.filter(text => text !== '');
}
