import { expect } from 'chai';
import { CpuidFeature, findCpuidLeaf, hasCpuidFeature } from '../../../src/arch/x86/index';
import type { CpuidFeatureBit, CpuidLeaf } from '../../../src/arch/x86/index';
import { guestCpuid } from '../../../src/kvm/guestCpuid';

const leaf = (number: number, values: Partial<CpuidLeaf> = {}): CpuidLeaf => ({
  ...{ function: number, index: 0, indexed: false, eax: 0, ebx: 0, ecx: 0, edx: 0 },
  ...values,
});
const ALL = 0xffff_ffff;
const HOST = [
  leaf(0, { eax: 0xd, ebx: 1, ecx: 2, edx: 3 }),
  leaf(1, { ebx: ALL, ecx: ALL, edx: ALL }),
  leaf(7, { indexed: true, ebx: ALL }),
  leaf(0xb, { edx: 99 }),
  leaf(0xd, { eax: 7 }),
  leaf(0x4000_0000, { ebx: 0x4b4d564b }),
  leaf(0x4000_0001, { eax: ALL }),
  leaf(0x8000_0001, { edx: ALL }),
];
const { sse2, avx, avx2, xsave, hypervisor, lm } = CpuidFeature;
const has = (leaves: readonly CpuidLeaf[], ...features: CpuidFeatureBit[]): boolean[] =>
  features.map(feature => hasCpuidFeature(leaves, feature));

describe('The CPUID of a guest', () => {
  it('is what KVM offers, with the processor’s own number and without KVM’s leaves', () => {
    const leaves = guestCpuid(HOST, 5, [null]);
    expect(leaves.map(({ function: number }) => number)).to.deep.equal([
      ...[0, 1, 7, 0xb, 0xd, 0x8000_0001],
    ]);
    expect(findCpuidLeaf(leaves, 1)?.ebx).to.equal(0x05ff_ffff);
    expect(findCpuidLeaf(leaves, 0xb)?.edx).to.equal(5);
    expect(findCpuidLeaf(leaves, 0)).to.deep.equal(HOST[0]);
    expect(has(leaves, sse2, avx, avx2, lm, hypervisor)).to.deep.equal([
      ...[true, true, true, true, false],
    ]);
  });

  it('has no feature that another CPU model of the system does not execute', () => {
    const leaves = guestCpuid(HOST, 0, [null, [sse2, avx, xsave, lm], [sse2, lm]]);
    expect(has(leaves, sse2, lm, avx, avx2, xsave)).to.deep.equal([
      ...[true, true, false, false, false],
    ]);
    // Without XSAVE there is nothing to enumerate.
    expect(findCpuidLeaf(leaves, 0xd)).to.equal(undefined);
  });
});
