/** AES and carry-less multiplication on 16 bytes. Source: FIPS 197; SDM volume 2, AESENC and kin. */
import { coreOffset } from '../coreLayout';

/** Operations: places in this list are their numbers. */
export const cipherOperations = [
  ...(['encrypt', 'encryptLast', 'decrypt', 'decryptLast', 'invertKey', 'expandKey'] as const),
  ...(['multiplyCarryless'] as const),
];

/** One of them. */
export type CipherOperation = (typeof cipherOperations)[number];

/** Doubles in GF(2^8). */
function double(byte: number): number {
  return ((byte << 1) ^ ((byte & 0x80) === 0 ? 0 : 0x11b)) & 0xff;
}

function product(a: number, b: number): number {
  let sum = 0;
  for (let power = a, rest = b; rest !== 0; rest >>= 1, power = double(power)) {
    if ((rest & 1) === 1) sum ^= power;
  }
  return sum;
}

/** The S-box: inverses in GF(2^8), their bits mixed. */
function makeBox(): Uint8Array {
  const box = new Uint8Array(256);
  for (let i = 0; i < 256; i++) {
    let inverse = 0;
    for (let j = 1; i !== 0 && inverse === 0; j++) if (product(i, j) === 1) inverse = j;
    const twice = inverse | (inverse << 8);
    box[i] = (twice ^ (twice >> 4) ^ (twice >> 5) ^ (twice >> 6) ^ (twice >> 7) ^ 0x63) & 0xff;
  }
  return box;
}

interface Tables {
  readonly box: Uint8Array;
  readonly inverse: Uint8Array;
  /** Products of every byte with 2, 3, 9, 11, 13 and 14. */
  readonly products: readonly Uint8Array[];
}

let made: Tables | null = null;

/** Made when they are first needed. */
function tables(): Tables {
  if (made !== null) return made;
  const box = makeBox();
  const inverse = new Uint8Array(256);
  for (const [i, value] of box.entries()) inverse[value] = i;
  const times = (factor: number): Uint8Array => Uint8Array.from(box, (_, i) => product(i, factor));
  const products = Array.from({ length: 15 }, (_, factor) => times(factor));
  made = { box, inverse, products };
  return made;
}

/** Bytes where row r of a column comes from the column r further on, or back. */
function shiftRows(bytes: Uint8Array, by: 1 | -1): Uint8Array {
  return bytes.map((_, i) => bytes[(i + 16 + by * 4 * (i & 3)) & 15] ?? 0);
}

function substitute(bytes: Uint8Array, box: Uint8Array): Uint8Array {
  return bytes.map(byte => box[byte] ?? 0);
}

/** Each column times a polynomial, whose factors are for the byte itself and those below it. */
function mixColumns(bytes: Uint8Array, factors: readonly number[]): Uint8Array {
  const { products } = tables();
  return bytes.map((_, i) =>
    factors.reduce((sum, factor, below) => {
      const byte = bytes[(i & 12) | ((i + below) & 3)] ?? 0;
      return sum ^ (products[factor]?.[byte] ?? 0);
    }, 0),
  );
}

const FORWARD = [2, 3, 1, 1];
const BACKWARD = [14, 11, 13, 9];

function round(operation: CipherOperation, state: Uint8Array, key: Uint8Array): Uint8Array {
  const { box, inverse } = tables();
  const encrypts = operation.startsWith('encrypt');
  const moved = shiftRows(state, encrypts ? 1 : -1);
  const replaced = substitute(moved, encrypts ? box : inverse);
  const isLast = operation.endsWith('Last');
  const mixed = isLast ? replaced : mixColumns(replaced, encrypts ? FORWARD : BACKWARD);
  return mixed.map((byte, i) => byte ^ (key[i] ?? 0));
}

function expandKey(source: Uint8Array, constant: number): Uint8Array {
  const words = substitute(source, tables().box);
  const result = new Uint8Array(16);
  for (const [to, from] of [
    [0, 4],
    [8, 12],
  ] as const) {
    const word = words.subarray(from, from + 4);
    result.set(word, to);
    for (let i = 0; i < 4; i++) result[to + 4 + i] = word[(i + 1) & 3] ?? 0;
    result[to + 4] = (result[to + 4] ?? 0) ^ constant;
  }
  return result;
}

function multiplyCarryless(a: bigint, b: bigint): bigint {
  let sum = 0n;
  for (let i = 0n; i < 64n; i++) if (((b >> i) & 1n) === 1n) sum ^= a << i;
  return sum;
}

/** Does what the core's words describe; the result takes the place of the first operand. */
export function runCipher(view: DataView): void {
  const code = view.getUint32(coreOffset.argument, true);
  const operation = cipherOperations[code & 0xff] ?? 'encrypt';
  const control = code >> 8;
  const at = coreOffset.vectorArguments;
  if (operation === 'multiplyCarryless') {
    const a = view.getBigUint64(at + (control & 1) * 8, true);
    const b = view.getBigUint64(at + 16 + ((control >> 4) & 1) * 8, true);
    const result = multiplyCarryless(a, b);
    view.setBigUint64(at, BigInt.asUintN(64, result), true);
    view.setBigUint64(at + 8, result >> 64n, true);
    return;
  }
  const first = new Uint8Array(view.buffer, view.byteOffset + at, 16);
  const second = new Uint8Array(view.buffer, view.byteOffset + at + 16, 16);
  if (operation === 'invertKey') first.set(mixColumns(first, BACKWARD));
  else if (operation === 'expandKey') first.set(expandKey(first, control));
  else first.set(round(operation, first, second));
}
