/**
 * The record of a predecoded instruction: 48 bytes in linear memory.
 *
 * | offset | bytes | content |
 * |---|---|---|
 * | 0 | 2 | number of the handler |
 * | 2 | 2 | instructions from this one to the end of its block, itself included |
 * | 4, 8, 12 | 4 each | addresses of register operands; of a direct jump the first is the target's record |
 * | 16, 20 | 4 each | addresses of base and index register (of a word that is 0 where there is none) |
 * | 24 | 4 | displacement |
 * | 28 | 1 | log2 of the scale |
 * | 29 | 1 | length of the instruction |
 * | 32 | 8 | immediate, sign-extended |
 * | 40 | 8 | address of the next instruction |
 *
 * An address relative to RIP has the record's own last field as its base.
 */
export const recordOffset = {
  handler: 0,
  left: 2,
  operand: 4,
  base: 16,
  index: 20,
  displacement: 24,
  scale: 28,
  length: 29,
  immediate: 32,
  nextRip: 40,
} as const;

/** Bytes of a record. */
export const recordBytes = 48;

/** Register operands beyond this many use the index field: such an instruction has no address. */
export const recordOperands = 3;
