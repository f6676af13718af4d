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
  type Float80,
  type Format,
} from './float80';
import { type MemoryOperation } from './x87Operations';
import { Status, X87Registers } from './x87Registers';

const precisions = [24, 24, 53, 64];

/** Registers of the x87, and how results get into them. */
export abstract class X87Core {
  protected readonly registers: X87Registers;
  protected readonly view: DataView;

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
    const result = round(value, sticky, { ...extended, precision }, this.mode);
    this.note(result.exceptions);
    if (result.up) this.setStatus(Status.C1);
    return result.value;
  }

  protected roundedTo(value: Float80, format: Format): Float80 {
    const result = round(value, false, format, this.mode);
    this.note(result.exceptions);
    if (result.up) this.setStatus(Status.C1);
    return result.value;
  }

  /** Notes exceptions; of those that are not masked the summary tells. */
  protected note(exceptions: number): void {
    const { control } = this.registers;
    this.setStatus(exceptions);
    const unmasked = this.registers.status & ~control & 0x3f;
    if (unmasked !== 0) this.setStatus(Status.ErrorSummary | Status.Busy);
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
