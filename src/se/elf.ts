/**
 * Reading the headers of x86-64 Linux programs, with every bound checked: what comes out can be loaded
 * as it is, and a file that cannot be run is refused with one line that says why.
 *
 * Source: the System V ABI, "Object Files" and its AMD64 supplement; elf(5).
 */
import { fatal } from '../base/index';
import { LOWEST_MAPPING, PAGE_SIZE, pageOffset, Protection, USER_END } from './layout';
import type { FileBacking } from './vma';

/** A part of a program that is loaded. Sizes in bytes, addresses as linked. */
export interface ElfSegment {
  readonly fileOffset: number;
  readonly address: number;
  readonly fileSize: number;
  readonly memorySize: number;
  /** `Protection` bits. */
  readonly protection: number;
}

/** A program that can be loaded. */
export interface ElfProgram {
  /** The file its segments are read from. */
  readonly file: FileBacking;
  /** May be loaded anywhere; otherwise at the addresses it was linked for. */
  readonly relocatable: boolean;
  readonly entry: number;
  /** In ascending order of addresses, without overlaps; at least one. */
  readonly segments: readonly ElfSegment[];
  /** Largest alignment that a segment asks for, in bytes; a page at least. */
  readonly alignment: number;
  /** The program header table as the loaded program sees it; address 0 when it is not loaded. */
  readonly programHeaders: { readonly address: number; readonly count: number };
  readonly executableStack: boolean;
  /** Path of the program that loads this one's shared libraries; `undefined` when it needs none. */
  readonly interpreter: string | undefined;
}

const HEADER_SIZE = 64;
/** Bytes in one entry of the program header table. */
export const PROGRAM_HEADER_SIZE = 56;

const EM_X86_64 = 62;
const MACHINES: Readonly<Record<number, string>> = {
  2: 'SPARC',
  3: 'Intel 80386',
  8: 'MIPS',
  20: 'PowerPC',
  21: 'PowerPC64',
  22: 'IBM S/390',
  40: 'Arm',
  43: 'SPARC V9',
  183: 'AArch64',
  243: 'RISC-V',
  258: 'LoongArch',
};
const ELFCLASS64 = 2;
const ELFDATA2LSB = 1;
const ET = { Relocatable: 1, Executable: 2, Dynamic: 3, Core: 4 } as const;
const PT = { Load: 1, Dynamic: 2, Interpreter: 3, GnuStack: 0x6474e551 } as const;
const PF = { Execute: 1, Write: 2, Read: 4 } as const;
const DT_NEEDED = 1;
/** Longest path, in bytes, its final 0 included. */
const PATH_MAX = 4096;
const OS_NAMES: Readonly<Record<number, string>> = {
  2: 'NetBSD',
  6: 'Solaris',
  9: 'FreeBSD',
  12: 'OpenBSD',
};

interface ProgramHeader extends ElfSegment {
  readonly type: number;
  readonly flags: number;
  readonly align: number;
}

