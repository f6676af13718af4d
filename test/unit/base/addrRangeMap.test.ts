import { expect } from 'chai';
import { AddrRange, AddrRangeMap } from '../../../src/base/index';

describe('AddrRangeMap', () => {
  const aMap = (): AddrRangeMap<string> => {
    const map = new AddrRangeMap<string>();
    map.insert(new AddrRange(0x200, 0x300), 'high');
    map.insert(new AddrRange(0, 0x100), 'low');
    return map;
  };

  it('finds the entry that holds an address', () => {
    const map = aMap();
    expect([0, 0xff, 0x100, 0x1ff, 0x200, 0x2ff, 0x300].map(a => map.lookup(a))).to.deep.equal([
      'low',
      'low',
      undefined,
      undefined,
      'high',
      'high',
      undefined,
    ]);
  });

  it('finds an access only when one entry holds all of it', () => {
    const map = aMap();
    map.insert(new AddrRange(0x100, 0x200), 'middle');
    expect(map.lookup(0xf8, 8)).to.equal('low');
    expect(map.lookup(0xf9, 8)).to.equal(undefined);
    expect(map.lookup(0x100, 0x100)).to.equal('middle');
  });

  it('refuses a range that overlaps', () => {
    const map = aMap();
    expect(map.insert(new AddrRange(0xff, 0x180), 'x')).to.equal(false);
    expect(map.size).to.equal(2);
    expect(map.insert(new AddrRange(0x100, 0x180), 'x')).to.equal(true);
  });

  it('keeps its entries in ascending order', () => {
    expect([...aMap()].map(entry => entry.value)).to.deep.equal(['low', 'high']);
    expect(
      aMap()
        .ranges()
        .map(range => range.start),
    ).to.deep.equal([0, 0x200]);
  });

  it('says which entry a range overlaps, and which it is a subset of', () => {
    const map = aMap();
    expect(map.intersects(new AddrRange(0x80, 0x280))?.value).to.equal('low');
    expect(map.intersects(new AddrRange(0x100, 0x200))).to.equal(undefined);
    expect(map.contains(new AddrRange(0x210, 0x220))?.value).to.equal('high');
    expect(map.contains(new AddrRange(0x80, 0x280))).to.equal(undefined);
    expect(map.contains(0x210)?.value).to.equal('high');
  });

  it('tells the stripes of an interleaved range apart, beside plain ranges', () => {
    const map = aMap();
    for (const match of [3, 0, 2, 1]) {
      map.insert(new AddrRange(0x1000, 0x2000, [64, 128], match), `stripe${String(match)}`);
    }
    const found = [0x1000, 0x1040, 0x1080, 0x10c0, 0x1fff].map(a => map.lookup(a));
    expect(found).to.deep.equal(['stripe0', 'stripe1', 'stripe2', 'stripe3', 'stripe3']);
    expect(map.lookup(0x1000, 64)).to.equal('stripe0');
    expect(map.lookup(0x1000, 65)).to.equal(undefined);
    expect(map.lookup(0x200)).to.equal('high');
    expect(map.insert(new AddrRange(0x1000, 0x2000, [64, 128], 3), 'again')).to.equal(false);
  });

  it('forgets what is erased, also when it was found last', () => {
    const map = aMap();
    expect(map.lookup(0x210)).to.equal('high');
    expect(map.erase(new AddrRange(0x200, 0x300))).to.equal(true);
    expect(map.lookup(0x210)).to.equal(undefined);
    expect(map.erase(new AddrRange(0x200, 0x300))).to.equal(false);
    map.clear();
    expect(map.isEmpty).to.equal(true);
    expect(map.lookup(0)).to.equal(undefined);
  });
});
