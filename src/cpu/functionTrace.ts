/**
 * The trace of functions that a CPU enters, in a file of the output directory: a line for each change,
 * with the tick, the function's name, and behind it the ticks until the next one.
 * Source: gem5 `cpu/base.{hh,cc}`, `traceFunctions`.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { NearestSymbol, Tick } from '../base/index';

/** Names the function at an address. */
export type SymbolFinder = (address: number) => NearestSymbol | null;

/** Writes the trace of one CPU. */
export class FunctionTrace {
  readonly #descriptor: number;
  readonly #find: SymbolFinder;
  #start = 0;
  #end = 0;
  #entered: Tick;

  /** @param from - the tick at which it begins */
  constructor(directory: string, cpuName: string, from: Tick, find: SymbolFinder) {
    this.#descriptor = openSync(join(directory, `ftrace.${cpuName}`), 'w');
    this.#entered = from;
    this.#find = find;
  }

  /** An instruction is executed. */
  note(address: number, tick: Tick): void {
    if (address >= this.#start && address < this.#end) return;
    const symbol = this.#find(address);
    this.#start = symbol?.address ?? address;
    this.#end = symbol?.end ?? address + 1;
    const name = symbol?.name ?? `0x${address.toString(16)}`;
    writeSync(this.#descriptor, ` (${String(tick - this.#entered)})\n${String(tick)}: ${name}`);
    this.#entered = tick;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}
