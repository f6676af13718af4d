/** Bits of RFLAGS (SDM volume 1, 3.4.3). */
export const RFlags = {
  CF: 0x1,
  /** Always one. */
  Fixed: 0x2,
  PF: 0x4,
  AF: 0x10,
  ZF: 0x40,
  SF: 0x80,
  TF: 0x100,
  IF: 0x200,
  DF: 0x400,
  OF: 0x800,
  IOPL: 0x3000,
  NT: 0x4000,
  RF: 0x10000,
  VM: 0x20000,
  AC: 0x40000,
  VIF: 0x80000,
  VIP: 0x100000,
  ID: 0x200000,
} as const;

/** Bits of CR0 (SDM volume 3, 2.5). `PG` is bit 31, hence the unsigned literal. */
export const Cr0 = {
  PE: 0x1,
  MP: 0x2,
  EM: 0x4,
  TS: 0x8,
  ET: 0x10,
  NE: 0x20,
  WP: 0x10000,
  AM: 0x40000,
  NW: 0x20000000,
  CD: 0x40000000,
  PG: 0x80000000,
} as const;

/** Bits of CR4 (SDM volume 3, 2.5). */
export const Cr4 = {
  VME: 0x1,
  PVI: 0x2,
  TSD: 0x4,
  DE: 0x8,
  PSE: 0x10,
  PAE: 0x20,
  MCE: 0x40,
  PGE: 0x80,
  PCE: 0x100,
  OSFXSR: 0x200,
  OSXMMEXCPT: 0x400,
  UMIP: 0x800,
  FSGSBASE: 0x10000,
  PCIDE: 0x20000,
  OSXSAVE: 0x40000,
  SMEP: 0x100000,
  SMAP: 0x200000,
  PKE: 0x400000,
} as const;

/** Bits of the EFER MSR (SDM volume 3, 2.2.1). */
export const Efer = { SCE: 0x1, LME: 0x100, LMA: 0x400, NXE: 0x800 } as const;

/** Bits of XCR0 and of XSTATE_BV (SDM volume 1, 13.1). */
export const XFeature = {
  X87: 0x1,
  SSE: 0x2,
  AVX: 0x4,
  Opmask: 0x20,
  ZmmHi256: 0x40,
  Hi16Zmm: 0x80,
  PKRU: 0x200,
} as const;

/** Exception vectors (SDM volume 3, table 6-1). */
export const Vector = {
  DE: 0,
  DB: 1,
  NMI: 2,
  BP: 3,
  OF: 4,
  BR: 5,
  UD: 6,
  NM: 7,
  DF: 8,
  TS: 10,
  NP: 11,
  SS: 12,
  GP: 13,
  PF: 14,
  MF: 16,
  AC: 17,
  MC: 18,
  XM: 19,
  VE: 20,
  CP: 21,
} as const;

/** Bits of a page fault's error code (SDM volume 3, 4.7). */
export const PageFaultError = {
  Present: 0x1,
  Write: 0x2,
  User: 0x4,
  Reserved: 0x8,
  InstructionFetch: 0x10,
} as const;

const vectorNames = new Map<number, string>(
  Object.entries(Vector).map(([name, vector]) => [vector, `#${name}`]),
);

/** `#PF` for 14, `vector 200` for one that has no name. */
export function vectorName(vector: number): string {
  return vectorNames.get(vector) ?? `vector ${String(vector)}`;
}

/** Vectors for which the processor pushes an error code (SDM volume 3, table 6-1). */
const vectorsWithErrorCode: ReadonlySet<number> = new Set([
  ...[Vector.DF, Vector.TS, Vector.NP, Vector.SS, Vector.GP, Vector.PF, Vector.AC, Vector.CP],
]);

/** Whether the processor pushes an error code when it delivers this exception. */
export function hasErrorCode(vector: number): boolean {
  return vectorsWithErrorCode.has(vector);
}

/** `ZF|PF|Fixed`-like text for a register made of flags, high bits first. */
export function flagNames(flags: Readonly<Record<string, number>>, value: number): string {
  return Object.entries(flags)
    .filter(([, bit]) => (value & bit) >>> 0 === bit)
    .map(([name]) => name)
    .reverse()
    .join('|');
}
