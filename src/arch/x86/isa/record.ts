/**
 * The record of a predecoded instruction: 48 bytes in linear memory, 8 bytes behind where a pointer to it
 * leads. In front of the first one of a block these are what the block is charged (blockAccount.ts).
 *
 * | offset | bytes | content |
 * |---|---|---|
 * | 8 | 2 | number of the handler |
 * | 10 | 2 | instructions from this one to the end of its block, itself included |
 * | 12, 16, 20 | 4 each | addresses of register operands; of a direct jump the first is the target's record |
 * | 24, 28 | 4 each | addresses of base and index register (of a word that is 0 where there is none) |
 * | 32 | 4 | displacement |
 * | 36 | 1 | log2 of the scale |
 * | 37 | 1 | length of the instruction |
 * | 38 | 1 | of what kinds it is (`InstKind`) |
 * | 40 | 8 | immediate, sign-extended |
 * | 48 | 8 | address of the next instruction |
 *
 * A direct jump has at 24 what it adds to what is charged. An address relative to RIP has the
 * record's own last field as its base.
 */
export const recordOffset = {
  block: 0,
  handler: 8,
  left: 10,
  operand: 12,
  base: 24,
  jump: 24,
  index: 28,
  displacement: 32,
  scale: 36,
  length: 37,
  kinds: 38,
  immediate: 40,
  nextRip: 48,
} as const;

/** Bytes of a record, and what else there is in front of a block. */
export const recordBytes = 48;
export const blockWordBytes = 8;

/** Register operands beyond this many use the index field: such an instruction has no address. */
export const recordOperands = 3;
