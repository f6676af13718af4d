/** What stands in records besides instructions. None of it counts as one. */
import type { Definition } from '../definition';
import { StopReason } from '../stopReason';

/** Stands where the instructions of a block are no longer what is in memory. */
export const stale: Definition = {
  name: 'stale',
  pseudo: true,
  semantics: c => c.stop(StopReason.Stale),
};

/** Stands behind the last instruction that may be executed. */
export const done: Definition = {
  name: 'done',
  pseudo: true,
  semantics: c => c.stop(StopReason.Done),
};

/** Leads from the end of a block to the one behind it, or from a stale block to its successor. */
export const chain: Definition = {
  name: 'chain',
  pseudo: true,
  ends: true,
  semantics: c => c.goto(),
};
