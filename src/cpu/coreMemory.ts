/** The part of a system's memory that the core of a software CPU works in. */
import type { CoreMemoryOptions } from '../arch/x86/index';
import { fatal } from '../base/index';
import type { System } from '../mem/index';

/** Bytes of the memory's reserve that a core takes: eight CPUs have room. */
const CORE_BYTES = 8 * 1024 * 1024;

/**
 * Takes room for a core.
 * @param cpuName - for messages
 * @throws {FatalError} when the memory is not one range that generated code can address, there are eight
 *   CPUs already, or it hides the m5ops
 */
export function coreMemory(system: System, cpuName: string): CoreMemoryOptions {
  const stores = system.physicalMemory.getBackingStore().filter(store => store.inAddrMap);
  const [store] = stores;
  if (store === undefined || stores.length > 1) {
    return fatal(`${cpuName} needs a system whose memory is one range of addresses`);
  }
  const { wasmMemory, reserve, range } = store;
  const { m5opRange } = system;
  if (m5opRange.valid && range.intersects(m5opRange)) {
    fatal(
      `${system.name()}: memory at ${range.toString()} hides the m5ops at ` +
        `${m5opRange.toString()}; set m5opsBase to an address without memory`,
    );
  }
  if (wasmMemory === null || reserve === null) {
    return fatal(
      `${cpuName} needs memory that generated code can address: at most 4032MiB, neither ` +
        'shared nor without reserve',
    );
  }
  const base = reserve.take(CORE_BYTES);
  if (base < 0) fatal(`${cpuName}: a system has room for eight CPUs of this kind`);
  return {
    ...{ wasm: wasmMemory, base, bytes: CORE_BYTES },
    ...{ guestStart: range.start, guestBytes: range.size },
  };
}
