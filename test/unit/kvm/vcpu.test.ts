import { expect } from 'chai';
import { KVM_GET_TSC_KHZ, KVM_RUN } from '../../../src/kvm/abi';
import { Kvm } from '../../../src/kvm/kvm';
import { Vcpu } from '../../../src/kvm/vcpu';
import { FakeKvm } from '../../support/fakeKvm';

const MEGAHERTZ = 1000;

/** A vCPU that has run once. */
function ran(calls: FakeKvm): Vcpu {
  const kvm = new Kvm({ calls });
  const vcpu = Vcpu.create(kvm, kvm.createVM(), 0);
  vcpu.run();
  expect(calls.made(KVM_RUN).length).to.equal(1);
  return vcpu;
}

describe('Vcpu', () => {
  it('times a run by the time stamp counter, at the frequency that KVM gives', () => {
    const calls = new FakeKvm().answer(KVM_GET_TSC_KHZ, () => 2500 * MEGAHERTZ);
    calls.cycles = 5000;
    const vcpu = ran(calls);
    expect(vcpu.runNs).to.be.closeTo(2000, 1e-9);
    expect(vcpu.clock).to.equal('the time stamp counter, at 2500 MHz');
  });

  it('leaves its runs to another clock where the counter cannot be used', () => {
    const calls = new FakeKvm().answer(KVM_GET_TSC_KHZ, () => 2500 * MEGAHERTZ);
    calls.cycles = 5000;
    calls.problem = 'it stops at night';
    const vcpu = ran(calls);
    expect(vcpu.runNs).to.be.NaN;
    expect(vcpu.clock).to.equal('the monotonic clock, because it stops at night');
  });

  it('does so, too, where KVM does not know its frequency', () => {
    const vcpu = ran(new FakeKvm().refuse(KVM_GET_TSC_KHZ, 'EIO'));
    expect(vcpu.runNs).to.be.NaN;
    expect(vcpu.clock).to.equal(
      'the monotonic clock, because KVM does not know the frequency of the time stamp counter',
    );
  });
});
