/** From statements to the bytes of a function body. */
import { panic } from '../../../../base/index';
import type { Statement } from './codeBuilder';
import type { Value } from './value';
import { pushSigned, pushSigned64, pushUnsigned, type ValueType } from './wasmModule';

/** The locals of a function, which its bodies share: as many of each type as the neediest takes. */
export class LocalPool {
  /** What the function declares, in the order of the locals. */
  readonly declared: (readonly [number, ValueType])[] = [];
  readonly #indices = new Map<ValueType, number[]>();
  readonly #first: number;

  /** @param parameters - of the function: locals before these */
  constructor(parameters: number) {
    this.#first = parameters;
  }

  /** The local that is number `place` of its type. */
  local(type: ValueType, place: number): number {
    let indices = this.#indices.get(type);
    if (indices === undefined) this.#indices.set(type, (indices = []));
    while (indices.length <= place) {
      indices.push(this.#first + this.declared.length);
      this.declared.push([1, type]);
    }
    return indices[place] ?? panic('no such local');
  }
}

/** How a body is left. */
export interface BodyFrame {
  readonly locals: LocalPool;
  /**
   * What `next` does: sets this local and branches so many blocks out, counted at the body's level; or
   * null to return the value.
   */
  readonly next: { readonly local: number; readonly depth: number } | null;
}

const Opcode = {
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  return: 0x0f,
  drop: 0x1a,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  emptyType: 0x40,
} as const;

/** Writes one body. Values that are used more than once get a local when they are first needed. */
export class Emitter {
  readonly #out: number[];
  readonly #frame: BodyFrame;
  readonly #uses = new Map<Value, number>();
  readonly #bound = new Map<Value, number>();
  readonly #locals = new Map<number, number>();
  readonly #taken = new Map<ValueType, number>();
  #depth = 0;

  /** @param out - bytes are added here */
  constructor(out: number[], frame: BodyFrame) {
    this.#out = out;
    this.#frame = frame;
  }

  /** Writes a whole body. */
  emit(statements: readonly Statement[]): void {
    this.#countAll(statements);
    this.#emitAll(statements);
  }

