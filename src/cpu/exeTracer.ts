/**
 * The trace of executed instructions: `--debug-flags=Exec`. A line is what gem5 prints of an instruction
 * without micro-operations. Source: gem5 `cpu/exetrace.{hh,cc}`.
 */
import {
  Disassembler,
  type Disassembly,
  type MemoryOperand,
  type WrittenRegister,
  type X86ThreadState,
} from '../arch/x86/index';
import { dprintf } from '../base/index';
import type { Tick } from '../base/index';
import {
  ExecAsid,
  ExecEffAddr,
  ExecEnable,
  ExecFaulting,
  ExecFlags,
  ExecOpClass,
  ExecResult,
  ExecSymbol,
  ExecThread,
  ExecUser,
} from './execFlags';
import type { ThreadContext } from './threadContext';

/** Instructions that are remembered: a program of usual size. */
const REMEMBERED = 100_000;
const DISASSEMBLY_WIDTH = 26;

/** What the trace needs of the CPU. */
export interface TracedCPU {
  name(): string;
  readonly thread: ThreadContext;
}

/** Traces the instructions of one CPU. */
export class ExeTracer {
  readonly #cpu: TracedCPU;
  readonly #known = new Map<number, Disassembly>();
  #disassembler: Disassembler | null = null;
  #rip = 0;
  #instruction: Disassembly | null = null;
  #address = 0n;
  #isFetched = false;

  constructor(cpu: TracedCPU) {
    this.#cpu = cpu;
  }

  /** Whether there is anything to trace. */
  get isOn(): boolean {
    return ExecEnable.enabled && ExecUser.enabled;
  }

  /** An instruction is about to be executed: notes what will not be known afterwards. */
  begin(rip: number, bytes: Uint8Array): void {
    this.#rip = rip;
    this.#isFetched = bytes.length > 0;
    this.#instruction = this.#disassemble(rip, bytes);
    const memory = this.#instruction?.memory ?? null;
    if (memory !== null) {
      this.#address = addressOf(memory, this.#cpu.thread.state);
    }
  }

  /** It has been executed. */
  executed(tick: Tick): void {
    this.#print(tick, true);
  }

  /** It went to the operating system instead. */
  stopped(tick: Tick, faulted: boolean): void {
    // What could not be fetched is no instruction yet.
    if (this.#isFetched && (!faulted || ExecFaulting.enabled)) this.#print(tick, false);
  }

  #print(tick: Tick, hasResult: boolean): void {
    const instruction = this.#instruction;
    let text = ExecAsid.enabled ? 'A0 ' : '';
    if (ExecThread.enabled) text += `T${String(this.#cpu.thread.threadId)} : `;
    text += `0x${this.#rip.toString(16)}${ExecSymbol.enabled ? this.#symbol() : ''}    : `;
    text += (instruction?.text ?? '(bad)').padEnd(DISASSEMBLY_WIDTH);
    if (instruction !== null) text += ` : ${this.#details(instruction, hasResult)}`;
    dprintf(ExecEnable, tick, this.#cpu.name(), text.trimEnd());
  }

  #details({ opClass, memory, result, flags }: Disassembly, hasResult: boolean): string {
    let text = ExecOpClass.enabled ? `${opClass} : ` : '';
    if (ExecResult.enabled && hasResult) text += this.#result(memory, result);
    if (ExecEffAddr.enabled && memory !== null) text += ` A=0x${this.#address.toString(16)}`;
    if (ExecFlags.enabled) text += `  flags=(${flags.join('|')})`;
    return text;
  }

  /** What was written: to a register, else to memory. */
  #result(memory: MemoryOperand | null, result: WrittenRegister | null): string {
    if (result !== null && !(memory?.isWritten ?? false)) {
      return ` D=${valueOf(result, this.#cpu.thread.state)}`;
    }
    if (memory === null || !memory.isWritten || memory.bytes === 0) return '';
    const bytes = new Uint8Array(memory.bytes);
    const isKnown = this.#cpu.thread.process?.readMemory(this.#address, bytes) ?? false;
    return isKnown ? ` D=${number(bytes)}` : '';
  }

  #symbol(): string {
    const symbol = this.#cpu.thread.process?.symbolAt(this.#rip) ?? null;
    if (symbol === null) return '';
    const distance = this.#rip - symbol.address;
    return distance === 0 ? ` @${symbol.name}` : ` @${symbol.name}+${String(distance)}`;
  }

  #disassemble(rip: number, bytes: Uint8Array): Disassembly | null {
    const known = this.#known.get(rip);
    if (known?.bytes.every((byte, i) => byte === bytes[i]) === true) return known;
    this.#disassembler ??= new Disassembler();
    const found = this.#disassembler.disassemble(bytes, BigInt(rip));
    if (this.#known.size >= REMEMBERED) this.#known.clear();
    if (found !== null) this.#known.set(rip, found);
    return found;
  }
}

function addressOf(memory: MemoryOperand, state: X86ThreadState): bigint {
  const { segment, base, index, scale, displacement } = memory;
  let address = displacement;
  if (segment !== null) address += state.segment(segment).base;
  if (base !== null) address += state.gpr(base);
  if (index !== null) address += state.gpr(index) * BigInt(scale);
  return BigInt.asUintN(64, address);
}

function valueOf(register: WrittenRegister, state: X86ThreadState): string {
  if (register.kind === 'gpr')
    return `0x${state.gpr(register.index).toString(16).padStart(16, '0')}`;
  return number(
    register.bytes > 16 ? state.fpu.ymm(register.index) : state.fpu.xmm(register.index),
  );
}

/** At least 64 bits, as gem5 prints them. */
function number(bytes: Uint8Array): string {
  const digits = Buffer.from(bytes).reverse().toString('hex');
  return `0x${digits.padStart(16, '0')}`;
}
