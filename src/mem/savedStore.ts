/** The section of a backing store in a checkpoint. Source: gem5 `mem/physical.cc`. */
import { roundUp } from '../base/index';
import { ImagePageBytes } from '../sim/index';
import type { CheckpointIn, CheckpointOut, Serializable } from '../sim/index';
import type { BackingStore } from './backingStore';
import { StoreImage } from './storeImage';

/** Saves and restores one backing store. */
export class SavedStore implements Serializable {
  readonly #store: BackingStore;
  readonly #file: string;

  /** @param file - name of the store's image */
  constructor(store: BackingStore, file: string) {
    this.#store = store;
    this.#file = file;
  }

  serialize(checkpoint: CheckpointOut): void {
    const { start, size } = this.#store.range;
    checkpoint.paramOut('filename', this.#file);
    checkpoint.paramOut('range_start', start);
    checkpoint.paramOut('range_size', size);
    checkpoint.addMemoryImage(this.#file, new StoreImage(this.#store));
  }

  /** @throws {SimError} when the saved store has another place or size */
  unserialize(checkpoint: CheckpointIn): void {
    const { start, size } = this.#store.range;
    const saved = {
      start: checkpoint.number('range_start'),
      size: checkpoint.number('range_size'),
    };
    if (saved.start !== start || saved.size !== size) {
      const was = `${String(saved.size)} bytes at 0x${saved.start.toString(16)}`;
      const is = `${String(size)} bytes at 0x${start.toString(16)}`;
      checkpoint.fail(`the memory had ${was}, and has ${is} in this system; make it the same`);
    }
    const image = checkpoint.memoryImage(checkpoint.string('filename'));
    if (image.size !== roundUp(size, ImagePageBytes)) {
      checkpoint.fail(`its image is of ${String(image.size)} bytes`);
    }
    this.#store.restore(image);
  }
}
