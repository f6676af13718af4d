import { expect } from 'chai';
import { FatalError } from '../../../src/base/index';
import { readBootImage } from '../../../src/cpu/bareMetal/bootImage';
import type { BootImage } from '../../../src/cpu/bareMetal/bootImage';
import { aMultibootHeader, anElfImage, HALT } from '../../support/bootImages';
import { messagesOf } from '../../support/memory';

const read = (file: Uint8Array | readonly number[]): BootImage =>
  readBootImage(Uint8Array.from(file), 'image', 0x7c00);
const refusal = (file: Uint8Array | readonly number[]): string => {
  try {
    read(file);
  } catch (error) {
    if (error instanceof FatalError) return error.message;
    throw error;
  }
  return 'taken';
};
/** A file with some of its bytes changed. */
const patched = (file: Uint8Array, at: number, ...bytes: readonly number[]): Uint8Array => {
  const copy = file.slice();
  copy.set(bytes, at);
  return copy;
};

describe('Boot images: flat binaries', () => {
  it('are everything without a header, and begin in real mode where they are loaded', () => {
    const image = read([0xf4]);
    expect([image.format, image.mode, image.entry]).to.deep.equal(['flat', 'real', 0x7c00]);
    expect(image.segments.map(s => [s.address, [...s.data], s.memorySize])).to.deep.equal([
      [0x7c00, [0xf4], 1],
    ]);
  });

  it('fit below 1 MiB', () => {
    expect(refusal(new Uint8Array(0x10_0000 - 0x7c00))).to.equal('taken');
    expect(refusal(new Uint8Array(0x10_0001 - 0x7c00))).to.contain('do not fit below 1 MiB');
  });

  it('are not empty', () => {
    expect(refusal([])).to.contain('is empty');
  });
});

describe('Boot images: ELF', () => {
  it('of 32 bits begin in protected mode, of 64 bits in long mode', () => {
    const small = read(anElfImage());
    expect([small.format, small.mode, small.entry]).to.deep.equal(['elf32', 'protected', 0x100000]);
    const large = read(anElfImage({ is64Bit: true }));
    expect([large.format, large.mode, large.entry]).to.deep.equal(['elf64', 'long', 0x100000]);
  });

  it('are loaded at their physical addresses, in order', () => {
    for (const is64Bit of [false, true]) {
      const image = read(
        anElfImage({
          is64Bit,
          entry: 0x10_0000n,
          segments: [
            { address: 0x20_0000, data: [3], memorySize: 0x1000 },
            { address: 0x10_0000, virtual: 0xc000_0000n, data: [1, 2] },
            { address: 0x30_0000, data: [], type: 4 },
            { address: 0x40_0000, data: [], memorySize: 0 },
          ],
        }),
      );
      expect(image.segments.map(s => [s.address, [...s.data], s.memorySize])).to.deep.equal([
        [0x10_0000, [1, 2], 2],
        [0x20_0000, [3], 0x1000],
      ]);
    }
  });

  it('begin where the entry point is in memory, however it is named', () => {
    const segments = [{ address: 0x10_0000, virtual: 0xffff_ffff_8000_0000n, data: [0, 0, 0xf4] }];
    const high = anElfImage({ is64Bit: true, segments, entry: 0xffff_ffff_8000_0002n });
    expect(read(high).entry).to.equal(0x10_0002);
    const low = anElfImage({ is64Bit: true, segments, entry: 0x10_0001n });
    expect(read(low).entry).to.equal(0x10_0001);
  });

  it('are refused with one line when they are not for this machine', () => {
    expect(refusal(anElfImage({ machine: 8 }))).to.contain('another machine');
    expect(refusal(anElfImage({ machine: 62 }))).to.contain('another machine');
    expect(refusal(anElfImage({ type: 1 }))).to.contain('object file');
    expect(refusal(anElfImage({ type: 3 }))).to.contain('-no-pie');
    expect(refusal(anElfImage({ type: 4 }))).to.contain('core dump');
    expect(refusal(anElfImage({ type: 9 }))).to.contain('ELF type 9');
    expect(refusal(patched(anElfImage(), 5, 2))).to.contain('big-endian');
    expect(refusal(patched(anElfImage(), 4, 7))).to.contain('ELF class 7');
    expect(refusal(patched(anElfImage(), 6, 0))).to.contain('unknown ELF version');
    const interpreted = [...HALT, { address: 0, data: [1], type: 3 }];
    expect(refusal(anElfImage({ segments: interpreted }))).to.contain('dynamically linked');
  });

  it('are refused when they are damaged', () => {
    const elf = anElfImage({ is64Bit: true });
    expect(refusal(elf.subarray(0, 8))).to.contain('truncated: its identification');
    expect(refusal(elf.subarray(0, 60))).to.contain('truncated: its ELF header');
    expect(refusal(elf.subarray(0, 100))).to.contain('truncated: its program header table');
    expect(refusal(elf.subarray(0, -1))).to.contain('truncated: the segment at 0x100000');
    expect(refusal(patched(elf, 32, 0, 0, 0, 0, 0, 0, 0, 0x80))).to.contain('table is 0x8000');
    expect(refusal(patched(elf, 54, 32))).to.contain('32 bytes each');
    expect(refusal(patched(elf, 56, 0))).to.contain('no program headers');
    expect(refusal(anElfImage({ entry: 0x999n }))).to.contain('entry point 0x999 is in no segment');
    expect(refusal(anElfImage({ segments: [{ address: 0, data: [1], type: 2 }] }))).to.contain(
      'no segment to load',
    );
    const shrunk = [{ address: 0x10_0000, data: [1, 2], memorySize: 1 }];
    expect(refusal(anElfImage({ segments: shrunk }))).to.contain('larger in the file');
    const overlapping = [...HALT, { address: 0x10_0001, data: [1] }];
    expect(refusal(anElfImage({ segments: overlapping }))).to.contain('overlap at 0x100001');
    const beyond = [{ address: 2 ** 52 - 1, data: [1, 2] }];
    expect(refusal(anElfImage({ is64Bit: true, segments: beyond }))).to.contain('beyond all');
  });
});

