import { expect } from 'chai';
import { AddrRange, FatalError, MaxAddr, PanicError } from '../../../src/base/index';

/** The bounds of ranges, for comparison. */
const bounds = (ranges: readonly AddrRange[]): (readonly [number, number])[] =>
  ranges.map(range => [range.start, range.end]);

describe('AddrRange construction', () => {
  it('makes an invalid range without arguments', () => {
    const range = new AddrRange();
    expect(range.valid).to.equal(false);
    expect([range.start, range.end]).to.deep.equal([1, 0]);
  });

  it('takes a size as a range from address 0', () => {
    expect(bounds([new AddrRange('512MiB'), new AddrRange(4096)])).to.deep.equal([
      [0, 536870912],
      [0, 4096],
    ]);
  });

  it('takes start and end, as numbers or texts', () => {
    expect(bounds([new AddrRange('0x1000', '1GiB')])).to.deep.equal([[4096, 1073741824]]);
  });

  it('takes keywords with an end or a size', () => {
    expect(bounds([new AddrRange({ start: '3GiB', size: '1GiB' })])).to.deep.equal([
      [3221225472, 4294967296],
    ]);
    expect(bounds([new AddrRange({ start: 16, end: 32 })])).to.deep.equal([[16, 32]]);
    expect(bounds([new AddrRange({ size: 32 })])).to.deep.equal([[0, 32]]);
  });

  it('rejects keywords that are missing, doubled or unknown', () => {
    const misspelt = { start: 0, size: 4, intlvBit: 1 };
    expect(() => new AddrRange({ start: 0 })).to.throw(FatalError, 'either an end or a size');
    expect(() => new AddrRange({ end: 1, size: 1 })).to.throw(
      FatalError,
      'either an end or a size',
    );
    expect(() => new AddrRange(misspelt)).to.throw(FatalError, "no 'intlvBit'");
    expect(() => new AddrRange({ size: 64, intlvBits: 1 })).to.throw(FatalError, 'intlvHighBit');
    expect(() => new AddrRange({ size: 64, intlvBits: 1, intlvHighBit: 3, masks: [8] })).to.throw(
      FatalError,
      'not both',
    );
  });

  it('rejects addresses that are no addresses', () => {
    for (const bad of ['1.5GiB', '12MHz', -1, 0.5, 2 ** 53, '']) {
      expect(() => new AddrRange(bad), String(bad)).to.throw(FatalError, 'address');
    }
  });

  it('derives masks from interleaving bits as gem5 does', () => {
    const range = new AddrRange({
      size: '64KiB',
      intlvHighBit: 7,
      xorHighBit: 15,
      intlvBits: 2,
      intlvMatch: 3,
    });
    expect(range.masks).to.deep.equal([2 ** 6 + 2 ** 14, 2 ** 7 + 2 ** 15]);
    expect(range.intlvMatch).to.equal(3);
  });

  it('rejects XOR bits that meet the interleaving bits', () => {
    const make = (intlvHighBit: number, xorHighBit: number, intlvBits: number): AddrRange =>
      new AddrRange({ size: '64KiB', intlvHighBit, xorHighBit, intlvBits });
    expect(() => make(7, 7, 1)).to.throw(FatalError, 'must be different');
    expect(() => make(7, 8, 2)).to.throw(FatalError, 'at least 2 bits apart');
    expect(() => make(8, 7, 2)).to.throw(FatalError, 'at least 2 bits apart');
    expect(() => make(1, 0, 3)).to.throw(FatalError, 'not bits 0 to 52');
  });

  it('rejects a match value that does not fit', () => {
    expect(() => new AddrRange(0, 256, [64], 2)).to.throw(FatalError, 'does not fit in 1');
    expect(() => new AddrRange(0, 256, [], 1)).to.throw(FatalError, 'does not fit in 0');
  });

  it('rejects masks of which one is a combination of others', () => {
    expect(() => new AddrRange(0, 256, [64, 64], 0)).to.throw(FatalError, 'combination');
    expect(() => new AddrRange(0, 256, [64, 128, 192], 0)).to.throw(FatalError, 'combination');
    expect(() => new AddrRange(0, 256, [0], 0)).to.throw(FatalError, 'at least one');
  });

  it('reads and writes the form of config.ini', () => {
    const plain = new AddrRange('0:536870912');
    expect(bounds([plain])).to.deep.equal([[0, 536870912]]);
    expect(plain.toConfig()).to.equal('0:536870912');
    const striped = new AddrRange('0:4096:1:64:128');
    expect(striped.toConfig()).to.equal('0:4096:1:64:128');
    expect(striped.masks).to.deep.equal([64, 128]);
    for (const bad of ['1:', '0:16:1', 'a:b', '0:16:1:x']) {
      expect(() => new AddrRange(bad), bad).to.throw(FatalError, "'start:end'");
    }
  });

  it('has the helpers of gem5 for its three kinds of bounds', () => {
    expect(
      bounds([AddrRange.rangeEx(2, 8), AddrRange.rangeIn(2, 8), AddrRange.rangeSize(2, 8)]),
    ).to.deep.equal([
      [2, 8],
      [2, 9],
      [2, 10],
    ]);
  });
});

