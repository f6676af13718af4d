/**
 * What the definition of an instruction has to work with. It reads operands, computes, and writes
 * operands and flags; it does not know who executes it: the interpreter, which finds operands through
 * records, or a translator, which knows them.
 *
 * Writes of registers and flags take effect at the end of the definition; loads, stores and checks are
 * done where they stand. So a fault leaves every register as it was before the instruction.
 */
import { panic } from '../../../base/index';
import { RIP } from '../registers';
import {
  i32,
  add,
  and,
  convert,
  i64,
  type Condition,
  type IntType,
  type Value,
} from './builder/value';
import {
  lane64,
  loadLane,
  withLane,
  zeroVector,
  type Vector as VectorValue,
} from './builder/vector';
import type { LoadKind, LoadType, StoreKind } from './builder/codeBuilder';
import { InstKind } from './blockAccount';
import { CoreAccess, intType, loadKindOf } from './coreAccess';
import { gprOffset, xmmOffset, ymmHighDistance } from './coreLayout';
import { type Form, type OperandForm } from './form';
import { naturalAlignment } from './stopReason';

/** Which operands a definition writes, and which of those in memory it reads. */
export interface OperandUses {
  readonly written: ReadonlySet<number>;
  readonly read: ReadonlySet<number>;
}

/** The code of one instruction in the making. */
export abstract class Semantics extends CoreAccess {
  readonly form: Form;
  /** Operands that the definition writes. */
  readonly written = new Set<number>();
  /** Operands in memory that it reads. */
  readonly read = new Set<number>();
  /** What is added to RSP where it is the base of the memory operand: POP counts before it writes. */
  popsBeforeAddress = 0;
  readonly #known: OperandUses;
  readonly #linear = new Map<number, Value<'i32'>>();
  #effective: Value<'i64'> | null = null;
  #ending: (() => void) | null = null;

  /** @param known - what the definition is known to do to its operands */
  constructor(form: Form, base: number, known: OperandUses) {
    super(base);
    this.form = form;
    this.#known = known;
  }

  // What the executor supplies

  /** Address of the register that is operand `slot` of those that are registers. */
  protected abstract registerAddress(slot: number): Value<'i32'>;
  /** The immediate, as 64 bits. */
  protected abstract immediate(): Value<'i64'>;
  /** The second immediate, of ENTER. */
  protected abstract secondImmediate(): Value<'i32'>;
  /** The address of the memory operand, so far beyond what its registers say, or null. */
  protected abstract effectiveAddress(distance: Value<'i64'> | null): Value<'i64'>;
  /** The address of the next instruction. */
  abstract nextRip(): Value<'i64'>;
  /** Goes on with the next instruction. */
  protected abstract emitNext(): void;
  /** Goes on at the target of a direct jump; `refunds`: the rest of the block is not executed. */
  protected abstract emitGoto(): void;
  /** Goes on at any address. */
  protected abstract emitJump(target: Value<'i64'>): void;

  /** Of what kinds the instruction is: `InstKind`s. */
  override get kinds(): number {
    const inMemory = (i: number): boolean => this.operand(i).kind === 'memory';
    const loads = [...this.read].some(inMemory) ? InstKind.Load : 0;
    const stores = [...this.written].some(inMemory) ? InstKind.Store : 0;
    return super.kinds | loads | stores;
  }

  // Operands

  operand(i: number): OperandForm {
    return (
      this.form.operands[i] ?? panic(`${this.form.definition.name} has no operand ${String(i)}`)
    );
  }

  /** Bytes of an operand. */
  size(i: number): number {
    return this.operand(i).size;
  }

  /** The type that holds operand `i`. */
  type(i: number): IntType {
    return intType(this.size(i));
  }

  /** The value of an integer operand; of 1 and 2 bytes with zeros above. Immediates have operand 0's type. */
  get(i: number): Value<IntType> {
    const { kind, size, slot } = this.operand(i);
    switch (kind) {
      case 'register':
        return this.code.load(loadKindOf(size), this.registerAddress(slot));
      case 'memory':
        this.read.add(i);
        return this.code.load(loadKindOf(size), this.linear(i));
      case 'immediate':
      case 'target':
        return convert(this.immediate(), this.type(0));
      case 'second-immediate':
        return this.secondImmediate();
      case 'vector':
      case 'mmx':
        return panic('a vector is no integer');
    }
  }

