import { expect } from 'chai';
import {
  CS,
  DS,
  FS,
  LDTR,
  resetThreadState,
  RFlags,
  SS,
  TR,
  X86ThreadState,
  type SegmentIndex,
  type SegmentValue,
} from '../../../src/arch/x86/index';
import { checkSegments } from '../../../src/kvm/segmentCheck';
import { setGuestMode } from '../../support/bareGuest';

/** A thread in 64-bit user mode, which the hardware takes. */
function aThread(): X86ThreadState {
  const state = new X86ThreadState();
  resetThreadState(state);
  const sregs = state.bytesOf('sregs');
  setGuestMode(new DataView(sregs.buffer, sregs.byteOffset, sregs.byteLength), 'user');
  return state;
}

const problemsWith = (index: SegmentIndex, change: Partial<SegmentValue>): string[] => {
  const state = aThread();
  const segment = state.segment(index);
  segment.assign({ ...segment.toValue(), ...change });
  return checkSegments(state);
};

describe('The check of segment registers', () => {
  it('has nothing against threads in real and in long mode', () => {
    expect(checkSegments(aThread())).to.deep.equal([]);
    const real = new X86ThreadState();
    resetThreadState(real);
    real.segment(CS).base = 0xf0000n;
    expect(checkSegments(real)).to.deep.equal([]);
  });

  const cases: readonly [SegmentIndex, Partial<SegmentValue>, string][] = [
    [CS, { base: 0x1_0000_0000n }, 'cs: base 100000000 is above 4 GiB'],
    [CS, { type: 2 }, 'cs: type 2 is not allowed'],
    [CS, { dpl: 0 }, 'cs: privilege 0, and 3 of the stack'],
    [CS, { type: 3 }, 'cs: privilege 3 in real mode'],
    [SS, { type: 1 }, 'ss: type 1 is not allowed'],
    [DS, { type: 2 }, 'ds: type 2 is not allowed'],
    [DS, { s: false }, 'ds: S is clear'],
    [DS, { present: false }, 'ds: not present'],
    [DS, { limit: 0xfffff000 }, 'ds: limit fffff000 does not go with granularity 1'],
    [DS, { limit: 0x100000, g: false }, 'ds: limit 100000 does not go with granularity 0'],
    [FS, { base: 0x8000_0000_0000n }, 'fs: base 800000000000 is not canonical'],
    [TR, { type: 9 }, 'tr: type 9 is not allowed'],
    [TR, { s: true }, 'tr: S is set'],
    [LDTR, { type: 3, unusable: false }, 'ldtr: type 3 is not allowed'],
  ];
  for (const [index, change, problem] of cases) {
    it(`says ${problem}`, () => {
      expect(problemsWith(index, change)).to.include(problem);
    });
  }

  it('has nothing against what is not used, and nothing in virtual-8086 mode', () => {
    expect(problemsWith(DS, { type: 2, present: false, unusable: true })).to.deep.equal([]);
    const state = aThread();
    state.rflags = BigInt(RFlags.VM);
    state.segment(CS).dpl = 0;
    expect(checkSegments(state)).to.deep.equal([]);
  });
});
