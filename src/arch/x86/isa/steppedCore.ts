/**
 * A core that executes code as it was fetched, an instruction at a time, and asks for every access to
 * memory: the fetches, loads and stores are made by who drives it.
 */
import { panic } from '../../../base/index';
import { RFlags, Vector } from '../flags';
import { RegisterSet } from '../registerSets';
import { RFLAGS, RIP } from '../registers';
import { BaseCore, type CoreStop, type CoreSurroundings } from './baseCore';
import { InstKind } from './blockAccount';
import { coreOffset, entryShift, gprOffset, jumpCacheEntries } from './coreLayout';
import type { CoreMemoryOptions } from './coreMemory';
import type { DecodeOutcome } from './decoder';
import { composeFlags, decomposeFlags } from './flagWords';
import { recordOffset } from './record';
import { fetchBytes, SteppedCode } from './steppedCode';
import { StopReason } from './stopReason';

const PAGE = 4096;
/** The handlers are told of so many instructions at once. A power of 2. */
const COUNTED_AT_ONCE = 1024;

/** The interpreter of one thread, instruction by instruction. */
export class SteppedCore extends BaseCore {
  /** Bytes of a fetch, at a multiple of it. */
  static readonly fetchBytes = fetchBytes;
  readonly #code: SteppedCode;
  readonly #fetchBuffer: number;
  /** Where RIP, RFLAGS and what tells whether the account is overdrawn are, in words of 4 bytes. */
  readonly #rip: number;
  readonly #flags: number;
  readonly #account: number;
  /** The page that was fetched from last, and its physical address. */
  #page = NaN;
  #pageAddress = 0;
  /** Instructions that the handlers have not been told of. */
  #uncounted = 0;
  /** Whether the flags are in the form that generated code works with. */
  #isUnsettled = false;
  /** Whether the program has the instruction stepped, and whether a trap follows it. */
  #isStepped = false;
  #traps = false;
  /** Whether an instruction has held off the trap behind it. */
  #isShadowed = false;

  constructor(options: CoreMemoryOptions, surroundings: CoreSurroundings) {
    super(options, surroundings);
    this.#fetchBuffer = this.memory.base + coreOffset.fetched;
    this.#rip = (this.memory.base + gprOffset(RIP)) >>> 2;
    this.#flags = (this.memory.base + gprOffset(RFLAGS)) >>> 2;
    this.#account = (this.memory.base + coreOffset.account + 4) >>> 2;
    this.#code = new SteppedCode(this.memory, this.handlers, this.records);
    this.translations.logsAll = true;
    // The jump cache stays empty. No instruction is at -1.
    const cache = (this.memory.base + coreOffset.jumpCache) >>> 2;
    this.memory.u32.fill(0xffffffff, cache, cache + (jumpCacheEntries << entryShift) / 4);
  }

  protected override allowAvx(allowed: boolean): void {
    this.#code.allowAvx(allowed);
  }

  protected override codeChanged(): void {
    // What is fetched is what is executed.
  }

  override noteForeignStores(): void {
    // Nothing is remembered of memory.
  }

  override forget(): void {
    this.translations.flush();
    this.#page = NaN;
  }

  protected override doneBefore(): number {
    return 0;
  }

  override detach(): void {
    this.settle();
    super.detach();
  }

