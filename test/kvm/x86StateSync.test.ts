import { expect } from 'chai';
import {
  CS,
  FS,
  Msr,
  RAX,
  RBX,
  RegisterSet,
  RIP,
  X86ThreadState,
  XFeature,
} from '../../src/arch/x86/index';
import { X86StateSync } from '../../src/kvm/x86StateSync';
import { BareGuest, CODE } from '../support/bareGuest';
import { describeWithKvm } from '../support/kvm';

const OUT_E9 = [0xe6, 0xe9];
const JMP_BACK = (bytes: number): number[] => [0xeb, 0x100 - bytes - 2];

/** A guest whose state is reached through a thread state that is in step with it. */
function aThread(code: readonly number[], syncRegs: number | 'all' = 'all') {
  const guest = new BareGuest({ code });
  const state = new X86ThreadState();
  const { kvm, vcpu } = guest;
  const sync = new X86StateSync(state, vcpu, {
    syncRegs: syncRegs === 'all' ? kvm.capSyncRegs() : syncRegs,
    xsave: kvm.capXSave(),
    xcrs: kvm.capXCRs(),
    debugRegs: kvm.capDebugRegs(),
    vcpuEvents: kvm.capVCPUEvents(),
    mpState: kvm.capMPState(),
    lapic: false,
    msrs: kvm.getSupportedMSRs(),
  });
  state.dirty = 0;
  sync.pullShared();
  return { guest, state, sync };
}

/** Writes what was changed, runs to the next exit and brings the state up to date. */
function advance({ guest, state, sync }: ReturnType<typeof aThread>): void {
  sync.push();
  sync.beforeRun();
  const exit = guest.run();
  expect(exit.kind).to.equal('io');
  sync.pullShared();
  expect(state.dirty).to.equal(0);
}

describeWithKvm('X86StateSync on a vCPU', () => {
  const threads: { guest: BareGuest }[] = [];
  const thread = (code: readonly number[], syncRegs?: number): ReturnType<typeof aThread> => {
    const made = aThread(code, syncRegs);
    threads.push(made);
    return made;
  };
  afterEach(() => {
    for (const { guest } of threads.splice(0)) guest.dispose();
  });

  for (const [how, syncRegs] of [
    ['through the shared page', undefined],
    ['by requests', 0],
  ] as const) {
    it(`carries general registers both ways ${how}`, () => {
      // lea rax, [rbx + 1]; out; jmp back
      const code = [0x48, 0x8d, 0x43, 0x01, ...OUT_E9];
      const t = thread([...code, ...JMP_BACK(code.length)], syncRegs);
      for (const value of [0n, 41n, 0xffff_ffff_ffff_fff0n]) {
        t.state.setGpr(RBX, value);
        t.state.setGpr(RIP, BigInt(CODE));
        advance(t);
        expect(t.state.gpr(RAX)).to.equal(value + 1n);
      }
    });

    it(`carries segments and control registers both ways ${how}`, () => {
      // mov rax, fs:[0]; out; jmp back
      const code = [0x64, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0, ...OUT_E9];
      const t = thread([...code, ...JMP_BACK(code.length)], syncRegs);
      new DataView(t.guest.memory.buffer).setBigUint64(0x9000, 0xabcdefn, true);
      t.state.segment(FS).base = 0x9000n;
      advance(t);
      expect(t.state.gpr(RAX)).to.equal(0xabcdefn);
      expect(t.state.segment(FS).base).to.equal(0x9000n);
      expect(t.state.segment(CS).dpl).to.equal(3);
      expect(t.state.cr3).to.equal(0x1000n);
    });
  }

  it('redirects a guest that waits in a port access, as serving a system call does', () => {
    // out; jmp .          at CODE + 0x100: mov eax, 7; out
    const t = thread([...OUT_E9, 0xeb, 0xfe]);
    t.guest.memory.bytes.set([0xb8, 7, 0, 0, 0, ...OUT_E9], CODE + 0x100);
    advance(t);
    t.state.rip = BigInt(CODE + 0x100);
    advance(t);
    expect(t.state.gpr(RAX)).to.equal(7n);
  });

  it('carries SSE registers both ways', () => {
    // movdqa xmm1, xmm0; out
    const t = thread([0x66, 0x0f, 0x6f, 0xc8, ...OUT_E9]);
    const pattern = Uint8Array.from({ length: 16 }, (_, i) => 0xf0 - i);
    t.state.fpu.setXmm(0, pattern);
    advance(t);
    expect([...t.state.fpu.xmm(1)]).to.deep.equal([...pattern]);
  });

  it('keeps AVX registers, upper halves included, through a guest that does not touch them', () => {
    const t = thread([...OUT_E9, ...JMP_BACK(2)]);
    advance(t);
    const pattern = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
    t.state.refresh(RegisterSet.Xsave);
    t.state.fpu.setYmm(5, pattern);
    advance(t);
    expect(t.state.stale & RegisterSet.Xsave).to.equal(RegisterSet.Xsave);
    expect([...t.state.fpu.ymm(5)]).to.deep.equal([...pattern]);
    expect(t.state.fpu.xstateBv & XFeature.AVX).to.equal(XFeature.AVX);
  });

  it('carries MSRs both ways', () => {
    const t = thread([...OUT_E9, ...JMP_BACK(2)]);
    advance(t);
    t.state.setMsr(Msr.LSTAR, 0xffff_8000_0000_1000n);
    t.state.setMsr(Msr.KERNEL_GS_BASE, 0x1234_5000n);
    advance(t);
    expect(t.state.msr(Msr.LSTAR)).to.equal(0xffff_8000_0000_1000n);
    expect(t.state.msr(Msr.KERNEL_GS_BASE)).to.equal(0x1234_5000n);
  });

  it('carries debug registers, XCR0 and the MP state', () => {
    const t = thread([...OUT_E9, ...JMP_BACK(2)]);
    advance(t);
    t.state.setDebugRegister(0, 0x4321n);
    const xcr0 = t.state.xcr0;
    t.state.xcr0 = xcr0;
    advance(t);
    expect(t.state.debugRegister(0)).to.equal(0x4321n);
    expect(t.state.xcr0).to.equal(xcr0);
    expect(xcr0 & 1n).to.equal(1n);
    expect(t.state.mpState).to.equal(0);
  });
});
