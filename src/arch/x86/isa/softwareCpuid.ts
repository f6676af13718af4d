/** What CPUID answers on a software core: what is there, and nothing else. */
import { XFeature } from '../flags';
import { xsaveLayout } from '../threadStateLayout';
import { CpuidFeature, type CpuidFeatureBit, type CpuidLeaf } from '../cpuid';

const { fpu, tsc, msr, cx8, cmov, clflush, mmx, fxsr, sse, sse2 } = CpuidFeature;

/** Features of programs that software cores have. */
export const softwareFeatures: readonly CpuidFeatureBit[] = [
  ...[fpu, tsc, msr, cx8, cmov, clflush, mmx, fxsr, sse, sse2],
  ...[CpuidFeature.pni, CpuidFeature.ssse3, CpuidFeature.sse4_1, CpuidFeature.sse4_2],
  ...[CpuidFeature.cx16, CpuidFeature.movbe, CpuidFeature.popcnt, CpuidFeature.hypervisor],
  ...[CpuidFeature.pclmulqdq, CpuidFeature.aes, CpuidFeature.xsave, CpuidFeature.osxsave],
  ...[CpuidFeature.avx, CpuidFeature.f16c, CpuidFeature.fma, CpuidFeature.avx2],
  ...[CpuidFeature.fsgsbase, CpuidFeature.bmi1, CpuidFeature.bmi2, CpuidFeature.erms],
  ...[CpuidFeature.adx, CpuidFeature.lahfLm, CpuidFeature.abm],
  ...[CpuidFeature.syscall, CpuidFeature.nx, CpuidFeature.rdtscp, CpuidFeature.lm],
];

const BRAND = 'mini-gem5 software x86-64 CPU';

function word(text: string, at: number): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = value * 256 + (text.charCodeAt(at + i) || 0);
  return value;
}

function leaf(number: number, index: number, indexed: boolean): CpuidLeaf {
  const registers = { eax: 0, ebx: 0, ecx: 0, edx: 0 };
  for (const feature of softwareFeatures) {
    if (feature.function !== number || feature.index !== index) continue;
    registers[feature.register] = (registers[feature.register] | (1 << feature.bit)) >>> 0;
  }
  return { function: number, index, indexed, ...registers };
}

/** The XSAVE area: x87, SSE and AVX, whose upper halves lie behind the header; XSAVEC. */
function saveAreaLeaves(): CpuidLeaf[] {
  const { X87, SSE, AVX } = XFeature;
  const start: number = xsaveLayout.ymmHigh;
  const [upperHalves, none] = [256, { eax: 0, ebx: 0, ecx: 0, edx: 0 }];
  const bytes = start + upperHalves;
  const areas = [
    { ...none, eax: X87 | SSE | AVX, ebx: bytes, ecx: bytes },
    { ...none, eax: 2, ebx: bytes },
    { ...none, eax: upperHalves, ebx: start },
  ];
  return areas.map((area, index) => ({ function: 0xd, index, indexed: true, ...area }));
}

/** The leaves of CPUID. @param processor - number of the processor, for its APIC id */
export function softwareCpuid(processor: number): readonly CpuidLeaf[] {
  const plain = { index: 0, indexed: false, eax: 0, ebx: 0, ecx: 0, edx: 0 };
  const vendor = 'GenuineIntel';
  const basic = leaf(1, 0, false);
  return [
    {
      ...{ ...plain, function: 0, eax: 0xd },
      ...{ ebx: word(vendor, 0), edx: word(vendor, 4), ecx: word(vendor, 8) },
    },
    // Family 6, and lines of 64 bytes for CLFLUSH.
    { ...basic, eax: 0x0005_06e0, ebx: ((processor << 24) | (8 << 8)) >>> 0 },
    leaf(7, 0, true),
    ...saveAreaLeaves(),
    { ...plain, function: 0x8000_0000, eax: 0x8000_0008 },
    leaf(0x8000_0001, 0, false),
    ...[0, 1, 2].map(part => ({
      ...{ ...plain, function: 0x8000_0002 + part },
      ...{ eax: word(BRAND, part * 16), ebx: word(BRAND, part * 16 + 4) },
      ...{ ecx: word(BRAND, part * 16 + 8), edx: word(BRAND, part * 16 + 12) },
    })),
    // 48 bits of virtual and 46 of physical addresses.
    { ...plain, function: 0x8000_0008, eax: 0x302e },
  ];
}
