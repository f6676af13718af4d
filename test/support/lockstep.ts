/**
 * Instructions on the host's processor, in user mode under KVM, and on a software core: from the same
 * memory and the same registers, one after the other on each, and what differs afterwards.
 */
import {
  FS,
  GS,
  RFLAGS,
  RIP,
  SoftwareCore,
  softwareCpuid,
  formatVirtual,
  PageFlags,
  RegisterSet,
  Vector,
  vectorName,
  X86ThreadState,
  XFeature,
  xsaveLayout,
  type CoreException,
  type Trap,
} from '../../src/arch/x86/index';
import { encodedGpr } from '../../src/arch/x86/isa/coreLayout';
import { AddrRange } from '../../src/base/index';
import { BackingStore } from '../../src/mem/backingStore';
import {
  areSame,
  differences,
  FLAGS,
  FS_BASE,
  GS_BASE,
  keepRegisters,
  type Outcome,
  type Tolerance,
} from './lockstepOutcome';
import {
  contextOffset,
  registerWord,
  registerWords,
  slotAddresses,
  SlotCode,
  xsaveBytes,
} from './lockstepSlots';
import { SeGuest, USER_DATA } from './seGuest';

const PAGE = 4096;
const MEMORY_BYTES = 16 * 2 ** 20;
const CORE_BYTES = 8 * 2 ** 20;
/** Physical addresses: contexts, code, and what instructions work on, of one slot after the other. */
const SLOTS_START = 8 * 2 ** 20;
/** RAX in a block of registers. */
const RAX = 3;

/** Everything that one instruction starts from. Registers are numbered as instructions encode them. */
export interface Situation {
  readonly code: Uint8Array;
  /** Offset of the instruction from the code address of its slot. */
  readonly codeOffset: number;
  /** Whether execution may go on elsewhere than behind the instruction. */
  readonly jumps: boolean;
  readonly registers: readonly bigint[];
  readonly flags: number;
  readonly fsBase: bigint;
  readonly gsBase: bigint;
  /** Two pages of data and one of stack. */
  readonly memory: Uint8Array;
  /** 512 bytes: 16 registers' lower halves, then their upper halves. */
  readonly vectors: Uint8Array;
  readonly mxcsr: number;
  /** Control, status and tag words of the x87, and 8 registers of 16 bytes from the top of its stack. */
  readonly x87: { readonly control: number; readonly status: number; readonly tags: number };
  readonly stack: Uint8Array;
}

