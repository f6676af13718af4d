/** Encodings of instructions as text, in the notation of the SDM, and the CPU features that they need. */
import { CpuidFeature, Decoder as Reference, DecoderOptions } from 'iced-x86';
import { Random } from '../../src/base/index';
import { Decoder, OpcodeTable } from '../../src/arch/x86/isa/decoder';
import type { Encoding } from '../../src/arch/x86/isa/definition';
import { instructionSet } from '../../src/arch/x86/isa/instructions/instructionSet';
import type { OperandSpec } from '../../src/arch/x86/isa/operand';
import { InstructionMaker } from './randomInstruction';

const maps = ['', '0F ', '0F 38 ', '0F 3A '];
const hex = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0');

const fixedRegisters: Readonly<Partial<Record<string, readonly string[]>>> = {
  ...{ b: ['AL', 'CL'], w: ['AX'], v: ['rAX'], z: ['eAX'] },
};

function operandText({ place, size, number }: OperandSpec): string {
  if (place === 'fixed') return fixedRegisters[size]?.[number] ?? `${place}${String(number)}`;
  if (place === 'number') return String(number);
  return place === 'F' ? 'ST(i)' : `${place}${size}`;
}

/** Prefixes, opcode and operands; without VEX. */
function formText(encoding: Encoding): string {
  const { prefix, l, w, rexB, map, opcode, opcodes, reg, modrmByte, mod, operands } = encoding;
  const words = [
    ...(l === null || map === 0 ? [] : [l === 0 ? 'L0' : 'L1']),
    ...(w === null ? [] : [w === 0 ? 'W0' : 'W1']),
    ...(rexB ? ['REX.B'] : []),
    ...(prefix === 'any' ? [] : [prefix]),
    `${maps[map] ?? ''}${hex(opcode)}${opcodes === 8 ? '+r' : ''}`,
    ...(reg < 0 ? [] : [`/${String(reg)}`]),
    ...(modrmByte < 0 ? [] : [hex(modrmByte)]),
    ...(mod === null || operands.some(({ place }) => 'MRUN'.includes(place)) ? [] : [mod]),
  ];
  const list = operands.map(operandText).join(',');
  return words.join(' ') + (list === '' ? '' : ` ${list}`);
}

/** The forms of some encodings, with and without VEX in one where they are the same but for that. */
export function formsOf(encodings: readonly Encoding[]): string[] {
  const twins = new Map<string, { legacy: Encoding[]; vex: Encoding[] }>();
  for (const encoding of encodings) {
    // Whether vectors are of 16 bytes alone is no matter of the form without VEX.
    const key = formText({ ...encoding, l: null });
    const entry = twins.get(key) ?? { legacy: [], vex: [] };
    entry[encoding.vex ? 'vex' : 'legacy'].push(encoding);
    twins.set(key, entry);
  }
  const forms = [...twins].flatMap(([key, { legacy, vex }]) => {
    if (vex.length === 0) return [key];
    if (legacy.length > 0) return [`${key} (VEX too)`];
    return vex.map(encoding => `VEX ${formText(encoding)}`);
  });
  return digitsTogether(forms);
}

/** Forms that differ in `/digit` alone, as one with all digits. */
function digitsTogether(forms: readonly string[]): string[] {
  const groups = new Map<string, string[]>();
  for (const form of forms) {
    const digit = / \/\d/.exec(form)?.[0] ?? '';
    const rest = digit === '' ? form : form.replace(digit, ' /');
    groups.set(rest, [...(groups.get(rest) ?? []), digit]);
  }
  return [...groups].map(([rest, digits]) => rest.replace(' /', digits.join('')));
}

/** How many instructions of an encoding are looked at. */
const SAMPLES = 64;

/** What the fuzzer's instructions of an encoding are. */
export interface Samples {
  /** How many of them this decoder takes for that encoding. */
  readonly known: number;
  readonly features: ReadonlySet<string>;
}

/** What the other decoder has names for, and every processor executes, if only as a NOP. */
const every = /^(INTEL\w+|X64|CPUID|PAUSE|MULTIBYTENOP|PREFETCH\w*|CLDEMOTE|WBNOINVD)$/;

function featureName(name: string): string {
  if (every.test(name)) return 'x86-64';
  return name.startsWith('FPU') ? 'x87' : name.replace(/^SSE4_/, 'SSE4.');
}

function featuresOf(bytes: Uint8Array): string | null {
  const reference = new Reference(64, bytes, DecoderOptions.None);
  const instruction = reference.decode();
  try {
    if (instruction.isInvalid) return null;
    const names = Array.from(instruction.cpuidFeatures(), each => CpuidFeature[each] ?? '');
    return names.map(featureName).join(' + ');
  } finally {
    instruction.free();
    reference.free();
  }
}

/** Makes instructions as the fuzzer does, the same in each process. */
export class InstructionSampler {
  readonly #decoder = new Decoder(new OpcodeTable(instructionSet));

  /** Looks at instructions of an encoding. */
  look(encoding: Encoding): Samples {
    const maker = new InstructionMaker(new Random(1));
    const features = new Set<string>();
    let known = 0;
    for (let i = 0; i < SAMPLES; i++) {
      const bytes = Uint8Array.from(maker.make(encoding, { start: 0x1_0000, bytes: 4096 }).bytes);
      const outcome = this.#decoder.decode(bytes, bytes.length);
      if (outcome !== 'ok' || this.#decoder.encoding !== encoding) continue;
      known++;
      const needed = featuresOf(bytes);
      if (needed !== null) features.add(needed);
    }
    return { known, features };
  }
}
