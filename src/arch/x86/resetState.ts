import { Cr0 } from './flags';
import { MpState } from './mpState';
import { Msr } from './msr';
import { RegisterSet } from './registerSets';
import { CS, DS, ES, FS, GS, LDTR, RDX, SS, TR } from './registers';
import type { SegmentValue } from './segmentRegister';
import type { X86ThreadState } from './threadState';

/** Family 6: what a processor reports in EDX after reset. */
const resetSignature = 0x600n;
/** Local APIC at its usual address, enabled, on the bootstrap processor. */
const resetApicBase = 0xfee00900n;
const bootstrapFlag = 0x100n;
/** Write-back, write-through, uncached-, uncached, twice. */
const resetPat = 0x0007040600070406n;
/** Fast string operations. */
const resetMiscEnable = 1n;

const realMode: SegmentValue = {
  ...{ base: 0n, limit: 0xffff, selector: 0, type: 0x3, present: true, dpl: 0 },
  ...{ db: false, s: true, l: false, g: false, avl: false, unusable: false },
};

/**
 * Puts a thread into the state after power-up (SDM volume 3, table 9-1): real mode, at the reset vector.
 *
 * @param isBootstrap Whether it runs at once; else it waits for INIT and SIPI.
 */
export function resetThreadState(state: X86ThreadState, isBootstrap = true): void {
  state.block.fill(0);
  state.stale = 0;
  state.dirty = RegisterSet.All;
  setResetRegisters(state);
  state.cr0 = BigInt(Cr0.CD | Cr0.NW | Cr0.ET);
  state.apicBase = isBootstrap ? resetApicBase : resetApicBase & ~bootstrapFlag;
  state.mpState = isBootstrap ? MpState.Runnable : MpState.Uninitialized;
  state.xcr0 = 1n;
  state.setMsr(Msr.PAT, resetPat);
  state.setMsr(Msr.MISC_ENABLE, resetMiscEnable);
  state.fpu.reset();
  state.fpu.fcw = 0x40;
}

/**
 * Puts a thread into the state after INIT (SDM volume 3, table 9-1): as after power-up, but caches,
 * x87, SSE and AVX registers, MSRs and the local APIC's place are left alone.
 */
export function initThreadState(state: X86ThreadState): void {
  state.refresh(RegisterSet.All);
  const { apicBase } = state;
  const caches = state.cr0 & BigInt(Cr0.CD | Cr0.NW);
  for (const part of ['regs', 'sregs', 'events', 'debugRegs'] as const) state.bytesOf(part).fill(0);
  setResetRegisters(state);
  state.cr0 = caches | BigInt(Cr0.ET);
  state.apicBase = apicBase;
  state.dirty = RegisterSet.All;
}

/** Has a thread that INIT has reset begin at a page below 1 MiB, as SIPI says. */
export function startThreadAt(state: X86ThreadState, page: number): void {
  const code = state.segment(CS);
  code.assign({ ...code.toValue(), selector: page << 8, base: BigInt(page << 12) });
  state.rip = 0n;
}

function setResetRegisters(state: X86ThreadState): void {
  state.rip = 0xfff0n;
  state.rflags = 2n;
  state.setGpr(RDX, resetSignature);
  for (const index of [DS, ES, FS, GS, SS]) state.segment(index).assign(realMode);
  state.segment(CS).assign({ ...realMode, base: 0xffff0000n, selector: 0xf000, type: 0xb });
  state.segment(TR).assign({ ...realMode, type: 0xb, s: false });
  state.segment(LDTR).assign({ ...realMode, type: 0x2, s: false });
  state.gdt.limit = 0xffff;
  state.idt.limit = 0xffff;
  state.setDebugRegister(6, 0xffff0ff0n);
  state.setDebugRegister(7, 0x400n);
}
