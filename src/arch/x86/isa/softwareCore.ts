/**
 * A software x86-64 core: executes the program of a thread, whose state block lies in the memory that the
 * generated code works in, for a number of instructions that is exact.
 */
import { panic } from '../../../base/index';
import { RegisterSet } from '../registerSets';
import { RIP } from '../registers';
import { Vector, XFeature } from '../flags';
import type { X86ThreadState } from '../threadState';
import { CodeCache } from './codeCache';
import { coreOffset } from './coreLayout';
import { CoreMemory, type CoreMemoryOptions } from './coreMemory';
import { maxInstructionBytes } from './decoder';
import { composeFlags, decomposeFlags } from './flagWords';
import { Handlers } from './handlers';
import { Helpers, type CoreEnvironment } from './helpers';
import { recordOffset } from './record';
import { RecordWriter } from './recordWriter';
import { StopReason } from './stopReason';
import { Translations } from './translations';

const PAGE = 4096;

/**
 * Why a core stopped. RIP is the next instruction; of a fault the one that caused it.
 * - `budget`: as many instructions were executed as was asked.
 * - `syscall`, `port`: the program executed `syscall`, or `out` to the supervisor's port; RIP is at it.
 * - `exception`: {@link SoftwareCore.exception} describes it.
 */
export type CoreStop = 'budget' | 'syscall' | 'port' | 'exception';

/** An exception that a program caused. */
export interface CoreException {
  vector: number;
  errorCode: number;
  /** The address that a page fault is about. */
  address: number;
  /** Whether it is reported behind its instruction, which is done. */
  isTrap: boolean;
}

/** The interpreter of one thread. */
export class SoftwareCore {
  /** Instructions that the last run executed. */
  executed = 0;
  readonly exception: CoreException = { vector: 0, errorCode: 0, address: 0, isTrap: false };
  /** The memory that it works in. */
  readonly memory: CoreMemory;
  readonly #translations: Translations;
  readonly #handlers: Handlers;
  readonly #code: CodeCache;
  readonly #records: RecordWriter;
  #state: X86ThreadState | null = null;
  /** Instructions that the present run may execute. */
  #allowed = 0;

