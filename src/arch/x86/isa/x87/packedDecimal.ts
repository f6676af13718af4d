/** Packed decimal numbers of the x87: 18 digits in 9 bytes, and a sign. Source: SDM volume 1, 4.7. */

const DIGIT_BYTES = 9;
/** The largest. */
export const MOST_PACKED: bigint = 10n ** 18n - 1n;

/** Digits that are none count as the numbers that their bits are. */
export function readPacked(view: DataView, at: number): { negative: boolean; magnitude: bigint } {
  let magnitude = 0n;
  for (let i = DIGIT_BYTES - 1; i >= 0; i--) {
    const byte = view.getUint8(at + i);
    magnitude = magnitude * 100n + BigInt((byte >> 4) * 10 + (byte & 15));
  }
  return { negative: (view.getUint8(at + DIGIT_BYTES) & 0x80) !== 0, magnitude };
}

/** Writes a number of at most 18 digits. */
export function writePacked(view: DataView, at: number, negative: boolean, number: bigint): void {
  let rest = number;
  for (let i = 0; i < DIGIT_BYTES; i++, rest /= 100n) {
    const pair = Number(rest % 100n);
    view.setUint8(at + i, (Math.floor(pair / 10) << 4) | (pair % 10));
  }
  view.setUint8(at + DIGIT_BYTES, negative ? 0x80 : 0);
}

/** What stands for a number that has no packed form. */
export function writeIndefinitePacked(view: DataView, at: number): void {
  for (let i = 0; i < 7; i++) view.setUint8(at + i, 0);
  view.setUint8(at + 7, 0xc0);
  view.setUint8(at + 8, 0xff);
  view.setUint8(at + 9, 0xff);
}
