import { expect } from 'chai';
import fc from 'fast-check';
import { pagesOf, unite } from '../../src/mem/pageRuns';

const aList = fc.uint8Array({ max: 1, minLength: 40, maxLength: 40 });

describe('Runs of pages', () => {
  it('unite to the runs of all pages that are in either, as few as there can be', () => {
    fc.assert(
      fc.property(aList, aList, (a, b) => {
        const either = a.map((mark, page) => mark | (b[page] ?? 0));
        expect(unite([...pagesOf(a)], [...pagesOf(b)])).to.deep.equal([...pagesOf(either)]);
      }),
    );
  });
});
