/**
 * One instruction on the host's processor, stepped under KVM, and on a software core: the same memory, the
 * same registers, and what differs afterwards.
 */
import {
  RegisterSet,
  RFlags,
  SoftwareCore,
  softwareCpuid,
  Vector,
  X86ThreadState,
  formatVirtual,
} from '../../src/arch/x86/index';
import { encodedGpr } from '../../src/arch/x86/isa/coreLayout';
import { AddrRange } from '../../src/base/index';
import { BackingStore } from '../../src/mem/backingStore';
import { CODE, DATA, SeGuest, STACK_TOP, USER_DATA } from './seGuest';

const PAGE = 4096;
const MEMORY_BYTES = 16 * 2 ** 20;
const CORE_BYTES = 8 * 2 ** 20;
/** Where the instruction lies in its page. */
const CODE_OFFSET = 0x400;
const RFLAGS = 17;
const RSP = 4;

/** Everything that one instruction starts from. Registers are numbered as instructions encode them. */
export interface Situation {
  readonly code: readonly number[];
  readonly registers: readonly bigint[];
  readonly flags: number;
  /** Two pages at {@link DATA}. */
  readonly data: Uint8Array;
  /** 16 registers of 32 bytes, one after the other. */
  readonly vectors: Uint8Array;
  readonly mxcsr: number;
  /** Control, status and tag words of the x87, and 8 registers of 16 bytes from the top of its stack. */
  readonly x87: { readonly control: number; readonly status: number; readonly tags: number };
  readonly stack: Uint8Array;
}

/** What can be compared afterwards. */
export type Outcome = Readonly<Record<string, string>>;

/** A machine of each kind over one memory. */
export class Lockstep {
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
  readonly #pages: Readonly<Record<'code' | 'data' | 'more' | 'stack', number>>;

