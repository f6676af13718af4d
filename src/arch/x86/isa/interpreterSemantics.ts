/** How the interpreter executes a definition: operands are found through the record of the instruction. */
import { equal, isNonZero, isZero, lessS, select } from './builder/condition';
import {
  add,
  and,
  extendS,
  extendU,
  i32,
  i64,
  shl,
  shrU,
  sub,
  Value,
  wrap,
  xor,
} from './builder/value';
import { coreOffset, entryShift, jumpCacheEntries, segmentBaseOffset } from './coreLayout';
import { gprOffset } from './coreLayout';
import type { Form } from './form';
import { recordBytes, recordOffset as at, recordOperands } from './record';
import { ImportedIndex, StopReason } from './stopReason';
import { Semantics, type OperandUses } from './semantics';
import { RIP, RSP } from '../registers';

/** The record of the instruction: the function's parameter. */
const record = new Value('i32', 0, [], [], { kind: 'local', index: -1 });

/** A definition as a handler of the interpreter. */
export class InterpreterSemantics extends Semantics {
  /** Whether a stop is told by its negative, for a caller that goes on at records. */
  readonly #called: boolean;

  constructor(form: Form, base: number, known: OperandUses, called: boolean) {
    super(form, base, known);
    this.#called = called;
  }

  protected override registerAddress(slot: number): Value<'i32'> {
    const offset = slot < recordOperands ? at.operand + slot * 4 : at.index;
    return this.code.load('i32', record, offset);
  }

  protected override immediate(): Value<'i64'> {
    return this.code.load('i64', record, at.immediate);
  }

  protected override secondImmediate(): Value<'i32'> {
    return this.code.load('i32', record, at.displacement);
  }

  protected override effectiveAddress(distance: Value<'i64'> | null): Value<'i64'> {
    const { code } = this;
    const { addressing } = this.form;
    const register = (offset: number): Value<'i64'> =>
      code.load('i64', code.load('i32', record, offset));
    const base = this.popsBeforeAddress === 0 ? register(at.base) : this.#baseAfterPop();
    const displacement = extendS(code.load('i32', record, at.displacement));
    const near = add(base, displacement);
    const start = distance === null ? near : add(near, distance);
    if (addressing === 'base') return start;
    const scale = extendU(code.load('u8', record, at.scale));
    const sum = add(start, shl(register(at.index), scale));
    if (addressing === 'index') return sum;
    const cut = addressing === 'segment' ? sum : extendU(wrap(sum));
    if (addressing === 'index32') return cut;
    return add(cut, this.word('i64', segmentBaseOffset(this.form.segment)));
  }

  /** The base register; what a pop adds to RSP is in it already. */
  #baseAfterPop(): Value<'i64'> {
    const pointer = this.code.load('i32', record, at.base);
    const isRsp = equal(pointer, i32(this.base + gprOffset(RSP)));
    const value = this.code.load('i64', pointer);
    return add(value, select(isRsp, i64(this.popsBeforeAddress), i64(0)));
  }

  override nextRip(): Value<'i64'> {
    return this.code.load('i64', record, at.nextRip);
  }

  protected override emitNext(): void {
    this.#goOn(add(record, i32(recordBytes)));
  }

  protected override emitGoto(): void {
    const { code } = this;
    const target = code.load('i32', record, at.operand);
    this.charge(code.load('i64', record, at.jump), () => {
      code.when(isZero(target), () => this.emitStop(StopReason.Unresolved));
      this.#stopAt(StopReason.Budget, target);
    });
    this.#goOn(target);
  }

  protected override emitJump(target: Value<'i64'>): void {
    const { code } = this;
    const hash = xor(wrap(target), wrap(shrU(target, i64(12))));
    const pair = and(hash, i32(jumpCacheEntries / 2 - 1));
    const first = code.let(shl(pair, i32(entryShift + 1)));
    const table = this.base + coreOffset.jumpCache;
    for (const entry of [table, table + (1 << entryShift)]) {
      code.when(equal(code.load('i64', first, entry), target), () =>
        this.#enter(code.load('i32', first, entry + 8)),
      );
    }
    code.store('i64', i32(0), target, this.base + gprOffset(RIP));
    this.emitStop(StopReason.Lookup);
  }

  #enter(target: Value<'i32'>): void {
    this.charge(this.code.load('i64', target, at.block), () => {
      this.#stopAt(StopReason.Budget, target);
    });
    this.#goOn(target);
  }

  /** Charges for a block. @param overdrawn - stops when there is too little left */
  protected charge(due: Value<'i64'>, overdrawn: () => void): void {
    const { code } = this;
    const word = this.base + coreOffset.account;
    const account = code.let(add(code.load('i64', i32(0), word), due));
    code.store('i64', i32(0), account, word);
    code.when(lessS(account, i64(0)), overdrawn);
  }

  #goOn(next: Value<'i32'>): void {
    this.code.add({ kind: 'next', value: next });
  }

  protected override emitStop(reason: number): void {
    this.#stopAt(reason, record);
  }

  #stopAt(reason: number, where: Value<'i32'>): void {
    this.code.store('i32', i32(0), where, this.base + coreOffset.record);
    this.code.add({ kind: 'return', value: i32(this.#called ? -reason : reason) });
  }

  protected override emitHelper(number: number): void {
    const { code } = this;
    const answer = code.call(ImportedIndex.helper, i32(number), record);
    code.when(isNonZero(answer), () => {
      code.store('i32', i32(0), record, this.base + coreOffset.record);
      code.add({ kind: 'return', value: this.#called ? sub(i32(0), answer) : answer });
    });
  }
}
