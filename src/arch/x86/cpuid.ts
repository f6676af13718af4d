/**
 * What the CPUID instruction answers: the layout of a leaf, the feature bits by name, and the filter
 * that leaves of a feature set only what a CPU model has. Source: SDM volume 2, CPUID; AMD APM volume 3,
 * appendix E.
 */

/** One leaf (or sub-leaf) of CPUID. Values are unsigned 32-bit numbers. */
export interface CpuidLeaf {
  /** EAX on input. */
  readonly function: number;
  /** ECX on input, where the answer depends on it. */
  readonly index: number;
  /** Whether the answer depends on ECX. */
  readonly indexed: boolean;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

/** A register that the CPUID instruction answers in. */
export type CpuidRegister = 'eax' | 'ebx' | 'ecx' | 'edx';

/** Where a feature is reported. */
export interface CpuidFeatureBit {
  readonly function: number;
  readonly index: number;
  readonly register: CpuidRegister;
  readonly bit: number;
}

function bits<const Names extends readonly (string | null)[]>(
  leaf: number,
  register: CpuidRegister,
  names: Names,
): Readonly<Record<Exclude<Names[number], null>, CpuidFeatureBit>> {
  const entries = names.flatMap((name, bit) =>
    name === null ? [] : [[name, { function: leaf, index: 0, register, bit }] as const],
  );
  return Object.fromEntries(entries) as Record<Exclude<Names[number], null>, CpuidFeatureBit>;
}

const nothing = null;

/** Feature bits by their usual names, as in /proc/cpuinfo. */
export const CpuidFeature = {
  ...bits(0x1, 'edx', [
    ...(['fpu', 'vme', 'de', 'pse', 'tsc', 'msr', 'pae', 'mce', 'cx8', 'apic'] as const),
    ...([nothing, 'sep', 'mtrr', 'pge', 'mca', 'cmov', 'pat', 'pse36', 'pn', 'clflush'] as const),
    ...([nothing, 'ds', 'acpi', 'mmx', 'fxsr', 'sse', 'sse2', 'ss', 'ht', 'tm'] as const),
    ...(['ia64', 'pbe'] as const),
  ]),
  ...bits(0x1, 'ecx', [
    ...(['pni', 'pclmulqdq', 'dtes64', 'monitor', 'dscpl', 'vmx', 'smx', 'est', 'tm2'] as const),
    ...(['ssse3', 'cid', 'sdbg', 'fma', 'cx16', 'xtpr', 'pdcm', nothing, 'pcid', 'dca'] as const),
    ...(['sse4_1', 'sse4_2', 'x2apic', 'movbe', 'popcnt', 'tscDeadline', 'aes'] as const),
    ...(['xsave', 'osxsave', 'avx', 'f16c', 'rdrand', 'hypervisor'] as const),
  ]),
  ...bits(0x7, 'ebx', [
    ...(['fsgsbase', 'tscAdjust', 'sgx', 'bmi1', 'hle', 'avx2', 'fdpExcptn', 'smep'] as const),
    ...(['bmi2', 'erms', 'invpcid', 'rtm', 'pqm', 'zeroFcsFds', 'mpx', 'pqe'] as const),
    ...(['avx512f', 'avx512dq', 'rdseed', 'adx', 'smap', 'avx512ifma', nothing] as const),
    ...(['clflushopt', 'clwb', 'pt', 'avx512pf', 'avx512er', 'avx512cd', 'sha'] as const),
    ...(['avx512bw', 'avx512vl'] as const),
  ]),
  ...bits(0x7, 'ecx', [
    ...(['prefetchwt1', 'avx512vbmi', 'umip', 'pku', 'ospke', 'waitpkg', 'avx512vbmi2'] as const),
    ...(['cetSs', 'gfni', 'vaes', 'vpclmulqdq', 'avx512vnni', 'avx512bitalg'] as const),
    ...([nothing, 'avx512vpopcntdq', nothing, 'la57'] as const),
  ]),
  ...bits(0x80000001, 'ecx', [
    ...(['lahfLm', 'cmpLegacy', 'svm', 'extapic', 'cr8Legacy', 'abm', 'sse4a'] as const),
    ...(['misalignsse', 'prefetchw', 'osvw', 'ibs', 'xop', 'skinit', 'wdt'] as const),
    ...([nothing, 'lwp', 'fma4'] as const),
  ]),
  ...bits(0x80000001, 'edx', [
    ...Array.from({ length: 11 }, () => nothing),
    ...(['syscall', nothing, nothing, nothing, nothing, nothing, nothing, nothing] as const),
    ...([nothing, 'nx', nothing, 'mmxext', nothing, nothing, 'fxsrOpt', 'pdpe1gb'] as const),
    ...(['rdtscp', nothing, 'lm'] as const),
  ]),
} as const;

/** The leaf that answers these inputs, if there is one. */
export function findCpuidLeaf(
  leaves: readonly CpuidLeaf[],
  leaf: number,
  index = 0,
): CpuidLeaf | undefined {
  return leaves.find(each => each.function === leaf && (!each.indexed || each.index === index));
}

/** Whether a feature is reported. */
export function hasCpuidFeature(leaves: readonly CpuidLeaf[], feature: CpuidFeatureBit): boolean {
  const leaf = findCpuidLeaf(leaves, feature.function, feature.index);
  return leaf !== undefined && ((leaf[feature.register] >>> feature.bit) & 1) === 1;
}

/** Leaf 0's twelve letters, such as `GenuineIntel`; empty when there is no leaf 0. */
export function cpuidVendor(leaves: readonly CpuidLeaf[]): string {
  const leaf = findCpuidLeaf(leaves, 0);
  if (leaf === undefined) return '';
  return [leaf.ebx, leaf.edx, leaf.ecx]
    .flatMap(word => [word, word >>> 8, word >>> 16, word >>> 24])
    .map(byte => String.fromCharCode(byte & 0xff))
    .join('');
}

/** Leaves whose bits are features, and in which registers; all others describe and are kept. */
const featureRegisters: readonly (readonly [leaf: number, CpuidRegister])[] = [
  [0x1, 'ecx'],
  [0x1, 'edx'],
  [0x7, 'ebx'],
  [0x7, 'ecx'],
  [0x7, 'edx'],
  [0x80000001, 'ecx'],
  [0x80000001, 'edx'],
];

/**
 * Leaves with all feature bits cleared that are not among `allowed` (features that CPU models of one
 * system have in common). Sub-leaves of leaf 7 above 0 lose all their bits, and leaf 0xD goes when
 * XSAVE is not allowed. Nothing is added that was not reported before.
 */
export function filterCpuid(
  leaves: readonly CpuidLeaf[],
  allowed: readonly CpuidFeatureBit[],
): CpuidLeaf[] {
  const keepsXsave = allowed.some(
    ({ function: leaf, register, bit }) => leaf === 1 && register === 'ecx' && bit === 26,
  );
  return leaves
    .filter(leaf => leaf.function !== 0xd || keepsXsave)
    .map(leaf => filterLeaf(leaf, allowed));
}

function filterLeaf(leaf: CpuidLeaf, allowed: readonly CpuidFeatureBit[]): CpuidLeaf {
  const result = { ...leaf } as { -readonly [K in keyof CpuidLeaf]: CpuidLeaf[K] };
  for (const [number, register] of featureRegisters) {
    if (leaf.function !== number) continue;
    let mask = 0;
    for (const feature of allowed) {
      const here =
        feature.function === number &&
        feature.register === register &&
        feature.index === (leaf.indexed ? leaf.index : 0);
      if (here) mask |= 1 << feature.bit;
    }
    result[register] = (result[register] & mask) >>> 0;
  }
  return result;
}
