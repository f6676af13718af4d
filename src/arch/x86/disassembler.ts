/**
 * Instructions as text, and what a trace wants to know of them. The work is done by the package `iced-x86`,
 * which is loaded when the first disassembler is made: it takes time and memory that few runs need.
 */
import { createRequire } from 'node:module';
import type {
  Instruction,
  InstructionInfo,
  OpAccess,
  Register,
  UsedMemory,
  UsedRegister,
} from 'iced-x86';
import { encodedGpr } from './isa/coreLayout';
import { opClassOf } from './opClass';
import { FS, GS } from './registers';
import type { GprIndex, SegmentIndex } from './registers';

type Iced = typeof import('iced-x86');

/** A register, or the part of it, that an instruction writes. */
export type WrittenRegister =
  | {
      readonly kind: 'gpr';
      readonly index: GprIndex;
      readonly bytes: number;
      readonly isHigh: boolean;
    }
  | { readonly kind: 'vector'; readonly index: number; readonly bytes: number };

/** A memory operand; its address is the sum of the parts, cut to 64 bits. RIP is in the displacement. */
export interface MemoryOperand {
  readonly segment: SegmentIndex | null;
  readonly base: GprIndex | null;
  readonly index: GprIndex | null;
  readonly scale: number;
  readonly displacement: bigint;
  readonly bytes: number;
  readonly isWritten: boolean;
}

/** An instruction taken apart. */
export interface Disassembly {
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly mnemonic: string;
  /** gem5's class of operation. */
  readonly opClass: string;
  /** gem5's flags of static instructions. */
  readonly flags: readonly string[];
  readonly memory: MemoryOperand | null;
  readonly result: WrittenRegister | null;
}

