import { expect } from 'chai';
import { threadStateLayout, X86ThreadState, XFeature } from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';

const bytes = (length: number, start: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => start + i);

function area(state: X86ThreadState): DataView {
  return new DataView(state.block.buffer, threadStateLayout.xsave.offset, 4096);
}

describe('FpuState', () => {
  it('keeps everything where the XSAVE area has it', () => {
    const state = new X86ThreadState();
    const { fpu } = state;
    fpu.fcw = 0x1111;
    fpu.fsw = 0x2222;
    fpu.ftw = 0x33;
    fpu.mxcsr = 0x4444_4444;
    fpu.setSt(1, bytes(10, 1));
    fpu.setXmm(2, bytes(16, 100));
    fpu.setYmm(15, bytes(32, 200));
    const view = area(state);
    expect([0, 2].map(at => view.getUint16(at, true))).to.deep.equal([0x1111, 0x2222]);
    expect(view.getUint8(4)).to.equal(0x33);
    expect(view.getUint32(24, true)).to.equal(0x4444_4444);
    expect(view.getUint8(32 + 16 + 9)).to.equal(10);
    expect(view.getUint8(160 + 2 * 16)).to.equal(100);
    expect(view.getUint8(160 + 15 * 16)).to.equal(200);
    expect(view.getUint8(576 + 15 * 16)).to.equal(216);
    expect(view.getUint32(512, true)).to.equal(XFeature.X87 | XFeature.SSE | XFeature.AVX);
    expect([...fpu.st(1)]).to.deep.equal([...bytes(10, 1)]);
    expect([...fpu.xmm(2)]).to.deep.equal([...bytes(16, 100)]);
    expect([...fpu.ymm(15)]).to.deep.equal([...bytes(32, 200)]);
  });

  it('reads initial values of components that the area says are in their initial state', () => {
    const state = new X86ThreadState();
    state.bytesOf('xsave').fill(0xff, 0, 512).fill(0xff, 576, 832);
    const { fpu } = state;
    expect(fpu.fcw).to.equal(0x37f);
    expect([fpu.fsw, fpu.ftw]).to.deep.equal([0, 0]);
    expect([...fpu.st(0)]).to.deep.equal(Array(10).fill(0));
    expect([...fpu.ymm(0)]).to.deep.equal(Array(32).fill(0));
  });

  it('drops void bytes of a component when it writes the first of it', () => {
    const state = new X86ThreadState();
    state.bytesOf('xsave').fill(0xff, 0, 512).fill(0xff, 576, 832);
    const { fpu } = state;
    fpu.setXmm(1, bytes(16, 1));
    expect([...fpu.xmm(0)]).to.deep.equal(Array(16).fill(0));
    expect([...fpu.ymm(1).subarray(16)]).to.deep.equal(Array(16).fill(0));
    fpu.setYmm(2, bytes(32, 1));
    expect([...fpu.ymm(1)]).to.deep.equal([...bytes(16, 1), ...Array<number>(16).fill(0)]);
    fpu.fsw = 1;
    expect([fpu.fcw, fpu.ftw]).to.deep.equal([0x37f, 0]);
    expect([...fpu.st(3)]).to.deep.equal(Array(10).fill(0));
  });

  it('leaves the upper half alone when the lower is written', () => {
    const { fpu } = new X86ThreadState();
    fpu.setYmm(4, bytes(32, 1));
    fpu.setXmm(4, bytes(16, 100));
    expect([...fpu.ymm(4)]).to.deep.equal([...bytes(16, 100), ...bytes(16, 17)]);
  });

  it('resets to what FNINIT and power-up leave', () => {
    const { fpu } = new X86ThreadState();
    fpu.setYmm(4, bytes(32, 1));
    fpu.reset();
    expect([fpu.fcw, fpu.mxcsr, fpu.fsw]).to.deep.equal([0x37f, 0x1f80, 0]);
    expect([...fpu.ymm(4)]).to.deep.equal(Array(32).fill(0));
  });

  it('refuses registers that are not there and values of another size', () => {
    const { fpu } = new X86ThreadState();
    expect(() => fpu.xmm(16)).to.throw(PanicError, 'xmm16');
    expect(() => fpu.st(8)).to.throw(PanicError);
    expect(() => {
      fpu.setXmm(0, new Uint8Array(8));
    }).to.throw(PanicError);
  });
});
