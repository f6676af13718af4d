/**
 * What the x87 does, one operation at a time. Results are exact to the bit; exceptions are noted in the
 * status word, and those that are not masked wait there. Source: SDM volume 1, chapter 8.
 */
import { fromNans, squareRoot, toInteger } from './arithmetic80';
import {
  Exception,
  extended,
  finite,
  fromInteger,
  indefinite,
  infinity,
  Rounding,
  zero,
  type Float80,
} from './float80';
import {
  elementaryOperations,
  type ElementaryOperation,
  type PlainOperation,
} from './x87Operations';
import { Status } from './x87Registers';
import { X87Functions } from './x87Functions';

type FlagComparison = 'comi' | 'comip' | 'ucomi' | 'ucomip';
type RegisterComparison = 'ucom' | 'ucomp' | 'compp' | 'ucompp';
type StackOperation = Exclude<
  PlainOperation,
  FlagComparison | 'nclex' | 'ninit' | 'nop' | 'mmx' | 'emms' | 'summarize'
>;

const isComparison = (operation: PlainOperation): operation is FlagComparison =>
  operation.startsWith('comi') || operation.startsWith('ucomi');

const isElementary = (operation: PlainOperation): operation is ElementaryOperation =>
  (elementaryOperations as readonly string[]).includes(operation);

const isRegisterComparison = (operation: PlainOperation): operation is RegisterComparison =>
  ['ucom', 'ucomp', 'compp', 'ucompp'].includes(operation);

/** The x87 of one core. */
export class X87Unit extends X87Functions {
  /** An operation without memory. @returns ZF, PF and CF where it sets them, else 0 */
  plain(operation: PlainOperation, i: number): number {
    if (isComparison(operation)) {
      let flags = 0;
      this.attempt(() => {
        flags = this.compareToFlags(operation, i);
      });
      return flags;
    }
    if (operation === 'nclex') this.registers.status &= 0x7f00;
    else if (operation === 'ninit') this.registers.initialize();
    else if (operation === 'mmx') this.registers.becomeMmx(0xff);
    else if (operation === 'emms') this.registers.becomeMmx(0);
    else if (operation === 'summarize') this.summarize();
    else if (operation !== 'nop') {
      this.attempt(() => this.onStack(operation, i));
    }
    return 0;
  }

  protected onStack(operation: StackOperation, i: number): void {
    const { registers } = this;
    this.clearC1();
    if (operation === 'decstp') registers.rotate(-1);
    else if (operation === 'incstp') registers.rotate(1);
    else if (operation === 'free') registers.mark(i, false);
    else if (operation === 'freep') this.freeAndPop(i);
    else if (operation === 'xch') this.exchange(i);
    else if (operation === 'ld') this.duplicate(i);
    else if (operation === 'st' || operation === 'stp') this.copyTo(i, operation === 'stp');
    else if (isElementary(operation)) this.elementary(operation);
    else if (isRegisterComparison(operation)) this.compareRegisters(operation, i);
    else if (!this.loadConstant(operation)) this.onTop(operation);
  }

  /** Operations on ST(0), some with ST(1). */
  protected onTop(operation: StackOperation): void {
    const { registers } = this;
    if (operation === 'xam') {
      this.examine();
      return;
    }
    const needsTwo = operation === 'scale' || operation === 'prem' || operation === 'prem1';
    if (registers.isEmpty(0) || (needsTwo && registers.isEmpty(1))) {
      this.underflowed(operation);
      return;
    }
    const { significand, signExponent } = registers.readBits(0);
    if (operation === 'chs') registers.writeBits(0, significand, signExponent ^ 0x8000);
    else if (operation === 'abs') registers.writeBits(0, significand, signExponent & 0x7fff);
    else if (operation === 'tst') this.compare(registers.read(0), zero(false), true);
    else if (operation === 'sqrt') registers.write(0, this.rounded(squareRoot(registers.read(0))));
    else if (operation === 'rndint') this.roundToInteger();
    else if (operation === 'scale') this.scale();
    else if (operation === 'xtract') this.extract();
    else this.remainder(operation === 'prem1');
  }

  protected underflowed(operation: PlainOperation): void {
    if (operation.startsWith('prem')) this.registers.status &= ~Status.C2;
    this.stackFault(false, () => {
      if (operation === 'tst') this.setOrder(null);
      else this.registers.write(0, indefinite);
      if (operation === 'xtract') {
        this.registers.rotate(-1);
        this.registers.write(0, indefinite);
      }
    });
  }

  protected examine(): void {
    const registers = this.registers;
    const { C0, C1, C2, C3 } = Status;
    const { kind, isDenormal, negative } = registers.read(0);
    const codes = { zero: C3, finite: C2, infinity: C0 | C2, nan: C0, invalid: 0 } as const;
    let code: number = kind === 'finite' && isDenormal ? C2 | C3 : codes[kind];
    if (registers.isEmpty(0)) code = C0 | C3;
    const sign = (registers.readBits(0).signExponent & 0x8000) !== 0 || negative ? C1 : 0;
    registers.status = (registers.status & ~(C0 | C1 | C2 | C3)) | code | sign;
  }

