/** The messages of `checkpoint.proto`, and how 64-bit numbers go in and out of them. */
import type { mini_gem5 } from './generated/checkpointProto';

export { mini_gem5 as proto } from './generated/checkpointProto';

/** A 64-bit number as the generated code has it. */
type Wire64 = number | { readonly low: number; readonly high: number };
/** The same, as the generated code takes it. */
type Long = Exclude<mini_gem5.ParentReference['digest'], number>;

const HIGH = 32n;

/** An unsigned 64-bit number for a message. */
export function toWire(value: bigint | number): Long {
  const word = BigInt.asUintN(64, BigInt(value));
  const low = Number(BigInt.asIntN(32, word));
  const high = Number(BigInt.asIntN(32, word >> HIGH));
  // The encoder reads these three properties and nothing else.
  return { low, high, unsigned: true } as unknown as Long;
}

/** An unsigned 64-bit number of a message, exactly. */
export function toBigint(value: Wire64): bigint {
  if (typeof value === 'number') return BigInt(value);
  return (BigInt(value.high >>> 0) << HIGH) | BigInt(value.low >>> 0);
}

/** A 64-bit number of a message as a `number`; inexact, but too large for any use, beyond 2^53. */
export function toNumber(value: Wire64, isSigned = false): number {
  if (typeof value === 'number') return value;
  return (isSigned ? value.high : value.high >>> 0) * 2 ** 32 + (value.low >>> 0);
}