const BITS = 64;
const usesVectorsAt = /\b(?:[xyz]?mm\d+|st\()/;

/** Takes instructions apart. */
export class Disassembler {
  readonly #iced: Iced;
  readonly #formatter;
  readonly #info;

  constructor() {
    const load = createRequire(__filename);
    this.#iced = load('iced-x86') as Iced;
    const { Formatter, FormatterSyntax, InstructionInfoFactory } = this.#iced;
    this.#formatter = new Formatter(FormatterSyntax.Intel);
    Object.assign(this.#formatter, {
      ...{ hexPrefix: '0x', hexSuffix: '', uppercaseHex: false, ripRelativeAddresses: true },
      ...{ spaceAfterOperandSeparator: true, spaceBetweenMemoryAddOperators: true },
      ...{ showBranchSize: false, branchLeadingZeros: false, smallHexNumbersInDecimal: false },
    });
    this.#info = new InstructionInfoFactory();
  }

  /**
   * Takes the instruction at the start of some bytes apart.
   *
   * @returns null when it is none
   */
  disassemble(bytes: Uint8Array, rip: bigint): Disassembly | null {
    const { Decoder, DecoderOptions } = this.#iced;
    const decoder = new Decoder(BITS, bytes, DecoderOptions.None);
    decoder.ip = rip;
    const instruction = decoder.decode();
    try {
      if (instruction.isInvalid) return null;
      return this.#describe(instruction, bytes.slice(0, instruction.length));
    } finally {
      instruction.free();
      decoder.free();
    }
  }

  #describe(instruction: Instruction, bytes: Uint8Array): Disassembly {
    const info = this.#info.info(instruction);
    const text = this.#formatter.format(instruction);
    // Without prefixes.
    const mnemonic = this.#formatter.formatMnemonic(instruction).replace(/^.* /, '');
    const memory = this.#memoryOf(info);
    const result = this.#resultOf(instruction, info);
    const usesVectors = usesVectorsAt.test(text) || /^f[^s]/.test(mnemonic);
    info.free();
    return {
      ...{ bytes, text, mnemonic, memory, result },
      opClass: opClassOf({ mnemonic, memory, usesVectors }),
      flags: [
        usesVectors ? 'IsFloating' : 'IsInteger',
        ...(memory === null ? [] : [memory.isWritten ? 'IsStore' : 'IsLoad']),
        ...this.#controlFlags(instruction),
      ],
    };
  }

  /** The operand that is written, if there are several. */
  #memoryOf(info: InstructionInfo): MemoryOperand | null {
    const all = (info.usedMemory() as UsedMemory[]).map(used => {
      const operand = this.#memoryOperand(used);
      used.free();
      return operand;
    });
    return all.find(({ isWritten }) => isWritten) ?? all[0] ?? null;
  }

  #memoryOperand(used: UsedMemory): MemoryOperand {
    const { Register, MemorySizeExt } = this.#iced;
    return {
      segment: used.segment === Register.FS ? FS : used.segment === Register.GS ? GS : null,
      base: this.#gprOf(used.base),
      index: this.#gprOf(used.index),
      scale: used.scale,
      displacement: used.displacement,
      bytes: MemorySizeExt.size(used.memorySize),
      isWritten: this.#writes(used.access),
    };
  }

  #writes(access: OpAccess): boolean {
    const { OpAccess } = this.#iced;
    const { Write, CondWrite, ReadWrite, ReadCondWrite } = OpAccess;
    return [Write, CondWrite, ReadWrite, ReadCondWrite].includes(access);
  }

  #gprOf(register: Register): GprIndex | null {
    const { RegisterExt } = this.#iced;
    if (!RegisterExt.isGPR(register)) return null;
    return encodedGpr[RegisterExt.number(register)] ?? null;
  }

  /** What it writes: the first operand, else the first general register that is no stack pointer. */
  #resultOf(instruction: Instruction, info: InstructionInfo): WrittenRegister | null {
    const { OpKind, Register } = this.#iced;
    const first = instruction.opCount > 0 && instruction.op0Kind === OpKind.Register;
    if (first && this.#writes(info.op0Access)) return this.#written(instruction.op0Register);
    let result: WrittenRegister | null = null;
    for (const used of info.usedRegisters() as UsedRegister[]) {
      const { register, access } = used;
      used.free();
      if (result !== null || register === Register.RSP || !this.#writes(access)) continue;
      result = this.#written(register);
    }
    return result;
  }

  #written(register: Register): WrittenRegister | null {
    const { Register, RegisterExt } = this.#iced;
    const number = RegisterExt.number(register);
    const bytes = RegisterExt.size(register);
    if (RegisterExt.isVectorRegister(register)) return { kind: 'vector', index: number, bytes };
    if (!RegisterExt.isGPR(register)) return null;
    const isHigh = register >= Register.AH && register <= Register.BH;
    const index = encodedGpr[isHigh ? number - 4 : number] ?? 0;
    return { kind: 'gpr', index, bytes, isHigh };
  }

  /** gem5's flags of what goes on elsewhere (`cpu/StaticInstFlags.py`). */
  #controlFlags(instruction: Instruction): readonly string[] {
    const { FlowControl, Mnemonic } = this.#iced;
    switch (instruction.flowControl) {
      case FlowControl.UnconditionalBranch:
        return ['IsControl', 'IsDirectControl', 'IsUncondControl'];
      case FlowControl.ConditionalBranch:
        return ['IsControl', 'IsDirectControl', 'IsCondControl'];
      case FlowControl.IndirectBranch:
        return ['IsControl', 'IsIndirectControl', 'IsUncondControl'];
      case FlowControl.Call:
        if (instruction.mnemonic === Mnemonic.Syscall) return ['IsSyscall'];
        return ['IsControl', 'IsDirectControl', 'IsUncondControl', 'IsCall'];
      case FlowControl.IndirectCall:
        return ['IsControl', 'IsIndirectControl', 'IsUncondControl', 'IsCall'];
      case FlowControl.Return:
        return ['IsControl', 'IsIndirectControl', 'IsUncondControl', 'IsReturn'];
      case FlowControl.Next:
      case FlowControl.Interrupt:
      case FlowControl.Exception:
      case FlowControl.XbeginXabortXend:
        return instruction.mnemonic === Mnemonic.Nop ? ['IsNop'] : [];
    }
  }
}