describe('AddrRange without interleaving', () => {
  const range = new AddrRange(0x100, 0x200);

  it('includes its start and excludes its end', () => {
    expect([0xff, 0x100, 0x1ff, 0x200].map(a => range.contains(a))).to.deep.equal([
      false,
      true,
      true,
      false,
    ]);
  });

  it('has one stripe as large as itself', () => {
    expect(range.size).to.equal(0x100);
    expect(range.granularity).to.equal(0x100);
    expect(range.stripes).to.equal(1);
    expect(range.interleaved).to.equal(false);
    expect(range.masks).to.deep.equal([]);
  });

  it('has no address when start and end are equal', () => {
    const empty = new AddrRange(5, 5);
    expect(empty.valid).to.equal(true);
    expect(empty.size).to.equal(0);
    expect(empty.contains(5)).to.equal(false);
  });

  it('is exact above 2^32', () => {
    const high = new AddrRange({ start: 2 ** 52, size: 4096 });
    expect(high.contains(2 ** 52 + 4095)).to.equal(true);
    expect(high.contains(4095)).to.equal(false);
    expect(high.getOffset(2 ** 52 + 4095)).to.equal(4095);
    expect(high.toString()).to.equal('[0x10000000000000:0x10000000001000]');
  });

  it('gives offsets from its start, and MaxAddr outside', () => {
    expect([0x100, 0x1ff].map(a => range.getOffset(a))).to.deep.equal([0, 0xff]);
    expect([0xff, 0x200].map(a => range.getOffset(a))).to.deep.equal([MaxAddr, MaxAddr]);
  });

  it('contains an access only as a whole', () => {
    expect(range.containsAccess(0x1f8, 8)).to.equal(true);
    expect(range.containsAccess(0x1f9, 8)).to.equal(false);
    expect(range.containsAccess(0xff, 2)).to.equal(false);
  });

  it('intersects what it shares an address with', () => {
    const pairs = [
      [0, 0x100, false],
      [0, 0x101, true],
      [0x1ff, 0x300, true],
      [0x200, 0x300, false],
      [0x120, 0x130, true],
    ] as const;
    for (const [start, end, expected] of pairs) {
      expect(range.intersects(new AddrRange(start, end)), String(start)).to.equal(expected);
    }
  });

  it('is a subset of what holds all of it', () => {
    expect(range.isSubset(new AddrRange(0x100, 0x200))).to.equal(true);
    expect(range.isSubset(new AddrRange(0, 0x1000))).to.equal(true);
    expect(range.isSubset(new AddrRange(0x101, 0x200))).to.equal(false);
    expect(range.isSubset(new AddrRange(0x100, 0x1ff))).to.equal(false);
  });

  it('takes an end of 0 after a higher start for the end of the address space', () => {
    const toTheEnd = new AddrRange(0x100, 0);
    expect(range.isSubset(toTheEnd)).to.equal(true);
    expect(new AddrRange(0x50, 0x60).isSubset(toTheEnd)).to.equal(false);
    expect(new AddrRange(0x200, 0).isSubset(toTheEnd)).to.equal(true);
    expect(new AddrRange(0x200, 0).isSubset(range)).to.equal(false);
  });

  it('makes the intersection with another range', () => {
    expect(bounds([range.intersection(new AddrRange(0x180, 0x300))])).to.deep.equal([
      [0x180, 0x200],
    ]);
    expect(bounds([range.intersection(new AddrRange(0x200, 0x300))])).to.deep.equal([[0, 0]]);
  });

  it('equals and merges with a range of the same bounds', () => {
    expect(range.equals(new AddrRange(0x100, 0x200))).to.equal(true);
    expect(range.mergesWith(new AddrRange(0x100, 0x200))).to.equal(true);
    expect(range.equals(new AddrRange(0x100, 0x201))).to.equal(false);
    expect(range.equals(new AddrRange(0x100, 0x200, [16], 0))).to.equal(false);
  });
});

