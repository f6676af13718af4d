/**
 * Layout of the structs that vCPU descriptors take and of `struct kvm_run`, as `<linux/kvm.h>`
 * gives them on x86-64. Field names are C member designators. Offsets and sizes are in bytes.
 * `test/kvm/abi.test.ts` compares every one with the C compiler's.
 */
import { struct } from './struct';

/** General registers (KVM_GET_REGS). */
export const kvmRegs = struct('kvm_regs', 144, {
  rax: 0,
  rbx: 8,
  rcx: 16,
  rdx: 24,
  rsi: 32,
  rdi: 40,
  rsp: 48,
  rbp: 56,
  r8: 64,
  r9: 72,
  r10: 80,
  r11: 88,
  r12: 96,
  r13: 104,
  r14: 112,
  r15: 120,
  rip: 128,
  rflags: 136,
});

/** One segment register with its hidden part. */
export const kvmSegment = struct('kvm_segment', 24, {
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
});

/** GDTR or IDTR. */
export const kvmDtable = struct('kvm_dtable', 16, { base: 0, limit: 8 });

/** Special registers (KVM_GET_SREGS). */
export const kvmSregs = struct('kvm_sregs', 312, {
  cs: 0,
  ds: 24,
  es: 48,
  fs: 72,
  gs: 96,
  ss: 120,
  tr: 144,
  ldt: 168,
  gdt: 192,
  idt: 208,
  cr0: 224,
  cr2: 232,
  cr3: 240,
  cr4: 248,
  cr8: 256,
  efer: 264,
  apic_base: 272,
  interrupt_bitmap: 280,
});

/** x87 and SSE state (KVM_GET_FPU). */
export const kvmFpu = struct('kvm_fpu', 416, {
  fpr: 0,
  fcw: 128,
  fsw: 130,
  ftwx: 132,
  last_opcode: 134,
  last_ip: 136,
  last_dp: 144,
  xmm: 152,
  mxcsr: 408,
});

/** The XSAVE area as the host's CPUID leaf 0xD lays it out (KVM_GET_XSAVE). */
export const kvmXsave = struct('kvm_xsave', 4096, { region: 0 });

/** One extended control register. */
export const kvmXcr = struct('kvm_xcr', 16, { xcr: 0, reserved: 4, value: 8 });

/** Extended control registers (KVM_GET_XCRS). */
export const kvmXcrs = struct('kvm_xcrs', 392, { nr_xcrs: 0, flags: 4, xcrs: 8 });

/** Debug registers (KVM_GET_DEBUGREGS). */
export const kvmDebugregs = struct('kvm_debugregs', 128, { db: 0, dr6: 32, dr7: 40, flags: 48 });

/** Exceptions and interrupts on their way (KVM_GET_VCPU_EVENTS). */
export const kvmVcpuEvents = struct('kvm_vcpu_events', 64, {
  'exception.injected': 0,
  'exception.nr': 1,
  'exception.has_error_code': 2,
  'exception.pending': 3,
  'exception.error_code': 4,
  'interrupt.injected': 8,
  'interrupt.nr': 9,
  'interrupt.soft': 10,
  'interrupt.shadow': 11,
  'nmi.injected': 12,
  'nmi.pending': 13,
  'nmi.masked': 14,
  sipi_vector: 16,
  flags: 20,
  'smi.smm': 24,
  'smi.pending': 25,
  'smi.smm_inside_nmi': 26,
  'smi.latched_init': 27,
  'triple_fault.pending': 28,
  exception_has_payload: 55,
  exception_payload: 56,
});

/** One model-specific register. */
export const kvmMsrEntry = struct('kvm_msr_entry', 16, { index: 0, reserved: 4, data: 8 });

/** Header of a list of kvm_msr_entry (KVM_GET_MSRS). */
export const kvmMsrs = struct('kvm_msrs', 8, { nmsrs: 0, entries: 8 });

/** Header of a list of MSR indices (KVM_GET_MSR_INDEX_LIST). */
export const kvmMsrList = struct('kvm_msr_list', 4, { nmsrs: 0, indices: 4 });

/** One CPUID leaf. */
export const kvmCpuidEntry2 = struct('kvm_cpuid_entry2', 40, {
  function: 0,
  index: 4,
  flags: 8,
  eax: 12,
  ebx: 16,
  ecx: 20,
  edx: 24,
});

