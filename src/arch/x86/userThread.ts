import type { Addr } from '../../base/index';
import { Cr0, Cr4, Efer, RFlags } from './flags';
import { Msr } from './msr';
import { CS, DS, ES, FS, GS, LDTR, RDX, SS, TR } from './registers';
import { resetThreadState } from './resetState';
import { taskState } from './supervisorCode';
import {
  exceptionVectors,
  nullSegment,
  Selector,
  supervisorAddress as address,
  taskSegment,
  userCode,
  userData,
} from './supervisorLayout';
import type { X86ThreadState } from './threadState';
import { virtualAddressBits } from './virtualAddress';

/** What is switched on for a program beyond what every x86-64 processor has. */
export interface UserFeatures {
  /** CR4.FSGSBASE: the program may change its segment bases. */
  readonly fsgsbase: boolean;
  /** {@link XFeature} bits for XCR0; 0 leaves CR4.OSXSAVE off. */
  readonly xcr0: number;
}

const arithmeticFlags = RFlags.CF | RFlags.PF | RFlags.AF | RFlags.ZF | RFlags.SF | RFlags.OF;
/** Flags that user mode can set. */
const userFlags = arithmeticFlags | RFlags.TF | RFlags.DF | RFlags.NT | RFlags.AC | RFlags.ID;
/** Flags that are always set in user mode here. */
const fixedFlags = RFlags.Fixed | RFlags.IF;

/** Flags for user mode out of 32 bits that the program may have had its hands on. */
export function sanitizeUserFlags(flags: number): number {
  return (flags & (userFlags | RFlags.RF)) | fixedFlags;
}

/** Gives CS and SS the values of user mode, unless they have them. */
export function setUserSegments(state: X86ThreadState): void {
  const cs = state.segment(CS);
  const ss = state.segment(SS);
  if (cs.selector !== Selector.UserCode) cs.assign(userCode);
  if (ss.selector !== Selector.UserData) ss.assign(userData);
}

/** Switches on parts of the XSAVE area, {@link XFeature} bits, beside those that are on already. */
export function enableComponents(state: X86ThreadState, components: number): void {
  const missing = BigInt(components) & ~state.xcr0;
  if (missing !== 0n) state.xcr0 |= missing;
  const { cr4 } = state;
  if (components !== 0 && (cr4 & BigInt(Cr4.OSXSAVE)) === 0n) state.cr4 = cr4 | BigInt(Cr4.OSXSAVE);
}

/**
 * Makes a thread ready to run a program in user mode: every register as Linux's kernel leaves it for a
 * new program (RIP and RSP are still 0), and the special registers that the supervisor's pages need.
 *
 * @param root Physical address of the page tables' root.
 */
export function prepareUserThread(state: X86ThreadState, root: Addr, features: UserFeatures): void {
  resetThreadState(state);
  state.rip = 0n;
  state.setGpr(RDX, 0n);
  state.rflags = BigInt(fixedFlags);
  state.cr0 = BigInt(Cr0.PG) | BigInt(Cr0.PE | Cr0.MP | Cr0.ET | Cr0.NE | Cr0.WP | Cr0.AM);
  state.cr3 = BigInt(root);
  state.efer = BigInt(Efer.SCE | Efer.LME | Efer.LMA | Efer.NXE);
  state.cr4 = BigInt(Cr4.PAE | Cr4.OSFXSR | Cr4.OSXMMEXCPT);
  if (features.fsgsbase) state.cr4 |= BigInt(Cr4.FSGSBASE);
  enableComponents(state, features.xcr0);
  setUserSegments(state);
  for (const index of [DS, ES, FS, GS, LDTR]) state.segment(index).assign(nullSegment);
  state.segment(TR).assign(taskSegment(taskState().length - 1));
  state.gdt.base = virtualAddressBits(address.gdt);
  state.gdt.limit = Selector.Tss + 15;
  state.idt.base = virtualAddressBits(address.idt);
  state.idt.limit = exceptionVectors * 16 - 1;
  state.setMsr(Msr.STAR, BigInt(Selector.UserBase * 0x10000 + Selector.KernelCode) << 32n);
  state.setMsr(Msr.LSTAR, virtualAddressBits(address.syscallStub));
  state.setMsr(Msr.SFMASK, BigInt(RFlags.TF | RFlags.DF | RFlags.IF | RFlags.NT | RFlags.AC));
  state.fpu.reset();
}
