import { expect } from 'chai';
import type { Kick } from '../../../src/kvm/kickSignal';
import { KvmRunner } from '../../../src/kvm/kvmRunner';
import { PosixKvmTimer } from '../../../src/kvm/kvmTimer';
import { ScriptedVcpu } from '../../support/scriptedVcpu';

/** A runner on doubles; `running` is how long the guest runs each time, in nanoseconds. */
function aRunner(vcpu: ScriptedVcpu, { running = 1000, immediateExit = true } = {}) {
  let now = 0;
  let pending = 0;
  const kick: Kick & { sent: number; discarded: number } = {
    ...{ signal: 34, thread: 1, guestMask: 0n, sent: 0, discarded: 0 },
    send() {
      this.sent++;
      pending++;
    },
    discard() {
      if (pending === 0) return false;
      pending--;
      this.discarded++;
      return true;
    },
  };
  const timer = new PosixKvmTimer({
    ...{ hostFactor: 1, hostFreq: 500, ticksPerNs: 1000, signal: 34, thread: 1, now: () => now },
    entryNs: 0,
    timer: { arm: () => undefined, disarm: () => undefined, dispose: () => undefined },
  });
  const run = vcpu.run.bind(vcpu);
  vcpu.run = () => {
    now += running;
    return run();
  };
  const runner = new KvmRunner({
    vcpu,
    timer,
    kick,
    immediateExit,
    counters: null,
    timerDrivesCounters: false,
    now: () => now,
  });
  return { runner, kick, late: () => pending++ };
}

describe('KvmRunner', () => {
  it('measures the host time that the guest ran', () => {
    const { runner } = aRunner(new ScriptedVcpu(), { running: 2500 });
    expect(runner.run(1e9).kind).to.equal('hlt');
    expect(runner.hostNs).to.equal(2500);
  });

  it('believes the time stamp counter where there is one, unless it was set meanwhile', () => {
    const vcpu = new ScriptedVcpu();
    const { runner } = aRunner(vcpu, { running: 2500 });
    for (const [counter, measured] of [
      [2400.5, 2400.5],
      [0, 0],
      [-1, 2500],
      [3600e9, 2500],
    ] as const) {
      vcpu.runNs = counter;
      runner.run(1e9);
      expect(runner.hostNs, `${String(counter)} ns`).to.equal(measured);
    }
  });

  it('takes away the signal that ended a run, so that it does not end the next', () => {
    const { runner, kick, late } = aRunner(new ScriptedVcpu([{ kind: 'interrupted' }]));
    late();
    runner.run(1e9);
    expect(kick.discarded).to.equal(1);
  });

  it('enters without running the guest by way of immediate_exit', () => {
    const vcpu = new ScriptedVcpu();
    const { runner, kick } = aRunner(vcpu);
    expect(runner.halfEntry().kind).to.equal('interrupted');
    expect(vcpu.log).to.deep.equal(['half run']);
    expect(vcpu.immediateExit).to.equal(false);
    expect(kick.sent).to.equal(0);
  });

  it('kicks itself where the kernel knows no immediate_exit, and cleans up', () => {
    const vcpu = new ScriptedVcpu([{ kind: 'interrupted' }]);
    const { runner, kick } = aRunner(vcpu, { immediateExit: false });
    runner.halfEntry();
    expect([kick.sent, kick.discarded]).to.deep.equal([1, 1]);
    expect(vcpu.log).to.deep.equal(['run']);
  });

  it('counts no host time for a half entry', () => {
    const { runner } = aRunner(new ScriptedVcpu([{ kind: 'interrupted' }]));
    runner.run(1);
    expect(runner.hostNs).to.equal(1000);
    runner.halfEntry();
    expect(runner.hostNs).to.equal(0);
  });
});
