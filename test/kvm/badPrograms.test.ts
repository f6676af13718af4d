/** Programs that do what they must not, on a KVM CPU: neither it nor they hang. */
import { expect } from 'chai';
import { badPrograms, endOn } from '../support/badPrograms';
import { describeWithKvm } from '../support/kvm';
import { withoutMessages } from '../support/messages';

describeWithKvm('A program that does what it must not, on X86KvmCPU', () => {
  withoutMessages();

  it('is ended by the signal that Linux has for it', () => {
    const found = badPrograms.map(([what, code]) => [what, endOn('kvm', code)[0]]);
    expect(found).to.deep.equal(badPrograms.map(([what, , signal]) => [what, signal]));
  });
});
