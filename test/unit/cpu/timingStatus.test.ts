import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import {
  statusName,
  step,
  TimingStatus,
  type TimingStatusName,
} from '../../../src/cpu/timingStatus';

describe('The states of a timing CPU', () => {
  it('lead through a fetch and an access, refused or not', () => {
    const way: readonly TimingStatusName[] = [
      ...(['Idle', 'Running', 'IcacheRetry', 'IcacheWaitResponse', 'Running'] as const),
      ...(['DcacheRetry', 'DcacheWaitResponse', 'Running', 'Faulting', 'Running'] as const),
      ...(['IcacheWaitResponse', 'Running', 'DcacheWaitResponse', 'Running', 'Idle'] as const),
    ];
    const reached = way.map(name => TimingStatus[name]).reduce(step);
    expect(statusName(reached)).to.equal('Idle');
  });

  it('do not lead past a response that is on its way', () => {
    const wrong: readonly (readonly [TimingStatusName, TimingStatusName])[] = [
      ['IcacheWaitResponse', 'Idle'],
      ['DcacheWaitResponse', 'IcacheWaitResponse'],
      ['Idle', 'DcacheWaitResponse'],
      ['Running', 'Running'],
    ];
    for (const [from, to] of wrong) {
      const wrongStep = () => step(TimingStatus[from], TimingStatus[to]);
      expect(wrongStep).to.throw(PanicError, `from ${from} to ${to}`);
    }
  });
});
