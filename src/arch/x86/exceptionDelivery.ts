/**
 * What a processor does when a program causes an exception or executes `syscall`, for CPU models that do
 * it themselves. Source: SDM volume 3, 6.12 and 6.14; volume 2, SYSCALL.
 */
import { panic } from '../../base/index';
import type { Addr } from '../../base/index';
import { hasErrorCode, RFlags, Vector } from './flags';
import { Msr } from './msr';
import { notMapped, walkTo, type WordReader } from './pageWalk';
import { CS, R11, RCX, RFLAGS, RIP, RSP, SS, TR } from './registers';
import type { GprIndex } from './registers';
import { kernelCode, nullSegment, Selector } from './supervisorLayout';
import type { X86ThreadState } from './threadState';

/** Guest physical memory, for the tables that the processor reads and the frames that it writes. */
export interface SupervisorMemory extends WordReader {
  /** Writes the word at an address that is a multiple of 4. */
  store32(address: Addr, value: number): void;
}

/** An exception on its way to its handler. */
export interface PendingException {
  readonly vector: number;
  readonly errorCode: number;
  /** What CR2 becomes, of a page fault. */
  readonly address: number;
}

const two32 = 2 ** 32;
/** Offset of the first interrupt stack in a task state segment. */
const firstInterruptStack = 36;

/** Enters the handler of an exception: pushes its frame, and goes where the interrupt table says. */
export function deliverException(
  state: X86ThreadState,
  memory: SupervisorMemory,
  { vector, errorCode, address }: PendingException,
): void {
  const gate = Number(BigInt.asIntN(64, state.idt.base)) + vector * 16;
  const low = load(state, memory, gate);
  const high = load(state, memory, gate + 4);
  const handlerHigh = load(state, memory, gate + 8);
  const task = Number(BigInt.asIntN(64, state.segment(TR).base));
  const stackSlot = task + firstInterruptStack + ((high & 7) - 1) * 8;
  let top = load(state, memory, stackSlot + 4) * two32 + load(state, memory, stackSlot);
  if (top >= 2 ** 63) top -= 2 ** 64;
  if (vector === Vector.PF) state.cr2 = BigInt.asUintN(64, BigInt(address));
  const push = (valueLow: number, valueHigh: number): void => {
    top -= 8;
    store(state, memory, top, valueLow);
    store(state, memory, top + 4, valueHigh);
  };
  const pushGpr = (index: GprIndex): void => {
    push(state.gprUint32(index), state.gprHigh(index));
  };
  push(state.segment(SS).selector, 0);
  pushGpr(RSP);
  pushGpr(RFLAGS);
  push(state.segment(CS).selector, 0);
  pushGpr(RIP);
  if (hasErrorCode(vector)) push(errorCode, 0);
  state.setGprNumber(RSP, top);
  state.setGprHalves(RIP, (low & 0xffff) | (high & 0xffff0000), handlerHigh);
  const cleared = RFlags.TF | RFlags.IF | RFlags.NT | RFlags.RF;
  state.setGprNumber(RFLAGS, state.gprUint32(RFLAGS) & ~cleared);
  state.segment(CS).assign(kernelCode);
  state.segment(SS).assign({ ...nullSegment, selector: Selector.KernelData });
}

/** Enters the handler of system calls. @param next - address of the instruction behind `syscall` */
export function enterSyscall(state: X86ThreadState, next: number): void {
  state.setGprNumber(RCX, next);
  state.setGprNumber(R11, state.gprUint32(RFLAGS));
  state.setGprNumber(RIP, Number(BigInt.asIntN(64, state.msr(Msr.LSTAR))));
  const mask = Number(state.msr(Msr.SFMASK) & 0xffffffffn);
  state.setGprNumber(RFLAGS, (state.gprUint32(RFLAGS) & ~mask) | RFlags.Fixed);
}

function physical(state: X86ThreadState, memory: WordReader, address: number): Addr {
  const found = walkTo(memory, Number(state.cr3), address);
  if (found === notMapped) panic('the tables of the supervisor are not mapped');
  return found;
}

function load(state: X86ThreadState, memory: WordReader, address: number): number {
  return memory.load32(physical(state, memory, address));
}

function store(
  state: X86ThreadState,
  memory: SupervisorMemory,
  address: number,
  value: number,
): void {
  memory.store32(physical(state, memory, address), value);
}
