/**
 * A software x86-64 core: executes the program of a thread, whose state block lies in the memory that the
 * generated code works in, for a number of instructions that is exact.
 */
import { panic } from '../../../base/index';
import { Vector } from '../flags';
import { RegisterSet } from '../registerSets';
import { RFLAGS, RIP } from '../registers';
import type { X86ThreadState } from '../threadState';
import { BaseCore, type CoreStop, type CoreSurroundings } from './baseCore';
import { BlockAccount, largestBudget } from './blockAccount';
import { CodeCache } from './codeCache';
import type { CoreMemoryOptions } from './coreMemory';
import { composeFlags, decomposeFlags } from './flagWords';
import { StopReason } from './stopReason';

/** The interpreter of one thread, block by block. */
export class SoftwareCore extends BaseCore {
  readonly #code: CodeCache;
  readonly #account: BlockAccount;
  /** Instructions that the present run may execute, and how many of them the account was not opened for. */
  #allowed = 0;
  #later = 0;
  /** Whether the run's last instruction holds off the trap behind it. */
  #isShadowed = false;

  constructor(options: CoreMemoryOptions, surroundings: CoreSurroundings) {
    super(options, surroundings);
    this.#account = new BlockAccount(this.memory);
    this.#code = new CodeCache(this.memory, this.#account, this.translations, this.handlers);
  }

  protected override allowAvx(allowed: boolean): void {
    this.#code.allowAvx(allowed);
  }

  protected override codeChanged(linear: number): void {
    this.#code.invalidate(linear);
  }

  override forget(): void {
    this.translations.flush();
    this.#code.revalidate();
  }

  override noteForeignStores(): void {
    this.#code.revalidateWritable();
  }

  override settle(): void {
    // Between runs the registers are where everybody looks for them.
  }

  protected override doneBefore(record: number): number {
    return this.#allowed - this.#budget - this.left(record);
  }

  /** Instructions that may still begin, less those of the block that is running. */
  get #budget(): number {
    return this.#account.budget + this.#later;
  }

  /** Opens the account for as many instructions as it can be, of those that are left. */
  #open(left: number): void {
    const budget = Math.min(left, largestBudget);
    this.#later = left - budget;
    this.#account.open(budget);
  }

  /** Takes out what the account has counted. */
  #take(): void {
    this.loads += this.#account.loads;
    this.stores += this.#account.stores;
    this.branches += this.#account.branches;
  }

  /** Executes `allowed` instructions, or fewer if the program wants something. */
  run(allowed: number): CoreStop {
    if (!this.isStepped || allowed === 0) return this.#run(allowed);
    return this.#step();
  }

  /** Executes one instruction, or a step of a repeated one, for a program that has itself stepped. */
  #step(): CoreStop {
    const state = this.thread;
    const rip = state.gprNumber(RIP);
    const first = this.#code.find(rip);
    if (first > 0) this.repeat.begin(this.handlers.formOf(this.records.handler(first)), state);
    const wasShadowed = this.#isShadowed;
    this.#isShadowed = false;
    const stop = this.#run(1);
    if (stop !== 'budget') {
      this.repeat.cancel(state);
      return stop;
    }
    if (this.repeat.end(state)) {
      state.setGprNumber(RIP, rip);
      this.countNothing();
    }
    // Only the first of several loads of SS counts.
    this.#isShadowed &&= !wasShadowed;
    return this.#isShadowed ? stop : this.stepped();
  }

  #run(allowed: number): CoreStop {
    const state = this.thread;
    const { view } = this.memory;
    this.#allowed = allowed;
    this.executed = this.loads = this.stores = this.branches = 0;
    this.accesses.isWaiting = false;
    this.noteAlignment(state.gprUint32(RFLAGS));
    decomposeFlags(view);
    this.#open(allowed);
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
    this.#take();
    this.#noteExecuted();
    composeFlags(view);
    state.dirty |= RegisterSet.Regs | RegisterSet.Sregs | RegisterSet.Xsave;
    return stop;
  }

  /** Tells the handlers of what was executed since they were told last. */
  #noteExecuted(): void {
    const executed = this.#allowed - this.#budget;
    this.handlers.noteExecuted(executed - this.executed);
    this.executed = executed;
  }

  #enter(first: number): number {
    const count = this.left(first);
    if (count > this.#account.budget && this.#later > 0) {
      this.#take();
      this.#noteExecuted();
      this.#open(this.#budget);
    }
    const { budget } = this.#account;
    const start = count <= budget ? first : this.#code.part(first, budget);
    this.#account.charge(start);
    return this.handlers.run(start);
  }

  /** A stale record at which a block began, and so will be met again; 0 if it was not one. */
  #staleHead(): number {
    const { record } = this;
    return this.#code.isPart(record) ? 0 : record;
  }

  /** Sees to what generated code stopped for. @returns null to go on */
  #after(reason: number, state: X86ThreadState): CoreStop | null {
    const { record, records } = this;
    switch (reason) {
      case StopReason.Unresolved:
        this.#account.refundJump(record);
        this.#account.refundAfter(record);
        this.#followJump(record, state);
        return null;
      case StopReason.Lookup:
        this.#account.refundAfter(record);
        this.#followIndirect(state);
        return null;
      case StopReason.Done:
        state.setGprNumber(RIP, records.nextRip(record));
        return 'budget';
      case StopReason.Budget:
      case StopReason.Stale:
        this.#account.refund(record);
        state.setGprNumber(RIP, records.ripOf(record));
        return null;
      case StopReason.Shadow:
      case StopReason.Flags:
        this.#account.refundAfter(record);
        this.#isShadowed = reason === StopReason.Shadow;
        return 'budget';
      case StopReason.Trap:
        this.#account.refundAfter(record);
        state.setGprNumber(RIP, records.nextRip(record));
        return this.raised(true);
      case StopReason.PageFault:
        this.#account.refund(record);
        state.setGprNumber(RIP, records.ripOf(record));
        return this.stoppedAccess(record);
      default:
        this.#account.refund(record);
        state.setGprNumber(RIP, records.ripOf(record));
        return this.#other(reason);
    }
  }

  #other(reason: number): CoreStop {
    if (reason === StopReason.Syscall) return 'syscall';
    if (reason === StopReason.Port) return 'port';
    if (reason === StopReason.Exception) return this.raised(false);
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
    if (problem.kind === 'access') return this.accessFault();
    const vector = problem.outcome === 'too-long' ? Vector.GP : Vector.UD;
    return this.describe(vector, 0, 0, false);
  }
}
