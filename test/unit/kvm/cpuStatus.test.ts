import { expect } from 'chai';
import { KVM_CPU_MOVES, step, type KvmCpuStatus } from '../../../src/kvm/cpuStatus';

const states = Object.keys(KVM_CPU_MOVES) as KvmCpuStatus[];

describe('the state machine of a KVM CPU', () => {
  it('allows exactly the moves of its table', () => {
    for (const from of states) {
      for (const to of states) {
        const allowed = (KVM_CPU_MOVES[from] as readonly KvmCpuStatus[]).includes(to);
        if (allowed) expect(step(from, to)).to.equal(to);
        else expect(() => step(from, to), `${from} to ${to}`).to.throw('cannot go');
      }
    }
  });

  it('leaves no state without a way in and a way out', () => {
    const reached = new Set(states.flatMap(from => [...KVM_CPU_MOVES[from]]));
    expect([...reached].sort()).to.deep.equal([...states].sort());
    for (const from of states) {
      expect(KVM_CPU_MOVES[from].some(to => to !== from)).to.equal(true);
    }
  });

  it('never serves the guest twice in a row without entering it', () => {
    expect(KVM_CPU_MOVES.RunningService).not.to.include('RunningService');
    expect(KVM_CPU_MOVES.RunningMMIOPending).to.deep.equal(['RunningServiceCompletion']);
  });

  it('serves only a guest that has run', () => {
    expect(() => step('Idle', 'RunningService')).to.throw('from Idle to RunningService');
  });
});
