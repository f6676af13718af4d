/**
 * Where everything lies in the block of bytes that is an x86 thread's state.
 *
 * The block starts with exactly `struct kvm_sync_regs` (regs, sregs, events), so that syncing with a
 * vCPU is one copy of 520 bytes from or to `kvm_run`; the parts the kernel has other calls for follow
 * in the kernel's layouts, and the XSAVE area has a page of its own.
 *
 * | offset | bytes | content |
 * |---|---|---|
 * | 0 | 144 | `struct kvm_regs` |
 * | 144 | 312 | `struct kvm_sregs` |
 * | 456 | 64 | `struct kvm_vcpu_events` |
 * | 520 | 128 | `struct kvm_debugregs` |
 * | 648 | 8 | XCR0 |
 * | 656 | 4 | MP state (`KVM_MP_STATE_…`) |
 * | 704 | 512 | MSRs, 8 bytes each, in the order of `stateMsrs` (msr.ts) |
 * | 1216 | 1856 | scratch words of the CPU model that runs the thread; never saved |
 * | 3072 | 1024 | `struct kvm_lapic_state`; all zero where KVM has no local APIC for the thread |
 * | 4096 | 4096 | XSAVE area, standard format (`struct kvm_xsave`) |
 *
 * Source: <asm/kvm.h>; SDM volume 1, 13.4 (XSAVE area).
 */
export const threadStateLayout = {
  regs: { offset: 0, bytes: 144 },
  sregs: { offset: 144, bytes: 312 },
  events: { offset: 456, bytes: 64 },
  debugRegs: { offset: 520, bytes: 128 },
  xcr0: { offset: 648, bytes: 8 },
  mpState: { offset: 656, bytes: 4 },
  msrs: { offset: 704, bytes: 512 },
  scratch: { offset: 1216, bytes: 1856 },
  lapic: { offset: 3072, bytes: 1024 },
  xsave: { offset: 4096, bytes: 4096 },
  /** Size of the whole block. */
  bytes: 8192,
  /** What the block's address must be a multiple of: XSAVE wants 64, and the pages are neater whole. */
  alignment: 64,
} as const;

/** Offsets inside `struct kvm_sregs`. */
export const sregsLayout = {
  segment: { offset: 0, stride: 24 },
  gdt: 192,
  idt: 208,
  cr0: 224,
  cr2: 232,
  cr3: 240,
  cr4: 248,
  cr8: 256,
  efer: 264,
  apicBase: 272,
  interruptBitmap: 280,
} as const;

/** Offsets inside `struct kvm_segment`. */
export const segmentLayout = {
  base: 0,
  limit: 8,
  selector: 12,
  type: 14,
  present: 15,
  dpl: 16,
  db: 17,
  s: 18,
  l: 19,
  g: 20,
  avl: 21,
  unusable: 22,
} as const;

/** Offsets inside `struct kvm_debugregs`. */
export const debugRegsLayout = { db: 0, dr6: 32, dr7: 40, flags: 48 } as const;

/** Offsets inside the XSAVE area (SDM volume 1, table 10-2 and 13.4.1). */
export const xsaveLayout = {
  fcw: 0,
  fsw: 2,
  /** Abridged tag word: one bit per register, set when it holds something. */
  ftw: 4,
  fop: 6,
  fip: 8,
  fdp: 16,
  mxcsr: 24,
  mxcsrMask: 28,
  /** ST(0) to ST(7), 16 bytes apart, 10 bytes used. */
  st: 32,
  xmm: 160,
  xstateBv: 512,
  xcompBv: 520,
  /** Upper halves of YMM0 to YMM15; this offset is architectural, those of later components are not. */
  ymmHigh: 576,
} as const;
