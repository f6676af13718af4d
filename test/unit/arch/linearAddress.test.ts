import { expect } from 'chai';
import { Cr0, Cr4, Efer, translateLinear, X86ThreadState } from '../../../src/arch/x86/index';

/** Memory of a few words; everything else is 0. */
function memoryOf(words: Readonly<Record<number, number>>): { load32(address: number): number } {
  return { load32: address => words[address] ?? 0 };
}

function aState(cr3: number, cr4 = 0, efer = 0): X86ThreadState {
  const state = new X86ThreadState();
  state.cr0 = BigInt(Cr0.PE) | BigInt(Cr0.PG);
  state.cr3 = BigInt(cr3);
  state.cr4 = BigInt(cr4);
  state.efer = BigInt(efer);
  return state;
}

const unmapped = (address: number): boolean => address < 0;

describe('translateLinear()', () => {
  it('gives the low 32 bits without paging', () => {
    const state = new X86ThreadState();
    expect(translateLinear(memoryOf({}), state, 0x1_1234_5678n)).to.equal(0x1234_5678);
  });

  it('walks the two levels of 32-bit paging', () => {
    const memory = memoryOf({ [0x1000 + 4 * 3]: 0x2067, [0x2000 + 4 * 5]: 0xffff_f063 });
    const state = aState(0x1018); // flags of CR3 are no address bits
    expect(translateLinear(memory, state, 0x00c0_5abcn)).to.equal(0xffff_fabc);
    expect(translateLinear(memory, state, 0x00c0_6000n)).to.satisfy(unmapped);
    expect(translateLinear(memory, state, 0x0000_5000n)).to.satisfy(unmapped);
  });

  it('knows pages of 4 MiB where they are on, with addresses beyond 32 bits', () => {
    const memory = memoryOf({ [0x1000 + 4]: 0xff80_2083 });
    expect(translateLinear(memory, aState(0x1000, Cr4.PSE), 0x0041_2345n)).to.equal(0x1_ff81_2345);
    expect(translateLinear(memory, aState(0x1000), 0x0041_2345n)).to.satisfy(unmapped);
  });

  it('walks the three levels of PAE paging', () => {
    const memory = memoryOf({
      [0x1020 + 8 * 3]: 0x2001,
      [0x2000 + 8 * 2]: 0x3063,
      [0x3000 + 8 * 7]: 0x5063,
      [0x3000 + 8 * 7 + 4]: 0x8000_0002,
      [0x2000 + 8 * 4]: 0x0080_00e3,
    });
    const state = aState(0x1020, Cr4.PAE);
    expect(translateLinear(memory, state, 0xc040_7123n)).to.equal(0x2_0000_5123);
    expect(translateLinear(memory, state, 0xc081_2345n)).to.equal(0x0081_2345);
    expect(translateLinear(memory, state, 0xc020_0000n)).to.satisfy(unmapped);
    expect(translateLinear(memory, state, 0x4040_7123n)).to.satisfy(unmapped);
  });

  it('walks the four levels of long mode, whose high half is negative', () => {
    const memory = memoryOf({
      [0x1000 + 8 * 511]: 0x2063,
      [0x2000 + 8 * 511]: 0x3063,
      [0x3000 + 8 * 511]: 0x4063,
      [0x4000 + 8 * 511]: 0x7063,
    });
    const state = aState(0x1000, Cr4.PAE, Efer.LME | Efer.LMA);
    expect(translateLinear(memory, state, 0xffff_ffff_ffff_f010n)).to.equal(0x7010);
    expect(translateLinear(memory, state, 0x1000n)).to.satisfy(unmapped);
  });
});
