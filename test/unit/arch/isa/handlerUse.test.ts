import { expect } from 'chai';
import { coreOffset } from '../../../../src/arch/x86/isa/coreLayout';
import { HandlerUse } from '../../../../src/arch/x86/isa/handlerUse';

/** Instructions of a survey, and from a survey to the first look at what is called. */
const SURVEY = 100_000;
const INTERVAL = 1_000_000;

describe('HandlerUse', () => {
  let counts: Uint32Array;
  let use: HandlerUse;

  beforeEach(() => {
    const u32 = new Uint32Array(coreOffset.records / 4);
    counts = u32.subarray(coreOffset.handlerCalls / 4);
    use = new HandlerUse({ u32, base: 0 });
  });

  /** What handlers were called while so many instructions were executed. */
  function execute(instructions: number, calls: Readonly<Record<number, number>>): unknown {
    for (const [number, count] of Object.entries(calls)) counts[Number(number)] = count;
    return use.noteExecuted(instructions);
  }

  it('begins with a survey, and has those in the table that are used, most used first', () => {
    expect(execute(SURVEY - 1, { 3: 20_000, 5: 79_999 })).to.equal(null);
    expect(execute(1, { 7: 1 })).to.deep.equal([5, 3]);
  });

  it('leaves the table as it is while little is called', () => {
    execute(SURVEY, { 5: SURVEY });
    expect(execute(INTERVAL, { 7: INTERVAL / 100 })).to.equal(null);
    expect(execute(INTERVAL, { 7: INTERVAL / 100 })).to.equal(null);
  });

  it('surveys again when too much is called, and keeps what is still used', () => {
    execute(SURVEY, { 5: 60_000, 6: 40_000 });
    expect(execute(INTERVAL, { 7: INTERVAL / 10 })).to.equal('survey');
    expect(execute(SURVEY, { 5: 90_000, 7: 10_000 })).to.deep.equal([5, 6, 7]);
  });

  it('prefers those in the table that are used more to many that are called', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [i + 100, 300]));
    execute(SURVEY, { 5: 55_000, 6: 45_000 });
    expect(execute(INTERVAL, many)).to.equal('survey');
    const chosen = execute(SURVEY, { ...many, 5: 9_000, 6: 1_000 }) as number[];
    expect(chosen.slice(0, 2)).to.deep.equal([5, 6]);
    expect(chosen).to.have.length(224);
  });

  it('counts from 0 after each look', () => {
    execute(SURVEY, { 5: SURVEY });
    execute(INTERVAL, { 7: INTERVAL / 200 });
    expect(counts.every(count => count === 0)).to.equal(true);
  });
});
