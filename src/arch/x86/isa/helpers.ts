/** The functions of the host that instructions call: what is rare, or needs to know of the simulation. */
import { Vector } from '../flags';
import { findCpuidLeaf, type CpuidLeaf } from '../cpuid';
import { RAX, RBX, RCX, RDX } from '../registers';
import { trapPort } from '../supervisorLayout';
import { coreOffset, gprOffset, xmmOffset } from './coreLayout';
import type { CoreMemory } from './coreMemory';
import { callX87, helperOf, isFlagsHelper, type SegmentHelper } from './helperName';
import { X87Unit } from './x87/x87Unit';
import { recordOffset } from './record';
import { SegmentUnit } from './segmentUnit';
import { runCipher } from './sse/ciphers';
import { SseUnit } from './sse/sseUnit';
import { compareStrings } from './stringCompare';
import { StopReason } from './stopReason';
import { threadStateLayout } from '../threadStateLayout';

/** What instructions can learn of the machine around them. */
export interface CoreEnvironment {
  /** What CPUID answers. */
  readonly cpuid: readonly CpuidLeaf[];
  /** The time stamp counter, at the instruction of this record. */
  timestamp(record: number): bigint;
  /** The number that RDTSCP gives for the processor. */
  readonly processor: number;
}

/** Helpers of one core. */
export class Helpers {
  readonly #memory: CoreMemory;
  readonly #environment: CoreEnvironment;
  readonly #x87: X87Unit;
  readonly #sse: SseUnit;
  readonly #segments: SegmentUnit;

  constructor(memory: CoreMemory, environment: CoreEnvironment) {
    this.#memory = memory;
    this.#x87 = new X87Unit(memory.view);
    this.#sse = new SseUnit(memory.view);
    this.#segments = new SegmentUnit(memory);
    this.#environment = environment;
  }

  /** Called by generated code. @returns a `StopReason`, or 0 to go on */
  call(number: number, record: number): number {
    const { bytes, view } = this.#memory;
    const i = bytes[record + recordOffset.immediate] ?? 0;
    const condition = view.getUint32(coreOffset.argument, true) !== 0;
    const flags = callX87(this.#x87, number, i & 7, condition);
    if (flags < 0) return this.#callOther(number, record);
    if (isFlagsHelper(number)) view.setUint32(coreOffset.argument, flags, true);
    return 0;
  }

  #callOther(number: number, record: number): number {
    const name = helperOf(number);
    switch (name) {
      case 'divideU128':
        return this.#divide(false);
      case 'divideS128':
        return this.#divide(true);
      case 'cpuid':
        return this.#cpuid();
      case 'rdtsc':
        return this.#timestamp(record);
      case 'rdtscp':
        this.#set(RCX, BigInt(this.#environment.processor));
        return this.#timestamp(record);
      case 'xgetbv':
        return this.#xgetbv();
      case 'out':
        return this.#out(record);
      case 'pcmpestrm':
      case 'pcmpestri':
      case 'pcmpistrm':
      case 'pcmpistri':
        return this.#compareStrings(name, this.#memory.bytes[record + recordOffset.immediate] ?? 0);
      case 'sseFloat':
        return this.#sse.run() ? this.#raise(Vector.XM, 0) : 0;
      case 'cipher':
        runCipher(this.#memory.view);
        return 0;
      case 'undefined':
        return this.#raise(Vector.UD, 0);
      case 'loadSegment':
      case 'checkCode':
      case 'checkStack':
      case 'verifySegment':
      case 'descriptorRights':
      case 'descriptorLimit':
        return this.#segment(name);
    }
  }

  /** What is about a selector; answers go where that was. */
  #segment(name: SegmentHelper): number {
    const { view } = this.#memory;
    const selector = view.getUint32(coreOffset.argument, true);
    const about = view.getUint32(coreOffset.argument + 4, true);
    const segments = this.#segments;
    const tell = (value: number | null): null => {
      view.setUint32(coreOffset.argument, value ?? 0, true);
      view.setUint32(coreOffset.argument + 4, value === null ? 0 : 1, true);
      return null;
    };
    const fault = {
      loadSegment: () => segments.load(about, selector),
      checkCode: () => segments.checkCode(selector, about !== 0),
      checkStack: () => segments.checkStack(selector),
      verifySegment: () => tell(Number(segments.allows(selector, about !== 0))),
      descriptorRights: () => tell(segments.rights(selector)),
      descriptorLimit: () => tell(segments.limit(selector)),
    }[name]();
    return fault === null ? 0 : this.#raise(fault.vector, fault.errorCode);
  }

