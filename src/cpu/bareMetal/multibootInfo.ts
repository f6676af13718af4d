/**
 * What a boot loader tells a program about the machine. Source: "Multiboot Specification" version
 * 0.6.96, section 3.3.
 */
import { AddrRange } from '../../base/index';
import type { Addr } from '../../base/index';
import { PC_HOLE, type BootMemory } from './bootMemory';

/** A file that was loaded along with the program. */
export interface BootModule {
  readonly address: Addr;
  /** Bytes. */
  readonly size: number;
  /** Its name and arguments. */
  readonly text: string;
}

/** What is to be told. */
export interface BootInfo {
  /** The program's name and arguments. */
  readonly commandLine: string;
  readonly modules: readonly BootModule[];
}

/** Bits of the structure's first word: which of the fields are valid. */
const InfoFlag = {
  Memory: 1 << 0,
  CommandLine: 1 << 2,
  Modules: 1 << 3,
  MemoryMap: 1 << 6,
  LoaderName: 1 << 9,
} as const;

/** Offsets of the fields. */
const Field = {
  flags: 0,
  memoryLower: 4,
  memoryUpper: 8,
  commandLine: 16,
  moduleCount: 20,
  modules: 24,
  memoryMapLength: 44,
  memoryMap: 48,
  loaderName: 64,
} as const;

const INFO_BYTES = 116;
const MODULE_BYTES = 16;
/** The size field included, which does not count itself. */
const MAP_ENTRY_BYTES = 24;
const AVAILABLE = 1;
const RESERVED = 2;
const LOADER_NAME = 'mini-gem5';
const KIB = 1024;
const MIB = KIB * KIB;

/** Puts the structure, and all that it points to, into memory. @returns where it is */
export function writeMultibootInfo(memory: BootMemory, info: BootInfo): Addr {
  const map = memoryMap(memory.ranges);
  const texts = [info.commandLine, LOADER_NAME, ...info.modules.map(module => module.text)].map(
    text => new TextEncoder().encode(`${text}\0`),
  );
  const moduleTable = INFO_BYTES;
  const mapTable = moduleTable + info.modules.length * MODULE_BYTES;
  const textArea = mapTable + map.length * MAP_ENTRY_BYTES;
  const size = texts.reduce((sum, text) => sum + text.length, textArea);
  const base = memory.allocate(size, 16, 'the Multiboot information');

  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  const put = (offset: number, value: number): void => {
    view.setUint32(offset, value, true);
  };
  let place = textArea;
  const [commandLine = 0, loaderName = 0, ...moduleTexts] = texts.map(text => {
    bytes.set(text, place);
    place += text.length;
    return base + place - text.length;
  });

  put(
    Field.flags,
    InfoFlag.Memory |
      InfoFlag.CommandLine |
      InfoFlag.Modules |
      InfoFlag.MemoryMap |
      InfoFlag.LoaderName,
  );
  put(Field.memoryLower, Math.floor(sizeFrom(map, 0) / KIB));
  put(Field.memoryUpper, Math.min(Math.floor(sizeFrom(map, MIB) / KIB), 0xffffffff));
  put(Field.commandLine, commandLine);
  put(Field.moduleCount, info.modules.length);
  put(Field.modules, base + moduleTable);
  put(Field.memoryMapLength, map.length * MAP_ENTRY_BYTES);
  put(Field.memoryMap, base + mapTable);
  put(Field.loaderName, loaderName);
  info.modules.forEach((module, i) => {
    const at = moduleTable + i * MODULE_BYTES;
    put(at, module.address);
    put(at + 4, module.address + module.size);
    put(at + 8, moduleTexts[i] ?? 0);
  });
  map.forEach(({ range, type }, i) => {
    const at = mapTable + i * MAP_ENTRY_BYTES;
    put(at, MAP_ENTRY_BYTES - 4);
    view.setBigUint64(at + 4, BigInt(range.start), true);
    view.setBigUint64(at + 12, BigInt(range.size), true);
    put(at + 20, type);
  });
  memory.write(base, bytes);
  return base;
}

interface MapEntry {
  readonly range: AddrRange;
  readonly type: number;
}

/** Memory, and what of it programs keep their hands off on a PC. */
function memoryMap(ranges: readonly AddrRange[]): MapEntry[] {
  const entries: MapEntry[] = [];
  for (const range of ranges) {
    for (const free of range.exclude([PC_HOLE])) entries.push({ range: free, type: AVAILABLE });
    const start = Math.max(range.start, PC_HOLE.start);
    const end = Math.min(range.end, PC_HOLE.end);
    if (start < end) entries.push({ range: new AddrRange(start, end), type: RESERVED });
  }
  return entries.sort((a, b) => a.range.start - b.range.start);
}

/** Bytes of free memory from an address on without a gap. */
function sizeFrom(map: readonly MapEntry[], address: Addr): number {
  const entry = map.find(({ range, type }) => type === AVAILABLE && range.start === address);
  return entry?.range.size ?? 0;
}
