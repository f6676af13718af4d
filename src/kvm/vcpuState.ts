/**
 * The parts of a vCPU's state that KVM gives and takes as one struct each: their requests and sizes.
 *
 * Source: KVM API section 4.
 */
import * as abi from './abi';
import * as structs from './abiVcpu';

/** How to read and write one part. */
export interface VcpuStatePart {
  /** What it is, for messages. */
  readonly label: string;
  readonly get: number;
  readonly set: number;
  /** Bytes of the struct. */
  readonly size: number;
}

const part = (label: string, get: number, set: number, size: number): VcpuStatePart => ({
  label,
  get,
  set,
  size,
});

/** Every part that is one struct of fixed size. */
export const VCPU_STATE = {
  regs: part('general registers', abi.KVM_GET_REGS, abi.KVM_SET_REGS, structs.kvmRegs.size),
  sregs: part('special registers', abi.KVM_GET_SREGS, abi.KVM_SET_SREGS, structs.kvmSregs.size),
  fpu: part('FPU state', abi.KVM_GET_FPU, abi.KVM_SET_FPU, structs.kvmFpu.size),
  /** KVM_CAP_XSAVE */
  xsave: part('XSAVE area', abi.KVM_GET_XSAVE, abi.KVM_SET_XSAVE, structs.kvmXsave.size),
  /** KVM_CAP_XCRS */
  xcrs: part('XCRs', abi.KVM_GET_XCRS, abi.KVM_SET_XCRS, structs.kvmXcrs.size),
  /** KVM_CAP_DEBUGREGS */
  debugRegs: part(
    'debug registers',
    abi.KVM_GET_DEBUGREGS,
    abi.KVM_SET_DEBUGREGS,
    structs.kvmDebugregs.size,
  ),
  /** KVM_CAP_VCPU_EVENTS */
  events: part(
    'pending events',
    abi.KVM_GET_VCPU_EVENTS,
    abi.KVM_SET_VCPU_EVENTS,
    structs.kvmVcpuEvents.size,
  ),
  /** KVM_CAP_MP_STATE */
  mpState: part('MP state', abi.KVM_GET_MP_STATE, abi.KVM_SET_MP_STATE, structs.kvmMpState.size),
  /** KVM_CAP_IRQCHIP, and only where the VM has the chip */
  lapic: part('local APIC', abi.KVM_GET_LAPIC, abi.KVM_SET_LAPIC, structs.kvmLapicState.size),
} as const satisfies Readonly<Record<string, VcpuStatePart>>;

/** The name of a part. */
export type VcpuStateName = keyof typeof VCPU_STATE;
