/**
 * The parts of an x86 thread's state that only a CPU under KVM has at hand, as lines of text for
 * scripts and for whoever looks for a bug.
 */
import {
  dumpFpuRegs,
  dumpThreadState,
  flagNames,
  msrName,
  stateMsrs,
  XFeature,
  type X86ThreadState,
} from '../arch/x86/index';
import { kvmVcpuEvents } from './abiVcpu';
import { checkSegments } from './segmentCheck';

const hex64 = (value: bigint): string => value.toString(16).padStart(16, '0');
const features = (value: bigint): string => flagNames(XFeature, Number(value & 0xffff_ffffn));

/** The XSAVE area: which components are in use, and the registers of x87, SSE and AVX. */
export function dumpXSave(state: X86ThreadState): string[] {
  const inUse = features(BigInt(state.fpu.xstateBv));
  return [`components in use: ${inUse === '' ? 'none' : inUse}`, ...dumpFpuRegs(state)];
}

/** XCR0. */
export function dumpXCRs(state: X86ThreadState): string[] {
  return [`xcr0 ${hex64(state.xcr0)}  ${features(state.xcr0)}`];
}

/** Breakpoint addresses, DR6 and DR7. */
export function dumpDebugRegs(state: X86ThreadState): string[] {
  return [0, 1, 2, 3, 6, 7].map(i => `dr${String(i)} ${hex64(state.debugRegister(i))}`);
}

/** The model-specific registers that a thread keeps. */
export function dumpMSRs(state: X86ThreadState): string[] {
  return stateMsrs.map(index => `${msrName(index).padEnd(18)} ${hex64(state.msr(index))}`);
}

/** Exceptions and interrupts on their way. */
export function dumpVCpuEvents(state: X86ThreadState): string[] {
  const events = state.bytesOf('events');
  const fields = (group: string, names: readonly string[]): string => {
    const cells = names.map(name => {
      const field = `${group}.${name}` as keyof typeof kvmVcpuEvents.offset;
      return `${name} ${String(events[kvmVcpuEvents.offset[field]] ?? 0)}`;
    });
    return `${group.padEnd(9)} ${cells.join('  ')}`;
  };
  return [
    fields('exception', ['injected', 'pending', 'nr', 'has_error_code']),
    fields('interrupt', ['injected', 'nr', 'soft', 'shadow']),
    fields('nmi', ['injected', 'pending', 'masked']),
  ];
}

/** Everything. */
export function dumpAll(state: X86ThreadState): string[] {
  return [
    ...dumpThreadState(state),
    ...dumpXSave(state),
    ...dumpDebugRegs(state),
    ...dumpXCRs(state),
    ...dumpVCpuEvents(state),
    ...dumpMSRs(state),
    ...checkSegments(state).map(problem => `the hardware does not take ${problem}`),
  ];
}