describe('AddrRange.exclude', () => {
  const range = new AddrRange(0x100, 0x200);
  const piecesWithout = (...excluded: (readonly [number, number])[]): unknown =>
    bounds(range.exclude(excluded.map(([start, end]) => new AddrRange(start, end))));

  it('leaves everything when nothing overlaps', () => {
    expect(piecesWithout()).to.deep.equal([[0x100, 0x200]]);
    expect(piecesWithout([0, 0x100], [0x200, 0x300], [0x150, 0x150])).to.deep.equal([
      [0x100, 0x200],
    ]);
  });

  it('leaves nothing when all is covered', () => {
    expect(piecesWithout([0x100, 0x200])).to.deep.equal([]);
    expect(piecesWithout([0, 0x140], [0x140, 0x1a0], [0x190, 0x300])).to.deep.equal([]);
  });

  it('leaves ordered pieces between overlapping exclusions in any order', () => {
    expect(piecesWithout([0x180, 0x190], [0x110, 0x140], [0x120, 0x130])).to.deep.equal([
      [0x100, 0x110],
      [0x140, 0x180],
      [0x190, 0x200],
    ]);
  });

  it('is also called subtract, and works on lists', () => {
    expect(bounds(range.subtract(new AddrRange(0x180, 0x300)))).to.deep.equal([[0x100, 0x180]]);
    const list = [range, new AddrRange(0x300, 0x400)];
    expect(bounds(AddrRange.excludeAll(list, new AddrRange(0x1f0, 0x310)))).to.deep.equal([
      [0x100, 0x1f0],
      [0x310, 0x400],
    ]);
  });

  it('panics on interleaved ranges', () => {
    const striped = new AddrRange(0x100, 0x200, [64], 0);
    expect(() => striped.exclude(range)).to.throw(PanicError, 'interleaved');
    expect(() => range.exclude(striped)).to.throw(PanicError, 'interleaved');
  });
});

describe('AddrRange with interleaving', () => {
  const stripes = [0, 1, 2, 3].map(match => new AddrRange(0, 4096, [64, 128], match));

  it('owns the addresses of one selector', () => {
    const owners = [0, 63, 64, 128, 192, 256, 4095].map(a =>
      stripes.findIndex(stripe => stripe.contains(a)),
    );
    expect(owners).to.deep.equal([0, 0, 1, 2, 3, 0, 3]);
    expect(stripes[0]!.contains(4096)).to.equal(false);
  });

  it('selects by the parity of all bits of a mask', () => {
    const odd = new AddrRange(0, 2 ** 40, [2 ** 6 + 2 ** 12 + 2 ** 35], 1);
    expect(odd.contains(2 ** 6)).to.equal(true);
    expect(odd.contains(2 ** 6 + 2 ** 12)).to.equal(false);
    expect(odd.contains(2 ** 6 + 2 ** 12 + 2 ** 35)).to.equal(true);
    expect(odd.contains(2 ** 35)).to.equal(true);
  });

  it('reports its stripes, size and granularity', () => {
    expect(stripes[2]!.stripes).to.equal(4);
    expect(stripes[2]!.size).to.equal(1024);
    expect(stripes[2]!.granularity).to.equal(64);
  });

  it('finds a granularity beyond 32 bits', () => {
    expect(new AddrRange(0, 2 ** 45, [2 ** 40], 0).granularity).to.equal(2 ** 40);
  });

  it('makes its addresses neighbours by removing interleaving bits', () => {
    const stripe = stripes[3]!;
    expect([192, 255, 448, 511].map(a => stripe.removeIntlvBits(a))).to.deep.equal([
      0, 63, 64, 127,
    ]);
    expect([0, 63, 64, 127].map(a => stripe.addIntlvBits(a))).to.deep.equal([192, 255, 448, 511]);
    expect([192, 448].map(a => stripe.getOffset(a))).to.deep.equal([0, 64]);
  });

  it('removes and adds bits above bit 31', () => {
    const stripe = new AddrRange(0, 2 ** 45, [2 ** 33, 2 ** 40], 3);
    const addr = stripe.addIntlvBits(2 ** 32 + 5);
    expect(stripe.contains(addr)).to.equal(true);
    expect(addr).to.equal(2 ** 40 + 2 ** 33 + 2 ** 32 + 5);
    expect(stripe.removeIntlvBits(addr)).to.equal(2 ** 32 + 5);
  });

  it('handles masks that look at each other, whatever their order', () => {
    for (const masks of [
      [2 ** 6 + 2 ** 7, 2 ** 7],
      [2 ** 7, 2 ** 6 + 2 ** 7],
      [2 ** 6 + 2 ** 7, 2 ** 6 + 2 ** 8],
    ]) {
      const seen = new Set<number>();
      for (const match of [0, 1, 2, 3]) {
        const stripe = new AddrRange(0, 1024, masks, match);
        for (let i = 0; i < 256; i++) {
          const addr = stripe.addIntlvBits(i);
          expect(stripe.contains(addr)).to.equal(true);
          expect(stripe.removeIntlvBits(addr)).to.equal(i);
          seen.add(addr);
        }
      }
      expect(seen.size).to.equal(1024);
    }
  });

  it('counts offsets from its first address where the start is not aligned', () => {
    const even = new AddrRange(64, 192, [64], 0);
    const odd = new AddrRange(64, 192, [64], 1);
    expect([even.getOffset(128), odd.getOffset(64)]).to.deep.equal([0, 0]);
    expect([even.getOffset(191), odd.getOffset(127)]).to.deep.equal([63, 63]);
  });

  it('gives the offset of gem5 for a start below the granularity', () => {
    const range = new AddrRange(2, 0xffff, [2 ** 4 + 2 ** 2], 0);
    const addr = 2 ** 10 + 2 ** 9 + 2 ** 8 + 7;
    expect(range.getOffset(addr)).to.equal(2 ** 9 + 2 ** 8 + 2 ** 7 + 3 - 2);
  });

  it('intersects only the same stripe, and panics where it cannot tell', () => {
    expect(stripes[0]!.intersects(stripes[0]!)).to.equal(true);
    expect(stripes[0]!.intersects(stripes[1]!)).to.equal(false);
    expect(stripes[1]!.intersects(new AddrRange(64, 65))).to.equal(true);
    expect(new AddrRange(64, 65).intersects(stripes[0]!)).to.equal(false);
    expect(stripes[0]!.intersects(new AddrRange(4096, 8192))).to.equal(false);
    expect(() => stripes[0]!.intersects(new AddrRange(0, 128))).to.throw(
      PanicError,
      'intersection',
    );
    const other = new AddrRange(0, 8192, [64, 128], 1);
    expect(() => stripes[0]!.intersects(other)).to.throw(PanicError, 'intersection');
  });

  it('holds a plain subset within one piece only', () => {
    expect(new AddrRange(64, 128).isSubset(stripes[1]!)).to.equal(true);
    expect(new AddrRange(64, 129).isSubset(stripes[1]!)).to.equal(false);
    expect(new AddrRange(64, 384).isSubset(stripes[1]!)).to.equal(false);
    expect(() => stripes[1]!.isSubset(stripes[1]!)).to.throw(PanicError, 'subset of interleaved');
  });

  it('has no intersection as a range', () => {
    expect(() => stripes[0]!.intersection(new AddrRange(0, 64))).to.throw(
      PanicError,
      'intersection',
    );
  });

  it('shows its masks and selector bits', () => {
    const range = new AddrRange(0, 256, [2 ** 6 + 2 ** 7, 2 ** 5], 2);
    expect(range.toString()).to.equal('[0x0:0x100] a[6]^a[7]=0 a[5]=1');
  });
});

