/** Loads, stores and arithmetic of the x87. Memory operands go through the core's words. */
import { panic } from '../../../../base/index';
import { coreOffset } from '../coreLayout';
import { add, divide, fromNans, multiply, opposite, toInteger, type Exact } from './arithmetic80';
import {
  double,
  encodeIeee,
  Exception,
  finite,
  indefinite,
  quiet,
  round,
  Rounding,
  signals,
  single,
  zero,
  type Float80,
  type Format,
} from './float80';
import { arithmeticNames, type MemoryOperation } from './x87Operations';
import { MOST_PACKED, readPacked, writeIndefinitePacked, writePacked } from './packedDecimal';
import { transferEnvironment, type EnvironmentOperation } from './environment';
import { Status } from './x87Registers';
import { X87Core } from './x87Core';

const isEnvironment = (operation: MemoryOperation): operation is EnvironmentOperation =>
  operation.endsWith('Environment') || operation.endsWith('State');

type LoadOrStore = Exclude<MemoryOperation, EnvironmentOperation | 'pop' | 'ldControl'>;

/** The x87 with what has operands in memory. */
export abstract class X87Memory extends X87Core {
  /** Two operands, of which one is ST(0): the other ST(i), or what `source` says is in the words. */
  arithmetic(kind: number, source: 'register' | MemoryOperation, target: number, i: number): void {
    this.attempt(() => this.#arithmetic(kind, source, target, i));
  }

  #arithmetic(kind: number, source: 'register' | MemoryOperation, target: number, i: number): void {
    const registers = this.registers;
    const name = arithmeticNames[kind] ?? panic('no such operation of the x87');
    const inRegister = source === 'register';
    this.clearC1();
    const empty = registers.isEmpty(0) || (inRegister && registers.isEmpty(i));
    const pops = target === 2;
    if (name === 'com' || name === 'comp') {
      if (empty) this.stackFault(false, () => this.setOrder(null));
      else this.compare(registers.read(0), this.operand(source, i), true);
      if (name === 'comp') this.pop();
      return;
    }
    const to = target === 0 ? 0 : i;
    if (empty) {
      this.stackFault(false, () => registers.write(to, indefinite));
    } else {
      const [a, b] = [
        registers.read(to),
        target === 0 ? this.operand(source, i) : registers.read(0),
      ];
      registers.write(to, this.rounded(this.compute(name, a, b)));
    }
    if (pops) this.pop();
  }

  protected compute(name: string, a: Float80, b: Float80): Exact {
    const mode = this.mode;
    switch (name) {
      case 'add':
        return add(a, b, mode);
      case 'mul':
        return multiply(a, b);
      case 'sub':
        return fromNans(a, b) ?? add(a, opposite(b), mode);
      case 'subr':
        return fromNans(a, b) ?? add(b, opposite(a), mode);
      case 'div':
        return divide(a, b);
      default:
        return divide(b, a);
    }
  }

  protected operand(source: 'register' | MemoryOperation, i: number): Float80 {
    return source === 'register' ? this.registers.read(i) : this.loaded(source);
  }

  /** Does a store if it raises an exception instead of storing; else nothing yet: memory may fault. */
  tryStore(operation: MemoryOperation): void {
    const before = this.registers.save();
    this.memory(operation);
    if (!this.isSuppressed) this.registers.restore(before);
  }

  /** Loads from the words, or stores into them. */
  memory(operation: MemoryOperation): void {
    if (operation === 'pop') {
      if (!this.isSuppressed) this.pop();
    } else if (operation === 'ldControl') {
      this.loadControl();
    } else if (isEnvironment(operation)) {
      transferEnvironment(this.registers, this.view, operation);
    } else {
      this.attempt(() => this.#move(operation));
      // What is suppressed is not stored.
      this.view.setUint32(coreOffset.suppressed, Number(this.isSuppressed), true);
    }
  }

  #move(operation: LoadOrStore): void {
    this.clearC1();
    switch (operation) {
      case 'ldSingle':
      case 'ldDouble':
        this.load(operation);
        return;
      case 'ldInteger':
        this.push(this.loaded(operation));
        return;
      case 'ldExtended':
        this.loadExtended();
        return;
      case 'stSingle':
        this.storeIeee(single);
        return;
      case 'stDouble':
        this.storeIeee(double);
        return;
      case 'stExtended':
        this.storeExtended();
        return;
      case 'stInteger2':
      case 'stInteger4':
      case 'stInteger8':
        this.storeInteger(Number(operation.at(-1)), this.mode);
        return;
      case 'stTruncated2':
      case 'stTruncated4':
      case 'stTruncated8':
        this.storeInteger(Number(operation.at(-1)), Rounding.Zero);
        return;
      case 'ldPacked':
        this.loadPacked();
        return;
      case 'stPacked':
        this.storePacked();
    }
  }

