import { panic } from '../../base/index';
import type { EntryHook } from './entryHook';
import { FpuState } from './fpuState';
import { InterruptRequests } from './interruptRequests';
import { msrName, msrSlot, stateMsrs } from './msr';
import { RegisterSet } from './registerSets';
import { RFLAGS, RIP, segmentCount } from './registers';
import type { GprIndex, SegmentIndex } from './registers';
import { DescriptorTableRegister, SegmentRegister } from './segmentRegister';
import { StateBlock } from './stateBlock';
import { debugRegsLayout, sregsLayout, threadStateLayout as layout } from './threadStateLayout';

const two32 = 2 ** 32;
const sregsWord = layout.sregs.offset / 8;
const debugWord = layout.debugRegs.offset / 8;
const xcr0Word = layout.xcr0.offset / 8;
const msrWord = layout.msrs.offset / 8;

/**
 * The architectural state of one x86-64 thread: one block of bytes in the kernel's layouts
 * ({@link StateBlock}) behind a typed view. The block may lie anywhere in an ArrayBuffer, also in the
 * WebAssembly memory that holds guest RAM, so that KVM, JavaScript and compiled code share it.
 *
 * Registers are `bigint` at the API. The `…Number`, `…Unsigned` and `…32` accessors exist for the hot
 * paths (a system call, a page fault): they allocate nothing.
 */
export class X86ThreadState extends StateBlock {
  /** What a CPU that runs the thread on hardware calls around each run; syscall emulation sets it. */
  entryHook: EntryHook | null = null;

  /** What waits to interrupt the thread, where KVM has no local APIC for it. */
  readonly interrupts = new InterruptRequests();

  /** Views of segment registers by {@link SegmentIndex}. */
  readonly segments: readonly SegmentRegister[];
  readonly gdt: DescriptorTableRegister;
  readonly idt: DescriptorTableRegister;
  /** x87, SSE and AVX registers. */
  readonly fpu: FpuState;

  /** @see StateBlock for the parameters and what is thrown. */
  constructor(buffer?: ArrayBufferLike, offset?: number) {
    super(buffer, offset);
    this.segments = Array.from({ length: segmentCount }, (_, i) => new SegmentRegister(this, i));
    this.gdt = new DescriptorTableRegister(this, sregsLayout.gdt);
    this.idt = new DescriptorTableRegister(this, sregsLayout.idt);
    this.fpu = new FpuState(this);
  }

  gpr(index: GprIndex): bigint {
    return this.words[index] ?? badIndex('register', index);
  }

  setGpr(index: GprIndex, value: bigint): void {
    this.words[index] = value;
    this.dirty |= RegisterSet.Regs;
  }

  /**
   * A register as a signed number: exact within ±2^53, so for every canonical user address, every
   * high-half address near the top, every int and every errno. Beyond that the nearest double, which
   * is still beyond, so a range check refuses it.
   */
  gprNumber(index: GprIndex): number {
    return (this.signedHalves[index * 2 + 1] ?? 0) * two32 + (this.unsignedHalves[index * 2] ?? 0);
  }

  /** As {@link gprNumber}, but unsigned: for sizes and counts. Exact below 2^53. */
  gprUnsigned(index: GprIndex): number {
    return (
      (this.unsignedHalves[index * 2 + 1] ?? 0) * two32 + (this.unsignedHalves[index * 2] ?? 0)
    );
  }

  /** Sets a register from an integer, sign-extended to 64 bits; `value` within ±2^53. */
  setGprNumber(index: GprIndex, value: number): void {
    this.unsignedHalves[index * 2] = value;
    this.signedHalves[index * 2 + 1] = Math.floor(value / two32);
    this.dirty |= RegisterSet.Regs;
  }

  /** Sets a register from its two halves, signed or unsigned. */
  setGprHalves(index: GprIndex, low: number, high: number): void {
    this.unsignedHalves[index * 2] = low;
    this.unsignedHalves[index * 2 + 1] = high;
    this.dirty |= RegisterSet.Regs;
  }

  /** Copies all 64 bits of one register into another. */
  copyGpr(to: GprIndex, from: GprIndex): void {
    this.setGprHalves(to, this.gprUint32(from), this.gprHigh(from));
  }

  /** The low half, signed: what C passes as `int`. */
  gprInt32(index: GprIndex): number {
    return this.signedHalves[index * 2] ?? 0;
  }

  /** The low half, unsigned: what C passes as `unsigned`. */
  gprUint32(index: GprIndex): number {
    return this.unsignedHalves[index * 2] ?? 0;
  }

  /** The high half, unsigned. */
  gprHigh(index: GprIndex): number {
    return this.unsignedHalves[index * 2 + 1] ?? 0;
  }

  get rip(): bigint {
    return this.gpr(RIP);
  }

  set rip(value: bigint) {
    this.setGpr(RIP, value);
  }

  get rflags(): bigint {
    return this.gpr(RFLAGS);
  }

