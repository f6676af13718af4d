import { expect } from 'chai';
import {
  CS,
  InterruptRequests,
  initThreadState,
  MpState,
  Msr,
  RAX,
  RegisterSet,
  resetThreadState,
  startThreadAt,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { FatalError, PanicError } from '../../../src/base/index';
import { CheckpointSections } from '../../../src/checkpoint/index';

const INTERRUPTS_ON = 0x202n;

/** A thread that takes interrupts. */
function aThread(): X86ThreadState {
  const state = new X86ThreadState();
  state.rflags = INTERRUPTS_ON;
  return state;
}

describe('InterruptRequests', () => {
  it('are taken by urgency: INIT, SIPI, NMI, then the highest vector', () => {
    const requests = new InterruptRequests();
    for (const vector of [0x40, 0xf0, 0x20, 0xf0]) requests.request(vector, 'fixed');
    requests.request(0x9a, 'startup');
    requests.request(0, 'init');
    requests.request(0, 'nmi');
    const taken = Array.from({ length: 6 }, () => requests.take());
    expect(taken.map(({ mode, vector }) => `${mode} ${String(vector)}`)).to.deep.equal([
      ...['init 0', `startup ${String(0x9a)}`, 'nmi 2'],
      ...[`fixed ${String(0xf0)}`, `fixed ${String(0x40)}`, `fixed ${String(0x20)}`],
    ]);
    expect(requests.isPending).to.equal(false);
    expect(() => requests.take()).to.throw(PanicError, 'no interrupt waits');
  });

  it('wait while RFLAGS.IF is clear, those that can be held off', () => {
    const requests = new InterruptRequests();
    const state = aThread();
    state.rflags = 2n;
    requests.request(0x40, 'fixed');
    expect(requests.isDeliverable(state)).to.equal(false);
    requests.request(0, 'nmi');
    expect(requests.isDeliverable(state)).to.equal(true);
  });

  it('wait while CR8 holds their priority off', () => {
    const requests = new InterruptRequests();
    const state = aThread();
    requests.request(0x4f, 'fixed');
    state.cr8 = 4n;
    expect(requests.isDeliverable(state)).to.equal(false);
    state.cr8 = 3n;
    expect(requests.isDeliverable(state)).to.equal(true);
  });

  it('come back from a checkpoint', () => {
    const requests = new InterruptRequests();
    requests.request(0x55, 'fixed');
    requests.request(0x12, 'startup');
    const checkpoint = new CheckpointSections('');
    requests.serialize(checkpoint);
    const restored = new InterruptRequests();
    restored.request(0x66, 'fixed');
    restored.request(0, 'nmi');
    restored.unserialize(checkpoint);
    expect([restored.take(), restored.take(), restored.isPending]).to.deep.equal([
      { mode: 'startup', vector: 0x12 },
      { mode: 'fixed', vector: 0x55 },
      false,
    ]);
  });

  it('refuse vectors that there are not, or that belong to exceptions', () => {
    const requests = new InterruptRequests();
    for (const vector of [-1, 256, 1.5, 14]) {
      expect(() => {
        requests.request(vector, 'fixed');
      }, String(vector)).to.throw(FatalError, 'vector');
    }
  });
});

describe('A processor that is started by another', () => {
  it('is reset by INIT, and keeps its vector registers, MSRs and place of the local APIC', () => {
    const state = new X86ThreadState();
    resetThreadState(state, false);
    state.setGpr(RAX, 5n);
    state.cr0 = 0xe000_0011n;
    state.setMsr(Msr.LSTAR, 77n);
    state.apicBase = 0xfee00c00n;
    state.fpu.setYmm(3, new Uint8Array(32).fill(9));
    state.dirty = 0;
    initThreadState(state);
    expect([state.gpr(RAX), state.rip, state.rflags]).to.deep.equal([0n, 0xfff0n, 2n]);
    expect(state.cr0).to.equal(0x6000_0010n);
    expect([state.msr(Msr.LSTAR), state.apicBase]).to.deep.equal([77n, 0xfee00c00n]);
    expect([...state.fpu.ymm(3)]).to.deep.equal(Array(32).fill(9));
    expect(state.dirty).to.equal(RegisterSet.All);
  });

  it('begins at the page that SIPI names', () => {
    const state = new X86ThreadState();
    resetThreadState(state, false);
    startThreadAt(state, 0x9a);
    const code = state.segment(CS);
    expect([code.selector, code.base, state.rip]).to.deep.equal([0x9a00, 0x9a000n, 0n]);
  });

  it('waits for INIT and SIPI after power-up, and is not the bootstrap processor', () => {
    const state = new X86ThreadState();
    resetThreadState(state, false);
    expect([state.mpState, state.apicBase]).to.deep.equal([MpState.Uninitialized, 0xfee00800n]);
    resetThreadState(state);
    expect([state.mpState, state.apicBase]).to.deep.equal([MpState.Runnable, 0xfee00900n]);
  });
});
