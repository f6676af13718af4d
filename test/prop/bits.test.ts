import { expect } from 'chai';
import fc from 'fast-check';
import {
  bitAnd,
  bitClear,
  bitOr,
  bits,
  bitXor,
  ceilLog2,
  ctz,
  divCeil,
  floorLog2,
  fromHiLo,
  hi32,
  insertBits,
  isPowerOf2,
  lo32,
  mask,
  parity32,
  popCount,
  popCount32,
  roundDown,
  roundUp,
} from '../../src/base/index';

const integer = fc.maxSafeNat();
const bit = fc.integer({ min: 0, max: 52 });
const onesOf = (value: number): number => value.toString(2).replaceAll('0', '').length;

describe('Bit arithmetic on numbers up to 2^53 - 1', () => {
  it('agrees with that of bigint', () => {
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        expect(bitAnd(a, b)).to.equal(Number(BigInt(a) & BigInt(b)));
        expect(bitOr(a, b)).to.equal(Number(BigInt(a) | BigInt(b)));
        expect(bitXor(a, b)).to.equal(Number(BigInt(a) ^ BigInt(b)));
        expect(bitClear(a, b)).to.equal(Number(BigInt(a) & ~BigInt(b)));
        expect(fromHiLo(hi32(a), lo32(a))).to.equal(a);
      }),
    );
  });

  it('counts and finds bits', () => {
    fc.assert(
      fc.property(integer, value => {
        expect(popCount(value)).to.equal(onesOf(value));
        expect(popCount32(lo32(value))).to.equal(onesOf(lo32(value)));
        expect(parity32(value | 0)).to.equal(onesOf(lo32(value)) % 2);
        if (value === 0) return;
        expect(Number(BigInt(value) & -BigInt(value))).to.equal(2 ** ctz(value));
        expect(floorLog2(value)).to.equal(value.toString(2).length - 1);
        expect(ceilLog2(value)).to.equal(
          (BigInt(value) - 1n).toString(2).length - (value === 1 ? 1 : 0),
        );
        expect(isPowerOf2(value)).to.equal(onesOf(value) === 1);
      }),
    );
  });

  it('takes fields out and puts them back', () => {
    fc.assert(
      fc.property(integer, bit, bit, integer, (value, x, y, field) => {
        const [first, last] = x > y ? [x, y] : [y, x];
        const width = BigInt(first - last + 1);
        const expected = (BigInt(value) >> BigInt(last)) & ((1n << width) - 1n);
        expect(bits(value, first, last)).to.equal(Number(expected));
        const changed = insertBits(value, first, last, field);
        expect(bits(changed, first, last)).to.equal(bits(field, first - last, 0));
        expect(insertBits(changed, first, last, bits(value, first, last))).to.equal(value);
      }),
    );
  });

  it('rounds to multiples', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40 - 1), fc.integer({ min: 1, max: 2 ** 20 }), (value, align) => {
        const down = roundDown(value, align);
        const up = roundUp(value, align);
        expect(down % align).to.equal(0);
        expect(up % align).to.equal(0);
        expect(value - down).to.be.within(0, align - 1);
        expect(up - value).to.be.within(0, align - 1);
        expect(divCeil(value, align)).to.equal(up / align);
      }),
    );
  });

  it('knows the edges', () => {
    expect(ctz(0)).to.equal(64);
    expect(ctz(2 ** 52)).to.equal(52);
    expect(isPowerOf2(0)).to.equal(false);
    expect([mask(0), mask(32), mask(53)]).to.deep.equal([0, 0xffffffff, Number.MAX_SAFE_INTEGER]);
  });
});
