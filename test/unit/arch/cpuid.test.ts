import { expect } from 'chai';
import {
  CpuidFeature,
  cpuidVendor,
  filterCpuid,
  findCpuidLeaf,
  hasCpuidFeature,
  type CpuidLeaf,
} from '../../../src/arch/x86/index';

function leaf(number: number, values: Partial<CpuidLeaf> = {}): CpuidLeaf {
  return { function: number, index: 0, indexed: false, eax: 0, ebx: 0, ecx: 0, edx: 0, ...values };
}

const full = 0xffff_ffff;
const leaves = [
  leaf(0, { ebx: 0x756e6547, edx: 0x49656e69, ecx: 0x6c65746e, eax: 0xd }),
  leaf(1, { eax: 0x306c3, ebx: 5, ecx: full, edx: full }),
  leaf(7, { indexed: true, eax: 1, ebx: full, ecx: full, edx: full }),
  leaf(7, { indexed: true, index: 1, eax: full, ebx: full, ecx: full, edx: full }),
  leaf(0xd, { indexed: true, eax: 7 }),
  leaf(0x80000001, { ecx: full, edx: full }),
  leaf(0x80000008, { eax: 0x3028 }),
];

describe('CPUID', () => {
  it('has every feature where /proc/cpuinfo says it is reported', () => {
    const places: Readonly<Record<string, readonly [number, string, number]>> = {
      fpu: [1, 'edx', 0],
      apic: [1, 'edx', 9],
      sep: [1, 'edx', 11],
      sse2: [1, 'edx', 26],
      ht: [1, 'edx', 28],
      pni: [1, 'ecx', 0],
      fma: [1, 'ecx', 12],
      cx16: [1, 'ecx', 13],
      sse4_2: [1, 'ecx', 20],
      popcnt: [1, 'ecx', 23],
      xsave: [1, 'ecx', 26],
      osxsave: [1, 'ecx', 27],
      avx: [1, 'ecx', 28],
      rdrand: [1, 'ecx', 30],
      hypervisor: [1, 'ecx', 31],
      fsgsbase: [7, 'ebx', 0],
      avx2: [7, 'ebx', 5],
      bmi2: [7, 'ebx', 8],
      avx512f: [7, 'ebx', 16],
      adx: [7, 'ebx', 19],
      sha: [7, 'ebx', 29],
      avx512vl: [7, 'ebx', 31],
      umip: [7, 'ecx', 2],
      gfni: [7, 'ecx', 8],
      avx512vpopcntdq: [7, 'ecx', 14],
      la57: [7, 'ecx', 16],
      lahfLm: [0x80000001, 'ecx', 0],
      abm: [0x80000001, 'ecx', 5],
      sse4a: [0x80000001, 'ecx', 6],
      fma4: [0x80000001, 'ecx', 16],
      syscall: [0x80000001, 'edx', 11],
      nx: [0x80000001, 'edx', 20],
      pdpe1gb: [0x80000001, 'edx', 26],
      rdtscp: [0x80000001, 'edx', 27],
      lm: [0x80000001, 'edx', 29],
    };
    for (const [name, [number, register, bit]] of Object.entries(places)) {
      expect(CpuidFeature[name as keyof typeof CpuidFeature], name).to.deep.equal({
        ...{ function: number, index: 0, register, bit },
      });
    }
  });

  it('finds leaves by number and, where it matters, sub-leaf', () => {
    expect(findCpuidLeaf(leaves, 1, 9)?.eax).to.equal(0x306c3);
    expect(findCpuidLeaf(leaves, 7, 1)?.eax).to.equal(full);
    expect(findCpuidLeaf(leaves, 7, 2)).to.equal(undefined);
    expect(cpuidVendor(leaves)).to.equal('GenuineIntel');
    expect(cpuidVendor([])).to.equal('');
  });

  it('filters features, and leaves alone what describes the processor', () => {
    const { sse2, avx2, lm } = CpuidFeature;
    const filtered = filterCpuid(leaves, [sse2, avx2, lm]);
    expect(filtered.map(each => each.function)).to.deep.equal([
      ...[0, 1, 7, 7, 0x80000001, 0x80000008],
    ]);
    expect(findCpuidLeaf(filtered, 1)).to.include({ eax: 0x306c3, ebx: 5, ecx: 0, edx: 1 << 26 });
    expect(findCpuidLeaf(filtered, 7)).to.include({ eax: 1, ebx: 1 << 5, ecx: 0, edx: 0 });
    expect(findCpuidLeaf(filtered, 7, 1)).to.include({ ebx: 0, ecx: 0, edx: 0 });
    for (const [name, feature] of Object.entries(CpuidFeature)) {
      const expected = feature === sse2 || feature === avx2 || feature === lm;
      expect(hasCpuidFeature(filtered, feature), name).to.equal(expected);
    }
    expect(leaves[1]?.ecx).to.equal(full);
  });

  it('keeps the leaf of the XSAVE area with XSAVE, and adds nothing', () => {
    const { xsave, sse2 } = CpuidFeature;
    expect(findCpuidLeaf(filterCpuid(leaves, [xsave]), 0xd)?.eax).to.equal(7);
    const [poor] = filterCpuid([leaf(1)], [xsave, sse2]);
    expect(poor).to.include({ ecx: 0, edx: 0 });
  });
});