  constructor() {
    const store = this.#store;
    const memory = {
      bytes: store.bytes.subarray(0, MEMORY_BYTES),
      address: store.hostAddress,
      unmap: () => undefined,
    };
    const features = { fsgsbase: true, xcr0: 7 };
    const guest = new SeGuest([], MEMORY_BYTES, features, memory);
    guest.map(DATA + PAGE, USER_DATA);
    this.#guest = guest;
    this.#pages = {
      code: guest.tables.translate(CODE),
      data: guest.tables.translate(DATA),
      more: guest.tables.translate(DATA + PAGE),
      stack: guest.tables.translate(STACK_TOP - PAGE),
    };
    guest.supervisor.prepare(this.#state, features);
    this.#core = new SoftwareCore(
      {
        ...{ wasm: store.wasmMemory!, base: store.reserve!.take(CORE_BYTES), bytes: CORE_BYTES },
        ...{ guestStart: 0, guestBytes: MEMORY_BYTES },
      },
      { cpuid: softwareCpuid(0), processor: 0, timestampAfter: () => 0n },
    );
    this.#core.attach(this.#state);
  }

  dispose(): void {
    this.#core.detach();
    this.#guest.dispose();
    this.#store.dispose();
  }

  /** What the host's processor does. */
  onHost(situation: Situation): Outcome {
    const { state } = this.#guest;
    this.#set(state, situation);
    state.setGprNumber(RFLAGS, situation.flags | RFlags.TF);
    const start = state.gprNumber(16);
    for (;;) {
      const trap = this.#guest.trap();
      if (trap.kind !== 'exception') return { stop: trap.kind };
      const stepped = trap.vector === Vector.DB;
      // A repeated instruction is stepped by the element.
      const again = stepped && state.gprNumber(16) === start && isRepeated(situation.code);
      if (again) continue;
      const { vector, errorCode, address } = trap;
      return this.#outcome(state, stepped ? 'done' : describe(vector, errorCode, address));
    }
  }

  /** What a software core does. */
  inSoftware(situation: Situation): Outcome {
    this.#set(this.#state, situation);
    this.#core.forget();
    this.#core.noteForeignStores();
    const stop = this.#core.run(1);
    const { vector, errorCode, address } = this.#core.exception;
    const text = stop === 'exception' ? describe(vector, errorCode, address) : 'done';
    return this.#outcome(
      this.#state,
      stop === 'budget' ? 'done' : stop === 'exception' ? text : stop,
    );
  }

  #set(state: X86ThreadState, situation: Situation): void {
    const memory = this.#store.bytes;
    const { code, data, more, stack } = this.#pages;
    memory.fill(0xf4, code, code + PAGE);
    memory.set(situation.code, code + CODE_OFFSET);
    memory.set(situation.data.subarray(0, PAGE), data);
    memory.set(situation.data.subarray(PAGE, 2 * PAGE), more);
    memory.set(situation.data.subarray(0, PAGE), stack);
    for (const [i, value] of situation.registers.entries()) state.setGpr(encodedGpr[i]!, value);
    state.setGprNumber(16, CODE + CODE_OFFSET);
    state.setGprNumber(RFLAGS, situation.flags);
    state.segment(3).base = 0n;
    state.segment(4).base = 0n;
    for (let i = 0; i < 16; i++) {
      state.fpu.setYmm(i, situation.vectors.subarray(i * 32, i * 32 + 32));
    }
    state.fpu.mxcsr = situation.mxcsr;
    state.fpu.fcw = situation.x87.control;
    state.fpu.fsw = situation.x87.status;
    state.fpu.ftw = situation.x87.tags;
    for (let i = 0; i < 8; i++) state.fpu.setSt(i, situation.stack.subarray(i * 16, i * 16 + 10));
    state.dirty |= RegisterSet.All;
  }

  #outcome(state: X86ThreadState, stop: string): Outcome {
    const memory = this.#store.bytes;
    const result: Record<string, string> = { stop, rip: formatVirtual(state.gprNumber(16)) };
    for (let i = 0; i < 16; i++) result[names[i]!] = state.gpr(encodedGpr[i]!).toString(16);
    result['flags'] = (state.gprUint32(RFLAGS) & ~(RFlags.TF | RFlags.RF)).toString(16);
    for (const [name, page] of Object.entries(this.#pages)) {
      result[name] = Buffer.from(memory.subarray(page, page + PAGE)).toString('hex');
    }
    for (let i = 0; i < 16; i++) {
      result[`ymm${String(i)}`] = Buffer.from(state.fpu.ymm(i)).toString('hex');
    }
    for (let i = 0; i < 8; i++) {
      result[`st${String(i)}`] = Buffer.from(state.fpu.st(i)).reverse().toString('hex');
    }
    result['fcw'] = state.fpu.fcw.toString(16);
    result['fsw'] = state.fpu.fsw.toString(16);
    result['ftw'] = state.fpu.ftw.toString(16);
    // Software cores note no exceptions of SSE.
    result['mxcsr'] = (state.fpu.mxcsr & ~0x3f).toString(16);
    result['fsBase'] = state.segment(3).base.toString(16);
    result['gsBase'] = state.segment(4).base.toString(16);
    return result;
  }
}

const names = [
  ...['rax', 'rcx', 'rdx', 'rbx', 'rsp', 'rbp', 'rsi', 'rdi'],
  ...['r8', 'r9', 'r10', 'r11', 'r12', 'r13', 'r14', 'r15'],
];

/** A stack pointer in the middle of the stack page. */
export const middleOfStack = BigInt(STACK_TOP - PAGE / 2);
/** The number of RSP in instructions. */
export const rspNumber: number = RSP;

function isRepeated(code: readonly number[]): boolean {
  return code.slice(0, 4).some(byte => byte === 0xf2 || byte === 0xf3);
}

function describe(vector: number, errorCode: number, address: number): string {
  return `exception ${String(vector)} error ${String(errorCode)} at ${formatVirtual(address)}`;
}

/** What differs, field by field; of memory, the first bytes that do. */
export function differences(host: Outcome, software: Outcome, ignoredFlags: number): string[] {
  const keys = new Set([...Object.keys(host), ...Object.keys(software)]);
  return [...keys].flatMap(key => {
    let [a, b] = [host[key] ?? '', software[key] ?? ''];
    if (key === 'flags') {
      const mask = (text: string): string => (parseInt(text, 16) & ~ignoredFlags).toString(16);
      [a, b] = [mask(a), mask(b)];
    }
    if (a === b) return [];
    if (a.length <= 64) return [`${key}: host ${a}, software ${b}`];
    let at = 0;
    while (a[at] === b[at]) at++;
    at -= at % 2;
    const piece = (text: string): string => text.slice(at, at + 32);
    return [`${key}+${(at / 2).toString(16)}: host ${piece(a)}, software ${piece(b)}`];
  });
}
