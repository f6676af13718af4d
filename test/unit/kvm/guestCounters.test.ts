import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { Errno, ErrnoError, type ErrnoName } from '../../../src/host/index';
import { counterFailure } from '../../../src/kvm/guestCounters';

const failure = (code: ErrnoName): Error =>
  counterFailure(
    'system.cpu',
    new ErrnoError({ call: 'perf_event_open', errno: Errno[code], doing: 'opening a counter' }),
  );

describe('Counters that cannot be used', () => {
  it('are explained: forbidden, or not there', () => {
    for (const code of ['EACCES', 'EPERM'] as const) {
      expect(failure(code)).to.be.instanceOf(FatalError);
      expect(failure(code).message).to.include('perf_event_paranoid').and.to.include('usePerf');
    }
    for (const code of ['ENOENT', 'ENODEV', 'EOPNOTSUPP'] as const) {
      expect(failure(code)).to.be.instanceOf(FatalError);
      expect(failure(code).message).to.match(/^system\.cpu: this machine has no .*usePerf = false/);
    }
  });

  it('are reported as they are otherwise', () => {
    expect(failure('EMFILE')).to.be.instanceOf(ErrnoError);
  });
});
