/**
 * What generated code does with the core's memory: registers, words, checked loads and stores, the stack,
 * and stops. Writes of registers and words are deferred to the end of an instruction; loads, stores and
 * checks are done where they stand.
 */
import { panic } from '../../../base/index';
import { Vector } from '../flags';
import { type GprIndex } from '../registers';
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
import type { Vector as Vector128 } from './builder/vector';
import { InstKind } from './blockAccount';
import { coreOffset, entryShift, gprOffset, translationEntries } from './coreLayout';
import { helperNumber, type HelperName } from './helperName';
import { accessKind, ImportedIndex, naturalAlignment, StopReason } from './stopReason';

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

/** Code that works in a core's memory. */
export abstract class CoreAccess {
  readonly code = new CodeBuilder();
  /** Where the core's memory begins. */
  protected readonly base: number;
  /** `InstKind`s, as far as they have shown. */
  #kinds = 0;
  readonly #deferred: DeferredWrite[] = [];

  constructor(base: number) {
    this.base = base;
  }

  /** Of what kinds the instruction is: `InstKind`s. */
  get kinds(): number {
    return this.#kinds;
  }

  protected noteKind(kind: number): void {
    this.#kinds |= kind;
  }

  /** Stops; RIP is this instruction's. */
  protected abstract emitStop(reason: number): void;
  /** Calls a function by its number, which returns why to stop, or 0. */
  protected abstract emitHelper(number: number): void;

  // Registers and words

  /** A certain general register; of 1 and 2 bytes with zeros above. */
  gpr(index: GprIndex, size: number): Value<IntType> {
    return this.code.load(loadKindOf(size), i32(0), this.base + gprOffset(index));
  }

  /** All of a certain general register. */
  gpr64(index: GprIndex): Value<'i64'> {
    return this.code.load('i64', i32(0), this.base + gprOffset(index));
  }

  setGpr(index: GprIndex, size: number, value: Value<IntType>): void {
    this.deferRegister(i32(0), this.base + gprOffset(index), size, value);
  }

  /** Writes a register where it stands: only for what may be interrupted in between. */
  setGprNow(index: GprIndex, value: Value<'i64'>): void {
    this.code.store('i64', i32(0), value, this.base + gprOffset(index));
  }

  /** Writes a register of so many bytes at the end; one of 4 gets zeros above. */
  protected deferRegister(
    address: Value<'i32'>,
    offset: number,
    size: number,
    value: Value<IntType>,
  ): void {
    if (size === 4) {
      this.defer('i64', address, offset, extendU(convert(value, 'i32')));
    } else {
      this.defer(storeKindOf(size), address, offset, convert(value, intType(size)));
    }
  }

  /** A word of the core, by its offset. */
  word<K extends LoadKind>(kind: K, offset: number): Value<LoadType<K>> {
    return this.code.load(kind, i32(0), this.base + offset);
  }

  /** Writes a word of the core where it stands: arguments of helpers. */
  setWordNow(kind: StoreKind, offset: number, value: Value): void {
    this.code.store(kind, i32(0), value, this.base + offset);
  }

  /** Writes a word of the core at the end. */
  setWord(kind: StoreKind, offset: number, value: Value): void {
    this.defer(kind, i32(0), this.base + offset, value);
  }

  /** 16 bytes of the core's memory, at a distance from an offset that generated code computes. */
  wordAt(distance: Value<'i32'>, offset: number): Vector128 {
    return this.code.load('v128', distance, this.base + offset);
  }

  /** Writes there, where it stands. */
  setWordAt(distance: Value<'i32'>, offset: number, value: Vector128): void {
    this.code.store('v128', distance, value, this.base + offset);
  }

  /** Anything else there. */
  laneAt<K extends LoadKind>(kind: K, distance: Value<'i32'>, offset: number): Value<LoadType<K>> {
    return this.code.load(kind, distance, this.base + offset);
  }

  /** Writes there, where it stands. */
  setLaneAt(kind: StoreKind, distance: Value<'i32'>, offset: number, value: Value): void {
    this.code.store(kind, distance, value, this.base + offset);
  }

  /** Writes the flags' word of carries at the end. */
  setCarries(carries: Value<'i64'>): void {
    this.setWord('i64', coreOffset.carries, carries);
  }

