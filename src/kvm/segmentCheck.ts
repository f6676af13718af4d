/**
 * What the hardware has against segment registers. Where it refuses to enter a guest, this says why.
 *
 * Sources: SDM volume 3, 27.3.1.2; gem5 `arch/x86/kvm/x86_cpu.cc` (checkSeg).
 */
import {
  Cr0,
  CS,
  DS,
  ES,
  FS,
  GS,
  LDTR,
  RFlags,
  segmentNames,
  SS,
  TR,
  type SegmentRegister,
  type SegmentIndex,
  type X86ThreadState,
} from '../arch/x86/index';

const SYSTEM: readonly SegmentIndex[] = [TR, LDTR];
const UPPER_HALF = 0xffff_ffff_0000_0000n;

/** Every rule that a segment register of the thread breaks, in a line each; none for a good one. */
export function checkSegments(state: X86ThreadState): string[] {
  // In virtual-8086 mode bases, limits and rights follow from the selectors.
  if ((state.rflags & BigInt(RFlags.VM)) !== 0n) return [];
  return [CS, DS, ES, FS, GS, SS, TR, LDTR].flatMap(index => {
    const segment = state.segment(index);
    if (segment.unusable && index !== CS && index !== TR) return [];
    return [
      ...checkBase(index, segment),
      ...checkType(index, segment, state),
      ...checkRights(index, segment),
    ].map(problem => `${segmentNames[index] ?? ''}: ${problem}`);
  });
}

function checkBase(index: SegmentIndex, { base }: SegmentRegister): string[] {
  const hex = base.toString(16);
  if ([TR, LDTR, FS, GS].includes(index)) {
    return BigInt.asIntN(48, base) === BigInt.asIntN(64, base)
      ? []
      : [`base ${hex} is not canonical`];
  }
  return (base & UPPER_HALF) === 0n ? [] : [`base ${hex} is above 4 GiB`];
}

function checkType(index: SegmentIndex, segment: SegmentRegister, state: X86ThreadState): string[] {
  const { type, dpl } = segment;
  const stack = state.segment(SS);
  const bad = [`type ${String(type)} is not allowed`];
  switch (index) {
    case CS:
      return checkCodeType(segment, stack);
    case SS: {
      if (type !== 3 && type !== 7) return bad;
      const real = (state.cr0 & BigInt(Cr0.PE)) === 0n || state.segment(CS).type === 3;
      return real && dpl !== 0 ? [`privilege ${String(dpl)} in real mode`] : [];
    }
    case TR:
      return type === 3 || type === 11 ? [] : bad;
    case LDTR:
      return type === 2 ? [] : bad;
    default:
      // Accessed, and readable if it is code.
      return (type & 1) === 0 || (type & 0xa) === 0x8 ? bad : [];
  }
}

function checkCodeType({ type, dpl }: SegmentRegister, stack: SegmentRegister): string[] {
  const privileges = `privilege ${String(dpl)}, and ${String(stack.dpl)} of the stack`;
  switch (type) {
    case 3:
      return dpl === 0 ? [] : [`privilege ${String(dpl)} in real mode`];
    case 9:
    case 11:
      return dpl === stack.dpl ? [] : [privileges];
    case 13:
    case 15:
      return dpl <= stack.dpl ? [] : [privileges];
    default:
      return [`type ${String(type)} is not allowed`];
  }
}

function checkRights(index: SegmentIndex, { s, present, limit, g }: SegmentRegister): string[] {
  const problems: string[] = [];
  if (s === SYSTEM.includes(index)) problems.push(`S is ${s ? 'set' : 'clear'}`);
  if (!present) problems.push('not present');
  const wrong = g ? (limit & 0xfff) !== 0xfff : limit > 0xfffff;
  if (wrong)
    problems.push(`limit ${limit.toString(16)} does not go with granularity ${g ? '1' : '0'}`);
  return problems;
}