  set rflags(value: bigint) {
    this.setGpr(RFLAGS, value);
  }

  segment(index: SegmentIndex): SegmentRegister {
    return this.segments[index] ?? badIndex('segment', index);
  }

  get cr0(): bigint {
    return this.#special(sregsLayout.cr0);
  }

  set cr0(value: bigint) {
    this.#setSpecial(sregsLayout.cr0, value);
  }

  get cr2(): bigint {
    return this.#special(sregsLayout.cr2);
  }

  set cr2(value: bigint) {
    this.#setSpecial(sregsLayout.cr2, value);
  }

  /** CR2 as a signed number; see {@link gprNumber}. */
  get cr2Number(): number {
    return this.#specialNumber(sregsLayout.cr2);
  }

  get cr3(): bigint {
    return this.#special(sregsLayout.cr3);
  }

  set cr3(value: bigint) {
    this.#setSpecial(sregsLayout.cr3, value);
  }

  get cr4(): bigint {
    return this.#special(sregsLayout.cr4);
  }

  set cr4(value: bigint) {
    this.#setSpecial(sregsLayout.cr4, value);
  }

  /** The task priority register. */
  get cr8(): bigint {
    return this.#special(sregsLayout.cr8);
  }

  set cr8(value: bigint) {
    this.#setSpecial(sregsLayout.cr8, value);
  }

  get efer(): bigint {
    return this.#special(sregsLayout.efer);
  }

  set efer(value: bigint) {
    this.#setSpecial(sregsLayout.efer, value);
  }

  /** The local APIC's base address and enable bits. */
  get apicBase(): bigint {
    return this.#special(sregsLayout.apicBase);
  }

  set apicBase(value: bigint) {
    this.#setSpecial(sregsLayout.apicBase, value);
  }

  get xcr0(): bigint {
    this.refresh(RegisterSet.Xcrs);
    return this.words[xcr0Word] ?? 0n;
  }

  set xcr0(value: bigint) {
    this.#change(RegisterSet.Xcrs, xcr0Word, value);
  }

  /** Breakpoint address register 0 to 3, or DR6 and DR7. */
  debugRegister(index: number): bigint {
    this.refresh(RegisterSet.DebugRegs);
    return this.words[debugRegisterWord(index)] ?? 0n;
  }

  setDebugRegister(index: number, value: bigint): void {
    this.#change(RegisterSet.DebugRegs, debugRegisterWord(index), value);
  }

  /** `KVM_MP_STATE_RUNNABLE` (0), `…_UNINITIALIZED` (1), `…_HALTED` (3) and kin; KVM API 4.38. */
  get mpState(): number {
    this.refresh(RegisterSet.MpState);
    return this.unsignedHalves[layout.mpState.offset / 4] ?? 0;
  }

  set mpState(value: number) {
    this.unsignedHalves[layout.mpState.offset / 4] = value;
    this.dirty |= RegisterSet.MpState;
    this.stale &= ~RegisterSet.MpState;
  }

  /**
   * A model-specific register of {@link stateMsrs}, by its index.
   *
   * @throws {PanicError} when the register is no part of the state.
   */
  msr(index: number): bigint {
    this.refresh(RegisterSet.Msrs);
    return this.words[msrWord + checkedMsrSlot(index)] ?? 0n;
  }

  /** @throws {PanicError} as {@link msr}. */
  setMsr(index: number, value: bigint): void {
    this.#change(RegisterSet.Msrs, msrWord + checkedMsrSlot(index), value);
  }

  #special(offset: number): bigint {
    return this.words[sregsWord + offset / 8] ?? 0n;
  }

  #specialNumber(offset: number): number {
    const word = (sregsWord + offset / 8) * 2;
    return (this.signedHalves[word + 1] ?? 0) * two32 + (this.unsignedHalves[word] ?? 0);
  }

  #setSpecial(offset: number, value: bigint): void {
    this.words[sregsWord + offset / 8] = value;
    this.dirty |= RegisterSet.Sregs;
  }

  /** Changes one word of a set of which the other words must stay what the vCPU made them. */
  #change(set: number, word: number, value: bigint): void {
    this.refresh(set);
    this.words[word] = value;
    this.dirty |= set;
  }
}

function debugRegisterWord(index: number): number {
  if (index >= 0 && index <= 3) return debugWord + debugRegsLayout.db / 8 + index;
  if (index === 6) return debugWord + debugRegsLayout.dr6 / 8;
  if (index === 7) return debugWord + debugRegsLayout.dr7 / 8;
  return badIndex('debug register', index);
}

function checkedMsrSlot(index: number): number {
  const slot = msrSlot(index);
  if (slot < 0) {
    panic(
      `MSR ${msrName(index)} is not one of the ${String(stateMsrs.length)} that a thread keeps`,
    );
  }
  return slot;
}

function badIndex(what: string, index: number): never {
  panic(`no such ${what}: ${String(index)}`);
}
