/**
 * What the definition of an instruction has to work with. It reads operands, computes, and writes
 * operands and flags; it does not know who executes it: the interpreter, which finds operands through
 * records, or a translator, which knows them.
 *
 * Writes of registers and flags take effect at the end of the definition; loads, stores and checks are
 * done where they stand. So a fault leaves every register as it was before the instruction.
 */
import { panic } from '../../../base/index';
import { Vector } from '../flags';
import type { GprIndex } from '../registers';
import { CodeBuilder, type LoadKind, type LoadType, type StoreKind } from './builder/codeBuilder';
import { atLeastU, equal, isNonZero, lessU, notEqual } from './builder/condition';
import {
  add,
  and,
  convert,
  extendU,
  i32,
  i64,
  shl,
  shrS,
  shrU,
  sub,
  wrap,
  type Condition,
  type IntType,
  type Value,
} from './builder/value';
import { coreOffset, entryShift, gprOffset, translationEntries } from './coreLayout';
import type { Form, OperandForm } from './form';
import { helperNumber, type HelperName } from './helperName';

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
} as const;

/** Functions that generated code imports, by index. */
export const ImportedIndex = { translate: 0, storeHook: 1, helper: 2 } as const;

/** The integer type that holds values of so many bytes. */
export function intType(bytes: number): IntType {
  return bytes === 8 ? 'i64' : 'i32';
}

const loadKinds: Readonly<Record<number, LoadKind>> = { 1: 'u8', 2: 'u16', 4: 'i32', 8: 'i64' };
const storeKinds: Readonly<Record<number, StoreKind>> = { 1: 'u8', 2: 'u16', 4: 'i32', 8: 'i64' };

interface DeferredWrite {
  readonly kind: StoreKind;
  readonly address: Value<'i32'>;
  readonly offset: number;
  readonly value: Value;
}

/** The code of one instruction in the making. */
export abstract class Semantics {
  readonly code = new CodeBuilder();
  readonly form: Form;
  /** Operands that the definition writes. */
  readonly written = new Set<number>();
  /** What is added to RSP where it is the base of the memory operand: POP counts before it writes. */
  popsBeforeAddress = 0;
  /** Where the core's memory begins. */
  protected readonly base: number;
  readonly #deferred: DeferredWrite[] = [];
  readonly #willWrite: ReadonlySet<number>;
  readonly #linear = new Map<number, Value<'i32'>>();
  #effective: Value<'i64'> | null = null;
  #ending: (() => void) | null = null;

  /** @param willWrite - operands of which it is known that the definition writes them */
  constructor(form: Form, base: number, willWrite: ReadonlySet<number>) {
    this.form = form;
    this.base = base;
    this.#willWrite = willWrite;
  }

  // What the executor supplies