/** A machine of each kind over one memory. */
export class Lockstep {
  readonly slots: number;
  readonly #store = new BackingStore({
    range: AddrRange.rangeSize(0, MEMORY_BYTES),
    confTableReported: true,
    inAddrMap: true,
    kvmMap: true,
    name: 'lockstep',
  });
  readonly #guest: SeGuest;
  readonly #core: SoftwareCore;
  readonly #state = new X86ThreadState();
  /** The memory that instructions work on: as it was, and as the host left it. */
  readonly #before: Uint8Array;
  readonly #afterHost: Uint8Array;
  readonly #contexts: Uint8Array;
  readonly #contextWords: BigUint64Array;
  /** What stopped the host, by slot. */
  readonly #stops: string[] = [];
  readonly #code: SlotCode[] = [];
  readonly #work: Uint8Array;
  readonly #softwareRegisters = new BigUint64Array(registerWords);

  /** @param mostForms - see `CoreSurroundings` */
  constructor(slots: number, mostForms?: number) {
    this.slots = slots;
    const store = this.#store;
    const bytes = store.bytes.subarray(0, MEMORY_BYTES);
    const memory = { bytes, address: store.hostAddress, unmap: () => undefined };
    const features = { fsgsbase: true, xcr0: 7 };
    const guest = new SeGuest([], MEMORY_BYTES, features, memory);
    this.#guest = guest;
    const part = (start: number, pages: number): Uint8Array =>
      bytes.subarray(start, start + pages * PAGE);
    this.#contexts = part(SLOTS_START, slots);
    const code = part(SLOTS_START + slots * PAGE, slots * 2);
    this.#work = part(SLOTS_START + slots * 3 * PAGE, slots * 3);
    this.#before = new Uint8Array(this.#work.length);
    this.#afterHost = new Uint8Array(this.#work.length);
    const { buffer, byteOffset } = this.#contexts;
    this.#contextWords = new BigUint64Array(buffer, byteOffset, this.#contexts.length / 8);
    for (let slot = 0; slot < slots; slot++) this.#mapSlot(slot, code);
    guest.supervisor.prepare(this.#state, features);
    this.#core = new SoftwareCore(
      {
        ...{ wasm: store.wasmMemory!, base: store.reserve!.take(CORE_BYTES), bytes: CORE_BYTES },
        ...{ guestStart: 0, guestBytes: MEMORY_BYTES },
      },
      {
        ...{ cpuid: softwareCpuid(0), processor: 0, timestampAfter: () => 0n },
        ...(mostForms !== undefined && { mostForms }),
      },
    );
    this.#core.attach(this.#state);
  }

  #mapSlot(slot: number, codePages: Uint8Array): void {
    const { code, data, stack, context } = slotAddresses(slot);
    const map = (virtual: number, part: Uint8Array, page: number, flags: number): void => {
      const physical = part.byteOffset - this.#store.bytes.byteOffset + page * PAGE;
      this.#guest.tables.map(virtual, physical, PAGE, flags);
    };
    map(context, this.#contexts, slot, USER_DATA);
    for (const page of [0, 1]) {
      map(code + page * PAGE, codePages, slot * 2 + page, PageFlags.User);
      map(data + page * PAGE, this.#work, slot * 3 + page, USER_DATA);
    }
    map(stack, this.#work, slot * 3 + 2, USER_DATA);
    const own = codePages.subarray(slot * 2 * PAGE, (slot + 1) * 2 * PAGE);
    this.#code.push(new SlotCode(slot, own));
  }

  dispose(): void {
    this.#core.detach();
    this.#guest.dispose();
    this.#store.dispose();
  }

  /**
   * Tries situations, the first one in slot `first`.
   *
   * @returns of each what differs, or null
   */
  compare(
    situations: readonly Situation[],
    tolerances: readonly Tolerance[],
    first = 0,
  ): (readonly string[] | null)[] {
    const end = first + situations.length;
    for (const [i, situation] of situations.entries()) this.#prepare(first + i, situation, end);
    const [start, stop] = [first * 3 * PAGE, end * 3 * PAGE];
    const work = this.#work.subarray(start, stop);
    work.set(this.#before.subarray(start, stop));
    this.#runOnHost(first, situations);
    this.#afterHost.set(work, start);
    work.set(this.#before.subarray(start, stop));
    this.#chain(first, situations);
    this.#core.forget();
    return situations.map((situation, i) => {
      const software = this.#runInSoftware(first + i, situation);
      const host = this.#outcomeOnHost(first + i);
      const tolerance = tolerances[i]!;
      if (areSame(host, software, tolerance) || isOtherFault(host, software)) return null;
      return differences(host, software, tolerance);
    });
  }

  #prepare(slot: number, situation: Situation, end: number): void {
    const { code, codeOffset, jumps, registers, flags, memory } = situation;
    this.#code[slot]!.write(code, codeOffset, jumps, slot + 1 === end);
    this.#before.set(memory, slot * 3 * PAGE);

    const context = slot * PAGE;
    const view = new DataView(this.#contexts.buffer, this.#contexts.byteOffset + context, PAGE);
    this.#contexts.fill(0, context, context + PAGE);
    view.setUint16(xsaveLayout.fcw, situation.x87.control, true);
    view.setUint16(xsaveLayout.fsw, situation.x87.status, true);
    view.setUint8(xsaveLayout.ftw, situation.x87.tags);
    view.setUint32(xsaveLayout.mxcsr, situation.mxcsr, true);
    view.setUint32(xsaveLayout.xstateBv, XFeature.X87 | XFeature.SSE | XFeature.AVX, true);
    this.#contexts.set(situation.stack, context + xsaveLayout.st);
    this.#contexts.set(situation.vectors.subarray(0, 256), context + xsaveLayout.xmm);
    this.#contexts.set(situation.vectors.subarray(256), context + xsaveLayout.ymmHigh);
    const words = (context + contextOffset.registers) / 8;
    this.#contextWords[words + FS_BASE] = situation.fsBase;
    this.#contextWords[words + GS_BASE] = situation.gsBase;
    this.#contextWords[words + FLAGS] = BigInt(flags);
    for (const [i, value] of registers.entries()) {
      this.#contextWords[words + registerWord[i]!] = value;
    }
  }

  /** Afterwards contexts hold the registers, and `#stops` what stopped each instruction. */
  #runOnHost(first: number, situations: readonly Situation[]): void {
    const { state } = this.#guest;
    const end = first + situations.length;
    let slot = first;
    while (slot < end) {
      state.setGprNumber(RIP, slotAddresses(slot).code);
      state.setGprNumber(RFLAGS, 0x202);
      const trap = this.#guest.trap();
      for (; slot < end && this.#hasSaved(slot); slot++) {
        const { codeOffset, code } = situations[slot - first]!;
        this.#stops[slot] = done(slotAddresses(slot).code + codeOffset + code.length);
      }
      if (slot === end) return;
      const start = slotAddresses(slot).code + situations[slot - first]!.codeOffset;
      const rip = state.gprNumber(RIP);
      // Stopped elsewhere than at the instruction: that one has been executed.
      const isDone = rip !== start && trap.kind === 'exception' && trap.vector !== Vector.BP;
      this.#stops[slot] = isDone ? done(rip) : describeTrap(trap, rip);
      this.#keepState(slot, state);
      slot++;
    }
  }

  #hasSaved(slot: number): boolean {
    const words = (slot * PAGE + contextOffset.savedRegisters) / 8;
    if (this.#contextWords[words + FLAGS] === 0n) return false;
    this.#contextWords[words + RAX] =
      this.#contextWords[(slot * PAGE + contextOffset.savedRax) / 8]!;
    return true;
  }

  /** Writes the registers of the host's processor where the save stub would have. */
  #keepState(slot: number, state: X86ThreadState): void {
    const at = slot * PAGE;
    state.refresh(RegisterSet.Xsave);
    state.fpu.materialize(XFeature.X87 | XFeature.SSE | XFeature.AVX);
    const xsave = state.bytesOf('xsave').subarray(0, xsaveBytes);
    this.#contexts.set(xsave, at + contextOffset.savedXsave);
    keepRegisters(state, this.#contextWords, (at + contextOffset.savedRegisters) / 8);
  }

  /**
   * Has each instruction followed by a jump to the next slot's. A software core executes none of these
   * jumps, but decodes ahead along them, and so generates code once and not for each slot.
   */
  #chain(first: number, situations: readonly Situation[]): void {
    let next = 0;
    for (let i = situations.length - 1; i >= 0; i--) {
      const { code, codeOffset, jumps } = situations[i]!;
      if (jumps) continue;
      if (next !== 0) this.#code[first + i]!.chain(codeOffset + code.length, next);
      next = slotAddresses(first + i).code + codeOffset;
    }
  }

  #outcomeOnHost(slot: number): Outcome {
    const part = (offset: number, bytes: number): Buffer =>
      asBuffer(this.#contexts, slot * PAGE + offset, bytes);
    return {
      stop: this.#stops[slot]!,
      registers: part(contextOffset.savedRegisters, registerWords * 8),
      xsave: part(contextOffset.savedXsave, xsaveBytes),
      memory: asBuffer(this.#afterHost, slot * 3 * PAGE, 3 * PAGE),
    };
  }

  #runInSoftware(slot: number, { codeOffset }: Situation): Outcome {
    const state = this.#state;
    const context = slot * PAGE;
    const words = (context + contextOffset.registers) / 8;
    const word = (i: number): bigint => this.#contextWords[words + i]!;
    for (let i = 0; i < 16; i++) state.setGpr(encodedGpr[i]!, word(registerWord[i]!));
    state.setGprNumber(RIP, slotAddresses(slot).code + codeOffset);
    state.setGpr(RFLAGS, word(FLAGS));
    state.segment(FS).base = word(FS_BASE);
    state.segment(GS).base = word(GS_BASE);
    const xsave = state.bytesOf('xsave');
    xsave.set(this.#contexts.subarray(context, context + xsaveBytes));
    const stop = this.#core.run(1);
    const rip = state.gprNumber(RIP);
    keepRegisters(state, this.#softwareRegisters, 0);
    return {
      stop: stop === 'exception' ? describeTrap(this.#core.exception, rip) : done(rip),
      registers: Buffer.from(this.#softwareRegisters.buffer),
      xsave: asBuffer(xsave, 0, xsaveBytes),
      memory: asBuffer(this.#work, slot * 3 * PAGE, 3 * PAGE),
    };
  }
}

/** A host whose KVM has no virtualization to rest on reports a vector that is not aligned as #UD. */
function isOtherFault(host: Outcome, software: Outcome): boolean {
  return host.stop.startsWith('#UD') && /^#(GP|SS)/.test(software.stop);
}

function asBuffer({ buffer, byteOffset }: Uint8Array, start: number, bytes: number): Buffer {
  return Buffer.from(buffer, byteOffset + start, bytes);
}

function done(rip: number): string {
  return `done, at ${formatVirtual(rip)}`;
}

function describeTrap(trap: Trap | CoreException, rip: number): string {
  if (!('vector' in trap)) return `${trap.kind} at ${formatVirtual(rip)}`;
  const { vector, errorCode, address } = trap;
  const about = vector === Vector.PF ? ` about ${formatVirtual(address)}` : '';
  return `${vectorName(vector)} with error code ${String(errorCode)}${about}, at ${formatVirtual(rip)}`;
}