describe('AddrRange.merge', () => {
  const stripes = [0, 1, 2, 3].map(match => new AddrRange(0, 4096, [64, 128], match));

  it('joins all stripes into a plain range', () => {
    const merged = AddrRange.merge(stripes);
    expect(merged.interleaved).to.equal(false);
    expect(bounds([merged])).to.deep.equal([[0, 4096]]);
  });

  it('keeps a single range, and makes an invalid one of none', () => {
    expect(AddrRange.merge([stripes[2]!])).to.equal(stripes[2]);
    expect(AddrRange.merge([]).valid).to.equal(false);
  });

  it('rejects missing, misplaced and strange stripes', () => {
    const [a, b, c, d] = stripes as [AddrRange, AddrRange, AddrRange, AddrRange];
    expect(() => AddrRange.merge([a, b, c])).to.throw(FatalError, 'Got 3 ranges');
    expect(() => AddrRange.merge([a, c, b, d])).to.throw(FatalError, 'Expected interleave match 1');
    const strange = new AddrRange(0, 8192, [64, 128], 3);
    expect(() => AddrRange.merge([a, b, c, strange])).to.throw(FatalError, 'Can only merge');
  });
});

describe('AddrRange.compare', () => {
  it('sorts by start, then interleaved ones first, then by match', () => {
    const plain = new AddrRange(0, 64);
    const striped = [1, 0].map(match => new AddrRange(0, 64, [8], match));
    const later = new AddrRange(32, 48);
    const sorted = [later, plain, ...striped].sort(AddrRange.compare);
    expect(sorted).to.deep.equal([striped[1], striped[0], plain, later]);
    expect(plain.compare(later)).to.be.lessThan(0);
    expect(later.compare(plain)).to.be.greaterThan(0);
    expect(plain.compare(new AddrRange(0, 16))).to.equal(0);
  });
});

describe('AddrRange.from', () => {
  it('takes ranges, sizes and configuration texts', () => {
    const range = new AddrRange(1, 2);
    expect(AddrRange.from(range)).to.equal(range);
    expect(AddrRange.from('1KiB').end).to.equal(1024);
    expect(AddrRange.from('16:32').start).to.equal(16);
    expect(() => AddrRange.from(null)).to.throw(FatalError, 'null is not an address range');
  });
});
