/**
 * Classes of operations, by mnemonic. gem5 has them of micro-operations (`cpu/FuncUnit.py`); here an
 * instruction is one operation, with the class of what it computes, or of its access if it only moves.
 */

/** What a class follows from. */
export interface OperationDescription {
  /** In lower case. */
  readonly mnemonic: string;
  readonly memory: { readonly isWritten: boolean } | null;
  /** Whether vector or x87 registers are involved. */
  readonly usesVectors: boolean;
}

const scalar = '(?:ss|sd|sh)$';
const packed = '(?:ps|pd|ph)$';

/** The first that matches counts. */
const computations: readonly (readonly [pattern: RegExp, opClass: string])[] = [
  [/^(?:f?nop|endbr64|pause)$/, 'No_OpClass'],
  [/^prefetch/, 'InstPrefetch'],
  [/^i?mul$|^mulx$/, 'IntMult'],
  [/^i?div$/, 'IntDiv'],
  [/^v?aes/, 'SimdAes'],
  [/^v?sha1/, 'SimdSha1Hash'],
  [/^v?sha256/, 'SimdSha256Hash'],
  [new RegExp(`^vfn?m(?:add|sub).*${scalar}`), 'FloatMultAcc'],
  [new RegExp(`^vfn?m(?:add|sub).*${packed}`), 'SimdFloatMultAcc'],
  [new RegExp(`^v?(?:add|sub)${scalar}`), 'FloatAdd'],
  [new RegExp(`^v?mul${scalar}`), 'FloatMult'],
  [new RegExp(`^v?div${scalar}`), 'FloatDiv'],
  [new RegExp(`^v?sqrt${scalar}`), 'FloatSqrt'],
  [new RegExp(`^v?(?:u?comi|cmp.*|min|max)${scalar}`), 'FloatCmp'],
  [/^v?cvt.*s[sdi]/, 'FloatCvt'],
  [new RegExp(`^v?(?:h|addsub|h?add|h?sub).*${packed}`), 'SimdFloatAdd'],
  [new RegExp(`^v?(?:mul|dp)${packed}`), 'SimdFloatMult'],
  [new RegExp(`^v?div${packed}`), 'SimdFloatDiv'],
  [new RegExp(`^v?sqrt${packed}`), 'SimdFloatSqrt'],
  [new RegExp(`^v?(?:cmp.*|min|max)${packed}`), 'SimdFloatCmp'],
  [/^v?cvt/, 'SimdFloatCvt'],
  [/^fi?(?:add|sub)/, 'FloatAdd'],
  [/^fi?mul/, 'FloatMult'],
  [/^fi?div|^fprem/, 'FloatDiv'],
  [/^fsqrt$/, 'FloatSqrt'],
  [/^f(?:u?comi?|icom|tst|xam)/, 'FloatCmp'],
  [/^v?p(?:mul|madd)/, 'SimdMult'],
  [/^v?ph?(?:add|sub)|^v?psad/, 'SimdAdd'],
  [/^v?ps(?:ll|rl|ra)/, 'SimdShift'],
  [/^v?p(?:cmp|min|max|test)/, 'SimdCmp'],
];

const moves =
  /^(?:v?mov|push|pop$|popf|pushf|call|ret|leave|enter|lods|stos|v?lddqu|fi?ld|fi?st|fb|v?maskmov|v?broadcast|cmov)/;

/** The class of an operation. */
export function opClassOf({ mnemonic, memory, usesVectors }: OperationDescription): string {
  if (memory !== null && moves.test(mnemonic)) {
    return `${usesVectors ? 'Float' : ''}${memory.isWritten ? 'MemWrite' : 'MemRead'}`;
  }
  const found = computations.find(([pattern]) => pattern.test(mnemonic));
  if (found !== undefined) return found[1];
  if (mnemonic.startsWith('f')) return 'FloatMisc';
  return usesVectors ? 'SimdAlu' : 'IntAlu';
}