  /** Operand `i` as an integer of a type of one's own choice. */
  getAs<T extends IntType>(i: number, type: T): Value<T> {
    const { kind } = this.operand(i);
    if (kind === 'immediate') return convert(this.immediate(), type);
    return convert(this.get(i), type);
  }

  /** Writes an integer operand; a register of 4 bytes gets zeros above. */
  set(i: number, value: Value<IntType>): void {
    const { kind, size, slot } = this.operand(i);
    this.written.add(i);
    if (kind === 'memory') {
      this.storeLinear(this.linear(i), size, value);
    } else if (kind === 'register') {
      this.deferRegister(this.registerAddress(slot), 0, size, value);
    } else {
      panic(`operand ${String(i)} cannot be written`);
    }
  }

  /** All 64 bits of a register operand. */
  getWide(i: number): Value<'i64'> {
    return this.code.load('i64', this.registerAddress(this.operand(i).slot));
  }

  /** Writes all 64 bits of a register operand. */
  setWide(i: number, value: Value<'i64'>): void {
    this.defer('i64', this.registerAddress(this.operand(i).slot), 0, value);
  }

  /** An immediate of 16 bits without its sign. */
  unsignedImmediate(): Value<'i64'> {
    return and(this.immediate(), i64(0xffff));
  }

  /** 16 bytes of a vector operand, the low or the high half; of less there are zeros above. */
  getVector(i: number, half: 0 | 1 = 0): VectorValue {
    const { kind, size, slot } = this.operand(i);
    if (kind === 'vector') {
      return this.code.load('v128', this.registerAddress(slot), half * ymmHighDistance);
    }
    this.read.add(i);
    const linear = this.linear(i);
    if (size >= 16) return this.code.load('v128', linear, half * 16);
    if (size <= 2) {
      return withLane(2, zeroVector, 0, this.code.load(size === 1 ? 'u8' : 'u16', linear));
    }
    return this.code.let(loadLane(size as 4 | 8, linear));
  }

  /** Writes 16 bytes of a vector operand. With VEX what is above the operand becomes zeros. */
  setVector(i: number, value: VectorValue, half: 0 | 1 = 0): void {
    const { kind, size, slot } = this.operand(i);
    this.written.add(i);
    if (kind === 'memory') {
      const linear = this.linear(i);
      this.code.store('v128', linear, value, half * 16);
      if ((half + 1) * 16 === size) this.afterStore(linear);
      return;
    }
    const address = this.registerAddress(slot);
    this.defer('v128', address, half * ymmHighDistance, value);
    if (this.form.vex && size < 32) this.defer('v128', address, ymmHighDistance, zeroVector);
  }

  /** An MMX register, with zeros above; only after it became one. */
  getMmx(i: number): VectorValue {
    return this.code.let(loadLane(8, this.registerAddress(this.operand(i).slot)));
  }

  /** A memory operand of MMX, to be read before registers change; null when it is a register. */
  getMmxSource(i: number): VectorValue | null {
    return this.operand(i).kind === 'memory' ? this.getVector(i) : null;
  }

  /** Writes the low 64 bits of a vector to an MMX register, whose upper bits become ones, or memory. */
  setMmx(i: number, value: VectorValue): void {
    const { kind, slot } = this.operand(i);
    this.written.add(i);
    if (kind === 'memory') {
      this.storeLinear(this.linear(i), 8, lane64(value, 0));
      return;
    }
    const address = this.registerAddress(slot);
    this.defer('i64', address, 0, lane64(value, 0));
    this.defer('u16', address, 8, i32(0xffff));
  }

  /** Checks now that an operand that will be written can be. */
  touch(i: number): void {
    this.written.add(i);
    if (this.operand(i).kind === 'memory') this.linear(i);
  }

  /** Makes the upper half of a certain YMM register zeros, at the end. */
  clearUpperHalf(register: number): void {
    this.setWord('v128', xmmOffset(register) + ymmHighDistance, zeroVector);
  }

  /** Makes a certain YMM register zeros, at the end. */
  clearVector(register: number): void {
    this.setWord('v128', xmmOffset(register), zeroVector);
    this.clearUpperHalf(register);
  }

