import { expect } from 'chai';
import { Msr, RAX, RegisterSet, X86ThreadState } from '../../../src/arch/x86/index';
import { setLogSink } from '../../../src/base/index';
import type { LogSink } from '../../../src/base/index';
import { KVM_SYNC_X86_EVENTS, KVM_SYNC_X86_REGS, KVM_SYNC_X86_SREGS } from '../../../src/kvm/abi';
import { kvmSyncRegs } from '../../../src/kvm/abiVcpu';
import {
  PUSH_ORDER,
  SHARED_STATE_BYTES,
  X86StateSync,
  type X86SyncCapabilities,
} from '../../../src/kvm/x86StateSync';
import { ScriptedVcpu } from '../../support/scriptedVcpu';

const EVERYTHING: X86SyncCapabilities = {
  syncRegs: KVM_SYNC_X86_REGS | KVM_SYNC_X86_SREGS | KVM_SYNC_X86_EVENTS,
  xsave: true,
  xcrs: true,
  debugRegs: true,
  vcpuEvents: true,
  mpState: true,
  lapic: false,
  msrs: [Msr.TSC, Msr.STAR, Msr.LSTAR],
};

function aPair(can: Partial<X86SyncCapabilities> = {}) {
  const vcpu = new ScriptedVcpu();
  const state = new X86ThreadState();
  const sync = new X86StateSync(state, vcpu, { ...EVERYTHING, ...can });
  vcpu.log.length = 0;
  return { vcpu, state, sync };
}

/** A pair of which both sides agree. */
function inStep(can: Partial<X86SyncCapabilities> = {}) {
  const pair = aPair(can);
  pair.sync.push();
  pair.vcpu.dirtySyncRegs = 0;
  pair.vcpu.log.length = 0;
  return pair;
}

