/**
 * A software CPU of which every block of instructions is executed by the host's processor as well, in a
 * copy of the program's memory: registers are compared after each block, memory whenever the program
 * wants something of its operating system, and in a chosen window more often. System calls happen once.
 */
import {
  Disassembler,
  formatVirtual,
  RIP,
  Vector,
  type CoreException,
  type CoreStop,
  type Trap,
} from '../../src/arch/x86/index';
import { Decoder, OpcodeTable } from '../../src/arch/x86/isa/decoder';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import { AtomicSimpleCPU } from '../../src/cpu/index';
import { defineSchema } from '../../src/sim/index';
import { Process } from '../../src/se/process';
import { KvmShadow } from './kvmShadow';
import {
  areSame,
  differences,
  keepRegisters,
  noTolerance,
  type Outcome,
  type Tolerance,
} from './lockstepOutcome';
import { registerWords, xsaveBytes } from './lockstepSlots';
import { isCompared, toleranceOf } from './notCompared';

const PAGE = 4096;
const MAX_BLOCK = 64;
/** In a window of interest, memory is compared at so many places, or at each instruction. */
const PLACES = 200;
/** Memory beyond what is in use that is looked at: what a system call may take and give back. */
const SLACK = 1 << 20;

/** Where software and hardware part: everything was the same after `good` instructions, not after `bad`. */
export interface Divergence {
  readonly good: number;
  readonly bad: number;
  /** The code that was being executed: address, symbol, text. */
  readonly place: string;
  /** What differs, a line each. */
  readonly lines: readonly string[];
}

/** Ends the run in which it happens. */
export class DivergenceError extends Error {
  readonly divergence: Divergence;

  constructor(divergence: Divergence) {
    super(`after ${String(divergence.bad)} instructions:\n${divergence.lines.join('\n')}`);
    this.divergence = divergence;
  }
}

/** Ends a run of which no more is to be seen. */
export class WindowPassedError extends Error {}

export const checkedCPUSchema = defineSchema('CheckedCPU', AtomicSimpleCPU.schema, {
  description: 'A software CPU beside the processor itself',
});

interface Block {
  readonly count: number;
  /** Where the last of its instructions lies. */
  readonly last: number;
  readonly tolerance: Tolerance;
  /** Whether it is one instruction of which nothing can be compared. */
  readonly isUnverifiable: boolean;
}

/** The checked CPU. */
export class CheckedCPU extends AtomicSimpleCPU {
  static override readonly schema = checkedCPUSchema;
  /** The instructions between which memory is compared often, and each instruction alone if they are few. */
  window: readonly [from: number, to: number] = [Infinity, Infinity];
  /** Called after each block in software: for tests, to make a mistake. */
  mistake: () => void = () => undefined;
  /** Told after each run of blocks how many instructions there were. */
  onProgress: (insts: number) => void = () => undefined;
  /** Blocks that were compared. */
  blocks = 0;
  readonly #decoder = new Decoder(new OpcodeTable(instructionSet));
  readonly #softwareRegisters = new BigUint64Array(registerWords);
  readonly #hostRegisters = new BigUint64Array(registerWords);
  #shadow: KvmShadow | null = null;
  #inUse = SLACK;
  #generation = -1;
  /** Instructions after which memory was last known to be the same. */
  #good = 0;

  override dispose(): void {
    this.#shadow?.dispose();
    super.dispose();
  }

  protected override execute(instructions: number): CoreStop {
    const { core } = this;
    let stop: CoreStop = 'budget';
    let done = 0;
    super.execute(0);
    const shadow = this.#synchronise();
    while (stop === 'budget' && done < instructions) {
      stop = this.#executeBlock(shadow, instructions - done);
      done += core.executed;
    }
    core.executed = done;
    this.#compareMemory(shadow);
    this.onProgress(this.totalInsts());
    return stop;
  }

