/**
 * The one list of what software cores are not held to: instructions that cannot be compared with the
 * host's processor, and results that processors leave undefined. docs/cpu-models.md explains them.
 */
import { readFileSync } from 'node:fs';
import { RFlags } from '../../src/arch/x86/index';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import type { Tolerance } from './lockstepOutcome';

/** Approximations: those of Intel's processors are what there is, and other hosts have others. */
export const intelOnly: ReadonlySet<string> = new Set(['rcpps', 'rcpss', 'rsqrtps', 'rsqrtss']);

/** Whether the host's processor is Intel's. */
export const isIntel: boolean = readFileSync('/proc/cpuinfo', 'latin1').includes('GenuineIntel');

/** Instructions that leave the program, or tell of the machine. */
const notCompared: ReadonlySet<string> = new Set([
  ...['syscall', 'int1', 'in', 'out', 'ins', 'outs', 'popf'],
  ...['cpuid', 'rdtsc', 'rdtscp', 'xgetbv'],
  // An MXCSR that cannot be is another exception on some hosts, which execute FXSAVE anywhere.
  ...['ldmxcsr', 'fxsave', 'fxrstor'],
  // What is in its initial state need not be saved.
  ...['xsave', 'xsavec', 'xrstor'],
  // The descriptor table of a host whose KVM has no virtualization to rest on, and what it makes of INT.
  ...['lss', 'lfs', 'lgs', 'lar', 'lsl', 'verr', 'verw', 'retf', 'iret', 'int'],
  ...['sldt', 'str', 'sgdt', 'sidt', 'smsw'],
]);

/** MOV to a segment register, POP FS, POP GS: map and opcode. */
const segmentLoads: ReadonlySet<number> = new Set([0x8e, 0x1a1, 0x1a9]);

/** Whether an instruction can be compared with the host's processor. */
export function isCompared(encoding: Encoding): boolean {
  return isComparedOnIntel(encoding) && (isIntel || !intelOnly.has(encoding.definition.name));
}

/** Whether it can be where the host is Intel's. */
export function isComparedOnIntel({ definition, map, opcode, reg }: Encoding): boolean {
  const isFar = map === 0 && opcode === 0xff && (reg === 3 || reg === 5);
  return !notCompared.has(definition.name) && !isFar && !segmentLoads.has(map * 0x100 + opcode);
}

/** Functions that processors do not round correctly. */
const elementary: ReadonlySet<string> = new Set([
  ...['f2xm1', 'fyl2x', 'fptan', 'fpatan', 'fyl2xp1', 'fsincos', 'fsin', 'fcos'],
]);

/** Instructions of many accesses. */
const saves = /^(maskmovp|pmaskmov|fnstenv|fldenv|fnsave|frstor)/;

/** Flags that an instruction leaves undefined and that software cores do not set as processors do. */
function undefinedFlags({ definition, operands }: Encoding): number {
  const rotates = definition.name === 'rol' || definition.name === 'ror';
  return rotates && operands[1]?.place === 'I' ? RFlags.OF : 0;
}

/** Map 1: MOVD and MOVQ, MOVNTQ, MASKMOVQ. */
const storesOfMmx: ReadonlySet<number> = new Set([0x7e, 0x7f, 0xe7, 0xf7]);

/**
 * What processors have changed already when a store of the x87 or MMX faults, and the instruction will
 * be executed again: Intel's count the registers from 0 by then, and may have written the first 8 of
 * 10 bytes. The SDM promises nothing of either; software cores leave everything as it was.
 */
function afterFault({ definition, map, opcode }: Encoding): Tolerance['afterFault'] {
  if (map === 1 && storesOfMmx.has(opcode)) return 'x87';
  return /^(fstp|fbstp|fnsave|fnstenv)$/.test(definition.name) ? 'memory' : null;
}

/** What of the outcome of an instruction is not compared. */
export function toleranceOf(encoding: Encoding): Tolerance {
  return {
    ...{ flags: undefinedFlags(encoding), afterFault: afterFault(encoding) },
    // Whether it notes a loss of precision beside the exception that it raises.
    mxcsr: encoding.definition.name === 'cvtps2ph' ? 0x20 : 0,
    lastPlace: elementary.has(encoding.definition.name),
    // At which of its bytes a masked store or a save area faults differs from processor to processor.
    faultAddress: saves.test(encoding.definition.name),
  };
}