describe('X86StateSync', () => {
  it('shares with the kernel as many bytes as the kernel does', () => {
    expect(SHARED_STATE_BYTES).to.equal(kvmSyncRegs.size);
    expect(RegisterSet.Regs).to.equal(KVM_SYNC_X86_REGS);
    expect(RegisterSet.Sregs).to.equal(KVM_SYNC_X86_SREGS);
    expect(RegisterSet.Events).to.equal(KVM_SYNC_X86_EVENTS);
  });

  it('writes every set at first, in the order that the kernel needs', () => {
    const { vcpu, state, sync } = aPair({ syncRegs: 0 });
    state.setMsr(Msr.STAR, 5n);
    vcpu.parts.mpState[0] = 1;
    sync.push();
    expect(vcpu.log).to.deep.equal([
      ...['read mpState', 'write mpState', 'write sregs', 'write xcrs', 'write xsave'],
      ...['write debugRegs', 'write 1 MSRs', 'write regs', 'write events'],
    ]);
    expect(PUSH_ORDER.reduce((sets, set) => sets | set, 0)).to.equal(RegisterSet.All);
  });

  it('writes a local APIC after its base, and only one that there is', () => {
    const { vcpu, state, sync } = aPair({ lapic: true });
    sync.push();
    expect(vcpu.log).not.to.include('write lapic');
    state.bytesOf('lapic')[0x30] = 0x14; // version
    state.dirty = RegisterSet.Lapic | RegisterSet.Msrs;
    state.setMsr(Msr.STAR, 5n);
    vcpu.log.length = 0;
    sync.push();
    expect(vcpu.log).to.deep.equal(['write sregs', 'write lapic', 'write 1 MSRs']);
    // Once, and not a second time in the shared page.
    state.dirty = RegisterSet.Lapic | RegisterSet.Sregs | RegisterSet.Regs;
    vcpu.log.length = 0;
    sync.push();
    expect(vcpu.log).to.deep.equal(['write sregs', 'write lapic']);
    expect(vcpu.dirtySyncRegs).to.equal(RegisterSet.Regs);
  });

  it('fetches a local APIC where there is one', () => {
    const { vcpu, state, sync } = inStep({ lapic: true });
    vcpu.parts.lapic[0x30] = 0x14;
    sync.pullShared();
    state.refresh(RegisterSet.Lapic);
    expect(state.bytesOf('lapic')[0x30]).to.equal(0x14);
  });

  it('writes nothing when nothing was changed', () => {
    const { vcpu, sync } = inStep();
    sync.push();
    expect(vcpu.log).to.deep.equal([]);
    expect(vcpu.dirtySyncRegs).to.equal(0);
  });

  it('passes changed registers in the shared page, without a request', () => {
    const { vcpu, state, sync } = inStep();
    state.setGpr(RAX, 0x1234n);
    sync.push();
    expect(vcpu.log).to.deep.equal([]);
    expect(vcpu.dirtySyncRegs).to.equal(RegisterSet.Regs);
    expect([...vcpu.syncRegs.subarray(0, 2)]).to.deep.equal([0x34, 0x12]);
  });

  it('writes changed registers by request where the page cannot carry them', () => {
    const { vcpu, state, sync } = inStep({ syncRegs: 0 });
    state.setGpr(RAX, 0x1234n);
    sync.push();
    expect(vcpu.log).to.deep.equal(['write regs']);
    expect([...vcpu.parts.regs.subarray(0, 2)]).to.deep.equal([0x34, 0x12]);
  });

  it('takes the shared sets from the page when the exit left them there', () => {
    const { vcpu, state, sync } = inStep();
    sync.beforeRun();
    expect(vcpu.validSyncRegs).to.equal(7);
    vcpu.syncRegs[0] = 0x99;
    sync.pullShared();
    expect(vcpu.log).to.deep.equal([]);
    expect(state.gpr(RAX)).to.equal(0x99n);
    expect(state.dirty).to.equal(0);
  });

  it('stops asking for them when nobody wants them, and fetches them when somebody does', () => {
    const { vcpu, state, sync } = inStep();
    sync.beforeRun();
    sync.beforeRun();
    expect(vcpu.validSyncRegs).to.equal(0);
    vcpu.parts.regs[0] = 0x55;
    sync.pullShared();
    expect(vcpu.log).to.deep.equal(['read regs', 'read sregs', 'read events']);
    expect(state.gpr(RAX)).to.equal(0x55n);
    sync.beforeRun();
    expect(vcpu.validSyncRegs).to.equal(7);
  });

  it('fetches the other sets only when they are looked at', () => {
    const { vcpu, state, sync } = inStep();
    sync.beforeRun();
    sync.pullShared();
    vcpu.parts.xsave[24] = 0x80; // MXCSR
    vcpu.parts.xsave[25] = 0x1f;
    expect(vcpu.log).to.deep.equal([]);
    expect(state.fpu.mxcsr).to.equal(0x1f80);
    expect(state.fpu.mxcsr).to.equal(0x1f80);
    expect(vcpu.log).to.deep.equal(['read xsave']);
  });

  it('reads and writes x87 and SSE alone where the kernel has no XSAVE', () => {
    const { vcpu, state, sync } = inStep({ xsave: false });
    const pattern = Uint8Array.from({ length: 16 }, (_, i) => i + 1);
    state.fpu.setXmm(3, pattern);
    sync.push();
    expect(vcpu.log).to.deep.equal(['write fpu']);
    sync.beforeRun();
    sync.pullShared();
    expect([...state.fpu.xmm(3)]).to.deep.equal([...pattern]);
  });

  it('leaves out the sets that this kernel does not know', () => {
    const none = { xcrs: false, debugRegs: false, vcpuEvents: false, mpState: false };
    const { vcpu, sync, state } = aPair({ ...none, syncRegs: 0, msrs: [] });
    sync.push();
    expect(vcpu.log).to.deep.equal(['write sregs', 'write xsave', 'write regs']);
    vcpu.log.length = 0;
    sync.beforeRun();
    sync.pullShared();
    state.refresh(RegisterSet.All);
    expect(vcpu.log).to.deep.equal(['read regs', 'read sregs', 'read xsave', 'read 0 MSRs']);
  });

  it('never writes an MSR back that nobody changed: the TSC goes on', () => {
    const { vcpu, state, sync } = inStep();
    vcpu.msrs.set(Msr.TSC, 1000n).set(Msr.LSTAR, 7n);
    sync.beforeRun();
    sync.pullShared();
    expect(state.msr(Msr.LSTAR)).to.equal(7n);
    vcpu.msrs.set(Msr.TSC, 2000n);
    state.setMsr(Msr.STAR, 8n);
    sync.push();
    expect(vcpu.msrs.get(Msr.TSC)).to.equal(2000n);
    expect(vcpu.msrs.get(Msr.STAR)).to.equal(8n);
    expect(vcpu.log).to.deep.equal(['read 3 MSRs', 'write 1 MSRs']);
  });

  it('reports an MSR that KVM refuses once, by name, and writes the others', () => {
    const warnings: string[] = [];
    const sink: LogSink = { message: (_, text) => warnings.push(text), debug: () => undefined };
    const previous = setLogSink(sink);
    try {
      const { vcpu, state, sync } = inStep();
      vcpu.refusedMsrs.add(Msr.STAR);
      for (const value of [1n, 2n]) {
        state.setMsr(Msr.STAR, value);
        state.setMsr(Msr.LSTAR, value);
        sync.push();
      }
      expect(vcpu.msrs.get(Msr.LSTAR)).to.equal(2n);
      expect(warnings).to.deep.equal(['KVM would not write MSR STAR (0xc0000081)']);
    } finally {
      setLogSink(previous);
    }
  });

  it('gives every entry the task priority of the special registers', () => {
    const { vcpu, state, sync } = inStep();
    state.cr8 = 9n;
    sync.push();
    expect(vcpu.cr8).to.equal(9);
  });
});
