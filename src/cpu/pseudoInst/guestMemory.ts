/** A guest's memory by the guest's own addresses. */
import { translateLinear } from '../../arch/x86/index';
import type { WordReader, X86ThreadState } from '../../arch/x86/index';
import type { Addr } from '../../base/index';
import type { PhysicalMemory } from '../../mem/index';
import type { Caller } from './caller';

/** Bytes within which an address and its translation go on side by side. */
const PAGE_BYTES = 4096;

/**
 * Memory that a thread sees. A program's is accessed with the program's rights; on a bare machine every
 * page that is mapped can be read and written, whatever its entry in the page table allows.
 *
 * Bytes in front of one that cannot be accessed may have been copied.
 */
export interface GuestMemory {
  /** Copies bytes out. @returns whether all of them could be read */
  read(address: bigint, target: Uint8Array): boolean;
  /** Copies bytes in. @returns whether all of them could be written */
  write(address: bigint, source: Uint8Array): boolean;
}

/** The memory of the program that a thread runs, or else of the machine. */
export function guestMemoryOf({ context, system }: Caller): GuestMemory {
  const { process } = context;
  if (process === null) return new MachineMemory(system.physicalMemory, context.registers());
  return {
    read: (address, target) => process.readMemory(address, target),
    write: (address, source) => process.writeMemory(address, source),
  };
}

/** Memory of a machine without an operating system: by linear addresses, with or without paging. */
class MachineMemory implements GuestMemory {
  readonly #memory: PhysicalMemory;
  readonly #state: X86ThreadState;
  readonly #words: WordReader;

  constructor(memory: PhysicalMemory, state: X86ThreadState) {
    this.#memory = memory;
    this.#state = state;
    const word = new Uint8Array(4);
    const view = new DataView(word.buffer);
    this.#words = {
      load32: address => {
        // Tables where there is no memory map nothing.
        if (!memory.isMemAddr(address)) return 0;
        memory.readBytes(address, word);
        return view.getUint32(0, true);
      },
    };
  }

  read(address: bigint, target: Uint8Array): boolean {
    return this.#pieces(address, target, (physical, piece) => {
      this.#memory.readBytes(physical, piece);
    });
  }

  write(address: bigint, source: Uint8Array): boolean {
    return this.#pieces(address, source, (physical, piece) => {
      this.#memory.writeBytes(physical, piece);
    });
  }

  #isMemory(physical: Addr): boolean {
    return physical >= 0 && this.#memory.isMemAddr(physical);
  }

  #pieces(
    address: bigint,
    bytes: Uint8Array,
    copy: (physical: Addr, piece: Uint8Array) => void,
  ): boolean {
    for (let done = 0; done < bytes.length;) {
      const linear = BigInt.asUintN(64, address + BigInt(done));
      const inPage = Number(linear & BigInt(PAGE_BYTES - 1));
      const piece = bytes.subarray(done, done + PAGE_BYTES - inPage);
      const physical = translateLinear(this.#words, this.#state, linear);
      if (!this.#isMemory(physical) || !this.#isMemory(physical + piece.length - 1)) return false;
      copy(physical, piece);
      done += piece.length;
    }
    return true;
  }
}
