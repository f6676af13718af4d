/**
 * Between `struct kvm_fpu`, for kernels without KVM_CAP_XSAVE, and an XSAVE area. Both keep each
 * register in the same bytes, in other places; AVX state does not exist in the former.
 *
 * Sources: <asm/kvm.h>; SDM volume 1, 13.4.
 */
import { initialFcw, XFeature, xsaveLayout } from '../arch/x86/index';
import { kvmFpu } from './abiVcpu';

/** Where a run of bytes lies in each of the two, how long it is, and what component it is part of. */
interface Run {
  readonly fpu: number;
  readonly xsave: number;
  readonly bytes: number;
  /** XSTATE_BV bit; 0 for MXCSR, which is always there. */
  readonly component: number;
}

const { offset } = kvmFpu;
const RUNS: readonly Run[] = [
  { fpu: offset.fpr, xsave: xsaveLayout.st, bytes: 8 * 16, component: XFeature.X87 },
  { fpu: offset.fcw, xsave: xsaveLayout.fcw, bytes: 2, component: XFeature.X87 },
  { fpu: offset.fsw, xsave: xsaveLayout.fsw, bytes: 2, component: XFeature.X87 },
  { fpu: offset.ftwx, xsave: xsaveLayout.ftw, bytes: 1, component: XFeature.X87 },
  { fpu: offset.last_opcode, xsave: xsaveLayout.fop, bytes: 2, component: XFeature.X87 },
  { fpu: offset.last_ip, xsave: xsaveLayout.fip, bytes: 8, component: XFeature.X87 },
  { fpu: offset.last_dp, xsave: xsaveLayout.fdp, bytes: 8, component: XFeature.X87 },
  { fpu: offset.xmm, xsave: xsaveLayout.xmm, bytes: 16 * 16, component: XFeature.SSE },
  { fpu: offset.mxcsr, xsave: xsaveLayout.mxcsr, bytes: 4, component: 0 },
];

/** Puts a `struct kvm_fpu` into an XSAVE area, whose AVX and later components become initial. */
export function fpuToXsave(fpu: Uint8Array, xsave: Uint8Array): void {
  for (const run of RUNS) xsave.set(fpu.subarray(run.fpu, run.fpu + run.bytes), run.xsave);
  xsave.fill(0, xsaveLayout.xstateBv, xsaveLayout.ymmHigh);
  xsave[xsaveLayout.xstateBv] = XFeature.X87 | XFeature.SSE;
}

/** Takes a `struct kvm_fpu` out of an XSAVE area; components that are void there are initial. */
export function xsaveToFpu(xsave: Uint8Array, fpu: Uint8Array): void {
  const present = xsave[xsaveLayout.xstateBv] ?? 0;
  fpu.fill(0);
  for (const run of RUNS) {
    if (run.component === 0 || (present & run.component) !== 0) {
      fpu.set(xsave.subarray(run.xsave, run.xsave + run.bytes), run.fpu);
    }
  }
  if ((present & XFeature.X87) === 0) {
    new DataView(fpu.buffer, fpu.byteOffset).setUint16(offset.fcw, initialFcw, true);
  }
}
