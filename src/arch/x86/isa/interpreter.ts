/**
 * The interpreter, generated from the definitions of the forms that the program uses: one function with
 * the hot ones behind a jump table, and a function for each of the others, which it calls through a table.
 *
 * V8 compiles such a function well up to some hundreds of handlers, and badly beyond; and whole programs
 * spend their time in few forms.
 */
import { Emitter, LocalPool } from './builder/emitter';
import {
  encodeModule,
  pushSigned,
  pushUnsigned,
  type DefinedFunction,
  type FunctionType,
  type ModuleContent,
} from './builder/wasmModule';
import type { Form } from './form';
import { InterpreterSemantics } from './interpreterSemantics';
import { countedHandlers, coreOffset } from './coreLayout';
import { recordOffset } from './record';
import type { OperandUses } from './semantics';
import { lastStopReason } from './stopReason';

const oneToOne: FunctionType = { parameters: ['i32'], results: ['i32'] };

/** What every generated module imports; their order is that of `ImportedIndex`. */
const importedFunctions = [
  { name: 'translate', type: { parameters: ['i32', 'i32', 'i32'], results: ['i32'] } },
  { name: 'storeHook', type: oneToOne },
  { name: 'helper', type: { parameters: ['i32', 'i32'], results: ['i32'] } },
] as const satisfies ModuleContent['imports'];

const Opcode = {
  block: 0x02,
  loop: 0x03,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  unreachable: 0x00,
  callIndirect: 0x11,
  localGet: 0x20,
  localTee: 0x22,
  load16: 0x2f,
  constant: 0x41,
  lessUnsigned: 0x49,
  load: 0x28,
  store: 0x36,
  add: 0x6a,
  subtract: 0x6b,
  and: 0x71,
  shiftLeft: 0x74,
  empty: 0x40,
} as const;

/** What a definition does in a form. */
export interface Traits {
  readonly uses: OperandUses;
  /** `InstKind`s. */
  readonly kinds: number;
}

/** A handler: the number that records have for it, and what it does. */
export interface Handler extends Traits {
  readonly number: number;
  readonly form: Form;
}

/** Generates modules for a core whose memory begins at `base`. */
export class InterpreterGenerator {
  readonly #base: number;
  readonly #memoryPages: number;

  constructor(base: number, memoryPages: number) {
    this.#base = base;
    this.#memoryPages = memoryPages;
  }

  /** Finds out what a definition does in a form. */
  traitsOf(form: Form): Traits {
    const nothing = new Set<number>();
    const semantics = new InterpreterSemantics(
      form,
      this.#base,
      { written: nothing, read: nothing },
      true,
    );
    form.definition.semantics(semantics);
    const { written, read, kinds } = semantics;
    return { uses: { written, read }, kinds };
  }

  /** A module of functions `h<number>`, one for each handler. */
  coldModule(handlers: readonly Handler[]): Uint8Array {
    const functions = handlers.map(handler => {
      const code: number[] = [];
      const locals = new LocalPool(1);
      this.#emit(code, handler, null, locals);
      code.push(Opcode.unreachable);
      return this.#function(`h${String(handler.number)}`, code, locals);
    });
    return this.#module(functions, false);
  }

  /** A module with the function `run`, whose jump table has these handlers. */
  hotModule(handlers: readonly Handler[]): Uint8Array {
    const code: number[] = [Opcode.loop, Opcode.empty];
    // Blocks nest so that the end of block i is where handler i begins; the outermost is the default's.
    for (let i = 0; i <= handlers.length; i++) code.push(Opcode.block, Opcode.empty);
    this.#dispatch(code, handlers);
    const locals = new LocalPool(1);
    for (const [i, handler] of handlers.entries()) {
      code.push(Opcode.end);
      this.#emit(code, handler, handlers.length - i, locals);
    }
    code.push(Opcode.end);
    callHandler(code, locals.local('i32', 0), this.#base + coreOffset.handlerCalls);
    code.push(Opcode.end, Opcode.unreachable);
    return this.#module([this.#function('run', code, locals)], true);
  }

  #dispatch(code: number[], handlers: readonly Handler[]): void {
    const highest = Math.max(-1, ...handlers.map(({ number }) => number));
    const places = new Array<number>(highest + 1).fill(handlers.length);
    for (const [i, { number }] of handlers.entries()) places[number] = i;
    code.push(Opcode.localGet, 0, Opcode.load16, 0, recordOffset.handler, Opcode.brTable);
    pushUnsigned(code, places.length);
    for (const place of places) pushUnsigned(code, place);
    pushUnsigned(code, handlers.length);
  }

  #function(exportName: string, code: readonly number[], locals: LocalPool): DefinedFunction {
    return { exportName, type: oneToOne, locals: locals.declared, code };
  }

  #module(functions: readonly DefinedFunction[], importsTable: boolean): Uint8Array {
    return encodeModule({
      ...{ imports: importedFunctions, functions, importsTable },
      memoryPages: this.#memoryPages,
      types: [oneToOne],
    });
  }

  /** @param depth - of the loop, as seen from the handler; null in a function of its own */
  #emit(out: number[], { form, uses }: Handler, depth: number | null, locals: LocalPool): void {
    const semantics = new InterpreterSemantics(form, this.#base, uses, depth === null);
    form.definition.semantics(semantics);
    semantics.finish();
    const next = depth === null ? null : { local: 0, depth };
    new Emitter(out, { locals, next }).emit(semantics.code.statements);
  }
}

/** Calls a handler that is not in the jump table, counts that, and goes on where it says. */
function callHandler(code: number[], free: number, counts: number): void {
  countCall(code, free, counts);
  code.push(Opcode.localGet, 0);
  code.push(Opcode.localGet, 0, Opcode.load16, 0, recordOffset.handler);
  code.push(Opcode.callIndirect, 0, 0);
  // Stops are the highest numbers there are: records lie below, in the upper half of a big memory too.
  code.push(Opcode.localTee, 0, Opcode.constant);
  pushSigned(code, -lastStopReason - 1);
  code.push(Opcode.lessUnsigned, Opcode.brIf, 0);
  code.push(Opcode.constant, 0, Opcode.localGet, 0, Opcode.subtract, Opcode.return);
}

/** Adds 1 to the count of the handler that a record names. @param free - a local that holds nothing */
function countCall(code: number[], free: number, counts: number): void {
  const { localGet, load16, constant } = Opcode;
  code.push(localGet, 0, load16, 0, recordOffset.handler, constant);
  pushSigned(code, countedHandlers - 1);
  code.push(Opcode.and, constant, 2, Opcode.shiftLeft, Opcode.localTee);
  pushUnsigned(code, free);
  for (const opcode of [Opcode.load, Opcode.store]) {
    if (opcode === Opcode.store) code.push(constant, 1, Opcode.add);
    else {
      code.push(localGet);
      pushUnsigned(code, free);
    }
    code.push(opcode, 0);
    pushUnsigned(code, counts);
  }
}
