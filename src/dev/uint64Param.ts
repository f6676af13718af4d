/** Parameters that hold any 64-bit number, such as data that a device returns. */
import { fatal } from '../base/index';
import type { ParamSpec, ParamType } from '../sim/index';

const LIMIT = 1n << 64n;

const uint64Type: ParamType<number | bigint | string, bigint> = {
  kind: 'UInt64',
  convert: value => {
    const number = integerOf(value);
    if (number === undefined || number < 0n || number >= LIMIT) {
      fatal(`${String(value)} is not a whole number from 0 to 0xffffffffffffffff`);
    }
    return number;
  },
  resolve: value => value as bigint,
  toIni: String,
  toJson: Number,
};

function integerOf(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== 'string' || !/^\s*(?:\d+|0[xob][0-9a-f]+)\s*$/i.test(value))
    return undefined;
  try {
    return BigInt(value);
  } catch {
    return undefined; // digits that the base does not have
  }
}

/** Declares a parameter of 64 bits; the model receives a bigint. */
export function uint64Param(
  defaultValue: number | bigint | string,
  description: string,
): ParamSpec<number | bigint | string, bigint> {
  return { type: uint64Type, description, default: defaultValue };
}
