import { expect } from 'chai';
import fc from 'fast-check';
import { AddrRange } from '../../src/base/index';

/** Masks of different lowest bits, and more bits above them. */
const masksArbitrary = fc
  .uniqueArray(fc.integer({ min: 0, max: 36 }), { minLength: 1, maxLength: 4 })
  .chain(lows =>
    fc.tuple(
      ...lows.map(low =>
        fc
          .uniqueArray(fc.integer({ min: low + 1, max: 44 }), { maxLength: 3 })
          .map(highs => highs.reduce((mask, bit) => mask + 2 ** bit, 2 ** low)),
      ),
    ),
  );

const stripeArbitrary = masksArbitrary.chain(masks =>
  fc.record({
    masks: fc.constant(masks),
    match: fc.integer({ min: 0, max: 2 ** masks.length - 1 }),
  }),
);

const smallRange = fc
  .tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 20 }))
  .map(([start, size]) => AddrRange.rangeSize(start, size));

const addresses = Array.from({ length: 90 }, (_, i) => i);

describe('Laws of AddrRange', () => {
  it('adding interleaving bits gives an address of the stripe, and removing them undoes it', () => {
    fc.assert(
      fc.property(stripeArbitrary, fc.integer({ min: 0, max: 2 ** 40 }), ({ masks, match }, n) => {
        const range = new AddrRange(0, 2 ** 50, masks, match);
        const addr = range.addIntlvBits(n);
        expect(range.contains(addr)).to.equal(true);
        expect(range.removeIntlvBits(addr)).to.equal(n);
      }),
    );
  });

  it('every address belongs to exactly one stripe, which gets it back', () => {
    fc.assert(
      fc.property(masksArbitrary, fc.integer({ min: 0, max: 2 ** 48 }), (masks, addr) => {
        const stripes = Array.from(
          { length: 2 ** masks.length },
          (_, match) => new AddrRange(0, 2 ** 50, masks, match),
        );
        const owners = stripes.filter(stripe => stripe.contains(addr));
        expect(owners).to.have.length(1);
        const [owner] = owners as [AddrRange];
        expect(owner.addIntlvBits(owner.removeIntlvBits(addr))).to.equal(addr);
      }),
    );
  });

  it('offsets number the addresses of a stripe without gaps, wherever it starts', () => {
    const low = fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(low, fc.nat(300), fc.nat(500), fc.nat(7), (lows, start, size, choice) => {
        const masks = lows.map(bit => 2 ** bit + 2 ** (bit + 3));
        fc.pre(new Set(masks).size === masks.length);
        const range = new AddrRange(start, start + size, masks, choice % 2 ** masks.length);
        const offsets: number[] = [];
        for (let addr = start; addr < start + size; addr++) {
          if (range.contains(addr)) offsets.push(range.getOffset(addr));
        }
        expect(offsets).to.deep.equal(offsets.map((_, i) => i));
      }),
    );
  });

  it('exclude leaves exactly the addresses that no excluded range contains, in order', () => {
    fc.assert(
      fc.property(smallRange, fc.array(smallRange, { maxLength: 5 }), (range, excluded) => {
        const pieces = range.exclude(excluded);
        for (const addr of addresses) {
          const left = range.contains(addr) && !excluded.some(other => other.contains(addr));
          expect(pieces.filter(piece => piece.contains(addr)).length).to.equal(left ? 1 : 0);
        }
        pieces.forEach((piece, i) => {
          expect(piece.size).to.be.greaterThan(0);
          expect(piece.start).to.be.greaterThan(pieces[i - 1]?.end ?? -1);
        });
      }),
    );
  });

  it('intersects and intersection agree with the addresses in common', () => {
    fc.assert(
      fc.property(smallRange, smallRange, (a, b) => {
        const common = addresses.filter(addr => a.contains(addr) && b.contains(addr));
        const empty = a.size === 0 || b.size === 0;
        if (!empty) expect(a.intersects(b)).to.equal(common.length > 0);
        const both = a.intersection(b);
        expect(addresses.filter(addr => both.contains(addr))).to.deep.equal(common);
        if (!empty) expect(a.isSubset(b)).to.equal(common.length === a.size);
      }),
    );
  });

  it('merging all stripes gives the plain range', () => {
    fc.assert(
      fc.property(masksArbitrary, masks => {
        const stripes = Array.from(
          { length: 2 ** masks.length },
          (_, match) => new AddrRange(0, 2 ** 50, masks, match),
        );
        expect(AddrRange.merge(stripes).equals(new AddrRange(0, 2 ** 50))).to.equal(true);
      }),
    );
  });

  it('the text of config.ini gives the same range back', () => {
    fc.assert(
      fc.property(stripeArbitrary, fc.nat(2 ** 31), ({ masks, match }, start) => {
        const range = new AddrRange(start, start + 2 ** 40, masks, match);
        expect(new AddrRange(range.toConfig()).equals(range)).to.equal(true);
        const plain = new AddrRange(start, start + 64);
        expect(new AddrRange(plain.toConfig()).equals(plain)).to.equal(true);
      }),
    );
  });
});
