/** What an image file says, without the pages. */
import type { PageRun } from '../sim/index';

/** Version of the file format of images. */
export const IMAGE_FORMAT_VERSION = 1;

/** Pages of an image, and where they lie in its file. */
export interface ImageBatch {
  readonly ranges: readonly PageRun[];
  readonly zeros: readonly PageRun[];
  /** Offset of the first page in the file, in bytes. */
  readonly dataOffset: number;
  readonly dataBytes: number;
  readonly dataChecksum: bigint;
}

/** What an image file says, without the pages. */
export interface ImageStructure {
  readonly path: string;
  /** Bytes of memory. */
  readonly size: number;
  readonly incremental: boolean;
  readonly batches: readonly ImageBatch[];
  readonly digest: bigint;
}
