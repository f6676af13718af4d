import { expect } from 'chai';
import fc from 'fast-check';
import { AddrRange, AddrRangeMap } from '../../src/base/index';

const range = fc
  .tuple(fc.nat(200), fc.integer({ min: 1, max: 30 }))
  .map(([start, size]) => AddrRange.rangeSize(start, size));

describe('Laws of AddrRangeMap', () => {
  it('it answers as a list that is searched from front to back', () => {
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 20 }),
        fc.array(fc.tuple(fc.nat(240), fc.integer({ min: 1, max: 8 })), { maxLength: 30 }),
        fc.nat(19),
        (ranges, lookups, victim) => {
          const map = new AddrRangeMap<number>();
          let list: { range: AddrRange; value: number }[] = [];
          ranges.forEach((candidate, value) => {
            const fits = !list.some(entry => entry.range.intersects(candidate));
            expect(map.insert(candidate, value)).to.equal(fits);
            if (fits) list.push({ range: candidate, value });
          });
          const check = (): void => {
            for (const [addr, size] of lookups) {
              const expected = list.find(entry => entry.range.containsAccess(addr, size));
              expect(map.lookup(addr, size)).to.equal(expected?.value);
            }
          };
          check();
          const erased = list[victim % Math.max(list.length, 1)];
          if (erased !== undefined) {
            expect(map.erase(erased.range)).to.equal(true);
            list = list.filter(entry => entry !== erased);
          }
          check();
          expect(map.size).to.equal(list.length);
        },
      ),
    );
  });
});