  override settle(): void {
    if (!this.#isUnsettled) return;
    this.#isUnsettled = false;
    composeFlags(this.memory.view);
    this.thread.dirty |= RegisterSet.Regs | RegisterSet.Sregs | RegisterSet.Xsave;
  }

  /** The instruction at RIP is to be fetched. */
  beginFetch(): void {
    this.#code.rip = this.thread.gprNumber(RIP);
    this.#code.fetched = 0;
  }

  /** Where the bytes that {@link fetchAddress} asks for are to be put, in its memory. */
  get fetchTarget(): number {
    return this.#fetchBuffer + this.#code.fetched;
  }

  /**
   * Where the next {@link fetchBytes} bytes of the instruction are to be fetched from.
   * @returns a physical address; -1 when that is not possible: {@link exception} says why
   */
  fetchAddress(): number {
    const { rip, fetched } = this.#code;
    const address = rip - (rip & (fetchBytes - 1)) + fetched;
    const inPage = address & (PAGE - 1);
    const page = address - inPage;
    if (page === this.#page) return this.#pageAddress + inPage;
    const linear = this.translations.page(page, 'execute', Math.max(address, rip));
    if (linear >= 0) {
      this.#page = page;
      this.#pageAddress = linear + this.memory.guestStart;
      return this.#pageAddress + inPage;
    }
    this.accessFault();
    return -1;
  }

  /** Whether RIP is still that of the instruction that is fetched. */
  get isAtFetched(): boolean {
    return this.thread.gprNumber(RIP) === this.#code.rip;
  }

  /**
   * More bytes of the instruction have come: decodes it, for {@link step}.
   * @returns `truncated` to ask for more; neither that nor `ok`: {@link exception} says why
   */
  decodeFetched(): DecodeOutcome {
    this.#code.fetched += fetchBytes;
    const outcome = this.#code.decode();
    if (outcome === 'too-long') this.describe(Vector.GP, 0, 0, false);
    else if (outcome === 'invalid') this.describe(Vector.UD, 0, 0, false);
    return outcome;
  }

  /** Whether nobody else may access memory between the read and the write of the decoded instruction. */
  get isLocked(): boolean {
    return this.#code.isLocked;
  }

  /** Executes the decoded instruction. @returns `budget` when it is done, but for its stores */
  step(): CoreStop {
    this.accesses.begin();
    this.#traps = false;
    const flags = this.memory.i32[this.#flags] ?? 0;
    this.noteAlignment(flags);
    this.#isStepped = (flags & RFlags.TF) !== 0;
    if (this.#isStepped) {
      const form = this.handlers.formOf(this.records.handler(this.#code.record));
      this.repeat.begin(form, this.thread);
    }
    return this.#run();
  }

  /** The same again, after an access that it has waited for. */
  stepAgain(): CoreStop {
    this.accesses.beginAgain();
    return this.#run();
  }

  /** Whether the program has itself stepped, and so a trap follows what was executed last: {@link exception}. */
  get traps(): boolean {
    return this.#traps;
  }

  #run(): CoreStop {
    this.executed = 0;
    if (this.handlers.hasNew) this.#lookAhead();
    if (!this.#isUnsettled) {
      this.#isUnsettled = true;
      decomposeFlags(this.memory.view);
    }
    // No jump leads anywhere here: each overdraws the account.
    this.memory.i32[this.#account] = 0;
    const reason = this.handlers.run(this.#code.record);
    const stop = this.#after(reason);
    if (this.#isStepped && stop !== 'access') this.#endStep(stop, reason);
    return stop;
  }

  /** Finds out whether a trap follows what was executed. */
  #endStep(stop: CoreStop, reason: number): void {
    const { thread, repeat } = this;
    // Only the first of several loads of SS counts.
    this.#isShadowed = reason === StopReason.Shadow && !this.#isShadowed;
    if (stop !== 'budget') {
      repeat.cancel(thread);
      return;
    }
    this.settle();
    if (repeat.end(thread)) {
      thread.setGprNumber(RIP, this.#code.rip);
      this.countNothing();
    }
    this.stepped();
    this.#traps = !this.#isShadowed;
  }

  #lookAhead(): void {
    const rip = this.thread.gprNumber(RIP);
    const page = Math.floor(rip / PAGE) * PAGE;
    const linear = this.translations.page(page, 'execute', rip);
    if (linear >= 0) this.#code.lookAhead(linear + (rip - page));
  }

  #after(reason: number): CoreStop {
    const { record, records, thread } = this;
    switch (reason) {
      case StopReason.Done:
        return this.#doneInOrder(record);
      case StopReason.Unresolved:
        return this.#done(records.nextRip(record) + records.immediate(record));
      case StopReason.Lookup:
      case StopReason.Flags:
      case StopReason.Shadow:
        return this.#done(thread.gprNumber(RIP));
      case StopReason.PageFault:
        return this.stoppedAccess(record);
      case StopReason.Trap:
        this.#done(records.nextRip(record));
        return this.raised(true);
      case StopReason.Exception:
        return this.raised(false);
      case StopReason.Syscall:
        return 'syscall';
      case StopReason.Port:
        return 'port';
      default:
        return panic(`a single instruction stopped with reason ${String(reason)}`);
    }
  }

  #doneInOrder(record: number): CoreStop {
    this.records.goBehind(record, this.#rip);
    this.#count();
    return 'budget';
  }

  #done(rip: number): CoreStop {
    this.thread.setGprNumber(RIP, rip);
    this.#count();
    return 'budget';
  }

  #count(): void {
    const kinds = this.memory.bytes[this.#code.record + recordOffset.kinds] ?? 0;
    this.executed = 1;
    this.loads = kinds & InstKind.Load;
    this.stores = (kinds & InstKind.Store) >> 1;
    this.branches = (kinds & InstKind.Branch) >> 2;
    this.#uncounted = (this.#uncounted + 1) & (COUNTED_AT_ONCE - 1);
    if (this.#uncounted === 0) this.handlers.noteExecuted(COUNTED_AT_ONCE);
  }
}
