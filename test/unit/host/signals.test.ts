import { expect } from 'chai';
import { constants } from 'node:os';
import {
  blockSignals,
  ErrnoError,
  pendingSignals,
  processId,
  realTimeSignals,
  setSignalMask,
  signalMask,
  SignalSet,
  signalThread,
  takePendingSignal,
  threadId,
  unblockSignals,
} from '../../../src/host/index';

describe('SignalSet', () => {
  it('keeps signal n in bit n - 1, as the kernel does', () => {
    const set = new SignalSet([1, 8, 9, 64]);
    expect([...set.bytes.subarray(0, 8)]).to.deep.equal([0x81, 0x01, 0, 0, 0, 0, 0, 0x80]);
    expect(set.bytes.length).to.equal(128);
  });

  it('adds, deletes and lists', () => {
    const set = new SignalSet([34]);
    set.add(2);
    expect(set.signals()).to.deep.equal([2, 34]);
    set.delete(34);
    set.delete(35);
    expect(set.has(34)).to.equal(false);
    expect(set.signals()).to.deep.equal([2]);
  });

  it('knows no signal outside 1 to 64', () => {
    for (const signal of [0, 65, -1, 1.5, NaN]) {
      expect(() => new SignalSet([signal]), String(signal)).to.throw(RangeError);
    }
  });
});

describe('signals', () => {
  // Not the very first, which KVM CPUs block in their thread for good.
  const first = realTimeSignals().first + 2;
  const one = new SignalSet([first]);

  it('leaves the C library its own real-time signals', () => {
    expect(realTimeSignals().first).to.be.within(33, 35);
    expect(realTimeSignals().last).to.equal(64);
  });

  it('blocks and unblocks, and returns the mask before', () => {
    expect(blockSignals(one).has(first)).to.equal(false);
    expect(signalMask().has(first)).to.equal(true);
    expect(unblockSignals(one).has(first)).to.equal(true);
    expect(signalMask().has(first)).to.equal(false);
  });

  it('puts a whole mask back', () => {
    const before = signalMask();
    blockSignals(new SignalSet([first, first + 1]));
    expect(setSignalMask(before).has(first + 1)).to.equal(true);
    expect(signalMask().signals()).to.deep.equal(before.signals());
  });

  it('holds a blocked signal back until it is taken, one at a time', () => {
    const before = blockSignals(one);
    signalThread(threadId(), first);
    signalThread(threadId(), first);
    expect(pendingSignals().has(first)).to.equal(true);
    expect(takePendingSignal(one)).to.equal(first);
    expect(takePendingSignal(one)).to.equal(first);
    expect(takePendingSignal(one)).to.equal(0);
    expect(pendingSignals().has(first)).to.equal(false);
    setSignalMask(before);
  });

  it('takes no signal that was not meant', () => {
    const both = new SignalSet([first, first + 1]);
    const before = blockSignals(both);
    signalThread(threadId(), first + 1);
    expect(takePendingSignal(one)).to.equal(0);
    expect(takePendingSignal(both)).to.equal(first + 1);
    setSignalMask(before);
  });

  it('runs on the main thread of the process', () => {
    expect(processId()).to.equal(process.pid);
    expect(threadId()).to.equal(process.pid);
  });

  it('says that a thread is not one of ours', () => {
    const INIT = 1;
    expect(() => {
      signalThread(INIT, constants.signals.SIGUSR1);
    })
      .to.throw(ErrnoError, 'tgkill failed while sending signal 10 to thread 1')
      .with.property('code', 'ESRCH');
  });
});
