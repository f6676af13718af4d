/** AES, PCLMULQDQ and conversions of half-precision numbers: functions of the host. */
import { i32 } from '../builder/value';
import { lane64, zeroVector, type Vector } from '../builder/vector';
import { coreOffset } from '../coreLayout';
import { define, type Family } from '../definition';
import { cipherOperations, type CipherOperation } from '../sse/ciphers';
import type { Semantics } from '../semantics';
import { guarded } from './floatGuard';
import { halvesOf, setHalves } from './vectorFloats';

/** Has the host compute a vector of two, and of an immediate. */
function cipher(operation: CipherOperation, sources: readonly [number, number], control = false) {
  return (c: Semantics): void => {
    for (const [i, source] of sources.entries()) {
      c.setWordNow('v128', coreOffset.vectorArguments + i * 16, c.getVector(source));
    }
    const number = cipherOperations.indexOf(operation) | (control ? c.immediateByte() << 8 : 0);
    c.setWordNow('i32', coreOffset.argument, i32(number));
    c.helper('cipher');
    c.setVector(0, c.word('v128', coreOffset.vectorArguments));
  };
}

/** A conversion that the host does always: halves of 16 bytes with so many lanes. */
function convertHalves(
  c: Semantics,
  bytes: 2 | 4,
  operands: readonly Vector[],
  results: number,
  control: number,
): Vector[] {
  return guarded(c, {
    task: {
      ...{ operation: bytes === 2 ? 'fromHalf' : 'toHalf', bytes, control },
      ...{ resultBytes: bytes === 2 ? 4 : 2, lanes: c.form.vectorBytes / 4 },
    },
    operands: [operands],
    results: new Array<Vector>(results).fill(zeroVector),
    ...{ quiet: zeroVector, lanes: 1, laneBytes: 4, rounds: false },
  });
}

function toHalves(c: Semantics): void {
  const [result = zeroVector] = convertHalves(c, 4, halvesOf(c, 1), 1, c.immediateByte() & 7);
  const inMemory = c.operand(0).kind === 'memory';
  if (inMemory && c.size(0) === 8) c.set(0, lane64(result, 0));
  else c.setVector(0, result);
}

const two = { avx: 'vector128', aligned: 'legacy' } as const;
const byNumber = { ...two, immediateInForm: true } as const;

/** Ciphers and F16C, in the order of the three-byte maps. */
export const vectorCiphers: Family = [
  ...define('cvtph2ps', { 'VEX W0 66 0F38 13': 'Vx,Wh' }, { aligned: 'never' }, c => {
    const count = c.form.vectorBytes / 16;
    setHalves(c, convertHalves(c, 2, [c.getVector(1)], count, 0));
  }),
  ...define('aesimc', { '66 0F38 db': 'Vdq,Wdq' }, two, cipher('invertKey', [1, 1])),
  ...define('aesenc', { '66 0F38 dc': 'Vdq,Hdq,Wdq' }, two, cipher('encrypt', [1, 2])),
  ...define('aesenclast', { '66 0F38 dd': 'Vdq,Hdq,Wdq' }, two, cipher('encryptLast', [1, 2])),
  ...define('aesdec', { '66 0F38 de': 'Vdq,Hdq,Wdq' }, two, cipher('decrypt', [1, 2])),
  ...define('aesdeclast', { '66 0F38 df': 'Vdq,Hdq,Wdq' }, two, cipher('decryptLast', [1, 2])),
  ...define(
    'cvtps2ph',
    { 'VEX W0 66 0F3A 1d': 'Wh,Vx,Ib' },
    { aligned: 'never', immediateInForm: true },
    toHalves,
  ),
  ...define(
    'pclmulqdq',
    { '66 0F3A 44': 'Vdq,Hdq,Wdq,Ib' },
    byNumber,
    cipher('multiplyCarryless', [1, 2], true),
  ),
  ...define(
    'aeskeygenassist',
    { '66 0F3A df': 'Vdq,Wdq,Ib' },
    byNumber,
    cipher('expandKey', [1, 1], true),
  ),
];
