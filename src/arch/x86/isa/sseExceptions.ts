/** Exceptions of SSE arithmetic, for programs that have unmasked some. Source: SDM volume 1, 11.5. */
import { add, divide, multiply, opposite, squareRoot, type Exact } from './x87/arithmetic80';
import { decodeIeee, double, round, Rounding, single, type Float80 } from './x87/float80';

/** Operations that may raise exceptions, in the order of their numbers. */
export const sseOperations = ['add', 'sub', 'mul', 'div', 'sqrt'] as const;

/** One of them. */
export type SseOperation = (typeof sseOperations)[number];

/** Which lanes an operation works on. */
export interface SseShape {
  readonly bytes: 4 | 8;
  readonly lanes: number;
}

function compute(operation: SseOperation, a: Float80, b: Float80): Exact {
  switch (operation) {
    case 'add':
      return add(a, b, Rounding.Nearest);
    case 'sub':
      return add(a, b.kind === 'nan' ? b : opposite(b), Rounding.Nearest);
    case 'mul':
      return multiply(a, b);
    case 'div':
      return divide(a, b);
    case 'sqrt':
      return squareRoot(b);
  }
}

/** The exceptions of an operation on the vectors at two places: bits 0 to 5 of MXCSR. */
export function sseExceptions(
  view: DataView,
  first: number,
  second: number,
  operation: SseOperation,
  { bytes, lanes }: SseShape,
): number {
  const format = bytes === 8 ? double : single;
  const read = (place: number): Float80 =>
    bytes === 8
      ? decodeIeee(view.getBigUint64(place, true), double)
      : decodeIeee(BigInt(view.getUint32(place, true)), single);
  let exceptions = 0;
  for (let lane = 0; lane < lanes; lane++) {
    const [a, b] = [read(first + lane * bytes), read(second + lane * bytes)];
    const { value, sticky, exceptions: raised } = compute(operation, a, b);
    exceptions |= raised;
    if (value.kind === 'finite') {
      exceptions |= round(value, sticky, format, Rounding.Nearest).exceptions;
    }
  }
  return exceptions;
}