  constructor(
    options: CoreMemoryOptions,
    environment: Omit<CoreEnvironment, 'timestamp'> & {
      /** The time stamp counter, so many instructions after the run began. */
      timestampAfter(instructions: number): bigint;
    },
  ) {
    const memory = new CoreMemory(options);
    this.memory = memory;
    this.#translations = new Translations(memory, linear => {
      this.#code.invalidate(linear);
    });
    const helpers = new Helpers(memory, {
      cpuid: environment.cpuid,
      processor: environment.processor,
      timestamp: record => environment.timestampAfter(this.#doneBefore(record)),
    });
    this.#handlers = new Handlers(memory, {
      translate: (low, high, how) => this.#translations.translate(low, high, how),
      storeHook: () => this.#translations.finishStore(),
      helper: (number, record) => helpers.call(number, record),
    });
    this.#code = new CodeCache(memory, this.#translations, this.#handlers);
    this.#records = new RecordWriter(memory);
  }

  /** Takes a thread: its state block moves to where generated code finds it. */
  attach(state: X86ThreadState): void {
    state.moveTo(this.memory.wasm.buffer, this.memory.base);
    state.fpu.materialize(XFeature.X87 | XFeature.SSE | XFeature.AVX);
    this.#state = state;
    this.#translations.root = Number(state.cr3);
    this.forget();
  }

  /** The thread that it executes. */
  get state(): X86ThreadState | null {
    return this.#state;
  }

  /** Gives the thread back: its state block moves to memory of its own. */
  detach(): void {
    this.#state?.moveTo(new ArrayBuffer(this.#state.block.length), 0);
    this.#state = null;
  }

  /** Page tables have changed: forgets translations, and code that is no longer mapped as it was. */
  forget(): void {
    this.#translations.flush();
    this.#code.revalidate();
  }

  /** The bytes of code at an address, as far as they can be read, at most 15. */
  codeBytes(rip: number): Uint8Array {
    const page = Math.floor(rip / PAGE) * PAGE;
    const linear = this.#translations.page(page, 'execute', rip);
    if (linear < 0) return new Uint8Array(0);
    const start = linear + (rip - page);
    const end = Math.min(start + maxInstructionBytes, linear + PAGE);
    const here = this.memory.bytes.slice(start, end);
    const missing = maxInstructionBytes - here.length;
    const next = missing === 0 ? -1 : this.#translations.page(page + PAGE, 'execute', rip);
    if (next < 0) return here;
    return Buffer.concat([here, this.memory.bytes.subarray(next, next + missing)]);
  }

  /** Somebody else may have written to the program's memory. */
  noteForeignStores(): void {
    this.#code.revalidateWritable();
  }

  /** Instructions that were done when the one of a record began. */
  #doneBefore(record: number): number {
    return this.#allowed - this.#budget - this.#left(record);
  }

  get #budget(): number {
    return this.memory.view.getInt32(coreOffset.budget, true);
  }

  #left(record: number): number {
    return this.memory.u16[(record + recordOffset.left) >>> 1] ?? 0;
  }

  #giveBack(instructions: number): void {
    this.memory.view.setInt32(coreOffset.budget, this.#budget + instructions, true);
  }

  /** Executes `allowed` instructions, or fewer if the program wants something. */
  run(allowed: number): CoreStop {
    const state = this.#state ?? panic('a core without a thread was run');
    const { view } = this.memory;
    this.#allowed = allowed;
    decomposeFlags(view);
    view.setInt32(coreOffset.budget, allowed, true);
    let stop: CoreStop | null = null;
    let replaced = 0;
    let drops = this.#code.drops;
    while (stop === null) {
      const first = this.#budget === 0 ? -1 : this.#code.find(state.gprNumber(RIP));
      if (first <= 0) {
        stop = first < 0 ? 'budget' : this.#noCode();
        break;
      }
      if (replaced !== 0 && drops === this.#code.drops) this.#code.replace(replaced, first);
      replaced = 0;
      ({ drops } = this.#code);
      const reason = this.#enter(first);
      stop = this.#after(reason, state);
      if (reason === StopReason.Stale) replaced = this.#staleHead();
    }
    this.executed = allowed - this.#budget;
    this.#handlers.noteExecuted(this.executed);
    composeFlags(view);
    state.dirty |= RegisterSet.Regs | RegisterSet.Sregs | RegisterSet.Xsave;
    return stop;
  }

  #enter(first: number): number {
    const budget = this.#budget;
    const count = this.#left(first);
    const run = this.#handlers.run;
    if (count <= budget) {
      this.#giveBack(-count);
      return run(first);
    }
    this.#giveBack(-budget);
    return run(this.#code.part(first, budget));
  }

  get #record(): number {
    return this.memory.view.getInt32(coreOffset.record, true);
  }

  /** A stale record at which a block began, and so will be met again; 0 if it was not one. */
  #staleHead(): number {
    const record = this.#record;
    return this.#code.isPart(record) ? 0 : record;
  }

  /** Sees to what generated code stopped for. @returns null to go on */
  #after(reason: number, state: X86ThreadState): CoreStop | null {
    const record = this.#record;
    const records = this.#records;
    const left = this.#left(record);
    switch (reason) {
      case StopReason.Unresolved:
        this.#giveBack(Math.max(0, left - 1));
        this.#followJump(record, state);
        return null;
      case StopReason.Lookup:
        this.#giveBack(left - 1);
        this.#followIndirect(state);
        return null;
      case StopReason.Done:
        state.setGprNumber(RIP, records.nextRip(record));
        return 'budget';
      case StopReason.Budget:
      case StopReason.Stale:
        this.#giveBack(left);
        state.setGprNumber(RIP, records.ripOf(record));
        return null;
      case StopReason.Trap:
        this.#giveBack(left - 1);
        state.setGprNumber(RIP, records.nextRip(record));
        return this.#raised(true);
      case StopReason.PageFault:
        this.#giveBack(left);
        state.setGprNumber(RIP, records.ripOf(record));
        return this.#dataFault(record);
      default:
        this.#giveBack(left);
        state.setGprNumber(RIP, records.ripOf(record));
        return this.#other(reason);
    }
  }

  #other(reason: number): CoreStop {
    if (reason === StopReason.Syscall) return 'syscall';
    if (reason === StopReason.Port) return 'port';
    if (reason === StopReason.Exception) return this.#raised(false);
    return panic(`generated code stopped with reason ${String(reason)}`);
  }

  #followJump(record: number, state: X86ThreadState): void {
    const target = this.#code.targetOf(record);
    state.setGprNumber(RIP, target);
    const found = this.#code.findWithin(target);
    // A part of a block is a copy, and finding may have dropped everything.
    if (found !== 0 && !this.#code.isPart(record)) this.#code.resolve(record, found);
  }

  #followIndirect(state: X86ThreadState): void {
    const found = this.#code.findWithin(state.gprNumber(RIP));
    if (found !== 0) this.#code.noteJump(state.gprInt32(RIP), state.gprHigh(RIP) | 0, found);
  }

  #noCode(): CoreStop {
    const { problem } = this.#code;
    if (problem.kind === 'access') return this.#accessFault();
    const vector = problem.outcome === 'too-long' ? Vector.GP : Vector.UD;
    return this.#describe(vector, 0, 0, false);
  }

  /** Addresses that cannot be are another exception when they count from the stack. */
  #dataFault(record: number): CoreStop {
    const { fault } = this.#translations;
    const form = this.#handlers.formOf(this.#records.handler(record));
    if (fault.vector === Vector.GP && this.#records.usesStack(record, form)) {
      fault.vector = Vector.SS;
    }
    return this.#accessFault();
  }

  #accessFault(): CoreStop {
    const { vector, errorCode, address } = this.#translations.fault;
    return this.#describe(vector, errorCode, address, false);
  }

  #raised(isTrap: boolean): CoreStop {
    const { view } = this.memory;
    const vector = view.getUint32(coreOffset.vector, true);
    return this.#describe(vector, view.getUint32(coreOffset.errorCode, true), 0, isTrap);
  }

  #describe(vector: number, errorCode: number, address: number, isTrap: boolean): CoreStop {
    Object.assign(this.exception, { vector, errorCode, address, isTrap });
    return 'exception';
  }
}
