/** Programs that do what they must not, on a KVM CPU: neither it nor they hang. */
import { expect } from 'chai';
import { setLogSink, type LogSink } from '../../src/base/index';
import { badPrograms, endOn } from '../support/badPrograms';
import { describeWithKvm } from '../support/kvm';

describeWithKvm('A program that does what it must not, on X86KvmCPU', () => {
  let previousSink: LogSink;
  before(() => {
    previousSink = setLogSink({ message: () => undefined, debug: () => undefined });
  });
  after(() => {
    setLogSink(previousSink);
  });

  it('is ended by the signal that Linux has for it', () => {
    const found = badPrograms.map(([what, code]) => [what, endOn('kvm', code)[0]]);
    expect(found).to.deep.equal(badPrograms.map(([what, , signal]) => [what, signal]));
  });
});
