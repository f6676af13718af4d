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

/** So many memories may lie where no large page begins until another place is tried no more. */
const MISPLACED = 2;

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
  const misplaced: WasmMemory[] = [];
  let memory = allocate(bytes);
  try {
    // A gap that the probe does not fit into may come first; while it is taken, the next is another.
    while (!isAligned(memory) && misplaced.length < MISPLACED) {
      misplaced.push(memory);
      memory = allocate(bytes);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // else there is no other place
  }
  return memory;
}

function isAligned({ buffer }: WasmMemory): boolean {
  return addressOf(new Uint8Array(buffer)) % BigInt(HUGE_PAGE_BYTES) === 0n;
}

function allocate(bytes: number): WasmMemory {
  const plug = alignNextPlace();
  try {
    const pages = bytes / WASM_PAGE_BYTES;
    return new wasm.Memory({ initial: pages, maximum: pages });
  } finally {
    plug?.unmap();
  }
}

/**
 * Linux puts large mappings one below the other, and what the engine reserves is a multiple of a large
 * page. So the next memory begins where a large page does if the one above it does: takes what is too
 * much of the place, for the time being.
 */
function alignNextPlace(): HostMapping | null {
  const nothing = {
    protection: Protection.None,
    flags: MapFlag.Private | MapFlag.Anonymous | MapFlag.NoReserve,
  };
  try {
    const probe = new HostMapping({ ...nothing, length: PROBE_BYTES });
    const end = probe.address + BigInt(probe.length);
    probe.unmap();
    const length = Number(end % BigInt(HUGE_PAGE_BYTES));
    if (length === 0) return null;
    const flags = nothing.flags | MapFlag.FixedNoReplace;
    return new HostMapping({ ...nothing, length, flags, address: end - BigInt(length) });
  } catch (error) {
    // Without so much address space, the memory comes where it comes.
    if (isErrnoError(error)) return null;
    throw error;
  }
}
