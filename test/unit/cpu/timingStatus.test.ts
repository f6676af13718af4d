import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import { step, type TimingStatus } from '../../../src/cpu/timingStatus';

describe('The states of a timing CPU', () => {
  it('lead through a fetch and an access, refused or not', () => {
    const way: readonly TimingStatus[] = [
      ...(['Idle', 'Running', 'IcacheRetry', 'IcacheWaitResponse', 'Running'] as const),
      ...(['DcacheRetry', 'DcacheWaitResponse', 'Running', 'Faulting', 'Running'] as const),
      ...(['IcacheWaitResponse', 'Running', 'DcacheWaitResponse', 'Running', 'Idle'] as const),
    ];
    const reached = way.slice(1).reduce<TimingStatus>(step, way[0]!);
    expect(reached).to.equal('Idle');
  });

  it('do not lead past a response that is on its way', () => {
    const wrong: readonly (readonly [TimingStatus, TimingStatus])[] = [
      ['IcacheWaitResponse', 'Idle'],
      ['DcacheWaitResponse', 'IcacheWaitResponse'],
      ['Idle', 'DcacheWaitResponse'],
      ['Running', 'Running'],
    ];
    for (const [from, to] of wrong) expect(() => step(from, to)).to.throw(PanicError, to);
  });
});
