import { Cr0, Cr4, Efer, flagNames, RFlags } from './flags';
import { gprNames, segmentNames } from './registers';
import type { SegmentRegister } from './segmentRegister';
import type { X86ThreadState } from './threadState';

function hex64(value: bigint): string {
  return value.toString(16).padStart(16, '0');
}

/** Names of the flags that are set, `-` for none. */
function flagText(flags: Readonly<Record<string, number>>, value: bigint): string {
  const names = flagNames(flags, Number(BigInt.asUintN(32, value)));
  return names === '' ? '-' : names;
}

/** Lines of `name value` pairs, `perLine` to a line. */
function table(pairs: readonly string[], perLine: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < pairs.length; i += perLine)
    lines.push(pairs.slice(i, i + perLine).join('  '));
  return lines;
}

/** General registers, RIP and RFLAGS, four to a line. */
export function dumpIntRegs(state: X86ThreadState): string[] {
  const pairs = gprNames.map((name, i) => `${name.padStart(6)} ${hex64(state.gpr(i))}`);
  return [...table(pairs, 4), `rflags ${flagText(RFlags, state.rflags)}`];
}

function dumpSegment(name: string, segment: SegmentRegister): string {
  const bits = (['present', 'db', 's', 'l', 'g', 'avl', 'unusable'] as const)
    .filter(bit => segment[bit])
    .join(' ');
  return (
    `${name.padStart(6)} ${segment.selector.toString(16).padStart(4, '0')} ` +
    `base ${hex64(segment.base)} limit ${segment.limit.toString(16).padStart(8, '0')} ` +
    `type ${segment.type.toString(16)} dpl ${String(segment.dpl)} ${bits}`.trimEnd()
  );
}

/** Segment registers, descriptor tables and control registers. */
export function dumpSpecRegs(state: X86ThreadState): string[] {
  const tables = (['gdt', 'idt'] as const).map(
    name =>
      `${name.padStart(6)}      base ${hex64(state[name].base)} ` +
      `limit ${state[name].limit.toString(16).padStart(8, '0')}`,
  );
  const control = (['cr0', 'cr2', 'cr3', 'cr4', 'cr8', 'efer', 'apicBase'] as const).map(
    name => `${name.padStart(8)} ${hex64(state[name])}`,
  );
  return [
    ...state.segments.map((segment, i) => dumpSegment(segmentNames[i] ?? '', segment)),
    ...tables,
    ...table(control, 4),
    `cr0 ${flagText(Cr0, state.cr0)}  cr4 ${flagText(Cr4, state.cr4)}  ` +
      `efer ${flagText(Efer, state.efer)}`,
  ];
}

/** x87, SSE and AVX registers; highest byte first. */
export function dumpFpuRegs(state: X86ThreadState): string[] {
  const { fpu } = state;
  const digits = (bytes: Uint8Array): string =>
    [...bytes]
      .reverse()
      .map(byte => byte.toString(16).padStart(2, '0'))
      .join('');
  const words = {
    fcw: fpu.fcw,
    fsw: fpu.fsw,
    ftw: fpu.ftw,
    mxcsr: fpu.mxcsr,
    xstate: fpu.xstateBv,
  };
  const stack = Array.from({ length: 8 }, (_, i) => `st${String(i)} ${digits(fpu.st(i))}`);
  const vectors = Array.from(
    { length: 16 },
    (_, i) => `${`ymm${String(i)}`.padStart(6)} ${digits(fpu.ymm(i))}`,
  );
  return [
    Object.entries(words)
      .map(([name, value]) => `${name} ${value.toString(16)}`)
      .join('  '),
    ...table(stack, 4),
    ...vectors,
  ];
}

/** What a panic shows of a thread: general and special registers. */
export function dumpThreadState(state: X86ThreadState): string[] {
  return [...dumpIntRegs(state), ...dumpSpecRegs(state)];
}
