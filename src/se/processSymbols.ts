/** Names of the code of a running program, its interpreter and the libraries that it has mapped. */
import type { NearestSymbol, SymbolTable } from '../base/index';
import { readElfSymbols } from './elfSymbols';
import type { FileBacking, Vma } from './vma';

/** Symbol tables of files, read when code of theirs is first asked about. */
export class ProcessSymbols {
  readonly #tables = new Map<string, SymbolTable>();

  /** The function that an address in an area lies in; null when none is known. */
  find(address: number, area: Vma | undefined): NearestSymbol | null {
    if (area?.backing === undefined) return null;
    const bias = area.start - area.fileOffset;
    const found = this.#tableOf(area.backing).findNearest(address - bias);
    if (found === null || found.address + bias < area.start) return null;
    const end = Math.min(found.end + bias, area.end);
    return { name: found.name, address: found.address + bias, end };
  }

  #tableOf(file: FileBacking): SymbolTable {
    const known = this.#tables.get(file.identity);
    if (known !== undefined) return known;
    const table = readElfSymbols(file);
    this.#tables.set(file.identity, table);
    return table;
  }
}
