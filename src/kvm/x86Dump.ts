/** The state of an x86 thread as lines of text, for scripts and for whoever looks for a bug. */
import {
  Cr0,
  Cr4,
  Efer,
  flagNames,
  gprCount,
  gprNames,
  msrName,
  RegisterSet,
  RFlags,
  segmentCount,
  segmentNames,
  stateMsrs,
  XFeature,
  type X86ThreadState,
} from '../arch/x86/index';
import { kvmVcpuEvents } from './abiVcpu';

const hex = (value: bigint, digits: number): string =>
  `0x${value.toString(16).padStart(digits, '0')}`;
const hex64 = (value: bigint): string => hex(value, 16);
const withFlags = (flags: Readonly<Record<string, number>>, value: bigint): string => {
  const names = flagNames(flags, Number(value & 0xffff_ffffn));
  return names === '' ? hex64(value) : `${hex64(value)} [${names}]`;
};
const hexBytes = (bytes: Uint8Array): string =>
  [...bytes]
    .reverse()
    .map(byte => byte.toString(16).padStart(2, '0'))
    .join('');

/** General registers, RIP and RFLAGS, three to a line. */
export function intRegsLines(state: X86ThreadState): string[] {
  const cells = gprNames
    .slice(0, gprCount - 1)
    .map((name, i) => `${name.padEnd(4)}${hex64(state.gpr(i))}`);
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += 3) lines.push(cells.slice(i, i + 3).join('  '));
  return [...lines, `rflags ${withFlags(RFlags, state.rflags)}`];
}

/** Segments, descriptor tables and control registers. */
export function specRegsLines(state: X86ThreadState): string[] {
  const segments = Array.from({ length: segmentCount }, (_, i) => {
    const s = state.segment(i);
    const bits = `type ${String(s.type)} s ${String(Number(s.s))} dpl ${String(s.dpl)} p ${String(Number(s.present))}`;
    const size = `l ${String(Number(s.l))} db ${String(Number(s.db))} g ${String(Number(s.g))} avl ${String(Number(s.avl))}`;
    const name = (segmentNames[i] ?? '').padEnd(4);
    const where = `${hex(BigInt(s.selector), 4)} base ${hex64(s.base)} limit ${hex(BigInt(s.limit), 8)}`;
    return `${name} ${where} ${bits} ${size}${s.unusable ? ' unusable' : ''}`;
  });
  return [
    ...segments,
    `gdt  base ${hex64(state.gdt.base)} limit ${hex(BigInt(state.gdt.limit), 4)}`,
    `idt  base ${hex64(state.idt.base)} limit ${hex(BigInt(state.idt.limit), 4)}`,
    `cr0  ${withFlags(Cr0, state.cr0)}`,
    `cr2  ${hex64(state.cr2)}`,
    `cr3  ${hex64(state.cr3)}`,
    `cr4  ${withFlags(Cr4, state.cr4)}`,
    `cr8  ${hex64(state.cr8)}`,
    `efer ${withFlags(Efer, state.efer)}`,
    `apic_base ${hex64(state.apicBase)}`,
  ];
}

/** x87 and SSE registers. */
export function fpuRegsLines(state: X86ThreadState): string[] {
  const { fpu } = state;
  const word = (value: number, digits: number): string => hex(BigInt(value), digits);
  return [
    `fcw ${word(fpu.fcw, 4)} fsw ${word(fpu.fsw, 4)} ftw ${word(fpu.ftw, 2)} mxcsr ${word(fpu.mxcsr, 8)}`,
    ...Array.from({ length: 8 }, (_, i) => `st${String(i)}   0x${hexBytes(fpu.st(i))}`),
    ...Array.from({ length: 16 }, (_, i) => {
      const name = `xmm${String(i)}`.padEnd(5);
      return `${name} 0x${hexBytes(fpu.xmm(i))}`;
    }),
  ];
}

/** The whole XSAVE area: what is in use, x87 and SSE registers, and all of the AVX registers. */
export function xsaveLines(state: X86ThreadState): string[] {
  const inUse = state.fpu.xstateBv;
  const header = `xstate_bv ${withFlags(XFeature, BigInt(inUse))}`;
  const avx =
    (inUse & XFeature.AVX) === 0
      ? []
      : Array.from({ length: 16 }, (_, i) => {
          const name = `ymm${String(i)}`.padEnd(5);
          return `${name} 0x${hexBytes(state.fpu.ymm(i))}`;
        });
  return [header, ...fpuRegsLines(state), ...avx];
}

/** XCR0. */
export function xcrsLines(state: X86ThreadState): string[] {
  return [`xcr0 ${withFlags(XFeature, state.xcr0)}`];
}

/** Breakpoint addresses, DR6 and DR7. */
export function debugRegsLines(state: X86ThreadState): string[] {
  return [0, 1, 2, 3, 6, 7].map(i => `dr${String(i)}  ${hex64(state.debugRegister(i))}`);
}

/** The model-specific registers that a thread keeps. */
export function msrsLines(state: X86ThreadState): string[] {
  return stateMsrs.map(index => `${msrName(index).padEnd(18)} ${hex64(state.msr(index))}`);
}

/** Exceptions and interrupts on their way. */
export function vcpuEventsLines(state: X86ThreadState): string[] {
  state.refresh(RegisterSet.Events);
  const events = state.bytesOf('events');
  const byte = (field: keyof typeof kvmVcpuEvents.offset): string =>
    String(events[kvmVcpuEvents.offset[field]] ?? 0);
  return [
    `exception injected ${byte('exception.injected')} pending ${byte('exception.pending')} vector ${byte('exception.nr')} has_error_code ${byte('exception.has_error_code')}`,
    `interrupt injected ${byte('interrupt.injected')} vector ${byte('interrupt.nr')} soft ${byte('interrupt.soft')} shadow ${byte('interrupt.shadow')}`,
    `nmi injected ${byte('nmi.injected')} pending ${byte('nmi.pending')} masked ${byte('nmi.masked')}`,
    `sipi vector ${byte('sipi_vector')}`,
  ];
}

/** Everything. */
export function stateLines(state: X86ThreadState): string[] {
  return [
    ...intRegsLines(state),
    ...specRegsLines(state),
    ...xsaveLines(state),
    ...debugRegsLines(state),
    ...xcrsLines(state),
    ...vcpuEventsLines(state),
    ...msrsLines(state),
  ];
}

/** What is most telling: enough for a message, not for a bug report. */
export function briefStateLines(state: X86ThreadState): string[] {
  return [...intRegsLines(state), ...specRegsLines(state)];
}
