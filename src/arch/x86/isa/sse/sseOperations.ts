/** Operations of SSE and its successors on floating-point numbers, as helpers number them. */

/** Their names: places in this list are their numbers. */
export const sseOperations = [
  ...(['add', 'sub', 'mul', 'div', 'sqrt', 'min', 'max', 'addsub', 'fma', 'compare'] as const),
  ...(['order', 'orderQuiet', 'round', 'resize', 'toInteger', 'truncate', 'fromInteger'] as const),
  ...(['fromHalf', 'toHalf'] as const),
];

/** One of them. */
export type SseOperation = (typeof sseOperations)[number];

/** An operation on lanes. */
export interface SseTask {
  readonly operation: SseOperation;
  /** Bytes of a lane of the operands. */
  readonly bytes: 2 | 4 | 8;
  /** Bytes of a lane of the result. */
  readonly resultBytes: 2 | 4 | 8;
  readonly lanes: number;
  /**
   * The number of a comparison; how is rounded, as ROUNDPS has it; of `fma` bits 0 and 1 negate the
   * product and the addend, bits 2 and 3 the addend of even and of odd lanes.
   */
  readonly control: number;
}

/** The task as one number. */
export function encodeTask({ operation, bytes, resultBytes, lanes, control }: SseTask): number {
  const sizes = (bytes >> 2) | ((resultBytes >> 2) << 2);
  return sseOperations.indexOf(operation) | (sizes << 8) | (lanes << 12) | (control << 16);
}

const sizes = [2, 4, 8] as const;

/** And back. */
export function decodeTask(code: number): SseTask {
  return {
    operation: sseOperations[code & 0xff] ?? 'add',
    bytes: sizes[(code >> 8) & 3] ?? 8,
    resultBytes: sizes[(code >> 10) & 3] ?? 8,
    lanes: (code >> 12) & 15,
    control: code >> 16,
  };
}
