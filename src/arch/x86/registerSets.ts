/**
 * The parts of a thread's state that travel to and from a vCPU separately, as bits of a mask.
 * The first three are the bits of `kvm_run.kvm_valid_regs` and `kvm_dirty_regs` (KVM_SYNC_X86_REGS,
 * _SREGS, _EVENTS; KVM API section 5).
 */
export const RegisterSet = {
  Regs: 1 << 0,
  Sregs: 1 << 1,
  Events: 1 << 2,
  DebugRegs: 1 << 3,
  Xcrs: 1 << 4,
  Xsave: 1 << 5,
  Msrs: 1 << 6,
  MpState: 1 << 7,
  Lapic: 1 << 8,
  All: (1 << 9) - 1,
} as const;

/** Names of the sets in a mask, for messages. */
export function registerSetNames(mask: number): string[] {
  return Object.entries(RegisterSet)
    .filter(([name, bit]) => name !== 'All' && (mask & bit) !== 0)
    .map(([name]) => name);
}

/** Whoever can bring parts of the state up to date: a KVM CPU reads them from its vCPU. */
export interface RegisterSource {
  /**
   * Writes the current values of the sets in `mask` into the state block and clears their bits in
   * `state.stale`.
   */
  pull(mask: number): void;
}
