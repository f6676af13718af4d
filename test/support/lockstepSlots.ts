/**
 * Where the instructions lie that {@link Lockstep} tries, and the code around each: it loads all registers
 * from a context, lets the instruction run, saves all registers into another context, and goes on with the
 * next slot. So one entry into the guest tries as many instructions as there are slots.
 */
import { trapPort, XFeature } from '../../src/arch/x86/index';

const PAGE = 4096;
const FIRST_SLOT = 0x1000_0000;
const SLOT_BYTES = 0x8000;
const FIRST_CONTEXT = 0x6f00_0000_0000;
/** Where instructions lie in their page, unless a situation says otherwise. */
export const usualCodeOffset = 0x400;

/** Virtual addresses of one slot. What is not named there is not mapped. */
export interface SlotAddresses {
  /** Two pages: the load stub, from {@link usualCodeOffset} on instructions, the save stub at the end. */
  readonly code: number;
  /** Two pages. */
  readonly data: number;
  /** One page. */
  readonly stack: number;
  /** One page: what to load, and what was saved. */
  readonly context: number;
}

export function slotAddresses(slot: number): SlotAddresses {
  const code = FIRST_SLOT + slot * SLOT_BYTES;
  const context = FIRST_CONTEXT + slot * PAGE;
  return { code, data: code + 0x3000, stack: code + 0x6000, context };
}

/**
 * Offsets in a context page. A block of registers is FS base, GS base, RFLAGS and the general registers as
 * instructions number them, but RSP last.
 */
export const contextOffset = {
  xsave: 0,
  registers: 0x400,
  savedXsave: 0x800,
  savedRegisters: 0xc00,
  /** Where the save stub puts RAX, to have a register to work with. */
  savedRax: 0xd00,
} as const;

/** Words in a block of registers. */
export const registerWords = 19;
/** Bytes of an XSAVE area with all that is compared. */
export const xsaveBytes = 832;

/** Place of each general register, by the number that instructions give it, in a block of registers. */
export const registerWord: readonly number[] = Array.from({ length: 16 }, (_, i) =>
  i === 4 ? 18 : 3 + i - Number(i > 4),
);

const features = XFeature.X87 | XFeature.SSE | XFeature.AVX;
const saveStubOffset = 0x1e00;
/** `out %al, $trapPort` */
const LEAVE = [0xe6, trapPort];
/** Stops a program wherever it goes astray. */
const HLT = 0xf4;
const order = [0, 1, 2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

function little(value: number, bytes: number): number[] {
  const whole = BigInt.asUintN(64, BigInt(value));
  return Array.from({ length: bytes }, (_, i) => Number((whole >> BigInt(i * 8)) & 0xffn));
}

const pop = (register: number): number[] =>
  register < 8 ? [0x58 + register] : [0x41, 0x58 + register - 8];
const push = (register: number): number[] =>
  register < 8 ? [0x50 + register] : [0x41, 0x50 + register - 8];

/** mov $features, %eax; xor %edx, %edx */
const chooseFeatures = [0xb8, ...little(features, 4), 0x31, 0xd2];

/** Loads all registers; {@link usualCodeOffset} or another place of the instruction is jumped to then. */
function loadStub(slot: number): number[] {
  const { context } = slotAddresses(slot);
  return [
    ...[0x48, 0xbc, ...little(context + contextOffset.registers, 8)], // mov $registers, %rsp
    ...chooseFeatures,
    ...[0x0f, 0xae, 0xac, 0x24, ...little(-contextOffset.registers, 4)], // xrstor -registers(%rsp)
    ...[0x58, 0xf3, 0x48, 0x0f, 0xae, 0xd0], // pop %rax; wrfsbase %rax
    ...[0x58, 0xf3, 0x48, 0x0f, 0xae, 0xd8], // pop %rax; wrgsbase %rax
    0x9d, // popfq
    ...order.flatMap(pop),
    0x5c, // pop %rsp
  ];
}

/** Saves all registers. */
function saveStub(slot: number): number[] {
  const { context } = slotAddresses(slot);
  const end = context + contextOffset.savedRegisters + registerWords * 8;
  const area = contextOffset.savedXsave - contextOffset.savedRegisters;
  return [
    ...[0x48, 0xa3, ...little(context + contextOffset.savedRax, 8)], // movabs %rax, savedRax
    ...[0x48, 0x89, 0xe0], // mov %rsp, %rax
    ...[0x48, 0xbc, ...little(end, 8)], // mov $end, %rsp
    0x50, // push %rax
    ...order.toReversed().flatMap(push),
    0x9c, // pushfq
    ...[0xf3, 0x48, 0x0f, 0xae, 0xc8, 0x50], // rdgsbase %rax; push %rax
    ...[0xf3, 0x48, 0x0f, 0xae, 0xc0, 0x50], // rdfsbase %rax; push %rax
    0xfc, // cld
    ...chooseFeatures,
    ...[0x0f, 0xae, 0xa4, 0x24, ...little(area, 4)], // xsave area(%rsp)
  ];
}

/** Writes the code of slots; all but the instruction itself is always the same. */
export class SlotCode {
  readonly #slot: number;
  readonly #code: Uint8Array;
  readonly #view: DataView;
  readonly #empty = new Uint8Array(2 * PAGE).fill(HLT);
  readonly #loaded: number;
  readonly #saved: number;

  /** @param code - the two pages of code of a slot */
  constructor(slot: number, code: Uint8Array) {
    this.#slot = slot;
    this.#code = code;
    this.#view = new DataView(code.buffer, code.byteOffset, code.length);
    const [loading, saving] = [loadStub(slot), saveStub(slot)];
    this.#loaded = loading.length;
    this.#saved = saveStubOffset + saving.length;
    this.#empty.set(loading);
    this.#empty.set(saving, saveStubOffset);
  }

  /** Puts an instruction between the stubs, for the host. `isLast`: there is no next slot to go on with. */
  write(instruction: Uint8Array, offset: number, jumps: boolean, isLast: boolean): void {
    this.#code.set(this.#empty);
    this.#code.set(instruction, offset);
    this.#jump(this.#loaded, offset);
    if (!jumps) this.#jump(offset + instruction.length, saveStubOffset);
    if (isLast) this.#code.set(LEAVE, this.#saved);
    else this.#jump(this.#saved, SLOT_BYTES);
  }

  /** Has the instruction followed by a jump to an address. */
  chain(after: number, target: number): void {
    this.#jump(after, target - slotAddresses(this.#slot).code);
  }

  #jump(from: number, to: number): void {
    this.#view.setUint8(from, 0xe9);
    this.#view.setInt32(from + 1, to - from - 5, true);
  }
}