/** Header of a list of kvm_cpuid_entry2 (KVM_SET_CPUID2). */
export const kvmCpuid2 = struct('kvm_cpuid2', 8, { nent: 0, entries: 8 });

/** Local APIC page (KVM_GET_LAPIC). */
export const kvmLapicState = struct('kvm_lapic_state', 1024, { regs: 0 });

/** Whether a vCPU runs, halts or waits for SIPI (KVM_GET_MP_STATE). */
export const kvmMpState = struct('kvm_mp_state', 4, { mp_state: 0 });

/** A vector to inject (KVM_INTERRUPT). */
export const kvmInterrupt = struct('kvm_interrupt', 4, { irq: 0 });

/** Breakpoints and single step (KVM_SET_GUEST_DEBUG). */
export const kvmGuestDebug = struct('kvm_guest_debug', 72, { control: 0, 'arch.debugreg': 8 });

/** One register by identifier (KVM_GET_ONE_REG). */
export const kvmOneReg = struct('kvm_one_reg', 16, { id: 0, addr: 8 });

/** Header of a list of register identifiers (KVM_GET_REG_LIST). */
export const kvmRegList = struct('kvm_reg_list', 8, { n: 0, reg: 8 });

/** Signals blocked while the guest runs (KVM_SET_SIGNAL_MASK). */
export const kvmSignalMask = struct('kvm_signal_mask', 4, { len: 0, sigset: 4 });

/** A virtual address walked by KVM (KVM_TRANSLATE). */
export const kvmTranslation = struct('kvm_translation', 24, {
  linear_address: 0,
  physical_address: 8,
  valid: 16,
  writeable: 17,
  usermode: 18,
});

/** One store in the coalesced ring. */
export const kvmCoalescedMmio = struct('kvm_coalesced_mmio', 24, {
  phys_addr: 0,
  len: 8,
  data: 16,
});

/** The coalesced ring, in a page of the vCPU mapping. */
export const kvmCoalescedMmioRing = struct('kvm_coalesced_mmio_ring', 8, {
  first: 0,
  last: 4,
  coalesced_mmio: 8,
});

/** Registers shared in kvm_run (KVM_CAP_SYNC_REGS). */
export const kvmSyncRegs = struct('kvm_sync_regs', 520, { regs: 0, sregs: 144, events: 456 });

/** What a vCPU and its user share (mmap of the vCPU). */
export const kvmRun = struct('kvm_run', 2352, {
  request_interrupt_window: 0,
  immediate_exit: 1,
  exit_reason: 8,
  ready_for_interrupt_injection: 12,
  if_flag: 13,
  flags: 14,
  cr8: 16,
  apic_base: 24,
  'hw.hardware_exit_reason': 32,
  'fail_entry.hardware_entry_failure_reason': 32,
  'fail_entry.cpu': 40,
  'ex.exception': 32,
  'ex.error_code': 36,
  'io.direction': 32,
  'io.size': 33,
  'io.port': 34,
  'io.count': 36,
  'io.data_offset': 40,
  'debug.arch.exception': 32,
  'debug.arch.pc': 40,
  'debug.arch.dr6': 48,
  'debug.arch.dr7': 56,
  'mmio.phys_addr': 32,
  'mmio.data': 40,
  'mmio.len': 48,
  'mmio.is_write': 52,
  'hypercall.nr': 32,
  'hypercall.args': 40,
  'hypercall.ret': 88,
  'hypercall.longmode': 96,
  'tpr_access.rip': 32,
  'tpr_access.is_write': 40,
  'internal.suberror': 32,
  'internal.ndata': 36,
  'internal.data': 40,
  'emulation_failure.flags': 40,
  'emulation_failure.insn_size': 48,
  'emulation_failure.insn_bytes': 49,
  'system_event.type': 32,
  'system_event.ndata': 36,
  'system_event.data': 40,
  'eoi.vector': 32,
  'hyperv.type': 32,
  'hyperv.u': 40,
  'msr.error': 32,
  'msr.reason': 40,
  'msr.index': 44,
  'msr.data': 48,
  'xen.type': 32,
  'xen.u': 40,
  'notify.flags': 32,
  kvm_valid_regs: 288,
  kvm_dirty_regs: 296,
  's.regs.regs': 304,
  's.regs.sregs': 448,
  's.regs.events': 760,
});