  protected roundToInteger(): void {
    const registers = this.registers;
    const value = registers.read(0);
    if (value.kind === 'nan' || value.kind === 'invalid') {
      registers.write(0, this.rounded(fromNans(value, value) ?? squareRoot(value)));
      return;
    }
    if (value.isDenormal) this.note(Exception.Denormal);
    if (value.kind !== 'finite' || value.exponent >= 0) return;
    const { value: integer, inexact, up } = toInteger(value, this.mode);
    if (inexact) this.note(Exception.Precision);
    if (up) this.noteUp();
    registers.write(0, finite(value.negative, integer < 0n ? -integer : integer, 0));
  }

  protected scale(): void {
    const registers = this.registers;
    const [a, b] = [registers.read(0), registers.read(1)];
    const nan = fromNans(a, b);
    if (nan !== null) {
      registers.write(0, this.rounded(nan));
      return;
    }
    const noted = a.isDenormal || b.isDenormal ? Exception.Denormal : 0;
    if (b.kind === 'infinity') {
      const wrong = b.negative ? a.kind === 'infinity' : a.kind === 'zero';
      if (wrong) this.note(Exception.Invalid);
      else this.note(noted);
      registers.write(0, wrong ? indefinite : b.negative ? zero(a.negative) : infinity(a.negative));
      return;
    }
    const steps = toInteger(b, Rounding.Zero).value;
    // Beyond all exponents, also those of results that come with another one.
    const limit = 100_000n;
    const by = Number(steps > limit ? limit : steps < -limit ? -limit : steps);
    const value = a.kind === 'finite' ? { ...a, exponent: a.exponent + by } : a;
    this.note(noted);
    if (value.kind !== 'finite') return;
    registers.write(0, this.roundedTo(value, extended));
  }

  protected extract(): void {
    const registers = this.registers;
    const value = registers.read(0);
    if (!registers.isEmpty(7)) {
      this.stackFault(true, () => registers.write(0, indefinite));
      registers.rotate(-1);
      registers.write(0, indefinite);
      return;
    }
    if (value.kind === 'nan' || value.kind === 'invalid') {
      const result = this.rounded(fromNans(value, value) ?? squareRoot(value));
      registers.write(0, result);
      this.push(result);
    } else if (value.kind === 'infinity') {
      registers.write(0, infinity(false));
      this.push(value);
    } else if (value.kind === 'zero') {
      this.note(Exception.ZeroDivide);
      registers.write(0, infinity(true));
      this.push(value);
    } else {
      if (value.isDenormal) this.note(Exception.Denormal);
      const top = value.exponent + value.significand.toString(2).length - 1;
      registers.write(0, fromInteger(BigInt(top)));
      this.push({ ...value, exponent: value.exponent - top, isDenormal: false });
    }
  }

  /** FPREM and FPREM1: at most 63 bits of the quotient at a time. */
  protected remainder(nearest: boolean): void {
    const registers = this.registers;
    const { C0, C1, C2, C3 } = Status;
    const [a, b] = [registers.read(0), registers.read(1)];
    registers.status &= ~C2;
    const nan = fromNans(a, b);
    if (nan !== null || a.kind === 'infinity' || b.kind === 'zero') {
      if (nan === null) this.note(Exception.Invalid);
      registers.write(0, nan === null ? indefinite : this.rounded(nan));
      return;
    }
    if (a.isDenormal || b.isDenormal) {
      this.note(Exception.Denormal);
      if ((this.unmasked & Exception.Denormal) !== 0) return;
    }
    registers.status &= ~(C0 | C1 | C3);
    if (a.kind === 'zero') return;
    if (b.kind === 'infinity') {
      // It stays what it is, but a pseudo-denormal one becomes a normal one.
      registers.write(0, this.roundedTo(a, extended));
      return;
    }
    const length = (value: Float80): number =>
      value.exponent + value.significand.toString(2).length;
    const distance = length(a) - length(b);
    if (distance >= 64) {
      this.reduce(a, b, distance);
      return;
    }
    const low = Math.min(a.exponent, b.exponent);
    const dividend = a.significand << BigInt(a.exponent - low);
    const divisor = b.significand << BigInt(b.exponent - low);
    let quotient = dividend / divisor;
    let rest = dividend - quotient * divisor;
    let { negative } = a;
    if (nearest && (rest * 2n > divisor || (rest * 2n === divisor && (quotient & 1n) === 1n))) {
      quotient += 1n;
      rest = divisor - rest;
      negative = !negative;
    }
    const bit = (place: bigint, flag: number): number =>
      ((quotient >> place) & 1n) === 1n ? flag : 0;
    this.setStatus(bit(2n, C0) | bit(1n, C3) | bit(0n, C1));
    const value = finite(rest === 0n ? a.negative : negative, rest, low);
    registers.write(0, value.kind === 'finite' ? this.roundedTo(value, extended) : value);
  }

  /** Takes away so much that the rest comes nearer, and says that there is more to do. */
  protected reduce(a: Float80, b: Float80, distance: number): void {
    const steps = 32 + (distance % 32);
    const shift = distance - steps;
    const low = Math.min(a.exponent, b.exponent + shift);
    const dividend = a.significand << BigInt(a.exponent - low);
    const divisor = b.significand << BigInt(b.exponent + shift - low);
    const rest = dividend % divisor;
    this.setStatus(Status.C2);
    this.registers.write(0, finite(a.negative, rest, low));
  }
}
