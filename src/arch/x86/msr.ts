/**
 * Model-specific registers: index by name. Source: SDM volume 4; AMD APM volume 2, appendix A.
 * EFER, FS.base and GS.base live in the special registers of the state, not among these.
 */
export const Msr = {
  TSC: 0x10,
  APIC_BASE: 0x1b,
  TSC_ADJUST: 0x3b,
  MTRRcap: 0xfe,
  SYSENTER_CS: 0x174,
  SYSENTER_ESP: 0x175,
  SYSENTER_EIP: 0x176,
  MISC_ENABLE: 0x1a0,
  MTRRphysBase0: 0x200,
  MTRRfix64K_00000: 0x250,
  MTRRfix16K_80000: 0x258,
  MTRRfix16K_A0000: 0x259,
  MTRRfix4K_C0000: 0x268,
  PAT: 0x277,
  MTRRdefType: 0x2ff,
  TSC_DEADLINE: 0x6e0,
  XSS: 0xda0,
  EFER: 0xc0000080,
  STAR: 0xc0000081,
  LSTAR: 0xc0000082,
  CSTAR: 0xc0000083,
  SFMASK: 0xc0000084,
  FS_BASE: 0xc0000100,
  GS_BASE: 0xc0000101,
  KERNEL_GS_BASE: 0xc0000102,
  TSC_AUX: 0xc0000103,
} as const;

const variableRangeMtrrs = Array.from({ length: 16 }, (_, i) => Msr.MTRRphysBase0 + i);
const fixedRangeMtrrs = [
  ...[Msr.MTRRfix64K_00000, Msr.MTRRfix16K_80000, Msr.MTRRfix16K_A0000],
  ...Array.from({ length: 8 }, (_, i) => Msr.MTRRfix4K_C0000 + i),
];

/**
 * The MSRs that are part of a thread's state, in the order of their slots in the state block. New ones
 * go at the end: the order is the block's layout.
 */
export const stateMsrs: readonly number[] = [
  ...[Msr.TSC, Msr.TSC_ADJUST, Msr.SYSENTER_CS, Msr.SYSENTER_ESP, Msr.SYSENTER_EIP],
  ...[Msr.STAR, Msr.LSTAR, Msr.CSTAR, Msr.SFMASK, Msr.KERNEL_GS_BASE, Msr.TSC_AUX],
  ...[Msr.PAT, Msr.MISC_ENABLE, Msr.TSC_DEADLINE, Msr.XSS, Msr.MTRRdefType],
  ...fixedRangeMtrrs,
  ...variableRangeMtrrs,
];

const slots = new Map(stateMsrs.map((index, slot) => [index, slot]));

/** Slot of an MSR in the state block, or -1 when it is no part of the state. */
export function msrSlot(index: number): number {
  return slots.get(index) ?? -1;
}

const names = new Map<number, string>(Object.entries(Msr).map(([name, index]) => [index, name]));

/** `LSTAR`, `MTRRphysMask3`, or the index in hexadecimal where it has no name here. */
export function msrName(index: number): string {
  const variable = index - Msr.MTRRphysBase0;
  if (variable >= 0 && variable < variableRangeMtrrs.length) {
    return `MTRRphys${variable % 2 === 0 ? 'Base' : 'Mask'}${String(variable >> 1)}`;
  }
  const fixed4K = index - Msr.MTRRfix4K_C0000;
  if (fixed4K >= 0 && fixed4K < 8) {
    return `MTRRfix4K_${(0xc0000 + fixed4K * 0x8000).toString(16).toUpperCase()}`;
  }
  return names.get(index) ?? `0x${index.toString(16)}`;
}
