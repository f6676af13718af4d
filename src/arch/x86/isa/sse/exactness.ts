/** Whether a rounded result is the exact one, found out with the host's own arithmetic where that can tell. */
import type { SseOperation } from './sseOperations';

/** Products and squares of numbers between these lose nothing at either end. */
const LEAST = 2 ** -400;
const MOST = 2 ** 400;
const LEAST_SINGLE = 2 ** -126;
const MOST_SINGLE = 2 ** 128;
const SPLIT = 2 ** 27 + 1;

/** What a product rounded to `p` lacks (Dekker). */
function productError(a: number, b: number, p: number): number {
  const [ta, tb] = [SPLIT * a, SPLIT * b];
  const [ah, bh] = [ta - (ta - a), tb - (tb - b)];
  const [al, bl] = [a - ah, b - bh];
  return al * bl - (p - ah * bh - al * bh - ah * bl);
}

/** What a sum rounded to `s` lacks (Knuth). */
function sumError(a: number, b: number, s: number): number {
  const bb = s - a;
  return a - (s - bb) + (b - bb);
}

function inRange(x: number, bytes: number): boolean {
  const size = Math.abs(x);
  if (size === 0) return true;
  return bytes === 8 ? size > LEAST && size < MOST : size >= LEAST_SINGLE && size < MOST_SINGLE;
}

type Check = (a: number, b: number, r: number, isSingle: boolean) => boolean | null;

// Products of single numbers are exact as double ones. Of two numbers that are not 0, product and
// quotient are not 0.
const checks: Readonly<Partial<Record<SseOperation, Check>>> = {
  add: (a, b, r) => a + b === r && sumError(a, b, r) === 0,
  sub: (a, b, r) => a - b === r && sumError(a, -b, r) === 0,
  mul: (a, b, r, isSingle) => {
    if (r === 0 && a !== 0 && b !== 0) return null;
    return a * b === r && (isSingle || productError(a, b, r) === 0);
  },
  div: (a, b, r, isSingle) => {
    if (b === 0 || (r === 0 && a !== 0)) return null;
    return r * b === a && (isSingle || productError(r, b, a) === 0);
  },
  sqrt: (_, b, r, isSingle) => {
    if (b < 0) return null;
    return r * r === b && (isSingle || productError(r, r, b) === 0);
  },
};

/**
 * Whether `r` is exactly what an operation gives, and not only near.
 * @returns null when this cannot tell
 */
export function isExact(
  operation: SseOperation,
  bytes: number,
  a: number,
  b: number,
  r: number,
): boolean | null {
  const check = checks[operation];
  if (check === undefined) return null;
  if (!inRange(a, bytes) || !inRange(b, bytes) || !inRange(r, bytes)) return null;
  return check(a, b, r, bytes === 4);
}