  protected load(operation: 'ldSingle' | 'ldDouble'): void {
    const value = this.loaded(operation);
    const signalling = signals(value);
    if (this.push(signalling ? quiet(value) : value)) {
      if (signalling) this.note(Exception.Invalid);
      else if (value.isDenormal) this.noteAside(Exception.Denormal);
    }
  }

  protected loadExtended(): void {
    const significand = this.view.getBigUint64(coreOffset.argument, true);
    const signExponent = this.view.getUint16(coreOffset.argument + 8, true);
    if (this.push(zero(false))) this.registers.writeBits(0, significand, signExponent);
  }

  protected storeIeee(format: Format): void {
    let value = this.registers.read(0);
    if (this.registers.isEmpty(0)) {
      this.stackFault(false, () => undefined);
      value = indefinite;
    } else if (value.kind === 'invalid') {
      this.note(Exception.Invalid);
      value = indefinite;
    } else if (signals(value)) {
      this.note(Exception.Invalid);
      value = quiet(value);
    } else if (value.kind === 'finite') {
      value = this.#roundedForMemory(value, format);
    }
    this.view.setBigUint64(coreOffset.argument, encodeIeee(value, format), true);
  }

  /** As {@link roundedTo}, but a result that is too large or too small is not stored if that is raised. */
  #roundedForMemory(value: Float80, format: Format): Float80 {
    const { exceptions, tiny, up, value: result } = round(value, false, format, this.mode);
    const { Overflow, Underflow } = Exception;
    const raised = (exceptions | (tiny ? Underflow : 0)) & this.unmasked & (Overflow | Underflow);
    if (raised !== 0) {
      this.isSuppressed = true;
      this.note(raised);
      return result;
    }
    this.note(exceptions);
    if (up) this.setStatus(Status.C1);
    return result;
  }

  protected storeExtended(): void {
    if (this.registers.isEmpty(0)) {
      this.stackFault(false, () => undefined);
      this.view.setBigUint64(coreOffset.argument, indefinite.significand, true);
      this.view.setUint16(coreOffset.argument + 8, 0xffff, true);
      return;
    }
    const { significand, signExponent } = this.registers.readBits(0);
    this.view.setBigUint64(coreOffset.argument, significand, true);
    this.view.setUint16(coreOffset.argument + 8, signExponent, true);
  }

  protected loadPacked(): void {
    const { negative, magnitude } = readPacked(this.view, coreOffset.argument);
    this.push(finite(negative, magnitude, 0));
  }

  /** 18 decimal digits, or what stands for none. */
  protected storePacked(): void {
    const value = this.registers.read(0);
    const empty = this.registers.isEmpty(0);
    const { value: integer, inexact, up } = toInteger(value, this.mode);
    const isNumber = value.kind === 'zero' || value.kind === 'finite';
    const magnitude = integer < 0n ? -integer : integer;
    if (empty || !isNumber || magnitude > MOST_PACKED) {
      if (empty) this.stackFault(false, () => undefined);
      else this.note(Exception.Invalid);
      writeIndefinitePacked(this.view, coreOffset.argument);
      return;
    }
    if (inexact) this.note(Exception.Precision);
    if (up) this.setStatus(Status.C1);
    writePacked(this.view, coreOffset.argument, value.negative, magnitude);
  }

  protected storeInteger(bytes: number, mode: number): void {
    const value = this.registers.read(0);
    const bits = bytes * 8;
    const empty = this.registers.isEmpty(0);
    const { value: integer, inexact, up } = toInteger(value, mode);
    const isNumber = value.kind === 'zero' || value.kind === 'finite';
    if (empty || !isNumber || BigInt.asIntN(bits, integer) !== integer) {
      if (empty) this.stackFault(false, () => undefined);
      else this.note(Exception.Invalid);
      const least = 1n << BigInt(bits - 1);
      this.view.setBigUint64(coreOffset.argument, least, true);
      return;
    }
    if (inexact) this.note(Exception.Precision);
    if (up) this.setStatus(Status.C1);
    this.view.setBigInt64(coreOffset.argument, integer, true);
  }
}
