/**
 * How an address range is split between several owners: bit i of the *selector* of an address is
 * the parity of the address under mask i, and a range owns the addresses of one selector value.
 * Source: gem5 `base/addr_range.hh`.
 */
import { bits, bitAnd, bitXor, ctz, insertBits, parity32, popCount } from './bits';
import { fatal } from './errors';
import type { Addr } from './types';

/**
 * The largest number of masks: the match value has to be an exact small integer, as in gem5, where
 * it is a byte.
 */
export const MaxInterleavingBits = 8;

/**
 * The masks of an interleaved range with its match value, prepared for fast tests.
 *
 * The addresses of one selector are numbered without gaps by leaving out one bit per mask, its
 * *pivot*. The masks are first combined so that no two share their lowest bit; where the user's
 * masks already have different lowest bits, which is the usual case, they stay as they are.
 */
export class Interleaving {
  /** The masks as given. */
  readonly masks: readonly Addr[];
  /** The selector value of the addresses owned. */
  readonly match: number;
  /** The bytes in one piece: everything below the lowest bit that any mask looks at. */
  readonly granularity: number;
  // Masks in two halves, since the bit operators of JavaScript reach no further than 32 bits.
  readonly #maskLo: Int32Array;
  readonly #maskHi: Int32Array;
  // Combined masks by falling pivot, each with the parity it demands.
  readonly #pivots: readonly number[];
  readonly #combined: readonly Addr[];
  readonly #parities: readonly number[];

  /**
   * @param masks - one mask per selector bit, none of them 0, none the combination of others
   * @param match - the selector value of the addresses owned
   * @throws {FatalError} when the match does not fit or a mask adds nothing to the others
   */
  constructor(masks: readonly Addr[], match: number) {
    if (masks.length > MaxInterleavingBits) {
      fatal(
        `At most ${String(MaxInterleavingBits)} interleaving bits are possible, not ${String(masks.length)}`,
      );
    }
    if (!Number.isInteger(match) || match < 0 || match >= 2 ** masks.length) {
      fatal(
        `Match value ${String(match)} does not fit in ${String(masks.length)} interleaving bits`,
      );
    }
    for (const mask of masks) {
      if (!Number.isSafeInteger(mask) || mask <= 0) {
        fatal(`Interleaving mask ${String(mask)} must select at least one of the bits 0 to 52`);
      }
    }
    this.masks = [...masks];
    this.match = match;
    this.granularity = 2 ** Math.min(...masks.map(mask => ctz(mask)));
    this.#maskLo = Int32Array.from(masks, mask => mask | 0);
    this.#maskHi = Int32Array.from(masks, mask => Math.floor(mask / 2 ** 32));
    const rows = eliminate(masks, match);
    this.#pivots = rows.map(row => row.pivot);
    this.#combined = rows.map(row => row.mask);
    this.#parities = rows.map(row => row.parity);
  }

  /** Whether the address has the selector value owned. */
  selects(addr: Addr): boolean {
    const lo = addr | 0;
    const hi = Math.floor(addr / 0x1_0000_0000);
    const maskLo = this.#maskLo;
    const maskHi = this.#maskHi;
    let selector = 0;
    for (let i = 0; i < maskLo.length; i++) {
      const masked = (lo & (maskLo[i] ?? 0)) ^ (hi & (maskHi[i] ?? 0));
      selector |= parity32(masked) << i;
    }
    return selector === this.match;
  }

  /** The address without its pivot bits. */
  remove(addr: Addr): Addr {
    let result = addr;
    // From the top down, so that the places of the pivots still to come do not move.
    for (const pivot of this.#pivots) {
      result = bits(result, 53, pivot + 1) * 2 ** pivot + (result % 2 ** pivot);
    }
    return result;
  }

  /** The address owned from which `remove` makes this number; the inverse of `remove`. */
  add(compact: Addr): Addr {
    let result = compact;
    for (let i = this.#pivots.length - 1; i >= 0; i--) {
      const place = 2 ** (this.#pivots[i] ?? 0);
      result = Math.floor(result / place) * place * 2 + (result % place);
    }
    // A combined mask looks at its own pivot and at higher bits only, so from the top down every
    // other bit that it looks at is settled.
    for (let i = 0; i < this.#pivots.length; i++) {
      const pivot = this.#pivots[i] ?? 0;
      const others = bitAnd(result, this.#combined[i] ?? 0);
      const bit = (popCount(others) + (this.#parities[i] ?? 0)) % 2;
      if (bit === 1) result = insertBits(result, pivot, pivot, 1);
    }
    return result;
  }

  /** Whether the masks are the same; the match value does not count. */
  sameMasks(other: Interleaving): boolean {
    return (
      this.masks.length === other.masks.length &&
      this.masks.every((mask, i) => mask === other.masks[i])
    );
  }
}

interface Row {
  readonly pivot: number;
  readonly mask: Addr;
  readonly parity: number;
}

/** Combines masks until each has a lowest bit of its own; sorted by falling pivot. */
function eliminate(masks: readonly Addr[], match: number): readonly Row[] {
  const rows: Row[] = [];
  masks.forEach((original, i) => {
    let mask = original;
    let parity = (match >>> i) & 1;
    for (;;) {
      const pivot = ctz(mask);
      const clash = rows.find(row => row.pivot === pivot);
      if (clash === undefined) {
        rows.push({ pivot, mask, parity });
        return;
      }
      mask = bitXor(mask, clash.mask);
      parity ^= clash.parity;
      if (mask === 0) {
        fatal(
          `Interleaving mask 0x${original.toString(16)} is a combination of the others, so some ` +
            'selector values can never occur; leave it out or choose other bits',
        );
      }
    }
  });
  return rows.sort((a, b) => b.pivot - a.pivot);
}

/**
 * The masks of gem5's older way to describe interleaving: `count` bits downwards from `highBit`,
 * each paired with the one as far below `xorHighBit`.
 *
 * @param xorHighBit - 0 for none
 * @throws {FatalError} when the two groups of bits overlap or reach below bit 0
 */
export function legacyMasks(highBit: number, xorHighBit: number, count: number): Addr[] {
  if (count < 0 || highBit - count < -1 || highBit > 52) {
    fatal(
      `Interleaving bits ${String(highBit)} down, ${String(count)} of them, are not bits 0 to 52`,
    );
  }
  if (count > 0 && xorHighBit !== 0) {
    if (xorHighBit === highBit) fatal('XOR and interleave high bit must be different');
    if (Math.abs(xorHighBit - highBit) < count) {
      fatal(`XOR and interleave high bit must be at least ${String(count)} bits apart`);
    }
    if (xorHighBit - count < -1 || xorHighBit > 52) {
      fatal(`XOR bits ${String(xorHighBit)} down, ${String(count)} of them, are not bits 0 to 52`);
    }
  }
  return Array.from({ length: count }, (_, i) => {
    const below = count - 1 - i;
    return 2 ** (highBit - below) + (xorHighBit === 0 ? 0 : 2 ** (xorHighBit - below));
  });
}
