import { expect } from 'chai';
import fc from 'fast-check';
import {
  CS,
  dumpFpuRegs,
  dumpThreadState,
  FS,
  gprNames,
  Msr,
  msrName,
  msrSlot,
  RAX,
  RDX,
  RegisterSet,
  resetThreadState,
  RFLAGS,
  RIP,
  RSP,
  segmentNames,
  stateMsrs,
  threadStateLayout,
  TR,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';

/** Offsets in `struct kvm_regs`, from <asm/kvm.h>. */
const REGS: Readonly<Record<string, number>> = {
  ...{ rax: 0, rbx: 8, rcx: 16, rdx: 24, rsi: 32, rdi: 40, rsp: 48, rbp: 56 },
  ...{ r8: 64, r9: 72, r10: 80, r11: 88, r12: 96, r13: 104, r14: 112, r15: 120 },
  ...{ rip: 128, rflags: 136 },
};
/** Offsets of segments in `struct kvm_sregs`. */
const SEGMENTS: Readonly<Record<string, number>> = {
  ...{ cs: 0, ds: 24, es: 48, fs: 72, gs: 96, ss: 120, tr: 144, ldtr: 168 },
};
/** Offsets of 64-bit fields in `struct kvm_sregs`. */
const SREGS = {
  ...{ cr0: 224, cr2: 232, cr3: 240, cr4: 248, cr8: 256, efer: 264, apicBase: 272 },
} as const;
const SREGS_START = 144;

const anyBits = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('X86ThreadState', () => {
  it('begins with struct kvm_regs, sregs and vcpu_events, as struct kvm_sync_regs does', () => {
    expect(threadStateLayout.regs).to.deep.equal({ offset: 0, bytes: 144 });
    expect(threadStateLayout.sregs).to.deep.equal({ offset: SREGS_START, bytes: 312 });
    expect(threadStateLayout.events).to.deep.equal({ offset: 456, bytes: 64 });
    expect(new X86ThreadState().syncRegsBytes()).to.have.length(520);
    expect(threadStateLayout.xsave.offset % 64).to.equal(0);
  });

  it('has room for every part and lets none overlap', () => {
    const { regs, sregs, events, debugRegs, xcr0, mpState, msrs, scratch, xsave } =
      threadStateLayout;
    const parts = [regs, sregs, events, debugRegs, xcr0, mpState, msrs, scratch, xsave];
    for (const [i, part] of parts.entries()) {
      const end = part.offset + part.bytes;
      expect(end).to.be.at.most(parts[i + 1]?.offset ?? threadStateLayout.bytes);
    }
    expect(stateMsrs.length * 8).to.be.at.most(msrs.bytes);
  });

  it('keeps each general register where the kernel does', () => {
    for (const [i, name] of gprNames.entries()) {
      const state = new X86ThreadState();
      state.setGpr(i, 0x1122_3344_5566_7788n);
      const view = new DataView(state.block.buffer);
      expect(view.getBigUint64(REGS[name]!, true), name).to.equal(0x1122_3344_5566_7788n);
    }
  });

  it('keeps each special register where the kernel does', () => {
    for (const [name, offset] of Object.entries(SREGS)) {
      const state = new X86ThreadState();
      state[name as keyof typeof SREGS] = 0xfedc_ba98_7654_3210n;
      const view = new DataView(state.block.buffer);
      expect(view.getBigUint64(SREGS_START + offset, true), name).to.equal(0xfedc_ba98_7654_3210n);
      expect(state[name as keyof typeof SREGS]).to.equal(0xfedc_ba98_7654_3210n);
    }
  });

  it('keeps the fields of segments and descriptor tables where the kernel does', () => {
    for (const [i, name] of segmentNames.entries()) {
      const state = new X86ThreadState();
      state.segment(i).assign({
        ...{ base: 0x1_0000_0002n, limit: 0x30004, selector: 0x506, type: 7, present: true },
        ...{ dpl: 3, db: false, s: true, l: false, g: true, avl: false, unusable: true },
      });
      const at = SREGS_START + SEGMENTS[name]!;
      expect([...state.block.subarray(at, at + 24)], name).to.deep.equal([
        ...[2, 0, 0, 0, 1, 0, 0, 0, 4, 0, 3, 0, 6, 5],
        ...[7, 1, 3, 0, 1, 0, 1, 0, 1, 0],
      ]);
      expect(state.segment(i).toValue()).to.include({ base: 0x1_0000_0002n, dpl: 3, g: true });
    }
    const state = new X86ThreadState();
    state.gdt.base = 5n;
    state.gdt.limit = 6;
    state.idt.base = 7n;
    state.idt.limit = 8;
    const view = new DataView(state.block.buffer, SREGS_START);
    expect([192, 208].map(at => view.getBigUint64(at, true))).to.deep.equal([5n, 7n]);
    expect([200, 216].map(at => view.getUint16(at, true))).to.deep.equal([6, 8]);
  });

  it('reads any register as a signed or unsigned number, exact within 2^53', () => {
    const state = new X86ThreadState();
    fc.assert(
      fc.property(anyBits, value => {
        state.setGpr(RAX, value);
        expect(state.gprNumber(RAX)).to.equal(Number(BigInt.asIntN(64, value)));
        expect(state.gprUnsigned(RAX)).to.equal(Number(value));
        expect(state.gprInt32(RAX)).to.equal(Number(BigInt.asIntN(32, value)));
        expect(state.gprUint32(RAX)).to.equal(Number(BigInt.asUintN(32, value)));
        expect(state.gprHigh(RAX)).to.equal(Number(value >> 32n));
      }),
    );
  });

  it('sets a register from any integer within 2^53, sign-extended', () => {
    const state = new X86ThreadState();
    fc.assert(
      fc.property(fc.maxSafeInteger(), value => {
        state.setGprNumber(RAX, value);
        expect(BigInt.asIntN(64, state.gpr(RAX))).to.equal(BigInt(value));
      }),
    );
  });

  it('copies a register whole, and sets one from halves', () => {
    const state = new X86ThreadState();
    state.setGpr(RSP, 0xffff_8000_1234_5678n);
    state.copyGpr(RIP, RSP);
    expect(state.rip).to.equal(0xffff_8000_1234_5678n);
    state.setGprHalves(RFLAGS, 2, -1);
    expect(state.rflags).to.equal(0xffff_ffff_0000_0002n);
  });

  it('lives at any place of a larger memory, and moves to another', () => {
    const memory = new ArrayBuffer(65536);
    const state = new X86ThreadState(memory, 128);
    state.rip = 0x1234n;
    state.fpu.fcw = 0x27f;
    expect(new DataView(memory).getUint16(128 + 128, true)).to.equal(0x1234);
    state.moveTo(memory, 32768);
    state.rip += 1n;
    state.segment(CS).selector = 0x33;
    expect(new DataView(memory).getUint16(32768 + 128, true)).to.equal(0x1235);
    expect(new DataView(memory).getUint16(128 + 128, true)).to.equal(0x1234);
    expect(state.fpu.fcw).to.equal(0x27f);
    expect(() => new X86ThreadState(memory, 32)).to.throw(PanicError);
    expect(() => new X86ThreadState(memory, 65536 - 4096)).to.throw(PanicError);
  });

  it('says which sets were changed', () => {
    const changes: readonly [number, (state: X86ThreadState) => void][] = [
      [RegisterSet.Regs, state => (state.rip = 1n)],
      [RegisterSet.Regs, state => state.setGprNumber(RAX, 1)],
      [RegisterSet.Sregs, state => (state.cr3 = 1n)],
      [RegisterSet.Sregs, state => (state.segment(FS).base = 1n)],
      [RegisterSet.Sregs, state => (state.gdt.limit = 1)],
      [RegisterSet.Xsave, state => (state.fpu.mxcsr = 1)],
      [RegisterSet.Xcrs, state => (state.xcr0 = 7n)],
      [RegisterSet.DebugRegs, state => state.setDebugRegister(7, 1n)],
      [RegisterSet.Msrs, state => state.setMsr(Msr.LSTAR, 1n)],
      [RegisterSet.MpState, state => (state.mpState = 3)],
    ];
    for (const [set, change] of changes) {
      const state = new X86ThreadState();
      expect(state.dirty).to.equal(RegisterSet.All);
      state.dirty = 0;
      change(state);
      expect(state.dirty).to.equal(set);
    }
  });

  it('fetches stale sets when they are looked at or partly changed, and only those', () => {
    const pulled: number[] = [];
    const stale = (): X86ThreadState => {
      const state = new X86ThreadState();
      state.dirty = 0;
      state.stale = RegisterSet.Xsave | RegisterSet.Msrs;
      state.source = {
        pull: mask => {
          pulled.push(mask);
          state.stale &= ~mask;
          state.words[threadStateLayout.msrs.offset / 8 + msrSlot(Msr.CSTAR)] = 42n;
        },
      };
      return state;
    };
    expect(stale().gpr(RAX)).to.equal(0n);
    expect(pulled).to.deep.equal([]);
    expect(stale().msr(Msr.CSTAR)).to.equal(42n);
    const state = stale();
    state.setMsr(Msr.STAR, 1n);
    expect(state.msr(Msr.CSTAR)).to.equal(42n);
    expect(pulled).to.deep.equal([RegisterSet.Msrs, RegisterSet.Msrs]);
    state.detachSource();
    expect(pulled.at(-1)).to.equal(RegisterSet.Xsave);
    expect([state.source, state.stale, state.dirty]).to.deep.equal([null, 0, RegisterSet.All]);
  });

  it('refuses stale sets that nobody can fetch, and unknown registers', () => {
    const state = new X86ThreadState();
    state.stale = RegisterSet.Msrs;
    expect(() => state.msr(Msr.STAR)).to.throw(PanicError, 'no source for stale Msrs');
    expect(() => state.segment(8)).to.throw(PanicError);
    expect(() => state.debugRegister(4)).to.throw(PanicError);
    state.stale = 0;
    expect(() => state.msr(0x1234_5678)).to.throw(PanicError, '0x12345678');
  });

  it('copies all of another thread', () => {
    const from = new X86ThreadState();
    resetThreadState(from);
    from.fpu.setXmm(3, new Uint8Array(16).fill(3));
    const to = new X86ThreadState();
    to.dirty = 0;
    to.copyFrom(from);
    expect([...to.block]).to.deep.equal([...from.block]);
    expect(to.dirty).to.equal(RegisterSet.All);
  });

  it('powers up in real mode at the reset vector', () => {
    const state = new X86ThreadState();
    state.setGpr(RAX, 5n);
    resetThreadState(state);
    expect(state.gpr(RAX)).to.equal(0n);
    expect(state.gpr(RDX)).to.equal(0x600n);
    expect(state.segment(CS).base + state.rip).to.equal(0xffff_fff0n);
    expect(state.cr0).to.equal(0x6000_0010n);
    expect(state.segment(TR).type).to.equal(0xb);
    expect(state.debugRegister(6)).to.equal(0xffff_0ff0n);
    expect(state.msr(Msr.PAT)).to.equal(0x0007_0406_0007_0406n);
    expect(state.dirty).to.equal(RegisterSet.All);
  });

  it('names MSRs, those without a name by number', () => {
    expect(msrName(0xc0000082)).to.equal('LSTAR');
    expect(msrName(0x203)).to.equal('MTRRphysMask1');
    expect(msrName(0x269)).to.equal('MTRRfix4K_C8000');
    expect(msrName(0x4b564d00)).to.equal('0x4b564d00');
    expect(new Set(stateMsrs.map(msrName)).size).to.equal(stateMsrs.length);
  });

  it('dumps registers in lines that name each', () => {
    const state = new X86ThreadState();
    resetThreadState(state);
    state.rip = 0x40_1234n;
    const lines = [...dumpThreadState(state), ...dumpFpuRegs(state)].join('\n');
    for (const name of [...gprNames, ...segmentNames, 'cr3', 'efer', 'gdt', 'st7', 'ymm15']) {
      expect(lines).to.match(new RegExp(`\\b${name}\\b`));
    }
    expect(lines).to.include('rip 0000000000401234');
    expect(lines).to.include('cr0 CD|NW|ET');
    expect(lines).to.not.match(/\s$/m);
  });
});
