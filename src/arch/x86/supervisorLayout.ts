import { virtualAddressBits } from './virtualAddress';
import type { VirtualAddr } from './virtualAddress';
import type { SegmentValue } from './segmentRegister';

/**
 * The port whose `out` brings the guest's supervisor code back to the host. No device answers here in
 * syscall emulation. (Port 0x80, the usual choice, is swallowed by some hosts' KVM.)
 */
export const trapPort = 0xe1;

/**
 * Where the supervisor lies: the top 2 GiB, as an operating system's kernel does. Not at the start of
 * the high half: a page-table KVM (kvm_pvm) keeps the root table's entry 256 for itself, and user code
 * that goes there (the `syscall` stub runs at CPL 3 on such a host) faults.
 */
const base: VirtualAddr = -0x8000_0000;

/** Virtual addresses of the supervisor's pages. */
export const supervisorAddress = {
  /** The `syscall` stub, alone in a page that user code may execute. */
  syscallStub: base,
  /** Exception stubs and the flush routine. */
  text: base + 0x1000,
  gdt: base + 0x2000,
  idt: base + 0x3000,
  tss: base + 0x4000,
  /** One page of stacks; see {@link stackOffset}. */
  stack: base + 0x5000,
  end: base + 0x6000,
  /** The flush routine's list: as many pages as were ever needed. */
  flushList: base + 0x10_0000,
  /** All of physical memory, by large pages: where the flush routine finds page tables. */
  physicalMemory: -0x7780_0000_0000,
} as const;

/** Where programs find the memory-mapped pseudo-instructions, as in gem5. */
export const m5opsAddress: VirtualAddr = -0x3700_0000_0000;

/** Offsets in the stack page. */
export const stackOffset = {
  /** What the flush routine pops: see {@link flushFrame}. */
  flushFrame: 0x400,
  /** Stack of the double-fault handler, growing down from here. */
  doubleFault: 0x800,
  /** Stack of all other handlers, growing down from here. */
  top: 0x1000,
} as const;

/** Offsets of what the processor pushes for an exception from user mode, from `stackOffset.top`. */
export const exceptionFrame = {
  ss: -8,
  rsp: -16,
  rflags: -24,
  cs: -32,
  rip: -40,
  /** Only for the vectors that have one. */
  errorCode: -48,
} as const;

/** Offsets of what the flush routine pops: registers it uses, then what IRETQ takes. */
export const flushFrame = {
  rsi: 0,
  rcx: 8,
  rax: 16,
  rip: 24,
  cs: 32,
  rflags: 40,
  rsp: 48,
  ss: 56,
} as const;

/** Bytes between two exception stubs. */
export const exceptionStubStride = 16;
/** Vectors that have a stub. */
export const exceptionVectors = 32;
/** Offset of the flush routine in the text page. */
export const flushRoutineOffset = exceptionStubStride * exceptionVectors;

/** Selectors, the same as Linux's, since programs can see those of user mode. */
export const Selector = {
  KernelCode: 0x10,
  KernelData: 0x18,
  /** STAR's base for SYSRET: user data and code follow at +8 and +16. */
  UserBase: 0x23,
  UserData: 0x2b,
  UserCode: 0x33,
  Tss: 0x40,
} as const;

const flat = { base: 0n, limit: 0xffffffff, present: true, s: true, g: true, avl: false } as const;
/** Type bits: accessed, and for code readable, for data writable. */
const codeType = 0xb;
const dataType = 0x3;

function code(selector: number): SegmentValue {
  return {
    ...flat,
    selector,
    type: codeType,
    dpl: selector & 3,
    db: false,
    l: true,
    unusable: false,
  };
}

function data(selector: number): SegmentValue {
  return {
    ...flat,
    selector,
    type: dataType,
    dpl: selector & 3,
    db: true,
    l: false,
    unusable: false,
  };
}

/** The segments of the guest: of its supervisor, and of the program. */
export const kernelCode: SegmentValue = code(Selector.KernelCode);
export const kernelData: SegmentValue = data(Selector.KernelData);
export const userCode: SegmentValue = code(Selector.UserCode);
export const userData: SegmentValue = data(Selector.UserData);

/** What a data segment register holds after a null selector was loaded. */
export const nullSegment: SegmentValue = {
  ...{ base: 0n, limit: 0, selector: 0, type: 0, present: false, dpl: 0 },
  ...{ db: false, s: false, l: false, g: false, avl: false, unusable: true },
};

/** The task register's segment. @param limit Offset of the TSS's last byte. */
export function taskSegment(limit: number): SegmentValue {
  return {
    ...nullSegment,
    base: virtualAddressBits(supervisorAddress.tss),
    limit,
    selector: Selector.Tss,
    type: 0xb,
    present: true,
    unusable: false,
  };
}
