/**
 * The functions that a program's symbol table names, for traces. What is damaged has none: a trace is no
 * reason not to run. Source: the System V ABI, "Sections" and "Symbol Table"; elf(5).
 */
import { SymbolTable, type CodeSymbol } from '../base/index';
import type { FileBacking } from './vma';

const SECTION_BYTES = 64;
const SYMBOL_BYTES = 24;
const PROGRAM_HEADER_BYTES = 56;
const SHT = { SymbolTable: 2, DynamicSymbols: 11 } as const;
/** STT_NOTYPE, STT_FUNC and STT_GNU_IFUNC: what code may be named by. */
const codeTypes: ReadonlySet<number> = new Set([0, 2, 10]);
const STB_LOCAL = 0;
const PT_LOAD = 1;

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/** Symbols by file offset of the code that they stand for, so that they hold wherever a file is mapped. */
export function readElfSymbols(file: FileBacking): SymbolTable {
  return new SymbolTable(new SymbolReader(file).read());
}

class SymbolReader {
  readonly #file: FileBacking;

  constructor(file: FileBacking) {
    this.#file = file;
  }

  read(): CodeSymbol[] {
    const header = this.#view(0, 64);
    if (header?.getUint32(0) !== 0x7f454c46 || header.getUint16(58, true) !== SECTION_BYTES) {
      return [];
    }
    const count = header.getUint16(60, true);
    const table = this.#view(word(header, 40), count * SECTION_BYTES);
    const programHeaders = this.#view(
      word(header, 32),
      header.getUint16(56, true) * PROGRAM_HEADER_BYTES,
    );
    if (table === null || programHeaders === null) return [];
    const sections = Array.from({ length: count }, (_, i) => sectionAt(table, i * SECTION_BYTES));
    const symbols =
      sections.find(({ type }) => type === SHT.SymbolTable) ??
      sections.find(({ type }) => type === SHT.DynamicSymbols);
    const names = sections[symbols?.link ?? -1];
    if (symbols === undefined || names === undefined) return [];
    return this.#symbols(symbols, names, offsetsOf(programHeaders));
  }

  #symbols(symbols: Section, names: Section, offsetOf: (address: number) => number): CodeSymbol[] {
    const entries = this.#view(symbols.offset, symbols.size);
    const strings = this.#view(names.offset, names.size);
    if (entries === null || strings === null) return [];
    const text = new Uint8Array(strings.buffer);
    const found: { readonly symbol: CodeSymbol; readonly isLocal: boolean }[] = [];
    for (let at = 0; at + SYMBOL_BYTES <= entries.byteLength; at += SYMBOL_BYTES) {
      const info = entries.getUint8(at + 4);
      const isDefined = entries.getUint16(at + 6, true) !== 0;
      const name = nameAt(text, entries.getUint32(at, true));
      const address = offsetOf(word(entries, at + 8));
      if (!isDefined || !codeTypes.has(info & 15) || name === '' || address < 0) continue;
      found.push({ symbol: { name, address }, isLocal: info >> 4 === STB_LOCAL });
    }
    // Of several names of one function the global one comes first.
    return found.sort((a, b) => Number(a.isLocal) - Number(b.isLocal)).map(({ symbol }) => symbol);
  }

  #view(position: number, length: number): DataView | null {
    if (position + length > this.#file.size()) return null;
    const bytes = new Uint8Array(length);
    if (this.#file.read(bytes, 0, length, position) !== length) return null;
    return new DataView(bytes.buffer);
  }
}

function word(view: DataView, offset: number): number {
  return view.getUint32(offset + 4, true) * 2 ** 32 + view.getUint32(offset, true);
}

function sectionAt(view: DataView, at: number): Section {
  return {
    type: view.getUint32(at + 4, true),
    offset: word(view, at + 24),
    size: word(view, at + 32),
    link: view.getUint32(at + 40, true),
  };
}

/** From an address as linked to an offset in the file; -1 of what is not loaded from it. */
function offsetsOf(headers: DataView): (address: number) => number {
  const segments: { start: number; end: number; offset: number }[] = [];
  for (let at = 0; at + PROGRAM_HEADER_BYTES <= headers.byteLength; at += PROGRAM_HEADER_BYTES) {
    if (headers.getUint32(at, true) !== PT_LOAD) continue;
    const start = word(headers, at + 16);
    segments.push({ start, end: start + word(headers, at + 32), offset: word(headers, at + 8) });
  }
  return address => {
    const segment = segments.find(({ start, end }) => address >= start && address < end);
    return segment === undefined ? -1 : address - segment.start + segment.offset;
  };
}

function nameAt(strings: Uint8Array, start: number): string {
  const end = strings.indexOf(0, start);
  return end < 0 ? '' : Buffer.from(strings.subarray(start, end)).toString();
}