  #get(register: number): bigint {
    return this.#memory.view.getBigUint64(gprOffset(register), true);
  }

  #set(register: number, value: bigint): void {
    this.#memory.view.setBigUint64(gprOffset(register), BigInt.asUintN(64, value), true);
  }

  #raise(vector: number, errorCode: number): number {
    this.#memory.view.setUint32(coreOffset.vector, vector, true);
    this.#memory.view.setUint32(coreOffset.errorCode, errorCode, true);
    return StopReason.Exception;
  }

  #divide(isSigned: boolean): number {
    const { view } = this.#memory;
    const low = this.#get(RAX);
    const high = this.#get(RDX);
    const cut = (value: bigint): bigint =>
      isSigned ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
    const divisor = cut(view.getBigUint64(coreOffset.argument, true));
    const whole = (high << 64n) | low;
    const dividend = isSigned ? BigInt.asIntN(128, whole) : whole;
    const quotient = dividend / divisor;
    if (cut(quotient) !== quotient) return this.#raise(Vector.DE, 0);
    view.setBigUint64(coreOffset.argument, BigInt.asUintN(64, quotient), true);
    view.setBigUint64(coreOffset.argument + 8, BigInt.asUintN(64, dividend % divisor), true);
    return 0;
  }

  #cpuid(): number {
    const { cpuid } = this.#environment;
    const leaf = Number(this.#get(RAX) & 0xffffffffn);
    const index = Number(this.#get(RCX) & 0xffffffffn);
    const answer = findCpuidLeaf(cpuid, leaf, index);
    this.#set(RAX, BigInt(answer?.eax ?? 0));
    this.#set(RBX, BigInt(answer?.ebx ?? 0));
    this.#set(RCX, BigInt(answer?.ecx ?? 0));
    this.#set(RDX, BigInt(answer?.edx ?? 0));
    return 0;
  }

  #timestamp(record: number): number {
    const now = this.#environment.timestamp(record);
    this.#set(RAX, now & 0xffffffffn);
    this.#set(RDX, (now >> 32n) & 0xffffffffn);
    return 0;
  }

  #xgetbv(): number {
    const { view } = this.#memory;
    if ((this.#get(RCX) & 0xffffffffn) !== 0n) return this.#raise(Vector.GP, 0);
    this.#set(RAX, BigInt(view.getUint32(threadStateLayout.xcr0.offset, true)));
    this.#set(RDX, 0n);
    return 0;
  }

  #compareStrings(name: string, control: number): number {
    const { view } = this.#memory;
    const bits = (view.getUint32(coreOffset.argument, true) & 1) === 1 ? 64 : 32;
    const length = (register: number): number => Number(BigInt.asIntN(bits, this.#get(register)));
    const lengths = name.startsWith('pcmpe') ? ([length(RAX), length(RDX)] as const) : null;
    const first = coreOffset.vectorArguments;
    const comparison = compareStrings(view, first, first + 16, control, lengths);
    const { result, count, flags } = comparison;
    if (name.endsWith('i')) {
      const place =
        (control & 0x40) === 0 ? 31 - Math.clz32(result & -result) : 31 - Math.clz32(result);
      this.#set(RCX, BigInt(result === 0 ? count : place));
    } else {
      this.#setMask(result, count, (control & 0x40) !== 0);
    }
    const { carry, zero, sign } = flags;
    const overflow = (result & 1) !== 0;
    const status =
      Number(carry) | (Number(zero) << 6) | (Number(sign) << 7) | (Number(overflow) << 11);
    view.setUint32(coreOffset.argument, status, true);
    return 0;
  }

  /** XMM0 as a mask: one bit, or all bits of an element, for each element. */
  #setMask(result: number, count: number, whole: boolean): void {
    const { view } = this.#memory;
    const at = xmmOffset(0);
    for (let i = 0; i < 16; i++) {
      const element = count === 8 ? i >> 1 : i;
      const byte = whole
        ? ((result >> element) & 1) === 1
          ? 0xff
          : 0
        : (result >> (i * 8)) & 0xff;
      view.setUint8(at + i, i > 1 && !whole ? 0 : byte);
    }
  }

  /** The port of the supervisor is open to programs; all others are not. */
  #out(record: number): number {
    const port = (this.#memory.bytes[record + recordOffset.immediate] ?? 0) & 0xff;
    return port === trapPort ? StopReason.Port : this.#raise(Vector.GP, 0);
  }
}
