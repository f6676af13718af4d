/**
 * The frame on a program's stack that a signal handler gets, and that rt_sigreturn(2) takes back.
 *
 * Source of the layout: Linux `arch/x86/include/uapi/asm/{sigcontext,ucontext}.h`,
 * `include/uapi/asm-generic/siginfo.h`.
 */
import {
  CS,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15,
  R8,
  R9,
  RAX,
  RBP,
  RBX,
  RCX,
  RDI,
  RDX,
  RegisterSet,
  RFLAGS,
  RIP,
  RSI,
  RSP,
  sanitizeUserFlags,
  SS,
  xsaveLayout,
} from '../arch/x86/index';
import type { ProcessState } from './processState';
import type { ProcessThread } from './processThread';
import {
  ActionFlag,
  maskWithout,
  UNBLOCKABLE,
  type PendingSignal,
  type SignalAction,
} from './signals';
import { failBadAddress } from './syscallFailure';

/** Bytes below the stack pointer that a function may use without moving it. */
const RED_ZONE = 128;

// Offsets in the frame: a return address, struct ucontext, struct siginfo.
const CONTEXT = 8;
const STACK = CONTEXT + 16;
const REGISTERS = CONTEXT + 40;
const SELECTORS = REGISTERS + 144;
const TRAP = SELECTORS + 8;
const FPU_POINTER = TRAP + 32;
const BLOCKED = CONTEXT + 296;
const INFO = CONTEXT + 304;
const FRAME_SIZE = INFO + 128;

/** Registers in the order of struct sigcontext. */
const SAVED = [
  ...[R8, R9, R10, R11, R12, R13, R14, R15, RDI, RSI, RBP, RBX, RDX, RAX, RCX, RSP, RIP, RFLAGS],
] as const;

// Inside the FXSAVE part, bytes that the processor leaves to software.
const SOFTWARE = 464;
const MAGIC1 = 0x46505853;
const MAGIC2 = 0x46505845;
const FXSAVE_SIZE = 512;
const HEADER_END = 576;
/** `UC_FP_XSTATE | UC_SIGCONTEXT_SS | UC_STRICT_RESTORE_SS` */
const CONTEXT_FLAGS = 7;

const DIRECTION_TRAP_RESUME = 0x1_0500n;
const LEGACY_FEATURES = 3;
const MXCSR_BITS = 0xffff;
const X87_EXCEPTIONS = 0x3f;
const X87_SUMMARY = 0x8080;

/** Bytes of the XSAVE area up to the last that is in use. */
function usedExtendedState(area: Uint8Array): number {
  let end = area.length;
  while (end > HEADER_END && area[end - 1] === 0) end--;
  return Math.ceil(end / 64) * 64;
}

/** Where the frame goes: on the alternate stack if the handler wants that. */
function stackFor(thread: ProcessThread, action: SignalAction): number {
  const pointer = thread.registers.gprNumber(RSP);
  const { address, size } = thread.signalStack;
  const wanted = (action.flags & ActionFlag.OnStack) !== 0 && size !== 0;
  return wanted && !thread.onSignalStack() ? address + size : pointer - RED_ZONE;
}

/**
 * Makes the thread run a handler, and go on where it is now when that returns.
 * @throws {SyscallFailure} EFAULT when the frame does not fit on the stack.
 */
export function enterHandler(
  thread: ProcessThread,
  action: SignalAction,
  pending: PendingSignal,
): void {
  const { registers, process } = thread;
  const top = stackFor(thread, action);
  registers.refresh(RegisterSet.Xsave);
  const area = registers.bytesOf('xsave');
  const extendedSize = usedExtendedState(area);
  const extendedState = new Uint8Array(extendedSize + 4);
  extendedState.set(area.subarray(0, extendedSize));
  const features = registers.fpu.xstateBv | LEGACY_FEATURES;
  thread.extendedFeatures |= features;
  const software = new DataView(extendedState.buffer);
  software.setUint32(SOFTWARE, MAGIC1, true);
  software.setUint32(SOFTWARE + 4, extendedSize + 4, true);
  software.setUint32(SOFTWARE + 8, features, true);
  software.setUint32(SOFTWARE + 16, extendedSize, true);
  software.setUint32(extendedSize, MAGIC2, true);

  const fpuAddress = Math.floor((top - extendedState.length) / 64) * 64;
  const frame = Math.floor((fpuAddress - FRAME_SIZE) / 16) * 16 - 8;
  // Nested handlers must not run out of the alternate stack into what lies below it.
  if (thread.onSignalStack() && frame < thread.signalStack.address) failBadAddress();
  process.memory.copyOut(fpuAddress, extendedState);
  process.memory.copyOut(frame, buildFrame(thread, action, pending, fpuAddress));

  registers.setGprNumber(RSP, frame);
  registers.setGprNumber(RDI, pending.signal);
  registers.setGprNumber(RSI, frame + INFO);
  registers.setGprNumber(RDX, frame + CONTEXT);
  registers.setGprNumber(RAX, 0);
  registers.setGprNumber(RIP, action.handler);
  registers.rflags &= ~DIRECTION_TRAP_RESUME;
}

