/** CPUID leaves as KVM takes and gives them (`struct kvm_cpuid2`). */
import type { CpuidLeaf } from '../arch/x86/index';
import { KVM_CPUID_FLAG_SIGNIFCANT_INDEX } from './abi';
import { kvmCpuid2, kvmCpuidEntry2 } from './abiVcpu';

const ENTRY = kvmCpuidEntry2.offset;

/** A `struct kvm_cpuid2` with room for `count` leaves. */
export function cpuidBuffer(count: number): DataView {
  const view = new DataView(new ArrayBuffer(kvmCpuid2.size + count * kvmCpuidEntry2.size));
  view.setUint32(kvmCpuid2.offset.nent, count, true);
  return view;
}

/** The leaves that a `struct kvm_cpuid2` holds. */
export function decodeCpuid(view: DataView): CpuidLeaf[] {
  const count = view.getUint32(kvmCpuid2.offset.nent, true);
  return Array.from({ length: count }, (_, i) => {
    const at = kvmCpuid2.offset.entries + i * kvmCpuidEntry2.size;
    const word = (offset: number): number => view.getUint32(at + offset, true);
    return {
      function: word(ENTRY.function),
      index: word(ENTRY.index),
      indexed: (word(ENTRY.flags) & KVM_CPUID_FLAG_SIGNIFCANT_INDEX) !== 0,
      eax: word(ENTRY.eax),
      ebx: word(ENTRY.ebx),
      ecx: word(ENTRY.ecx),
      edx: word(ENTRY.edx),
    };
  });
}

/** A `struct kvm_cpuid2` with these leaves. */
export function encodeCpuid(entries: readonly CpuidLeaf[]): DataView {
  const view = cpuidBuffer(entries.length);
  for (const [i, entry] of entries.entries()) {
    const at = kvmCpuid2.offset.entries + i * kvmCpuidEntry2.size;
    const put = (offset: number, value: number): void => {
      view.setUint32(at + offset, value, true);
    };
    put(ENTRY.function, entry.function);
    put(ENTRY.index, entry.index);
    put(ENTRY.flags, entry.indexed ? KVM_CPUID_FLAG_SIGNIFCANT_INDEX : 0);
    put(ENTRY.eax, entry.eax);
    put(ENTRY.ebx, entry.ebx);
    put(ENTRY.ecx, entry.ecx);
    put(ENTRY.edx, entry.edx);
  }
  return view;
}
