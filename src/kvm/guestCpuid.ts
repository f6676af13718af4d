/**
 * What a guest is told of its processor.
 *
 * Source: KVM API section 4.46; SDM volume 2, CPUID. gem5 has a CPUID of its own instead
 * (`arch/x86/cpuid.cc`), whatever the host can do.
 */
import { CpuidFeature, filterCpuid, type CpuidFeatureBit, type CpuidLeaf } from '../arch/x86/index';

/** Leaves by which a hypervisor tells of itself. */
const HYPERVISOR_LEAVES = { first: 0x4000_0000, last: 0x4fff_ffff };

/**
 * The leaves for one vCPU.
 *
 * KVM's own leaves go, and the bit that says that there are any: the clock and the calls that they
 * offer belong to the host, no other model has them, and no checkpoint could take them along.
 *
 * @param supported - what KVM can give a guest
 * @param apicId - number of the local APIC
 * @param models - what each CPU model of the system executes; null for whatever the host does
 */
export function guestCpuid(
  supported: readonly CpuidLeaf[],
  apicId: number,
  models: readonly (readonly CpuidFeatureBit[] | null)[],
): CpuidLeaf[] {
  const { first, last } = HYPERVISOR_LEAVES;
  const own = supported.filter(leaf => leaf.function < first || leaf.function > last);
  const shared = models.reduce<readonly CpuidLeaf[]>(
    (leaves, features) => (features === null ? leaves : filterCpuid(leaves, features)),
    own,
  );
  return shared.map(leaf => forProcessor(leaf, apicId));
}

function forProcessor(leaf: CpuidLeaf, apicId: number): CpuidLeaf {
  switch (leaf.function) {
    case 1: {
      const ecx = (leaf.ecx & ~(1 << CpuidFeature.hypervisor.bit)) >>> 0;
      return { ...leaf, ebx: ((leaf.ebx & 0xffffff) | (apicId << 24)) >>> 0, ecx };
    }
    case 0xb:
      return { ...leaf, edx: apicId };
    default:
      return leaf;
  }
}