  /** What the operating system has done to registers and memory is done to the copy too. */
  #synchronise(): KvmShadow {
    const { state } = this.thread;
    const memory = this.#memory;
    if (this.#shadow === null) {
      this.#shadow = new KvmShadow(memory, state);
    } else {
      this.#shadow.copyMemory(memory, this.#used());
      this.#shadow.adopt(state);
    }
    const generation = state.entryHook?.pageTableGeneration ?? 0;
    if (generation !== this.#generation) this.#shadow.forgetTranslations();
    this.#generation = generation;
    this.#good = this.totalInsts();
    return this.#shadow;
  }

  get #memory(): Uint8Array {
    const [store] = this.system.physicalMemory.getBackingStore();
    return store!.bytes.subarray(0, store!.range.size);
  }

  /** Bytes of memory that anybody may have written to: pages are handed out upwards. */
  #used(): number {
    const { process } = this.thread;
    if (!(process instanceof Process)) throw new Error('no process');
    const taken = this.#memory.length - process.state.space.freeBytes + SLACK;
    this.#inUse = Math.max(this.#inUse, taken);
    return Math.min(this.#inUse, this.#memory.length);
  }

  #executeBlock(shadow: KvmShadow, most: number): CoreStop {
    const { core, thread } = this;
    const before = this.totalInsts();
    const start = thread.state.gprNumber(RIP);
    const block = this.#blockAt(start, this.#limit(before, most));
    const stop = super.execute(block.count);
    this.mistake();
    this.blocks++;
    if (block.isUnverifiable && stop === 'budget') {
      shadow.adopt(thread.state);
      shadow.copyMemory(this.#memory, this.#used());
      return stop;
    }
    if (core.executed > 0 || stop === 'exception') {
      const problem = this.#runOnHost(shadow, start, block.last, stop);
      const lines = problem ?? this.#compareRegisters(shadow, block.tolerance);
      if (lines.length > 0) this.#fail(before, start, lines);
    }
    this.#lookCloser(shadow, before, start);
    return stop;
  }

  /** Instructions that may be executed in one go. */
  #limit(now: number, most: number): number {
    const [from, to] = this.window;
    if (now < from) return Math.min(most, from - now);
    if (now < to && to - from <= PLACES * MAX_BLOCK) return 1;
    return most;
  }

  /** Compares memory too, where something is known to go wrong. */
  #lookCloser(shadow: KvmShadow, before: number, start: number): void {
    const [from, to] = this.window;
    const now = this.totalInsts();
    if (before >= to) throw new WindowPassedError();
    if (now < from) return;
    const interval = Math.max(1, Math.floor((to - from) / PLACES));
    if (now - this.#good >= interval || now === from) this.#compareMemory(shadow, start);
  }

  #blockAt(start: number, limit: number): Block {
    const decoder = this.#decoder;
    const tolerance = { flags: 0, mxcsr: 0, afterFault: null };
    let rip = start;
    let last = start;
    let count = 0;
    while (count < Math.min(limit, MAX_BLOCK)) {
      const bytes = this.core.codeBytes(rip);
      if (decoder.decode(bytes, bytes.length) !== 'ok') break;
      const { encoding } = decoder;
      const { name } = encoding.definition;
      const isUnverifiable = !isCompared(encoding) && name !== 'syscall';
      if (isUnverifiable && count === 0) return { count: 1, last, tolerance, isUnverifiable };
      if (isUnverifiable) break;
      const one = toleranceOf(encoding);
      tolerance.flags |= one.flags;
      tolerance.mxcsr |= one.mxcsr;
      last = rip;
      rip += decoder.length;
      count++;
      if (encoding.definition.ends === true) break;
      if (encoding.operands.some(({ place }) => place === 'J')) break;
    }
    return { count: Math.max(count, 1), last, tolerance, isUnverifiable: false };
  }

  /** @returns what went wrong on the way, or null */
  #runOnHost(
    shadow: KvmShadow,
    start: number,
    last: number,
    stop: CoreStop,
  ): readonly string[] | null {
    const { executed, exception } = this.core;
    if (stop === 'exception') return sameException(shadow.runFreely(), exception);
    const end = this.thread.state.gprNumber(RIP);
    // Where it ends must be met once only: in a loop that is a block, its last instruction is stepped.
    const endsInside = stop === 'budget' && end >= start && end <= last;
    const target = endsInside ? last : end;
    if (executed > 1 || !endsInside) {
      const trap = target === start ? null : shadow.runTo(target);
      const isThere = shadow.state.gprNumber(RIP) === target;
      if (trap !== null && (trap.kind !== 'exception' || !isThere)) {
        return [`the processor stopped elsewhere: ${describe(trap)}`];
      }
    }
    if (!endsInside) return null;
    const trap = shadow.step();
    return trap === null ? null : [`the processor stopped: ${describe(trap)}`];
  }

  #compareRegisters(shadow: KvmShadow, tolerance: Tolerance): readonly string[] {
    const { state } = this.thread;
    const outcome = (of: typeof state, words: BigUint64Array): Outcome => {
      keepRegisters(of, words, 0);
      const { buffer, byteOffset } = of.bytesOf('xsave');
      return {
        stop: `at ${formatVirtual(of.gprNumber(RIP))}`,
        registers: Buffer.from(words.buffer),
        xsave: Buffer.from(buffer, byteOffset, xsaveBytes),
        memory: Buffer.alloc(0),
      };
    };
    shadow.pullVectors();
    const host = outcome(shadow.state, this.#hostRegisters);
    const software = outcome(state, this.#softwareRegisters);
    if (areSame(host, software, noTolerance)) return [];
    if (!areSame(host, software, tolerance)) return differences(host, software, tolerance);
    // What is not held against it must not be carried on.
    shadow.adopt(state);
    return [];
  }

  #compareMemory(shadow: KvmShadow, rip = this.thread.state.gprNumber(RIP)): void {
    const memory = this.#memory;
    const lines: string[] = [];
    for (const page of shadow.differingPages(memory, this.#used())) {
      const [host, software] = [shadow.page(page), memory.subarray(page * PAGE, (page + 1) * PAGE)];
      const at = host.findIndex((byte, i) => byte !== software[i]);
      const piece = (bytes: Uint8Array): string =>
        Buffer.from(bytes.subarray(at, at + 16)).toString('hex');
      const where = `memory at physical address 0x${(page * PAGE + at).toString(16)}`;
      lines.push(`${where}: host ${piece(host)}, software ${piece(software)}`);
    }
    if (lines.length > 0) this.#fail(this.#good, rip, lines);
    this.#good = this.totalInsts();
  }

  #fail(good: number, rip: number, lines: readonly string[]): never {
    const bytes = this.core.codeBytes(rip);
    const text = new Disassembler().disassemble(bytes, BigInt(rip))?.text ?? '(bad)';
    const symbol = this.thread.process?.symbolAt(rip) ?? null;
    const name = symbol === null ? '' : ` @${symbol.name}+${String(rip - symbol.address)}`;
    const place = `${formatVirtual(rip)}${name}: ${text}`;
    throw new DivergenceError({ good, bad: this.totalInsts(), place, lines });
  }
}

function sameException(trap: Trap, expected: CoreException): readonly string[] | null {
  if (trap.kind !== 'exception') return [`the processor stopped: ${describe(trap)}`];
  const { vector, errorCode, address } = trap;
  // A host whose KVM has no virtualization to rest on reports a vector that is not aligned as #UD.
  const isProtection = expected.vector === Vector.GP || expected.vector === Vector.SS;
  if (vector === Vector.UD && isProtection) return null;
  const isSame =
    vector === expected.vector && errorCode === expected.errorCode && address === expected.address;
  if (isSame) return null;
  return [
    `exception: host ${describe(trap)}, software ${describe({ kind: 'exception', ...expected })}`,
  ];
}

function describe(trap: Trap): string {
  if (trap.kind !== 'exception') return trap.kind;
  const { vector, errorCode, address } = trap;
  return `vector ${String(vector)}, error code ${String(errorCode)}, address ${formatVirtual(address)}`;
}
