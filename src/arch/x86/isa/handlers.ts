/**
 * The handlers of the forms that a program uses: numbered as they are met, generated in batches, and the
 * hot ones put into the interpreter's jump table.
 */
import { panic } from '../../../base/index';
import { instantiate, makeTable, type WasmImports } from './builder/webAssembly';
import type { CoreMemory } from './coreMemory';
import type { Decoder } from './decoder';
import type { Definition, Encoding } from './definition';
import { formKey, formOf, variantOf, type Form } from './form';
import { HandlerUse } from './handlerUse';
import { InterpreterGenerator, type Handler } from './interpreter';
import { chain, done, stale } from './instructions/pseudo';

const WASM_PAGE = 65536;
const TABLE_GROWTH = 256;
/** Numbers that fit into a record. */
const NUMBERS = 65536;
/** More forms than are met between two looks whether there is room. */
const RESERVE = 8192;

/** Functions that generated code calls. */
export interface HostFunctions {
  translate(low: number, high: number, how: number): number;
  storeHook(linear: number): number;
  helper(number: number, record: number): number;
}

/** Runs from a record on. @returns a `StopReason` */
export type RunFunction = (record: number) => number;

function pseudoForm(definition: Definition): Form {
  return {
    ...{ definition, operands: [], operandSize: 8, vectorBytes: 16, vex: false, w: false },
    ...{ addressing: 'none', repeat: 0, address32: false, segment: -1, immediate: -1 },
  };
}

/** Handlers by number, and the interpreter made of them. */
export class Handlers {
  /** Numbers of what is no instruction. */
  readonly stale: number;
  readonly done: number;
  readonly chain: number;
  readonly #generator: InterpreterGenerator;
  readonly #imports: WasmImports;
  readonly #table = makeTable(TABLE_GROWTH);
  readonly #handlers: Handler[] = [];
  readonly #memory: CoreMemory;
  /** The number of the first handler of an instruction. */
  readonly #firstNumber: number;
  readonly #most: number;
  readonly #variants = new Map<Encoding, Map<number, number>>();
  readonly #numbers = new Map<string, number>();
  readonly #definitions = new Map<Definition, number>();
  #use: HandlerUse;
  #generated = 0;
  /** The interpreter that calls all handlers, and that which is in use. */
  #calling: RunFunction | null = null;
  #run: RunFunction | null = null;

  /** @param most - forms before {@link isFull} */
  constructor(memory: CoreMemory, host: HostFunctions, most = NUMBERS - RESERVE) {
    this.#memory = memory;
    this.#most = most;
    this.#use = new HandlerUse(memory);
    const pages = Math.floor(memory.bytes.length / WASM_PAGE);
    this.#generator = new InterpreterGenerator(memory.base, pages);
    this.#imports = {
      env: {
        memory: memory.wasm,
        handlers: this.#table,
        translate: (low = 0, high = 0, how = 0) => host.translate(low, high, how),
        // WebAssembly hands over addresses as signed numbers.
        storeHook: (linear = 0) => host.storeHook(linear >>> 0),
        helper: (number = 0, record = 0) => host.helper(number, record >>> 0),
      },
    };
    this.stale = this.#numberOf(pseudoForm(stale));
    this.done = this.#numberOf(pseudoForm(done));
    this.chain = this.#numberOf(pseudoForm(chain));
    this.#firstNumber = this.#handlers.length;
  }

  /** Whether it is time for {@link dropAll}: there are hardly any numbers left. */
  get isFull(): boolean {
    return this.#handlers.length > this.#most;
  }

  /** Begins anew, with no handler of an instruction. No record of one may be in use. */
  dropAll(): void {
    for (let number = this.#firstNumber; number < this.#generated; number++) {
      this.#table.set(number, null);
    }
    this.#handlers.length = this.#firstNumber;
    this.#generated = Math.min(this.#generated, this.#firstNumber);
    this.#numbers.clear();
    this.#variants.clear();
    this.#use = new HandlerUse(this.#memory);
    this.#run = this.#calling;
  }

  /** Whether there are forms that have not been generated. */
  get hasNew(): boolean {
    return this.#generated < this.#handlers.length;
  }

  /** The handler of the instruction that was decoded last. */
  handlerFor(decoder: Decoder): Handler {
    return this.handlerOf(this.#numberFor(decoder));
  }

  #numberFor(decoder: Decoder): number {
    let variants = this.#variants.get(decoder.encoding);
    if (variants === undefined) {
      variants = new Map();
      this.#variants.set(decoder.encoding, variants);
    }
    const variant = variantOf(decoder);
    const known = variants.get(variant);
    if (known !== undefined) return known;
    const number = this.#numberOf(formOf(decoder));
    variants.set(variant, number);
    return number;
  }

  #numberOf(form: Form): number {
    const key = formKey(form, this.#definitionId(form.definition));
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#handlers.length;
    this.#handlers.push({ number, form, ...this.#generator.traitsOf(form) });
    this.#numbers.set(key, number);
    return number;
  }

  /** A handler by its number. @throws {PanicError} when there is none */
  handlerOf(number: number): Handler {
    return this.#handlers[number] ?? panic(`no handler ${String(number)}`);
  }

  /** The form of a handler. @throws {PanicError} when there is none */
  formOf(number: number): Form {
    return this.handlerOf(number).form;
  }

  #definitionId(definition: Definition): number {
    const known = this.#definitions.get(definition);
    if (known !== undefined) return known;
    this.#definitions.set(definition, this.#definitions.size);
    return this.#definitions.size - 1;
  }

  /** The interpreter, for all forms that have been numbered. */
  get run(): RunFunction {
    if (this.hasNew) this.#generate();
    return this.#run ?? panic('no interpreter was generated');
  }

  #generate(): void {
    const fresh = this.#handlers.slice(this.#generated);
    this.#generated = this.#handlers.length;
    if (this.#table.length < this.#generated) {
      this.#table.grow(this.#generated - this.#table.length + TABLE_GROWTH);
    }
    const functions = instantiate(this.#generator.coldModule(fresh), this.#imports);
    for (const { number } of fresh) this.#table.set(number, functions[`h${String(number)}`]);
    this.#calling ??= this.#interpreter([]);
    this.#run ??= this.#calling;
  }

  /** Notes that so many instructions were executed. Now and then the interpreter changes with that. */
  noteExecuted(instructions: number): void {
    const found = this.#use.noteExecuted(instructions);
    if (found === 'survey') this.#run = this.#calling;
    else if (found !== null) this.#run = this.#interpreter(found.map(this.handlerOf.bind(this)));
  }

  #interpreter(hot: readonly Handler[]): RunFunction {
    const { run } = instantiate(this.#generator.hotModule(hot), this.#imports);
    return run as RunFunction;
  }
}
