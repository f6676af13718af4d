/**
 * ELF files for a machine without an operating system: loaded at their physical addresses.
 *
 * Source: the System V ABI, "Object Files", and its i386 and AMD64 supplements.
 */
import { fatal } from '../../base/index';
import type { Addr } from '../../base/index';
import type { LoadSegment } from './bootImage';

/** What of an ELF file is loaded, and where it begins. */
export interface ElfImage {
  readonly is64Bit: boolean;
  /** Physical address of the first instruction. */
  readonly entry: Addr;
  /** By ascending addresses, without overlaps; at least one. */
  readonly segments: readonly LoadSegment[];
}

/** Offsets of the fields that differ between the two classes, and sizes, in bytes. */
interface Layout {
  readonly headerSize: number;
  readonly tableOffset: number;
  readonly entrySize: number;
  readonly entryCount: number;
  readonly programHeaderSize: number;
  readonly fileOffset: number;
  readonly virtualAddress: number;
  readonly physicalAddress: number;
  readonly fileSize: number;
  readonly memorySize: number;
}

const LAYOUT_32: Layout = {
  ...{ headerSize: 52, tableOffset: 28, entrySize: 42, entryCount: 44, programHeaderSize: 32 },
  ...{ fileOffset: 4, virtualAddress: 8, physicalAddress: 12, fileSize: 16, memorySize: 20 },
};
const LAYOUT_64: Layout = {
  ...{ headerSize: 64, tableOffset: 32, entrySize: 54, entryCount: 56, programHeaderSize: 56 },
  ...{ fileOffset: 8, virtualAddress: 16, physicalAddress: 24, fileSize: 32, memorySize: 40 },
};

const MAGIC = 0x7f454c46;
const ELFCLASS32 = 1;
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const EM_386 = 3;
const EM_X86_64 = 62;
const ET = { Relocatable: 1, Executable: 2, Dynamic: 3, Core: 4 } as const;
const PT = { Load: 1, Interpreter: 3 } as const;
/** Physical addresses end here: SDM volume 3, 4.1.4. */
const PHYSICAL_END = 2n ** 52n;

interface Segment extends LoadSegment {
  readonly virtual: bigint;
}

const hex = (value: number | bigint): string => `0x${value.toString(16)}`;

/** Whether a file begins as an ELF file does. */
export function isElf(file: Uint8Array): boolean {
  return file.length >= 4 && new DataView(file.buffer, file.byteOffset).getUint32(0) === MAGIC;
}

/**
 * Reads the headers of an ELF file, with every bound checked.
 *
 * @param path - for messages
 * @throws {FatalError} when it is no x86 program linked for fixed addresses, or is damaged
 */
export function readElfImage(file: Uint8Array, path: string): ElfImage {
  return new ElfImageReader(file, path).read();
}

class ElfImageReader {
  readonly #file: Uint8Array;
  readonly #view: DataView;
  readonly #path: string;

  constructor(file: Uint8Array, path: string) {
    this.#file = file;
    this.#view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    this.#path = path;
  }

  read(): ElfImage {
    this.#require(0, 16, 'its identification');
    const elfClass = this.#view.getUint8(4);
    if (elfClass !== ELFCLASS32 && elfClass !== ELFCLASS64) {
      this.#refuse(`is damaged: ELF class ${String(elfClass)}`);
    }
    const is64Bit = elfClass === ELFCLASS64;
    const layout = is64Bit ? LAYOUT_64 : LAYOUT_32;
    this.#checkKind(layout);
    const segments = this.#segments(layout);
    const entry = this.#word(layout, 24);
    return { is64Bit, segments, entry: this.#physicalEntry(entry, segments) };
  }

  #refuse(reason: string): never {
    return fatal(`${this.#path} ${reason}`);
  }