  /** Address of the register that is operand `slot` of those that are registers. */
  protected abstract registerAddress(slot: number): Value<'i32'>;
  /** The immediate, as 64 bits. */
  protected abstract immediate(): Value<'i64'>;
  /** The second immediate, of ENTER. */
  protected abstract secondImmediate(): Value<'i32'>;
  /** The address of the memory operand. */
  protected abstract effectiveAddress(): Value<'i64'>;
  /** The address of the next instruction. */
  abstract nextRip(): Value<'i64'>;
  /** Goes on with the next instruction. */
  protected abstract emitNext(): void;
  /** Goes on at the target of a direct jump; `refunds`: the rest of the block is not executed. */
  protected abstract emitGoto(): void;
  /** Goes on at any address. */
  protected abstract emitJump(target: Value<'i64'>): void;
  /** Stops; RIP is this instruction's. */
  protected abstract emitStop(reason: number): void;
  /** Calls a function by its number, which returns why to stop, or 0. */
  protected abstract emitHelper(number: number): void;

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
        return this.code.load(loadKindOf(size), this.linear(i));
      case 'immediate':
      case 'target':
        return convert(this.immediate(), this.type(0));
      case 'second-immediate':
        return this.secondImmediate();
      case 'vector':
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
      this.#deferRegister(this.registerAddress(slot), 0, size, value);
    } else {
      panic(`operand ${String(i)} cannot be written`);
    }
  }

  #deferRegister(address: Value<'i32'>, offset: number, size: number, value: Value<IntType>): void {
    if (size === 4) {
      this.defer('i64', address, offset, extendU(convert(value, 'i32')));
    } else {
      this.defer(storeKindOf(size), address, offset, convert(value, intType(size)));
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

  /** A certain general register; of 1 and 2 bytes with zeros above. */
  gpr(index: GprIndex, size: number): Value<IntType> {
    return this.code.load(loadKindOf(size), i32(0), this.base + gprOffset(index));
  }

  /** All of a certain general register. */
  gpr64(index: GprIndex): Value<'i64'> {
    return this.code.load('i64', i32(0), this.base + gprOffset(index));
  }

  setGpr(index: GprIndex, size: number, value: Value<IntType>): void {
    this.#deferRegister(i32(0), this.base + gprOffset(index), size, value);
  }

  /** Writes a register where it stands: only for what may be interrupted in between. */
  setGprNow(index: GprIndex, value: Value<'i64'>): void {
    this.code.store('i64', i32(0), value, this.base + gprOffset(index));
  }

  /** A word of the core, by its offset. */
  word<K extends LoadKind>(kind: K, offset: number): Value<LoadType<K>> {
    return this.code.load(kind, i32(0), this.base + offset);
  }

  /** Writes a word of the core where it stands: arguments of helpers. */
  setWordNow(kind: StoreKind, offset: number, value: Value): void {
    this.code.store(kind, i32(0), value, this.base + offset);
  }

  /** Writes the flags' word of carries at the end. */
  setCarries(carries: Value<'i64'>): void {
    this.setWord('i64', coreOffset.carries, carries);
  }

  /** Writes a word of the core at the end. */
  setWord(kind: StoreKind, offset: number, value: Value): void {
    this.defer(kind, i32(0), this.base + offset, value);
  }

  protected defer(kind: StoreKind, address: Value<'i32'>, offset: number, value: Value): void {
    this.#deferred.push({ kind, address, offset, value });
  }

  // Memory

  /** The address that the memory operand stands for. */
  address(): Value<'i64'> {
    this.#effective ??= this.code.let(this.effectiveAddress());
    return this.#effective;
  }

  /** Moves the memory operand, before it is used. */
  addToAddress(distance: Value<'i64'>): void {
    this.#effective = this.code.let(add(this.address(), distance));
  }

  /** Where a memory operand lies in linear memory, checked for what the definition does to it. */
  linear(i: number): Value<'i32'> {
    const known = this.#linear.get(i);
    if (known !== undefined) return known;
    const { size } = this.operand(i);
    const { aligned } = this.form.definition;
    if (aligned === true && !this.form.vex && size === 16) this.requireAligned(this.address(), 16);
    const found = this.check(this.address(), size, this.#willWrite.has(i));
    this.#linear.set(i, found);
    return found;
  }

  /** Raises #GP unless an address is a multiple of `bytes`, a power of 2. */
  requireAligned(address: Value<'i64'>, bytes: number): void {
    const rest = and(wrap(address), i32(bytes - 1));
    this.code.when(isNonZero(rest), () => this.raise(Vector.GP));
  }

  /** Raises #GP unless an address could be one: bits 47 and above are equal. */
  requireCanonical(address: Value<'i64'>): void {
    const at = this.code.let(address);
    const extended = shrS(shl(at, i64(16)), i64(16));
    this.code.when(notEqual(extended, at), () => this.raise(Vector.GP));
  }

  /**
   * Finds the linear address of `bytes` bytes at a virtual one, or stops with a page fault. Where a
   * second look is needed it is that of a buffer beyond guest memory.
   */
  check(address: Value<'i64'>, bytes: number, writes: boolean): Value<'i32'> {
    const { code } = this;
    const at = code.let(address);
    const page = and(wrap(shrU(at, i64(12))), i32(translationEntries - 1));
    const entry = code.let(shl(page, i32(entryShift)));
    const table = this.base + (writes ? coreOffset.writeTranslations : coreOffset.readTranslations);
    const tag = code.load('i64', entry, table);
    const wanted = and(add(at, i64(bytes - 1)), i64(-4096));
    const linear = code.declare('i32');
    code.when(
      notEqual(tag, wanted),
      () => {
        const how = i32(bytes | (writes ? 0x100 : 0));
        const high = wrap(shrU(at, i64(32)));
        const answer = code.call(ImportedIndex.translate, wrap(at), high, how);
        code.when(equal(answer, i32(-1)), () => this.stop(StopReason.PageFault));
        code.assign(linear, answer);
      },
      () => code.assign(linear, add(code.load('i32', entry, table + 8), wrap(at))),
    );
    return code.read(linear);
  }

  /** Whether a linear address that was checked is guest memory itself, and no buffer. */
  isGuestMemory(linear: Value<'i32'>): Condition {
    return lessU(linear, i32(this.base));
  }

  /** Reads an integer at a linear address that was checked. */
  loadLinear(linear: Value<'i32'>, bytes: number): Value<IntType> {
    return this.code.load(loadKindOf(bytes), linear);
  }

  /** Reads an integer at a virtual address. */
  load(address: Value<'i64'>, bytes: number): Value<IntType> {
    const linear = this.check(address, bytes, false);
    return this.code.load(loadKindOf(bytes), linear);
  }

  /** Writes an integer to a virtual address. */
  store(address: Value<'i64'>, bytes: number, value: Value<IntType>): void {
    this.storeLinear(this.check(address, bytes, true), bytes, value);
  }

  /** Writes to a linear address that was checked for it. */
  storeLinear(linear: Value<'i32'>, bytes: number, value: Value<IntType>): void {
    this.code.store(storeKindOf(bytes), linear, convert(value, intType(bytes)));
    this.afterStore(linear);
  }

  /** Behind every store: what went to the buffer has to be put where it belongs. */
  afterStore(linear: Value<'i32'>): void {
    const { code } = this;
    code.when(atLeastU(linear, i32(this.base)), () => {
      code.call(ImportedIndex.storeHook, i32(0));
    });
  }

  /** Puts a value on the stack; at most once a definition. */
  push(value: Value<IntType>, bytes: number, rsp: GprIndex): void {
    const top = this.code.let(sub(this.gpr64(rsp), i64(bytes)));
    this.store(top, bytes, value);
    this.setGpr(rsp, 8, top);
  }

  /** Takes a value from the stack; at most once a definition. */
  pop(bytes: number, rsp: GprIndex): Value<IntType> {
    const top = this.gpr64(rsp);
    const value = this.load(top, bytes);
    this.setGpr(rsp, 8, add(top, i64(bytes)));
    return value;
  }

  // Control

  /** Statements that are only executed when a condition holds. Nothing deferred belongs here. */
  when(condition: Condition, then: () => void, otherwise?: () => void): void {
    this.code.when(condition, then, otherwise);
  }

  /** Jumps to the target operand, at the end of the definition. */
  goto(): void {
    this.#ending = () => this.emitGoto();
  }

  /** Jumps to the target operand, at the end of the definition, if a condition holds now. */
  branch(condition: Condition): void {
    const holds = this.code.hold(condition);
    this.#ending = () => {
      this.code.when(holds, () => this.emitGoto());
      this.emitNext();
    };
  }

  /** Jumps to an address, at the end of the definition. */
  jumpTo(target: Value<'i64'>): void {
    const where = this.code.let(target);
    this.requireCanonical(where);
    this.#ending = () => this.emitJump(where);
  }

  /** Stops here; RIP is this instruction's, and nothing deferred is done. */
  stop(reason: number): void {
    this.emitStop(reason);
  }

  /** Raises an exception; RIP is this instruction's, and nothing deferred is done. */
  raise(vector: number, errorCode = 0): void {
    this.code.store('i32', i32(0), i32(vector), this.base + coreOffset.vector);
    this.code.store('i32', i32(0), i32(errorCode), this.base + coreOffset.errorCode);
    this.emitStop(StopReason.Exception);
  }

  /** Raises an exception that is reported behind the instruction. */
  trap(vector: number): void {
    this.code.store('i32', i32(0), i32(vector), this.base + coreOffset.vector);
    this.code.store('i32', i32(0), i32(0), this.base + coreOffset.errorCode);
    this.emitStop(StopReason.Trap);
  }

  /** Has a function of the host do the work; it sees no deferred write. */
  helper(name: HelperName): void {
    this.emitHelper(helperNumber(name));
  }

  /** Does what was deferred, and goes on. */
  finish(): void {
    const { code } = this;
    const writes = this.#deferred.map(write => ({ ...write, value: code.let(write.value) }));
    for (const { kind, address, value, offset } of writes) code.store(kind, address, value, offset);
    if (this.#ending === null) this.emitNext();
    else this.#ending();
  }
}

function loadKindOf(bytes: number): 'u8' | 'u16' | 'i32' | 'i64' {
  const kind = loadKinds[bytes];
  return (kind ?? panic(`no integer has ${String(bytes)} bytes`)) as 'u8' | 'u16' | 'i32' | 'i64';
}

function storeKindOf(bytes: number): StoreKind {
  return storeKinds[bytes] ?? panic(`no integer has ${String(bytes)} bytes`);
}
