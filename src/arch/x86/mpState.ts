/** Whether a processor runs; the kernel's `KVM_MP_STATE_…`. Source: KVM API section 4.38. */
export const MpState = {
  Runnable: 0,
  /** Waits for INIT and then SIPI: what every processor but the first does after power-up. */
  Uninitialized: 1,
  /** Waits for SIPI. */
  InitReceived: 2,
  /** Has executed HLT and waits for an interrupt. */
  Halted: 3,
} as const;
