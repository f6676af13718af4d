/**
 * The handlers of the forms that a program uses: numbered as they are met, generated in batches, and the
 * hot ones put into the interpreter's jump table.
 */
import { panic } from '../../../base/index';
import { instantiate, makeTable, type WasmImports } from './builder/webAssembly';
import { countedHandlers, coreOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import type { Decoder } from './decoder';
import type { Definition, Encoding } from './definition';
import { formKey, formOf, variantOf, type Form } from './form';
import { InterpreterGenerator, type Handler } from './interpreter';
import { chain, done, stale } from './instructions/pseudo';

const WASM_PAGE = 65536;
/** Handlers in the jump table: beyond this many V8's code for it gets worse. */
const MAX_HOT = 224;
const TABLE_GROWTH = 256;

/** Instructions before the jump table is looked at for the first time. */
const FIRST_INTERVAL = 2_000_000;
/** Part of all instructions that may be called rather than jumped to. */
const TOLERATED_CALLS = 0.03;
/** A handler with less than one in so many of the calls stays where it is. */
const RARE = 2000;

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
  readonly #variants = new Map<Encoding, Map<number, number>>();
  readonly #numbers = new Map<string, number>();
  readonly #definitions = new Map<Definition, number>();
  readonly #memory: CoreMemory;
  #generated = 0;
  /** Instructions since the jump table was last looked at, and after how many that happens. */
  #executed = 0;
  #interval = FIRST_INTERVAL;
  #hot: Handler[] = [];
  #run: RunFunction | null = null;

  constructor(memory: CoreMemory, host: HostFunctions) {
    this.#memory = memory;
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
    const room = MAX_HOT - this.#hot.length;
    // Rebuilding for a few forms more than there were costs more than calling them.
    if (this.#run === null || (room > 0 && this.#hot.length < 64)) {
      this.#setHot([...this.#hot, ...fresh].slice(0, MAX_HOT));
    }
  }

  /**
   * Notes that so many instructions were executed. Now and then, when too many of them were not in the
   * jump table, those that were called most get in, in front; what then has no room drops out at the
   * back, and comes back in front if that was a mistake.
   */
  noteExecuted(instructions: number): void {
    this.#executed += instructions;
    if (this.#executed < this.#interval) return;
    const calls = this.#takeCalls();
    const total = calls.reduce((sum, { count }) => sum + count, 0);
    if (total > this.#executed * TOLERATED_CALLS) {
      const often = calls.filter(({ count }) => count * RARE > total);
      const promoted = often.map(({ number }) => this.handlerOf(number));
      this.#setHot([...promoted, ...this.#hot].slice(0, MAX_HOT));
      this.#interval *= 2;
    }
    this.#executed = 0;
  }

  /** Handlers that were called, most often first; their counts begin at 0 again. */
  #takeCalls(): { readonly number: number; readonly count: number }[] {
    const { u32, base } = this.#memory;
    const start = (base + coreOffset.handlerCalls) >>> 2;
    const counts = u32.slice(start, start + countedHandlers);
    u32.fill(0, start, start + countedHandlers);
    return Array.from(counts, (count, number) => ({ number, count }))
      .filter(({ count, number }) => count > 0 && number < this.#handlers.length)
      .sort((a, b) => b.count - a.count);
  }

  #setHot(hot: Handler[]): void {
    this.#hot = hot;
    const { run } = instantiate(this.#generator.hotModule(hot), this.#imports);
    this.#run = run as RunFunction;
  }
}