  protected defer(kind: StoreKind, address: Value<'i32'>, offset: number, value: Value): void {
    this.#deferred.push({ kind, address, offset, value });
  }

  /** Does what was deferred. */
  protected commit(): void {
    const { code } = this;
    const writes = this.#deferred.map(write => ({ ...write, value: code.let(write.value) }));
    for (const { kind, address, value, offset } of writes) code.store(kind, address, value, offset);
  }

  // Memory

  /**
   * Raises #GP unless an address is a multiple of `bytes`, a power of 2.
   * @param checked - #AC instead, for a program that has alignment checked, unless it is a multiple of this
   */
  requireAligned(address: Value<'i64'>, bytes: number, checked = 1): void {
    const rest = and(wrap(address), i32(bytes - 1));
    this.code.when(isNonZero(rest), () => {
      if (checked > 1) this.translate(address, (checked - 1) * accessKind.alignment);
      this.raise(Vector.GP);
    });
  }

  /** Has the host find the linear address, or stops. */
  protected translate(address: Value<'i64'>, how: number): Value<'i32'> {
    const { code } = this;
    const high = wrap(shrU(address, i64(32)));
    const answer = code.call(ImportedIndex.translate, wrap(address), high, i32(how));
    code.when(equal(answer, i32(-1)), () => this.stop(StopReason.PageFault));
    return answer;
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
   * @param reads - whether what is written is read before
   * @param alignment - where it has to lie for a program that has that checked; 1: anywhere
   */
  check(
    address: Value<'i64'>,
    bytes: number,
    writes: boolean,
    reads = false,
    alignment = naturalAlignment(bytes),
  ): Value<'i32'> {
    if (writes) this.noteKind(InstKind.Store);
    if (reads || !writes) this.noteKind(InstKind.Load);
    return this.locate(address, bytes, writes, reads, alignment);
  }

  /** As {@link check}, of an operand. @param more - what else is to be said of how memory is used */
  protected locate(
    address: Value<'i64'>,
    bytes: number,
    writes: boolean,
    reads: boolean,
    alignment: number,
    more = 0,
  ): Value<'i32'> {
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
        const how =
          bytes |
          (writes ? accessKind.write : 0) |
          (writes && reads ? accessKind.readToo : 0) |
          ((alignment - 1) * accessKind.alignment) |
          more;
        code.assign(linear, this.translate(at, how));
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
  load(address: Value<'i64'>, bytes: number, alignment = naturalAlignment(bytes)): Value<IntType> {
    const linear = this.check(address, bytes, false, false, alignment);
    return this.code.load(loadKindOf(bytes), linear);
  }

  /** The same, of an instruction that puts what it has read into registers step by step, from anywhere. */
  loadStep(address: Value<'i64'>, bytes: number): Value<IntType> {
    this.noteKind(InstKind.Load);
    const linear = this.locate(address, bytes, false, false, 1, accessKind.step);
    return this.code.load(loadKindOf(bytes), linear);
  }

  /** Writes an integer to a virtual address. */
  store(
    address: Value<'i64'>,
    bytes: number,
    value: Value<IntType>,
    alignment = naturalAlignment(bytes),
  ): void {
    this.storeLinear(this.check(address, bytes, true, false, alignment), bytes, value);
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
      code.call(ImportedIndex.storeHook, linear);
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

  // Stops

  /** Statements that are only executed when a condition holds. Nothing deferred belongs here. */
  when(condition: Condition, then: () => void, otherwise?: () => void): void {
    this.code.when(condition, then, otherwise);
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

  /** The same by its number. */
  helperNumber(number: number): void {
    this.emitHelper(number);
  }
}

/** How an integer of so many bytes is read. */
export function loadKindOf(bytes: number): 'u8' | 'u16' | 'i32' | 'i64' {
  const kind = loadKinds[bytes];
  return (kind ?? panic(`no integer has ${String(bytes)} bytes`)) as 'u8' | 'u16' | 'i32' | 'i64';
}

function storeKindOf(bytes: number): StoreKind {
  return storeKinds[bytes] ?? panic(`no integer has ${String(bytes)} bytes`);
}
