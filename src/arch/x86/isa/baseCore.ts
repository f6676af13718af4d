/** What software cores have in common: the thread, its memory, handlers of instructions, exceptions. */
import { panic } from '../../../base/index';
import { Cr0, Cr4, RFlags, Vector, XFeature } from '../flags';
import { RFLAGS } from '../registers';
import type { X86ThreadState } from '../threadState';
import { sregsLayout, threadStateLayout } from '../threadStateLayout';
import type { AccessLog } from './accessLog';
import { coreOffset } from './coreLayout';
import { CoreMemory, type CoreMemoryOptions } from './coreMemory';
import { maxInstructionBytes } from './decoder';
import { Handlers, type HostFunctions } from './handlers';
import { Helpers, type CoreEnvironment } from './helpers';
import { recordOffset } from './record';
import { RecordWriter } from './recordWriter';
import { RepeatStep } from './repeatStep';
import { Translations } from './translations';

const PAGE = 4096;

/**
 * Why a core stopped. RIP is the next instruction; of a fault the one that caused it.
 * - `budget`: as many instructions were executed as was asked, or those up to one that sets RFLAGS.TF.
 * - `access`: the instruction at RIP accesses what is not memory, or waits for an access: see
 *   {@link BaseCore.accesses}.
 * - `syscall`, `port`: the program executed `syscall`, or `out` to the supervisor's port; RIP is at it.
 * - `exception`: {@link BaseCore.exception} describes it.
 */
export type CoreStop = 'budget' | 'access' | 'syscall' | 'port' | 'exception';

/** An exception that a program caused. */
export interface CoreException {
  vector: number;
  errorCode: number;
  /** The address that a page fault is about. */
  address: number;
  /** Whether it is reported behind its instruction, which is done. */
  isTrap: boolean;
}

/** What a core can learn of the machine around it. */
export type CoreSurroundings = Omit<CoreEnvironment, 'timestamp'> & {
  /** The time stamp counter, so many instructions after the run began. */
  timestampAfter(instructions: number): bigint;
  /** Forms of instructions that are known at a time; default: as many as have numbers. */
  readonly mostForms?: number;
};

/** The interpreter of one thread. */
export abstract class BaseCore {
  /** Instructions that the last run executed. */
  executed = 0;
  /** Of them, those that read memory, that write it, and that are branches. */
  loads = 0;
  stores = 0;
  branches = 0;
  readonly exception: CoreException = { vector: 0, errorCode: 0, address: 0, isTrap: false };
  /** The memory that it works in. */
  readonly memory: CoreMemory;
  protected readonly translations: Translations;
  protected readonly handlers: Handlers;
  protected readonly records: RecordWriter;
  protected readonly repeat = new RepeatStep();
  /** Where CR0 is, in words of 4 bytes. */
  readonly #cr0: number;
  #state: X86ThreadState | null = null;

  constructor(options: CoreMemoryOptions, surroundings: CoreSurroundings) {
    const memory = new CoreMemory(options);
    this.memory = memory;
    this.#cr0 = (memory.base + threadStateLayout.sregs.offset + sregsLayout.cr0) >>> 2;
    this.translations = new Translations(memory, linear => this.codeChanged(linear));
    const helpers = new Helpers(memory, {
      cpuid: surroundings.cpuid,
      processor: surroundings.processor,
      timestamp: record => surroundings.timestampAfter(this.doneBefore(record)),
    });
    const host: HostFunctions = {
      translate: (low, high, how) => this.translations.translate(low, high, how),
      storeHook: linear => this.translations.finishStore(linear),
      helper: (number, record) => helpers.call(number, record),
    };
    this.handlers = new Handlers(memory, host, surroundings.mostForms);
    this.records = new RecordWriter(memory);
  }

  /** A page with predecoded code was written to. */
  protected abstract codeChanged(linear: number): void;
  /** Whether the operating system has enabled AVX: else its instructions are undefined. */
  protected abstract allowAvx(allowed: boolean): void;
  /** Instructions of the present run that were done when the one of a record began. */
  protected abstract doneBefore(record: number): number;
  /** Page tables have changed: forgets what follows from them. */
  abstract forget(): void;
  /** Somebody else may have written to the program's memory. */
  abstract noteForeignStores(): void;
  /** Makes the thread's registers those that everybody can read. */
  abstract settle(): void;

  /** The accesses of the instruction at which the core has stopped. */
  get accesses(): AccessLog {
    return this.translations.accesses;
  }

  /** Takes a thread: its state block moves to where generated code finds it. */
  attach(state: X86ThreadState): void {
    state.moveTo(this.memory.wasm.buffer, this.memory.base);
    state.fpu.materialize(XFeature.X87 | XFeature.SSE | XFeature.AVX);
    this.#state = state;
    this.translations.root = Number(state.cr3);
    const saves = (state.cr4 & BigInt(Cr4.OSXSAVE)) !== 0n;
    const avx = XFeature.SSE | XFeature.AVX;
    this.allowAvx(saves && (Number(state.xcr0) & avx) === avx);
    this.forget();
  }