describe('Boot images: Multiboot', () => {
  it('begin in protected mode as their ELF headers say', () => {
    for (const is64Bit of [false, true]) {
      const image = read(anElfImage({ is64Bit, padding: aMultibootHeader(3) }));
      expect([image.format, image.mode, image.entry]).to.deep.equal([
        'multiboot',
        'protected',
        0x100000,
      ]);
    }
  });

  it('are known by a header with a right checksum in the first 8 KiB', () => {
    expect(read(anElfImage({ padding: aMultibootHeader(0, [], 5) })).format).to.equal('elf32');
    const deep = Array<number>(8192).fill(0);
    expect(read(anElfImage({ padding: [...deep, ...aMultibootHeader()] })).format).to.equal(
      'elf32',
    );
    expect(read(anElfImage({ padding: [0, 0, ...aMultibootHeader()] })).format).to.equal('elf32');
  });

  it('may say themselves where they are loaded', () => {
    // 4 bytes before the header, code after it; loaded at 1 MiB.
    const header = aMultibootHeader(
      1 << 16,
      [0x10_0004, 0x10_0000, 0x10_0026, 0x10_0100, 0x10_0024],
    );
    const image = read([9, 9, 9, 9, ...header, 0xf4, 0xf4, 7, 7]);
    expect([image.format, image.entry]).to.deep.equal(['multiboot', 0x10_0024]);
    const [segment] = image.segments;
    expect([segment!.address, segment!.data.length, segment!.memorySize]).to.deep.equal([
      0x10_0000, 0x26, 0x100,
    ]);
    expect([...segment!.data.subarray(0x24)]).to.deep.equal([0xf4, 0xf4]);
  });

  it('are loaded to the end of the file when they do not say where loading ends', () => {
    const header = aMultibootHeader(1 << 16, [0x10_0000, 0x10_0000, 0, 0, 0x10_0020]);
    const image = read([...header, 0xf4, 0xf4]);
    expect(image.segments[0]!.data).to.have.length(34);
    expect(image.segments[0]!.memorySize).to.equal(34);
  });

  it('are refused when their headers make no sense', () => {
    const withAddresses = (...addresses: readonly number[]): string =>
      refusal([...aMultibootHeader(1 << 16, addresses), 0xf4]);
    expect(withAddresses(0x1000, 0x2000, 0, 0, 0x2000)).to.contain('it is at 0x1000');
    expect(withAddresses(0x2004, 0x2000, 0, 0, 0x2000)).to.contain('it is at 0x2004');
    expect(withAddresses(0x1000, 0x1000, 0x900, 0, 0x1000)).to.contain('loading ends at 0x900');
    expect(withAddresses(0x1000, 0x1000, 0x2000, 0, 0x1000)).to.contain('loading ends at 0x2000');
    expect(withAddresses(0x1000, 0x1000, 0, 0x1010, 0x1000)).to.contain('bss ends at 0x1010');
    expect(withAddresses(0x1000, 0x1000, 0, 0, 0x999)).to.contain('entry point 0x999');
    expect(refusal(aMultibootHeader(1 << 16, [0x1000]))).to.contain('truncated within');
    expect(refusal(aMultibootHeader(1 << 5))).to.contain('demands what Multiboot 1 does not know');
    expect(refusal(aMultibootHeader())).to.contain('does not say where to load it');
    const high = [{ address: 2 ** 33, data: [0xf4] }];
    const image = anElfImage({ is64Bit: true, segments: high, padding: aMultibootHeader() });
    expect(refusal(image)).to.contain('32-bit code cannot reach');
  });

  it('get no video mode, and a warning when they ask for one', () => {
    const messages = messagesOf(() => read(anElfImage({ padding: aMultibootHeader(4) })));
    expect(messages).to.deep.equal(['warn: image asks for a video mode, but there is no display']);
  });
});
