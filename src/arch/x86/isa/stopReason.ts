/** How generated code and its host talk to each other. */

/** Why generated code stopped. */
export const StopReason = {
  /** The next block has more instructions than may still begin. */
  Budget: 1,
  /** A direct jump whose target has not been predecoded. */
  Unresolved: 2,
  /** An indirect jump to an address, in RIP, that the jump cache does not know. */
  Lookup: 3,
  /** What was predecoded is no longer what is in memory. */
  Stale: 4,
  /** An access to memory faulted: who translated it knows the details. */
  PageFault: 5,
  /** The instruction raised an exception: vector and error code are in the core's words. */
  Exception: 6,
  /** `syscall`. */
  Syscall: 7,
  /** As many instructions were executed as was asked. */
  Done: 8,
  /** As `Exception`, but the instruction is done and RIP behind it. */
  Trap: 9,
  /** `out` to the port that the supervisor uses. */
  Port: 10,
  /** The instruction is done, and has changed what may happen behind or in each: RFLAGS.TF or AC. */
  Flags: 11,
  /** The instruction is done, and holds traps off until the next one is: a load of SS. */
  Shadow: 12,
} as const;

/** The highest of them. */
export const lastStopReason: number = Math.max(...Object.values(StopReason));

/**
 * How memory is used: added to the number of bytes, for `translate`. `step`: once it is done registers
 * have it, so that an instruction which is begun again does not do it again. `alignment`: times the number
 * that has the address's bits which are 0 where the access is aligned.
 */
export const accessKind = { write: 0x100, readToo: 0x200, step: 0x400, alignment: 0x800 } as const;

/**
 * Where an access of so many bytes has to lie, a multiple of this, for programs that have alignment checked:
 * processors do not look at those of bytes, and of 16 bytes and more. Source: SDM volume 3, 6.15, interrupt 17.
 */
export function naturalAlignment(bytes: number): number {
  if (bytes === 10) return 8;
  return bytes === 2 || bytes === 4 || bytes === 8 ? bytes : 1;
}

/** Functions that generated code imports, by index. */
export const ImportedIndex = { translate: 0, storeHook: 1, helper: 2 } as const;