function buildFrame(
  thread: ProcessThread,
  action: SignalAction,
  pending: PendingSignal,
  fpuAddress: number,
): Uint8Array {
  const { registers, signalStack, process } = thread;
  const view = new DataView(new ArrayBuffer(FRAME_SIZE));
  const word = (offset: number, value: number): void => {
    view.setBigInt64(offset, BigInt(value), true);
  };
  word(0, action.restorer);
  word(CONTEXT, CONTEXT_FLAGS);
  word(STACK, signalStack.address);
  view.setInt32(STACK + 8, signalStack.size === 0 ? 2 : 0, true);
  word(STACK + 16, signalStack.size);
  SAVED.forEach((register, i) => {
    view.setBigUint64(REGISTERS + i * 8, registers.gpr(register), true);
  });
  view.setUint16(SELECTORS, registers.segment(CS).selector, true);
  view.setUint16(SELECTORS + 6, registers.segment(SS).selector, true);
  word(TRAP, pending.errorCode ?? 0);
  word(TRAP + 8, pending.vector ?? 0);
  word(TRAP + 24, pending.address);
  word(FPU_POINTER, fpuAddress);
  const blocked = thread.takeOriginalMask();
  view.setInt32(TRAP + 16, blocked.low, true);
  view.setInt32(BLOCKED, blocked.low, true);
  view.setInt32(BLOCKED + 4, blocked.high, true);
  writeSignalInfo(new DataView(view.buffer, INFO), pending, process);
  return new Uint8Array(view.buffer);
}

/** Bytes of a struct siginfo. */
export const SIGNAL_INFO_SIZE = 128;

/** Says in a struct siginfo, all zero so far, what a signal is about. */
export function writeSignalInfo(
  view: DataView,
  { signal, code, address }: PendingSignal,
  { ids }: ProcessState,
): void {
  view.setInt32(0, signal, true);
  view.setInt32(8, code, true);
  if (code > 0) {
    view.setBigInt64(16, BigInt(address), true);
  } else {
    view.setInt32(16, ids.pid, true);
    view.setInt32(20, ids.uid, true);
  }
}

/**
 * Takes back what {@link enterHandler} put on the stack (rt_sigreturn(2)).
 * @throws {SyscallFailure} EFAULT when the frame cannot be read.
 */
export function restoreFromFrame(thread: ProcessThread): void {
  const { registers, process } = thread;
  // The handler's return has taken the first word.
  const frame = registers.gprNumber(RSP) - CONTEXT;
  const bytes = new Uint8Array(FRAME_SIZE);
  process.memory.copyIn(frame, bytes);
  const view = new DataView(bytes.buffer);
  SAVED.forEach((register, i) => {
    registers.setGpr(register, view.getBigUint64(REGISTERS + i * 8, true));
  });
  registers.setGprNumber(RFLAGS, sanitizeUserFlags(registers.gprUint32(RFLAGS)));
  const blocked = {
    low: view.getInt32(BLOCKED, true),
    high: view.getInt32(BLOCKED + 4, true),
  };
  thread.blocked = maskWithout(blocked, UNBLOCKABLE);
  const fpuAddress = Number(view.getBigInt64(FPU_POINTER, true));
  if (fpuAddress !== 0) restoreExtendedState(thread, fpuAddress);
}

function restoreExtendedState(thread: ProcessThread, address: number): void {
  const { registers, process } = thread;
  const area = registers.bytesOf('xsave');
  registers.refresh(RegisterSet.Xsave);
  const saved = new Uint8Array(area.length);
  process.memory.copyIn(address, saved, 0, FXSAVE_SIZE);
  const view = new DataView(saved.buffer);
  const size = view.getUint32(SOFTWARE + 16, true);
  const whole =
    view.getUint32(SOFTWARE, true) === MAGIC1 && size >= HEADER_END && size <= area.length;
  if (whole) process.memory.copyIn(address, saved, 0, size);
  saved.fill(0, SOFTWARE, FXSAVE_SIZE);
  // The program may have written anything there; what the processor would refuse is left out.
  const features = whole
    ? view.getUint32(xsaveLayout.xstateBv, true) & thread.extendedFeatures
    : LEGACY_FEATURES;
  saved.fill(0, FXSAVE_SIZE, HEADER_END);
  view.setUint32(xsaveLayout.xstateBv, features, true);
  view.setUint32(xsaveLayout.mxcsr, view.getUint32(xsaveLayout.mxcsr, true) & MXCSR_BITS, true);
  summarizeX87(view);
  area.set(saved);
  registers.dirty |= RegisterSet.Xsave;
}

/** As processors do that load the area: the status word says whether an exception is to be raised. */
function summarizeX87(area: DataView): void {
  const status = area.getUint16(xsaveLayout.fsw, true);
  const isPending = (status & ~area.getUint16(xsaveLayout.fcw, true) & X87_EXCEPTIONS) !== 0;
  const summary = isPending ? status | X87_SUMMARY : status & ~X87_SUMMARY;
  area.setUint16(xsaveLayout.fsw, summary, true);
}
