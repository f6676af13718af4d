/**
 * What all operations of the x87 have in common: rounding as the control word says, exceptions in the
 * status word, the stack. Source: SDM volume 1, chapter 8.
 */
import { coreOffset } from '../coreLayout';
import { order, type Exact } from './arithmetic80';
import {
  decodeIeee,
  double,
  extended,
  Exception,
  fromInteger,
  indefinite,
  round,
  signals,
  single,
  infinity,
  zero,
  type Float80,
  type Format,
  type Rounded,
} from './float80';
import { type MemoryOperation } from './x87Operations';
import { Status, X87Registers, type SavedX87 } from './x87Registers';

const precisions = [24, 24, 53, 64];
const ALL_EXCEPTIONS = 0x3f;
/** Those that come before there is a result. */
const OF_OPERANDS = Exception.Invalid | Exception.Denormal | Exception.ZeroDivide;
const EXPONENT_ADJUSTMENT = 24576;

/** Registers of the x87, and how results get into them. */
export abstract class X87Core {
  protected readonly registers: X87Registers;
  protected readonly view: DataView;
  /** Whether an exception has kept the last operation from writing its result, and from popping. */
  isSuppressed = false;
  /** Exceptions of the present operation. */
  #noted = 0;

  /** @param view - of the core's memory: the state block, and the words through which operands go */
  constructor(view: DataView) {
    this.view = view;
    this.registers = new X87Registers(view);
  }

  protected get mode(): number {
    return (this.registers.control >> 10) & 3;
  }

  protected loaded(source: MemoryOperation): Float80 {
    const bits = this.view.getBigUint64(coreOffset.argument, true);
    if (source === 'ldSingle') return decodeIeee(bits & 0xffffffffn, single);
    if (source === 'ldDouble') return decodeIeee(bits, double);
    return fromInteger(BigInt.asIntN(64, bits));
  }

  protected rounded({ value, sticky, exceptions }: Exact): Float80 {
    this.note(exceptions);
    if (value.kind !== 'finite') return value;
    const precision = precisions[(this.registers.control >> 8) & 3] ?? 64;
    return this.roundedTo(value, { ...extended, precision }, sticky);
  }

  /** Rounds for a register. @param sticky - see {@link round} */
  protected roundedTo(value: Float80, format: Format, sticky = false): Float80 {
    const { Overflow, Underflow, Precision } = Exception;
    let result = round(value, sticky, format, this.mode);
    let { exceptions } = result;
    // Where nobody may miss it, a result that is too large or too small comes with another exponent.
    const raised = (exceptions | (result.tiny ? Underflow : 0)) & this.unmasked;
    const beyond = raised & (Overflow | Underflow);
    if (beyond !== 0) {
      const by = beyond === Overflow ? -EXPONENT_ADJUSTMENT : EXPONENT_ADJUSTMENT;
      result = adjusted(
        round({ ...value, exponent: value.exponent + by }, sticky, format, this.mode),
      );
      exceptions = beyond | (result.exceptions & Precision);
    }
    this.note(exceptions);
    if (result.up) this.noteUp();
    return result.value;
  }

  /** C1: the result was rounded up. There is none where an exception is raised for the operands. */
  protected noteUp(): void {
    if ((this.#noted & this.unmasked & OF_OPERANDS) === 0) this.setStatus(Status.C1);
  }

  /** Exceptions that are raised. */
  protected get unmasked(): number {
    return ~this.registers.control & ALL_EXCEPTIONS;
  }

  /** Sets and clears the summary, after a change of the control or status word. */
  protected summarize(): void {
    const summary = Status.ErrorSummary | Status.Busy;
    const { status } = this.registers;
    const isPending = (status & this.unmasked) !== 0;
    this.registers.status = isPending ? status | summary : status & ~summary;
  }

  /** FLDCW: bit 6 is always 1, and bits above 12 do not exist. */
  protected loadControl(): void {
    const value = this.view.getUint16(coreOffset.argument, true);
    this.registers.control = (value & 0x1f7f) | 0x40;
    this.summarize();
  }

  /** Does an operation; an exception that is raised for its operands leaves registers as they were. */
  protected attempt(operation: () => void): void {
    const { registers } = this;
    const before = this.unmasked === 0 ? null : registers.save();
    this.isSuppressed = false;
    this.#noted = 0;
    operation();
    if (before !== null) this.#finish(before);
  }

  #finish(before: SavedX87): void {
    const { registers } = this;
    const raised = this.#noted & this.unmasked;
    if ((raised & OF_OPERANDS) === 0 && !this.isSuppressed) return;
    this.isSuppressed = true;
    const { C0, C1, C2, C3, StackFault } = Status;
    const told = registers.status & (C0 | C1 | C2 | C3 | StackFault);
    registers.restore(before);
    registers.status = (registers.status & ~(C0 | C1 | C2 | C3)) | told;
    this.note((raised & OF_OPERANDS) === 0 ? this.#noted : this.#noted & OF_OPERANDS);
  }

  /** Notes exceptions; of those that are not masked the summary tells. */
  protected note(exceptions: number): void {
    this.#noted |= exceptions;
    this.setStatus(exceptions);
    if ((this.registers.status & this.unmasked) !== 0) {
      this.setStatus(Status.ErrorSummary | Status.Busy);
    }
  }

  /** The same of an exception that does not keep the operation from being done. */
  protected noteAside(exceptions: number): void {
    const noted = this.#noted;
    this.note(exceptions);
    this.#noted = noted;
  }

  protected setStatus(bits: number): void {
    this.registers.status |= bits;
  }

  protected clearC1(): void {
    this.registers.status &= ~Status.C1;
  }

  protected stackFault(overflows: boolean, then: () => void): void {
    this.clearC1();
    this.note(Exception.Invalid);
    this.setStatus(Status.StackFault | (overflows ? Status.C1 : 0));
    then();
  }

  protected pop(): void {
    this.registers.mark(0, false);
    this.registers.rotate(1);
  }

  /** @returns whether there was room */
  protected push(value: Float80): boolean {
    const registers = this.registers;
    registers.rotate(-1);
    const hasRoom = registers.isEmpty(0);
    if (hasRoom) registers.write(0, value);
    else this.stackFault(true, () => registers.write(0, indefinite));
    return hasRoom;
  }

  protected setOrder(result: -1 | 0 | 1 | null): void {
    const { C0, C2, C3 } = Status;
    this.registers.status &= ~(C0 | C2 | C3);
    if (result === null) this.setStatus(C0 | C2 | C3);
    else if (result < 0) this.setStatus(C0);
    else if (result === 0) this.setStatus(C3);
  }

  protected compare(a: Float80, b: Float80, quietNansToo: boolean): void {
    this.setOrder(this.ordered(a, b, quietNansToo));
  }

  protected ordered(a: Float80, b: Float80, quietNansToo: boolean): -1 | 0 | 1 | null {
    const result = order(a, b);
    const isInvalid = [a, b].some(
      each => each.kind === 'invalid' || signals(each) || (quietNansToo && each.kind === 'nan'),
    );
    if (result === null) this.note(isInvalid ? Exception.Invalid : 0);
    else if (a.isDenormal || b.isDenormal) this.note(Exception.Denormal);
    return result;
  }
}

/** A result with an exponent that was adjusted and still is none: 0 or infinity, whatever the rounding. */
function adjusted(result: Rounded): Rounded {
  const { exceptions, tiny, value } = result;
  if (tiny) return { ...result, value: zero(value.negative), up: false };
  if ((exceptions & Exception.Overflow) === 0) return result;
  return { ...result, value: infinity(value.negative), up: true };
}
