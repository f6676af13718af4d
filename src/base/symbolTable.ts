/** Names of addresses. Source of the behaviour: gem5 `base/loader/symtab.{hh,cc}`. */

/** A name and the address that it stands for. */
export interface CodeSymbol {
  readonly name: string;
  readonly address: number;
}

/** What a search finds: the symbol, and where the next one begins. */
export interface NearestSymbol extends CodeSymbol {
  /** Infinity when there is no next one. */
  readonly end: number;
}

/** Symbols in order of their addresses. */
export class SymbolTable {
  readonly #symbols: readonly CodeSymbol[];

  /** Of several symbols at one address the first counts. */
  constructor(symbols: readonly CodeSymbol[]) {
    const sorted = symbols.toSorted((a, b) => a.address - b.address);
    this.#symbols = sorted.filter(({ address }, i) => address !== sorted[i - 1]?.address);
  }

  /** The last symbol that does not lie above an address; null when there is none. */
  findNearest(address: number): NearestSymbol | null {
    let low = 0;
    let high = this.#symbols.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#symbols[middle]?.address ?? Infinity) <= address) low = middle + 1;
      else high = middle;
    }
    const found = this.#symbols[low - 1];
    if (found === undefined) return null;
    return { ...found, end: this.#symbols[low]?.address ?? Infinity };
  }
}
