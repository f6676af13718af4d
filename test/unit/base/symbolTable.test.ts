import { expect } from 'chai';
import { SymbolTable } from '../../../src/base/index';

describe('SymbolTable', () => {
  const table = new SymbolTable([
    { name: 'second', address: 20 },
    { name: 'first', address: 10 },
    { name: 'alias', address: 20 },
  ]);

  it('finds the symbol that an address lies behind, and where it ends', () => {
    expect(table.findNearest(9)).to.equal(null);
    expect(table.findNearest(10)).to.deep.equal({ name: 'first', address: 10, end: 20 });
    expect(table.findNearest(19)?.name).to.equal('first');
    expect(table.findNearest(1000)).to.deep.equal({ name: 'second', address: 20, end: Infinity });
  });

  it('takes the first of several names of an address', () => {
    expect(table.findNearest(20)?.name).to.equal('second');
  });

  it('finds nothing where there is nothing', () => {
    expect(new SymbolTable([]).findNearest(1)).to.equal(null);
  });
});