/** A little-endian 64-bit number; inexact, but still too large for any use, beyond 2^53. */
function word64(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/**
 * Reads a program's headers.
 * @param file - anywhere, on disk or in memory.
 * @throws {FatalError} when it is no x86-64 Linux program, or is damaged.
 */
export function readElf(file: FileBacking): ElfProgram {
  return new ElfReader(file).read();
}

class ElfReader {
  readonly #file: FileBacking;
  readonly #size: number;

  constructor(file: FileBacking) {
    this.#file = file;
    this.#size = file.size();
  }

  read(): ElfProgram {
    const header = this.#header();
    const type = header.getUint16(16, true);
    const entry = word64(header, 24);
    const headers = this.#programHeaders(header);
    const interpreter = this.#interpreter(headers);
    const relocatable = type === ET.Dynamic;
    const segments = this.#segments(headers, relocatable);
    const inCode = segments.some(
      s =>
        (s.protection & Protection.Execute) !== 0 &&
        entry >= s.address &&
        entry < s.address + s.memorySize,
    );
    if (!inCode) {
      this.#refuse(
        relocatable
          ? 'is a shared library, not a program'
          : `is damaged: its entry point ${hex(entry)} is in no executable segment`,
      );
    }
    const stack = headers.find(h => h.type === PT.GnuStack);
    return {
      file: this.#file,
      relocatable,
      entry,
      segments,
      alignment: Math.max(PAGE_SIZE, ...headers.filter(h => h.type === PT.Load).map(h => h.align)),
      programHeaders: {
        address: addressOfOffset(segments, word64(header, 32), headers.length),
        count: headers.length,
      },
      executableStack: stack !== undefined && (stack.flags & PF.Execute) !== 0,
      interpreter,
    };
  }

  #refuse(reason: string): never {
    return fatal(`${this.#file.path} ${reason}`);
  }

  #view(position: number, length: number, what: string): DataView {
    if (position + length > this.#size) {
      const end = hex(position + length);
      this.#refuse(`is truncated: ${what} ends at ${end}, the file at ${hex(this.#size)}`);
    }
    const bytes = new Uint8Array(length);
    if (this.#file.read(bytes, 0, length, position) !== length) this.#refuse('cannot be read');
    return new DataView(bytes.buffer);
  }

  #header(): DataView {
    if (this.#size === 0) this.#refuse('is empty');
    const magic = this.#view(0, Math.min(4, this.#size), 'its first word');
    if (magic.byteLength >= 2 && magic.getUint16(0) === 0x2321) {
      this.#refuse('is a script; give the program that runs it');
    }
    if (magic.byteLength < 4 || magic.getUint32(0) !== 0x7f454c46) {
      this.#refuse('is not an ELF file; give an x86-64 Linux program');
    }
    const header = this.#view(0, HEADER_SIZE, 'its ELF header');
    const elfClass = header.getUint8(4);
    if (elfClass === 1) this.#refuse('is a 32-bit program; only 64-bit ones can be run');
    if (elfClass !== ELFCLASS64) this.#refuse(`is damaged: ELF class ${String(elfClass)}`);
    if (header.getUint8(5) !== ELFDATA2LSB) {
      this.#refuse('is big-endian; only x86-64 programs can be run');
    }
    const machine = header.getUint16(18, true);
    if (machine !== EM_X86_64) {
      const name = MACHINES[machine] ?? `ELF machine number ${String(machine)}`;
      this.#refuse(`is for another machine (${name}); only x86-64 programs can be run`);
    }
    this.#checkKind(header);
    return header;
  }

  #checkKind(header: DataView): void {
    if (header.getUint8(6) !== 1 || header.getUint32(20, true) !== 1) {
      this.#refuse('is damaged: it has an unknown ELF version');
    }
    const system = header.getUint8(7);
    if (system !== 0 && system !== 3) {
      const name = OS_NAMES[system] ?? `ELF system number ${String(system)}`;
      this.#refuse(`is for another operating system (${name}); only Linux programs can be run`);
    }
    const type = header.getUint16(16, true);
    if (type === ET.Relocatable) this.#refuse('is an object file; link it to a program first');
    if (type === ET.Core) this.#refuse('is a core dump, not a program');
    if (type !== ET.Executable && type !== ET.Dynamic) {
      this.#refuse(`is damaged: ELF type ${String(type)}`);
    }
  }

  #programHeaders(header: DataView): ProgramHeader[] {
    const position = word64(header, 32);
    const entrySize = header.getUint16(54, true);
    const count = header.getUint16(56, true);
    if (count === 0) this.#refuse('has no program headers, so nothing can be loaded');
    if (entrySize !== PROGRAM_HEADER_SIZE) {
      this.#refuse(`is damaged: its program headers have ${String(entrySize)} bytes each`);
    }
    const view = this.#view(position, count * entrySize, 'its program header table');
    return Array.from({ length: count }, (_, i) => programHeader(view, i * entrySize));
  }

  #interpreter(headers: readonly ProgramHeader[]): string | undefined {
    const header = headers.find(h => h.type === PT.Interpreter);
    if (header === undefined) {
      if (!this.#needsLibraries(headers)) return undefined;
      return this.#refuse('needs shared libraries but no interpreter to load them; link it again');
    }
    const { fileOffset, fileSize } = header;
    if (fileSize > PATH_MAX) this.#refuse(`is damaged: its interpreter's name is too long`);
    const view = this.#view(fileOffset, fileSize, "its interpreter's name");
    const text = Buffer.from(view.buffer).toString();
    if (!text.startsWith('/') || text.indexOf('\0') !== text.length - 1) {
      this.#refuse(`is damaged: its interpreter's name is no absolute path`);
    }
    return text.slice(0, -1);
  }

  /** Whether the dynamic section, which static PIEs have too, names a shared library. */
  #needsLibraries(headers: readonly ProgramHeader[]): boolean {
    const dynamic = headers.find(h => h.type === PT.Dynamic);
    if (dynamic === undefined) return false;
    const view = this.#view(dynamic.fileOffset, dynamic.fileSize, 'its dynamic section');
    for (let at = 0; at + 16 <= view.byteLength; at += 16) {
      const tag = word64(view, at);
      if (tag === 0) return false;
      if (tag === DT_NEEDED) return true;
    }
    return false;
  }

  #segments(headers: readonly ProgramHeader[], relocatable: boolean): ElfSegment[] {
    const segments = headers.filter(h => h.type === PT.Load && h.memorySize > 0);
    if (segments.length === 0) this.#refuse('has no segment to load');
    let previousEnd = 0;
    for (const segment of segments) {
      this.#checkSegment(segment, relocatable);
      if (segment.address < previousEnd) {
        const { address } = segment;
        this.#refuse(`is damaged: the segment at ${hex(address)} overlaps the one before`);
      }
      previousEnd = segment.address + segment.memorySize;
    }
    return segments;
  }

  #checkSegment(segment: ProgramHeader, relocatable: boolean): void {
    const { fileOffset, address, fileSize, memorySize, align } = segment;
    const where = `the segment at ${hex(address)}`;
    if (fileSize > memorySize) this.#refuse(`is damaged: ${where} is larger in the file`);
    if (fileOffset + fileSize > this.#size) {
      const end = hex(fileOffset + fileSize);
      this.#refuse(
        `is truncated: ${where} ends at ${end} of the file, the file at ${hex(this.#size)}`,
      );
    }
    if (pageOffset(address) !== pageOffset(fileOffset)) {
      this.#refuse(`is damaged: ${where} is not aligned to pages as in the file`);
    }
    if (align > 2 ** 30 || (align > 1 && !Number.isInteger(Math.log2(align)))) {
      this.#refuse(`is damaged: ${where} has an alignment of ${hex(align)}`);
    }
    const lowest = relocatable ? 0 : LOWEST_MAPPING;
    if (address < lowest || address + memorySize > USER_END) {
      this.#refuse(`cannot be loaded: ${where} lies outside a program's addresses`);
    }
  }
}

function programHeader(view: DataView, at: number): ProgramHeader {
  const flags = view.getUint32(at + 4, true);
  return {
    type: view.getUint32(at, true),
    flags,
    fileOffset: word64(view, at + 8),
    address: word64(view, at + 16),
    fileSize: word64(view, at + 32),
    memorySize: word64(view, at + 40),
    align: word64(view, at + 48),
    protection:
      ((flags & PF.Read) !== 0 ? Protection.Read : 0) |
      ((flags & PF.Write) !== 0 ? Protection.Write : 0) |
      ((flags & PF.Execute) !== 0 ? Protection.Execute : 0),
  };
}

/** The address at which the program header table is loaded, 0 when no segment holds it. */
function addressOfOffset(segments: readonly ElfSegment[], position: number, count: number): number {
  const end = position + count * PROGRAM_HEADER_SIZE;
  const holder = segments.find(s => s.fileOffset <= position && end <= s.fileOffset + s.fileSize);
  return holder === undefined ? 0 : holder.address + (position - holder.fileOffset);
}