  #require(offset: number, length: number, what: string): void {
    const { length: size } = this.#file;
    if (offset + length <= size) return;
    this.#refuse(`is truncated: ${what} ends at ${hex(offset + length)}, the file at ${hex(size)}`);
  }

  /** A number as wide as an address of the class. */
  #word(layout: Layout, offset: number): bigint {
    return layout === LAYOUT_64
      ? this.#view.getBigUint64(offset, true)
      : BigInt(this.#view.getUint32(offset, true));
  }

  #checkKind(layout: Layout): void {
    const view = this.#view;
    if (view.getUint8(5) !== ELFDATA2LSB) this.#refuse('is big-endian; x86 is little-endian');
    this.#require(0, layout.headerSize, 'its ELF header');
    if (view.getUint8(6) !== 1 || view.getUint32(20, true) !== 1) {
      this.#refuse('is damaged: it has an unknown ELF version');
    }
    const machine = view.getUint16(18, true);
    if (machine !== (layout === LAYOUT_64 ? EM_X86_64 : EM_386)) {
      this.#refuse(`is for another machine (ELF machine number ${String(machine)}), not for x86`);
    }
    const type = view.getUint16(16, true);
    if (type === ET.Relocatable) this.#refuse('is an object file; link it first');
    if (type === ET.Core) this.#refuse('is a core dump');
    if (type === ET.Dynamic) {
      this.#refuse('is position-independent; link it for fixed addresses (-no-pie)');
    }
    if (type !== ET.Executable) this.#refuse(`is damaged: ELF type ${String(type)}`);
  }

  #segments(layout: Layout): readonly Segment[] {
    const view = this.#view;
    const table = this.#number(this.#word(layout, layout.tableOffset), 'its program header table');
    const entrySize = view.getUint16(layout.entrySize, true);
    const count = view.getUint16(layout.entryCount, true);
    if (count === 0) this.#refuse('has no program headers, so nothing can be loaded');
    if (entrySize !== layout.programHeaderSize) {
      this.#refuse(`is damaged: its program headers have ${String(entrySize)} bytes each`);
    }
    this.#require(table, count * entrySize, 'its program header table');
    const segments: Segment[] = [];
    for (let i = 0; i < count; i++) {
      const at = table + i * entrySize;
      const type = view.getUint32(at, true);
      if (type === PT.Interpreter) this.#refuse('is dynamically linked; link with -static');
      if (type === PT.Load && this.#word(layout, at + layout.memorySize) > 0n) {
        segments.push(this.#segment(layout, at));
      }
    }
    if (segments.length === 0) this.#refuse('has no segment to load');
    return this.#inOrder(segments);
  }

  /** A number of the file that is to be an offset or a size. */
  #number(value: bigint, what: string): number {
    if (value > BigInt(Number.MAX_SAFE_INTEGER))
      this.#refuse(`is damaged: ${what} is ${hex(value)}`);
    return Number(value);
  }

  #segment(layout: Layout, at: number): Segment {
    const physical = this.#word(layout, at + layout.physicalAddress);
    const memorySize = this.#word(layout, at + layout.memorySize);
    const where = `the segment at ${hex(physical)}`;
    const fileSize = this.#number(this.#word(layout, at + layout.fileSize), `the size of ${where}`);
    const offset = this.#number(
      this.#word(layout, at + layout.fileOffset),
      `the place of ${where}`,
    );
    if (BigInt(fileSize) > memorySize) this.#refuse(`is damaged: ${where} is larger in the file`);
    if (physical + memorySize > PHYSICAL_END) {
      this.#refuse(`cannot be loaded: ${where} lies beyond all physical addresses`);
    }
    this.#require(offset, fileSize, where);
    return {
      address: Number(physical),
      virtual: this.#word(layout, at + layout.virtualAddress),
      data: this.#file.subarray(offset, offset + fileSize),
      memorySize: Number(memorySize),
    };
  }

  #inOrder(segments: readonly Segment[]): readonly Segment[] {
    const ordered = [...segments].sort((a, b) => a.address - b.address);
    let end = 0;
    for (const { address, memorySize } of ordered) {
      if (address < end) this.#refuse(`is damaged: two segments overlap at ${hex(address)}`);
      end = address + memorySize;
    }
    return ordered;
  }

  /** Where in memory the entry point is: linkers name it by its virtual address, or by this one. */
  #physicalEntry(entry: bigint, segments: readonly Segment[]): Addr {
    for (const { virtual, address, memorySize } of segments) {
      const offset = entry - virtual;
      if (offset >= 0n && offset < BigInt(memorySize)) return address + Number(offset);
    }
    const physical = Number(entry);
    for (const { address, memorySize } of segments) {
      if (physical >= address && physical < address + memorySize) return physical;
    }
    return this.#refuse(`is damaged: its entry point ${hex(entry)} is in no segment`);
  }
}
