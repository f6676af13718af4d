/**
 * Names and numbers of the x86-64 registers, in the order in which the kernel keeps them.
 * Source: `struct kvm_regs` and `struct kvm_sregs` in <asm/kvm.h>; Intel SDM volume 1, chapter 3.
 */

/**
 * Index of a 64-bit register in `struct kvm_regs`. This is *not* the number that an instruction
 * encodes.
 */
export type GprIndex = number;

// The general registers.
export const RAX: GprIndex = 0;
export const RBX: GprIndex = 1;
export const RCX: GprIndex = 2;
export const RDX: GprIndex = 3;
export const RSI: GprIndex = 4;
export const RDI: GprIndex = 5;
export const RSP: GprIndex = 6;
export const RBP: GprIndex = 7;
export const R8: GprIndex = 8;
export const R9: GprIndex = 9;
export const R10: GprIndex = 10;
export const R11: GprIndex = 11;
export const R12: GprIndex = 12;
export const R13: GprIndex = 13;
export const R14: GprIndex = 14;
export const R15: GprIndex = 15;
/** The instruction pointer: the kernel keeps it after the general registers. */
export const RIP: GprIndex = 16;
/** The flags register: the last of `struct kvm_regs`. */
export const RFLAGS: GprIndex = 17;

/** Lower-case names by {@link GprIndex}, for dumps and checkpoints. */
export const gprNames: readonly string[] = [
  ...['rax', 'rbx', 'rcx', 'rdx', 'rsi', 'rdi', 'rsp', 'rbp'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15', 'rip', 'rflags'],
];

/** Index of a segment register in `struct kvm_sregs`; TR and LDTR count as segments there. */
export type SegmentIndex = number;

// The segment registers.
export const CS: SegmentIndex = 0;
export const DS: SegmentIndex = 1;
export const ES: SegmentIndex = 2;
export const FS: SegmentIndex = 3;
export const GS: SegmentIndex = 4;
export const SS: SegmentIndex = 5;
export const TR: SegmentIndex = 6;
export const LDTR: SegmentIndex = 7;

/** Number of segment registers in `struct kvm_sregs`. */
export const segmentCount = 8;

/** Lower-case names by {@link SegmentIndex}, for dumps and checkpoints. */
export const segmentNames: readonly string[] = ['cs', 'ds', 'es', 'fs', 'gs', 'ss', 'tr', 'ldtr'];