  /** The thread that it executes. */
  get state(): X86ThreadState | null {
    return this.#state;
  }

  /** The same. @throws {PanicError} when there is none */
  protected get thread(): X86ThreadState {
    return this.#state ?? panic('a core without a thread was run');
  }

  /** Gives the thread back: its state block moves to memory of its own. */
  detach(): void {
    this.#state?.moveTo(new ArrayBuffer(this.#state.block.length), 0);
    this.#state = null;
  }

  /** The bytes of code at an address, as far as they can be read, at most 15. */
  codeBytes(rip: number): Uint8Array {
    const page = Math.floor(rip / PAGE) * PAGE;
    const linear = this.translations.page(page, 'execute', rip);
    if (linear < 0) return new Uint8Array(0);
    const start = linear + (rip - page);
    const end = Math.min(start + maxInstructionBytes, linear + PAGE);
    const here = this.memory.bytes.slice(start, end);
    const missing = maxInstructionBytes - here.length;
    const next = missing === 0 ? -1 : this.translations.page(page + PAGE, 'execute', rip);
    if (next < 0) return here;
    return Buffer.concat([here, this.memory.bytes.subarray(next, next + missing)]);
  }

  /** The record at which generated code has stopped. */
  protected get record(): number {
    return this.memory.u32[(this.memory.base + coreOffset.record) >>> 2] ?? 0;
  }

  /** Instructions from that of a record to the end of its block. */
  protected left(record: number): number {
    return this.memory.u16[(record + recordOffset.left) >>> 1] ?? 0;
  }

  /** An access of a record's instruction has stopped it. */
  protected stoppedAccess(record: number): CoreStop {
    if (this.accesses.isWaiting) return 'access';
    // Addresses that cannot be are another exception when they count from the stack.
    const { fault } = this.translations;
    const form = this.handlers.formOf(this.records.handler(record));
    const isStack = (): boolean =>
      this.records.usesStack(record, form) ||
      namesStack(this.codeBytes(this.records.ripOf(record)));
    if (fault.vector === Vector.GP && isStack()) fault.vector = Vector.SS;
    return this.accessFault();
  }

  /** The exception of the last translation that was not possible. */
  protected accessFault(): CoreStop {
    const { vector, errorCode, address } = this.translations.fault;
    return this.describe(vector, errorCode, address, false);
  }

  /** The exception that generated code has raised. */
  protected raised(isTrap: boolean): CoreStop {
    const { view } = this.memory;
    const vector = view.getUint32(coreOffset.vector, true);
    return this.describe(vector, view.getUint32(coreOffset.errorCode, true), 0, isTrap);
  }

  /** Whether the program has itself stepped: a trap follows each instruction that begins so. */
  protected get isStepped(): boolean {
    return (this.thread.gprUint32(RFLAGS) & RFlags.TF) !== 0;
  }

  /** Finds out whether the program has alignment checked, which may change between runs. */
  protected noteAlignment(flags: number): void {
    const checks = (flags & RFlags.AC) !== 0 && ((this.memory.u32[this.#cr0] ?? 0) & Cr0.AM) !== 0;
    this.translations.checkAlignment(checks);
  }

  /** The last run was a step of a repeated instruction, which counts when it is done. */
  protected countNothing(): void {
    this.executed = 0;
    this.loads = 0;
    this.stores = 0;
    this.branches = 0;
  }

  /** The trap behind an instruction that was stepped. */
  protected stepped(): CoreStop {
    return this.describe(Vector.DB, 0, 0, true);
  }

  protected describe(
    vector: number,
    errorCode: number,
    address: number,
    isTrap: boolean,
  ): CoreStop {
    const { exception } = this;
    exception.vector = vector;
    exception.errorCode = errorCode;
    exception.address = address;
    exception.isTrap = isTrap;
    return 'exception';
  }
}

const sizePrefixes: ReadonlySet<number> = new Set([0x66, 0x67, 0xf0, 0xf2, 0xf3]);
const segmentPrefixes: ReadonlySet<number> = new Set([0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65]);
const STACK_PREFIX = 0x36;

/** Whether the prefixes of an instruction name the stack segment, which changes nothing but its faults. */
function namesStack(code: Uint8Array): boolean {
  let last = 0;
  for (const byte of code) {
    if (segmentPrefixes.has(byte)) last = byte;
    else if (!sizePrefixes.has(byte) && (byte & 0xf0) !== 0x40) break;
  }
  return last === STACK_PREFIX;
}
