import { expect } from 'chai';
import fc from 'fast-check';
import {
  FS,
  RegisterSet,
  resetThreadState,
  serializeThreadState,
  threadStateLayout,
  unserializeThreadState,
  X86ThreadState,
} from '../../../src/arch/x86/index';
import { CheckpointError, CheckpointSections } from '../../../src/checkpoint/index';

describe('A thread state in a checkpoint', () => {
  it('comes back with every register, and is dirty as a whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8192, maxLength: 8192 }), noise => {
        const saved = new X86ThreadState();
        const { scratch, debugRegs, xcr0, msrs } = threadStateLayout;
        saved.block.set(noise.subarray(0, 144));
        saved.bytesOf('events').set(noise.subarray(200, 264));
        saved.block.set(noise.subarray(300, 348), debugRegs.offset);
        saved.block.set(noise.subarray(400, 408), xcr0.offset);
        saved.block.set(noise.subarray(500, 700), msrs.offset);
        saved.bytesOf('xsave').set(noise.subarray(4096));
        saved.bytesOf('lapic').set(noise.subarray(2000, 3024));
        saved.segment(FS).base = 0xffff_8000_0000_0000n;
        saved.segment(FS).l = true;
        saved.gdt.limit = 0x7f;
        saved.cr3 = 0x1000n;
        saved.mpState = 3;
        const checkpoint = new CheckpointSections('');
        serializeThreadState(saved, checkpoint);
        const restored = new X86ThreadState();
        restored.dirty = 0;
        restored.stale = RegisterSet.Msrs;
        unserializeThreadState(restored, checkpoint);
        expect(Buffer.compare(restored.block, saved.block)).to.equal(0);
        expect([restored.dirty, restored.stale]).to.deep.equal([RegisterSet.All, 0]);
        expect(scratch.bytes).to.be.greaterThan(0);
      }),
      { numRuns: 20 },
    );
  });

  it('saves registers by name, and fetches what a vCPU has of them', () => {
    const state = new X86ThreadState();
    resetThreadState(state);
    state.stale = RegisterSet.Msrs;
    let pulled = 0;
    state.source = {
      pull: mask => {
        pulled = mask;
        state.stale = 0;
      },
    };
    const checkpoint = new CheckpointSections('');
    serializeThreadState(state, checkpoint);
    expect(pulled).to.equal(RegisterSet.Msrs);
    expect(checkpoint.bigint('regs.rip')).to.equal(0xfff0n);
    expect(checkpoint.bigint('sregs.cs.base')).to.equal(0xffff0000n);
    expect(checkpoint.boolean('sregs.cs.present')).to.equal(true);
    expect(checkpoint.bigint('msr.PAT')).to.equal(0x0007_0406_0007_0406n);
  });

  it('says which register a checkpoint lacks', () => {
    expect(() => {
      unserializeThreadState(new X86ThreadState(), new CheckpointSections(''));
    }).to.throw(CheckpointError, 'regs.rax');
  });
});
