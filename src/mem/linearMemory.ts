/** Linear memory for guests: a `WebAssembly.Memory` that begins where a large page of the host does. */
import {
  addressOf,
  HostMapping,
  HUGE_PAGE_BYTES,
  isErrnoError,
  MapFlag,
  Protection,
} from '../host/index';

/** The part of `WebAssembly.Memory` that is used here. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

// TypeScript declares WebAssembly with the DOM only.
const { WebAssembly: wasm } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Memory: new (limits: { initial: number; maximum: number }) => WasmMemory;
  };
};

/** Linear memory grows in pages of so many bytes. */
export const WASM_PAGE_BYTES = 65536;

/** More than the engine reserves for one memory, and no multiple of a large page's size. */
const PROBE_BYTES = 2 ** 34 + 4096;

/**
 * Zeroed linear memory. KVM maps a large page of the guest as one only where it is one of the host's
 * too, so the first byte is put at the beginning of a large page where that can be had.
 *
 * @param bytes - a multiple of 64 KiB
 * @throws {RangeError} when the host has not enough
 */
export function allocateLinearMemory(bytes: number): WasmMemory {
  const memory = newMemory(bytes);
  const excess = excessOf(memory);
  return excess === 0 ? memory : (tryAgain(bytes, excess) ?? memory);
}

function newMemory(bytes: number): WasmMemory {
  const pages = bytes / WASM_PAGE_BYTES;
  return new wasm.Memory({ initial: pages, maximum: pages });
}

/** Bytes from the beginning of a large page to that of a memory. */
function excessOf(memory: WasmMemory): number {
  return Number(addressOf(new Uint8Array(memory.buffer)) % BigInt(HUGE_PAGE_BYTES));
}

/** Another memory, lower by as much as the first one is too high, or undefined. */
function tryAgain(bytes: number, excess: number): WasmMemory | undefined {
  let plug: HostMapping | undefined;
  try {
    plug = takeNextPlace(excess);
    const memory = newMemory(bytes);
    return excessOf(memory) === 0 ? memory : undefined;
  } catch (error) {
    // Without the address space for a second one, the first has to do.
    if (isErrnoError(error) || error instanceof RangeError) return undefined;
    throw error;
  } finally {
    plug?.unmap();
  }
}

/** Linux puts large mappings one below the other: takes the upper end of where the next would go. */
function takeNextPlace(length: number): HostMapping {
  const nothing = {
    protection: Protection.None,
    flags: MapFlag.Private | MapFlag.Anonymous | MapFlag.NoReserve,
  };
  const probe = new HostMapping({ ...nothing, length: PROBE_BYTES });
  const end = probe.address + BigInt(probe.length);
  probe.unmap();
  return new HostMapping({
    length,
    protection: nothing.protection,
    flags: nothing.flags | MapFlag.FixedNoReplace,
    address: end - BigInt(length),
  });
}
