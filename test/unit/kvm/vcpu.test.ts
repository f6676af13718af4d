import { expect } from 'chai';
import { resetWarnOnce, setLogSink } from '../../../src/base/index';
import { KVM_GET_TSC_KHZ, KVM_RUN } from '../../../src/kvm/abi';
import { Kvm } from '../../../src/kvm/kvm';
import { Vcpu } from '../../../src/kvm/vcpu';
import { FakeKvm } from '../../support/fakeKvm';

const MEGAHERTZ = 1000;

describe('Vcpu', () => {
  const messages: string[] = [];
  let previousSink: ReturnType<typeof setLogSink> | undefined;
  beforeEach(() => {
    const message = (_level: string, text: string): unknown => messages.push(text);
    previousSink = setLogSink({ message, debug: () => undefined });
    resetWarnOnce();
    messages.length = 0;
  });
  afterEach(() => {
    if (previousSink !== undefined) setLogSink(previousSink);
    resetWarnOnce();
  });

  /** A vCPU that has run once. */
  const ran = (calls: FakeKvm): Vcpu => {
    const kvm = new Kvm({ calls });
    const vcpu = Vcpu.create(kvm, kvm.createVM(), 0);
    vcpu.run();
    expect(calls.made(KVM_RUN).length).to.equal(1);
    return vcpu;
  };

  it('times a run by the time stamp counter, at the frequency that KVM gives', () => {
    const calls = new FakeKvm().answer(KVM_GET_TSC_KHZ, () => 2500 * MEGAHERTZ);
    calls.cycles = 5000;
    expect(ran(calls).runNs).to.be.closeTo(2000, 1e-9);
    expect(messages).to.deep.equal([]);
  });

  it('warns once where the counter cannot be used, and leaves its runs to another clock', () => {
    const calls = new FakeKvm().answer(KVM_GET_TSC_KHZ, () => 2500 * MEGAHERTZ);
    calls.cycles = 5000;
    calls.problem = 'it stops at night';
    expect(ran(calls).runNs).to.be.NaN;
    calls.requests.length = 0;
    expect(ran(calls).runNs).to.be.NaN;
    expect(messages).to.deep.equal([
      "KVM: simulated time is the monotonic clock's, because it stops at night",
    ]);
  });

  it('does so, too, where KVM does not know its frequency', () => {
    expect(ran(new FakeKvm().refuse(KVM_GET_TSC_KHZ, 'EIO')).runNs).to.be.NaN;
    expect(messages).to.deep.equal([
      "KVM: simulated time is the monotonic clock's, because KVM does not know the frequency of " +
        'the time stamp counter',
    ]);
  });
});
