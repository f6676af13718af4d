/**
 * How much a checkpoint may hold. A reader refuses what is beyond before it takes memory for it, so
 * that a damaged or malicious file costs no more than this; a writer refuses it as well.
 */
export const Limits = {
  /** Bytes of m5.cpt.pb. */
  fileBytes: 256 * 1024 * 1024,
  /** Bytes of one record of m5.cpt.pb. */
  recordBytes: 16 * 1024 * 1024,
  /** Records of m5.cpt.pb. */
  records: 65536,
  /** Values of one section. */
  entries: 65536,
  /** Bytes of all lists of one section together. */
  listBytes: 1024 * 1024,
  /** Pages in one record of an image: what one mapping can restore. */
  batchPages: 16384,
  /** Ranges of pages in one record of an image, of each kind. */
  batchRanges: 4096,
  /** Bytes of one record of an image, besides its pages. */
  batchStructureBytes: 512 * 1024,
  /** Bytes of memory that an image can describe: what an address, a `number`, can tell apart. */
  imageBytes: 2 ** 52,
  /** Checkpoints in a chain, from an incremental one to the full one at its root. */
  chain: 1024,
} as const;