  #countAll(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'if':
          this.#count(statement.condition.value);
          this.#countAll(statement.then);
          this.#countAll(statement.otherwise);
          break;
        case 'loop':
          this.#countAll(statement.body);
          break;
        case 'again':
          this.#count(statement.condition.value);
          break;
        case 'set':
        case 'effect':
        case 'return':
        case 'next':
          this.#count(statement.value);
          break;
      }
    }
  }

  #count(value: Value): void {
    if (value.leaf.kind !== 'operation') return;
    const uses = this.#uses.get(value) ?? 0;
    this.#uses.set(value, uses + 1);
    if (uses === 0) for (const operand of value.operands) this.#count(operand);
  }

  #emitAll(statements: readonly Statement[]): void {
    for (const statement of statements) this.#emitOne(statement);
  }

  #emitOne(statement: Statement): void {
    const out = this.#out;
    switch (statement.kind) {
      case 'set':
        this.#value(statement.value);
        out.push(Opcode.localSet);
        pushUnsigned(out, this.#localOf(statement.index, statement.type));
        break;
      case 'effect':
        this.#operation(statement.value);
        if (statement.drops) out.push(Opcode.drop);
        break;
      case 'if':
        this.#if(statement.condition.value, statement.then, statement.otherwise);
        break;
      case 'loop':
        this.#bindShared(statement.body);
        out.push(Opcode.loop, Opcode.emptyType);
        this.#nested(statement.body);
        out.push(Opcode.end);
        break;
      case 'again':
        // The loop is the innermost block: bodies of `if` inside loops do not start them again.
        this.#value(statement.condition.value);
        out.push(Opcode.brIf, 0);
        break;
      case 'return':
        this.#value(statement.value);
        out.push(Opcode.return);
        break;
      case 'next':
        this.#next(statement.value);
        break;
    }
  }

  #if(condition: Value, then: readonly Statement[], otherwise: readonly Statement[]): void {
    const out = this.#out;
    this.#bindShared([...then, ...otherwise]);
    this.#value(condition);
    out.push(Opcode.if, Opcode.emptyType);
    this.#nested(then);
    if (otherwise.length > 0) {
      out.push(Opcode.else);
      this.#nested(otherwise);
    }
    out.push(Opcode.end);
  }

  #next(value: Value): void {
    const { next } = this.#frame;
    this.#value(value);
    if (next === null) {
      this.#out.push(Opcode.return);
      return;
    }
    this.#out.push(Opcode.localSet);
    pushUnsigned(this.#out, next.local);
    this.#out.push(Opcode.br);
    pushUnsigned(this.#out, next.depth + this.#depth);
  }

  #nested(statements: readonly Statement[]): void {
    this.#depth++;
    this.#emitAll(statements);
    this.#depth--;
  }

  /**
   * Before statements that may not be executed, or more than once: values that are used in several
   * places, and have a meaning out here, get their locals here.
   */
  #bindShared(statements: readonly Statement[]): void {
    for (const statement of statements) {
      switch (statement.kind) {
        case 'if':
          this.#bindIfShared(statement.condition.value);
          this.#bindShared(statement.then);
          this.#bindShared(statement.otherwise);
          break;
        case 'loop':
          this.#bindShared(statement.body);
          break;
        case 'again':
          this.#bindIfShared(statement.condition.value);
          break;
        case 'set':
        case 'effect':
        case 'return':
        case 'next':
          this.#bindIfShared(statement.value);
          break;
      }
    }
  }

  #bindIfShared(value: Value): void {
    if (value.leaf.kind !== 'operation' || this.#bound.has(value)) return;
    if (value.depth > this.#depth || (this.#uses.get(value) ?? 0) < 2 || hasEffects(value)) {
      for (const operand of value.operands) this.#bindIfShared(operand);
      return;
    }
    this.#operation(value);
    this.#out.push(Opcode.localSet);
    pushUnsigned(this.#out, this.#bind(value));
  }

  #value(value: Value): void {
    const { leaf } = value;
    if (leaf.kind === 'constant') {
      this.#constant(value.type, leaf.number);
      return;
    }
    const local =
      leaf.kind === 'local' ? this.#localOf(leaf.index, value.type) : this.#bound.get(value);
    if (local !== undefined) {
      this.#out.push(Opcode.localGet);
      pushUnsigned(this.#out, local);
      return;
    }
    this.#operation(value);
    if ((this.#uses.get(value) ?? 0) < 2) return;
    this.#out.push(Opcode.localTee);
    pushUnsigned(this.#out, this.#bind(value));
  }

  #constant(type: ValueType, number: bigint): void {
    if (type === 'i32') {
      this.#out.push(0x41);
      pushSigned(this.#out, Number(number));
    } else {
      this.#out.push(0x42);
      pushSigned64(this.#out, number);
    }
  }

  #operation({ opcode, operands, immediate }: Value): void {
    for (const operand of operands) this.#value(operand);
    if (opcode > 0xff) {
      this.#out.push(opcode >>> 16);
      pushUnsigned(this.#out, opcode & 0xffff);
    } else {
      this.#out.push(opcode);
    }
    for (const byte of immediate) this.#out.push(byte);
  }

  #bind(value: Value): number {
    const local = this.#take(value.type);
    this.#bound.set(value, local);
    return local;
  }

  #localOf(index: number, type: ValueType): number {
    // Negative numbers are the function's parameters.
    if (index < 0) return -1 - index;
    const known = this.#locals.get(index);
    if (known !== undefined) return known;
    const local = this.#take(type);
    this.#locals.set(index, local);
    return local;
  }

  #take(type: ValueType): number {
    const taken = this.#taken.get(type) ?? 0;
    this.#taken.set(type, taken + 1);
    return this.#frame.locals.local(type, taken);
  }
}

/** Whether evaluating it anywhere else would not be the same: loads, calls, division. */
function hasEffects({ opcode }: Value): boolean {
  return opcode === 0x10 || (opcode >= 0x28 && opcode <= 0x3e) || (opcode >= 0x6d && opcode <= 0x70)
    ? true
    : opcode >= 0x7f && opcode <= 0x82;
}
