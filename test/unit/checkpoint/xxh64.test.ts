import { expect } from 'chai';
import fc from 'fast-check';
import { Xxh64, xxh64 } from '../../../src/checkpoint/xxh64';

/** XXH64 as its specification says it, in bigints, for short inputs. */
function reference(bytes: Uint8Array): bigint {
  const P = [
    ...[0n, 0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n],
    ...[0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n],
  ];
  const p = (i: number): bigint => P[i] ?? 0n;
  const w = (x: bigint): bigint => BigInt.asUintN(64, x);
  const rotl = (x: bigint, r: bigint): bigint => w((x << r) | (x >> (64n - r)));
  const round = (acc: bigint, lane: bigint): bigint => w(rotl(w(acc + lane * p(2)), 31n) * p(1));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const acc = [w(p(1) + p(2)), p(2), 0n, w(-p(1))];
  let at = 0;
  for (; at + 32 <= bytes.length; at += 32) {
    for (let i = 0; i < 4; i++) {
      acc[i] = round(acc[i] ?? 0n, view.getBigUint64(at + i * 8, true));
    }
  }
  let hash = p(5);
  if (bytes.length >= 32) {
    hash = acc.reduce((sum, a, i) => w(sum + rotl(a, [1n, 7n, 12n, 18n][i] ?? 0n)), 0n);
    for (const a of acc) hash = w((hash ^ round(0n, a)) * p(1) + p(4));
  }
  hash = w(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8) {
    hash = w(rotl(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p(1) + p(4));
  }
  if (at + 4 <= bytes.length) {
    hash = w(rotl(hash ^ w(BigInt(view.getUint32(at, true)) * p(1)), 23n) * p(2) + p(3));
    at += 4;
  }
  for (; at < bytes.length; at++) {
    hash = w(rotl(hash ^ w(BigInt(bytes[at] ?? 0) * p(5)), 11n) * p(1));
  }
  hash = w((hash ^ (hash >> 33n)) * p(2));
  hash = w((hash ^ (hash >> 29n)) * p(3));
  return hash ^ (hash >> 32n);
}

describe('XXH64', () => {
  it('has the published value of nothing, and of a known sentence', () => {
    expect(xxh64(new Uint8Array(0))).to.equal(0xef46db3751d8e999n);
    const sentence = 'Nobody inspects the spammish repetition';
    expect(xxh64(Buffer.from(sentence))).to.equal(0xfbcea83c8a378bf1n);
  });

  it('follows its specification for every input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(xxh64(bytes)).to.equal(reference(bytes));
      }),
    );
  });

  it('does not depend on the pieces that it is fed', () => {
    const bytes = Uint8Array.from({ length: 2_500_001 }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
    const whole = xxh64(bytes);
    for (const piece of [1000, 4096, 65_537, 1_048_576, 1_100_000]) {
      const hash = new Xxh64();
      for (let at = 0; at < bytes.length; at += piece) hash.update(bytes.subarray(at, at + piece));
      expect(hash.digest()).to.equal(whole);
    }
  });

  it('hands on all that it is fed, in order', () => {
    for (const length of [0, 5, 32, 1_048_576, 2_500_001]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7 + (i >> 9)) & 0xff);
      const taken: Buffer[] = [];
      const hash = new Xxh64(part => taken.push(Buffer.from(part)));
      for (let at = 0; at < length; at += 65_537) hash.update(bytes.subarray(at, at + 65_537));
      expect(hash.digest()).to.equal(xxh64(bytes));
      expect(Buffer.concat(taken).equals(bytes)).to.equal(true);
    }
  });
});
