/**
 * Forms: what a handler has to know of an instruction beyond its record. Instructions that differ only in
 * registers, numbers and addresses share a form, and so a handler.
 */
import type { Decoder } from './decoder';
import { noRegister } from './decoder';
import type { SegmentIndex } from '../registers';
import type { Definition } from './definition';
import { sizeOf, type OperandSpec } from './operand';

/** How an operand is reached. */
export type OperandKind =
  'register' | 'vector' | 'mmx' | 'memory' | 'immediate' | 'second-immediate' | 'target';

/** One operand of a form. */
export interface OperandForm {
  readonly kind: OperandKind;
  /** Bytes. */
  readonly size: number;
  /** Of registers: which of the record's pointers leads to it. */
  readonly slot: number;
}

/**
 * What an address is the sum of; the displacement is always part of it.
 * - `index`: base and scaled index;
 * - `segment`: the same, and the base of a segment, which is part of the form;
 * - `index32`, `segment32`: as these, but base and scaled index cut to 32 bits.
 */
const addressings = ['none', 'base', 'index', 'segment', 'index32', 'segment32'] as const;

/** One of them. */
export type Addressing = (typeof addressings)[number];

/** A form. */
export interface Form {
  readonly definition: Definition;
  readonly operands: readonly OperandForm[];
  readonly operandSize: number;
  readonly vectorBytes: number;
  readonly vex: boolean;
  readonly w: boolean;
  readonly addressing: Addressing;
  /** F2 or F3 for instructions that they repeat, else 0. */
  readonly repeat: number;
  /** Whether addresses are 32 bits, for those that have them in registers of their own. */
  readonly address32: boolean;
  /** FS, GS, or -1, for those too, and for addresses of the kinds `segment` and `segment32`. */
  readonly segment: SegmentIndex;
  /** The immediate as a byte, for those whose code depends on it, else -1. */
  readonly immediate: number;
}

/** A small number that two instructions of one encoding have in common exactly when they have a form in common. */
export function variantOf(decoder: Decoder): number {
  const { operandSize, w, vectorBytes, repeat, address32, segment } = decoder;
  const sizes = (operandSize >> 2) | (w ? 4 : 0) | (vectorBytes === 32 ? 8 : 0);
  const prefixes = (repeat & 3) | (address32 ? 4 : 0) | ((segment + 1) << 3);
  const address = addressings.indexOf(addressingOf(decoder));
  return sizes | (prefixes << 4) | (address << 10) | ((immediateOf(decoder) + 1) << 13);
}

function immediateOf({ encoding, immediateLow }: Decoder): number {
  return encoding.definition.immediateInForm === true ? immediateLow & 0xff : -1;
}

/** The form of the instruction that was decoded last. */
export function formOf(decoder: Decoder): Form {
  const { encoding } = decoder;
  const { definition, vex } = encoding;
  let slots = 0;
  let immediates = 0;
  const operands = encoding.operands.map(spec => {
    const place = kindOf(spec, decoder.isMemory);
    const kind = place === 'immediate' && immediates++ > 0 ? 'second-immediate' : place;
    const isRegister = kind === 'register' || kind === 'vector' || kind === 'mmx';
    // Whatever its size in the instruction, the record has an immediate as 64 bits.
    const size = place === 'immediate' ? 0 : sizeOf(spec.size, decoder);
    return { kind, size, slot: isRegister ? slots++ : -1 };
  });
  const addressing = addressingOf(decoder);
  const bySegment = addressing === 'segment' || addressing === 'segment32';
  return {
    ...{ definition, operands, vex, vectorBytes: decoder.vectorBytes },
    operandSize: decoder.operandSize,
    w: decoder.w,
    addressing,
    repeat: definition.repeats === true ? decoder.repeat : 0,
    address32: definition.repeats === true && decoder.address32,
    segment: definition.repeats === true || bySegment ? decoder.segment : -1,
    immediate: immediateOf(decoder),
  };
}

/** What two instructions have in common exactly when they have a form in common. */
export function formKey(form: Form, definitionId: number): string {
  const parts = form.operands.map(({ kind, size }) => `${kind}${String(size)}`).join();
  const { operandSize, vectorBytes, vex, w, addressing, repeat, address32 } = form;
  const { segment, immediate } = form;
  return (
    `${String(definitionId)} ${parts} ${String(operandSize)} ${String(vectorBytes)} ` +
    `${String(vex)} ${String(w)} ${addressing} ${String(repeat)} ${String(address32)} ${String(segment)} ${String(immediate)}`
  );
}

function kindOf({ place }: OperandSpec, isMemory: boolean): OperandKind {
  switch (place) {
    case 'E':
      return isMemory ? 'memory' : 'register';
    case 'W':
      return isMemory ? 'memory' : 'vector';
    case 'Q':
      return isMemory ? 'memory' : 'mmx';
    case 'P':
    case 'N':
      return 'mmx';
    case 'M':
    case 'O':
      return 'memory';
    case 'G':
    case 'R':
    case 'Z':
    case 'B':
    case 'fixed':
      return 'register';
    case 'V':
    case 'U':
    case 'H':
    case 'L':
    case 'X':
      return 'vector';
    case 'I':
    case 'F':
    case 'number':
      return 'immediate';
    case 'J':
      return 'target';
  }
}

function addressingOf({ isMemory, index, segment, address32 }: Decoder): Addressing {
  if (!isMemory) return 'none';
  if (address32) return segment < 0 ? 'index32' : 'segment32';
  if (index === noRegister) {
    // A segment's base takes the place of the index that is not there.
    return segment < 0 ? 'base' : 'index';
  }
  return segment < 0 ? 'index' : 'segment';
}