  /** A lane of a vector register operand: by the half that it is in, and its distance from the start of that. */
  registerLane<K extends LoadKind>(
    kind: K,
    i: number,
    half: number,
    distance: Value<'i32'>,
  ): Value<LoadType<K>> {
    return this.code.load(kind, this.#laneAddress(i, distance), half * ymmHighDistance);
  }

  /** Writes one where it stands: only for what may be interrupted in between. */
  setRegisterLane(
    kind: StoreKind,
    i: number,
    half: number,
    distance: Value<'i32'>,
    value: Value,
  ): void {
    this.code.store(kind, this.#laneAddress(i, distance), value, half * ymmHighDistance);
  }

  #laneAddress(i: number, distance: Value<'i32'>): Value<'i32'> {
    return add(this.registerAddress(this.operand(i).slot), distance);
  }

  /** Once for vectors of 16 bytes, twice for those of 32. */
  eachHalf(body: (half: 0 | 1) => void): void {
    body(0);
    if (this.form.vectorBytes === 32) body(1);
  }

  /** The immediate, where it is part of the form. */
  immediateByte(): number {
    return this.form.immediate;
  }

  // Memory

  /** The address that the memory operand stands for. */
  address(): Value<'i64'> {
    this.#effective ??= this.code.let(this.effectiveAddress(null));
    return this.#effective;
  }

  /** An address so far beyond that: one of 32 bits stays one. */
  addressBeyond(distance: Value<'i64'>): Value<'i64'> {
    const isShort = this.form.addressing.endsWith('32');
    return isShort ? this.effectiveAddress(distance) : add(this.address(), distance);
  }

  /** Moves the memory operand, before it is used. */
  addToAddress(distance: Value<'i64'>): void {
    this.#effective = this.code.let(this.effectiveAddress(distance));
  }

  /** Where a memory operand lies in linear memory, checked for what the definition does to it. */
  linear(i: number): Value<'i32'> {
    const known = this.#linear.get(i);
    if (known !== undefined) return known;
    const { size } = this.operand(i);
    const { aligned } = this.form.definition;
    const mustBe = aligned === 'always' || (aligned === 'legacy' && !this.form.vex);
    if (mustBe && size >= 16) this.requireAligned(this.address(), size);
    const { written, read } = this.#known;
    const alignment = aligned === 'never' ? 1 : naturalAlignment(size);
    const found = this.locate(this.address(), size, written.has(i), read.has(i), alignment);
    this.#linear.set(i, found);
    return found;
  }

  // Control

  /** Jumps to the target operand, at the end of the definition. */
  goto(): void {
    this.noteKind(InstKind.Branch | InstKind.DirectJump);
    this.#ending = () => this.emitGoto();
  }

  /** Jumps to the target operand, at the end of the definition, if a condition holds now. */
  branch(condition: Condition): void {
    this.noteKind(InstKind.Branch | InstKind.DirectJump);
    const holds = this.code.hold(condition);
    this.#ending = () => {
      this.code.when(holds, () => this.emitGoto());
      this.emitNext();
    };
  }

  /** Jumps to an address, at the end of the definition. */
  jumpTo(target: Value<'i64'>): void {
    this.noteKind(InstKind.Branch);
    const where = this.code.let(target);
    this.requireCanonical(where);
    this.#ending = () => this.emitJump(where);
  }

  /** Stops behind this instruction, which is done: RIP is the next one's, at the end of the definition, if a condition holds now. */
  stopBehind(reason: number, condition: Condition): void {
    const holds = this.code.hold(condition);
    this.#ending = () => {
      this.code.when(holds, () => this.#stopAt(this.nextRip(), reason));
      this.emitNext();
    };
  }

  /** Jumps to an address, at the end of the definition, and stops there. */
  jumpAndStop(target: Value<'i64'>, reason: number): void {
    const where = this.code.let(target);
    this.requireCanonical(where);
    this.#ending = () => this.#stopAt(where, reason);
  }

  #stopAt(rip: Value<'i64'>, reason: number): void {
    this.code.store('i64', i32(0), rip, this.base + gprOffset(RIP));
    this.emitStop(reason);
  }

  /** Does what was deferred, and goes on. */
  finish(): void {
    this.commit();
    if (this.#ending === null) this.emitNext();
    else this.#ending();
  }
}
