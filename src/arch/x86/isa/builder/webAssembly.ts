/** The part of the `WebAssembly` object that generated code needs: TypeScript has it with the DOM only. */
import type { WasmMemory } from '../../../../mem/index';

/** A table of functions. */
export interface WasmTable {
  readonly length: number;
  grow(by: number): number;
  set(index: number, value: unknown): void;
}

/** What generated modules import. */
export interface WasmImports {
  readonly env: Readonly<Record<string, WasmMemory | WasmTable | ((...args: number[]) => number)>>;
}

interface WasmObject {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: WasmImports,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
  readonly Table: new (description: { element: 'anyfunc'; initial: number }) => WasmTable;
}

const { WebAssembly: wasm } = globalThis as unknown as { readonly WebAssembly: WasmObject };

/** Compiles and instantiates a module at once. @returns its exports */
export function instantiate(
  bytes: Uint8Array,
  imports: WasmImports,
): Readonly<Record<string, unknown>> {
  return new wasm.Instance(new wasm.Module(bytes), imports).exports;
}

/** A table of functions, all of them missing. */
export function makeTable(length: number): WasmTable {
  return new wasm.Table({ element: 'anyfunc', initial: length });
}
