import { panic } from '../../base/index';
import type { Addr } from '../../base/index';
import { dumpThreadState } from './dump';
import type { EntryHook } from './entryHook';
import { hasErrorCode, Vector, vectorName } from './flags';
import type { PageTableMemory, PageTables } from './pageTables';
import { R11, RCX, RFLAGS, RIP, RSP } from './registers';
import type { GprIndex } from './registers';
import {
  exceptionFrame,
  exceptionStubStride,
  exceptionVectors,
  Selector,
  stackOffset,
  supervisorAddress as address,
} from './supervisorLayout';
import { installSupervisor } from './supervisorPages';
import { TableFlush } from './tableFlush';
import type { X86ThreadState } from './threadState';
import { prepareUserThread, sanitizeUserFlags, setUserSegments } from './userThread';
import type { UserFeatures } from './userThread';
import { isCanonical, userHalfEnd } from './virtualAddress';
import type { VirtualAddr } from './virtualAddress';

/** The program executed `syscall`: number in RAX, arguments in RDI, RSI, RDX, R10, R8, R9. */
export interface SyscallTrap {
  readonly kind: 'syscall';
}

/** The program caused an exception. RIP is where the processor says: a fault's own instruction. */
export interface ExceptionTrap {
  readonly kind: 'exception';
  readonly vector: number;
  /** 0 for vectors without one. */
  readonly errorCode: number;
  /** The address that faulted (CR2) of a page fault; else 0. */
  readonly address: VirtualAddr;
}

/** The program itself used the trap port, which only the supervisor may: to it, a #GP. */
export interface PortTrap {
  readonly kind: 'port';
}

/** What a thread stopped for. */
export type Trap = SyscallTrap | ExceptionTrap | PortTrap;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const syscallTrap: SyscallTrap = { kind: 'syscall' };
const portTrap: PortTrap = { kind: 'port' };

/**
 * The supervisor part of a guest that runs one program: stubs that bring system calls and exceptions to
 * the host, the tables that the processor wants, and the routine that makes it forget changed page
 * tables. All of it lies in pages of the guest's own memory, mapped in the high half.
 *
 * How a trap goes: `syscall`, or the interrupt table, leads to a stub of one `out` to `trapPort`, which
 * stops the vCPU. {@link takeTrap} says what it was and puts the *program's* registers back into the
 * state block: whoever answers changes them, and the thread runs on. There is no way back inside the
 * guest. So a thread at rest is in user mode, and a CPU model that needs no supervisor can take it over.
 *
 * After `syscall` the stub runs at CPL 3 on a page-table KVM and at 0 on hardware: its page is a user
 * page. SMEP and SMAP must stay off for that.
 */
export class GuestSupervisor implements EntryHook {
  readonly #tables: PageTables;
  readonly #memory: PageTableMemory;
  readonly #flush: TableFlush;
  /** Physical address of the end of the exception stack. */
  readonly #stackTop: Addr;
  readonly #exception: Mutable<ExceptionTrap> = {
    kind: 'exception',
    vector: 0,
    errorCode: 0,
    address: 0,
  };

  /**
   * Puts the supervisor into the tables' high half, or finds it there when the tables were restored.
   *
   * @param physicalEnd End of the physical memory that page tables may lie in.
   */
  constructor(tables: PageTables, memory: PageTableMemory, physicalEnd: Addr) {
    installSupervisor(tables, memory, physicalEnd);
    this.#tables = tables;
    this.#memory = memory;
    this.#flush = new TableFlush(tables, memory);
    this.#stackTop = tables.translate(address.stack) + stackOffset.top;
  }

  /** Makes a thread ready to run the program (RIP and RSP are still 0), and becomes its entry hook. */
  prepare(state: X86ThreadState, features: UserFeatures): void {
    prepareUserThread(state, this.#tables.root, features);
    state.entryHook = this;
  }

  /** Becomes the entry hook of a thread whose state was restored. */
  adopt(state: X86ThreadState): void {
    state.entryHook = this;
  }

  get pageTableGeneration(): number {
    return this.#tables.changes.generation;
  }

  beforeEntry(state: X86ThreadState): void {
    // From inside the supervisor the thread goes nowhere but to the host.
    if (!this.inSupervisor(state)) this.#flush.begin(state);
  }

  afterExit(state: X86ThreadState): void {
    this.#flush.end(state);
  }

  inSupervisor(state: X86ThreadState): boolean {
    const rip = state.gprNumber(RIP);
    return rip >= address.syscallStub && rip < address.end;
  }

  /**
   * What brought the thread to the trap port. Call it once for each exit by an `out` to `trapPort`,
   * after {@link afterExit}. Afterwards the registers are the program's: RIP and RFLAGS are those that
   * it goes on with (a faulting instruction is tried again).
   *
   * @returns A description that is dead at the next call.
   * @throws {PanicError} when supervisor code itself faulted.
   */
  takeTrap(state: X86ThreadState): Trap {
    const rip = state.gprNumber(RIP);
    if (isSyscallStub(rip)) return this.#takeSyscall(state);
    const vector = Math.floor((rip - address.text) / exceptionStubStride);
    if (vector >= 0 && vector < exceptionVectors) return this.#takeException(state, vector);
    if (rip >= 0 && rip < userHalfEnd) return portTrap;
    panic('the guest left its supervisor by no known door', dumpThreadState(state));
  }

  #takeSyscall(state: X86ThreadState): Trap {
    state.copyGpr(RIP, RCX);
    state.setGprNumber(RFLAGS, sanitizeUserFlags(state.gprUint32(R11)));
    setUserSegments(state);
    // Who jumps to the stub chooses RCX, and there is no entering the guest at such an address.
    if (!isCanonical(state.gprNumber(RCX))) return this.#describe(Vector.GP, 0, 0);
    return syscallTrap;
  }

  #takeException(state: X86ThreadState, vector: number): Trap {
    if (vector === Vector.DF) panic('double fault in the guest', dumpThreadState(state));
    const cs = this.#memory.load32(this.#stackTop + exceptionFrame.cs) & 0xffff;
    const errorCode = hasErrorCode(vector)
      ? this.#memory.load32(this.#stackTop + exceptionFrame.errorCode)
      : 0;
    this.#fromFrame(exceptionFrame.rip, state, RIP);
    this.#fromFrame(exceptionFrame.rsp, state, RSP);
    if (cs !== Selector.UserCode) {
      // A debug exception that `mov %ss` put off until after `syscall` is taken in the stub, at CPL 0.
      if (vector === Vector.DB && isSyscallStub(state.gprNumber(RIP)))
        return this.#takeSyscall(state);
      panic(`supervisor code of the guest raised ${vectorName(vector)}`, dumpThreadState(state));
    }
    const flags = this.#memory.load32(this.#stackTop + exceptionFrame.rflags);
    state.setGprNumber(RFLAGS, sanitizeUserFlags(flags));
    setUserSegments(state);
    return this.#describe(vector, errorCode, vector === Vector.PF ? state.cr2Number : 0);
  }

  #fromFrame(offset: number, state: X86ThreadState, register: GprIndex): void {
    const low = this.#memory.load32(this.#stackTop + offset);
    state.setGprHalves(register, low, this.#memory.load32(this.#stackTop + offset + 4));
  }

  #describe(vector: number, errorCode: number, faultAddress: VirtualAddr): ExceptionTrap {
    const trap = this.#exception;
    trap.vector = vector;
    trap.errorCode = errorCode;
    trap.address = faultAddress;
    return trap;
  }
}

function isSyscallStub(rip: VirtualAddr): boolean {
  return rip >= address.syscallStub && rip < address.text;
}
