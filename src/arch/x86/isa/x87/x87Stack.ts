/** What the x87 does between the registers of its stack: moves, constants, comparisons. */
import { extended, finite, indefinite, zero, round } from './float80';
import { type PlainOperation } from './x87Operations';
import { X87Memory } from './x87Memory';

/** Constants: significand, exponent of its lowest bit; rounded down, with what rounding up depends on. */
const constants: Readonly<Partial<Record<PlainOperation, readonly [bigint, number]>>> = {
  ld1: [1n, 0],
  ldl2t: [0xd49a784bcd1b8afe492bf6ff4dafdb4cd96c55fe37b3ad4en, -190],
  ldl2e: [0xb8aa3b295c17f0bbbe87fed0691d3e88eb577aa8dd695a58n, -191],
  ldpi: [0xc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74n, -190],
  ldlg2: [0x9a209a84fbcff7988f8959ac0b7c9178263f2e7dd9e9d8cfn, -193],
  ldln2: [0xb17217f7d1cf79abc9e3b39803f2f6af40f343267298b62dn, -192],
};

/** The x87 with what has operands in registers. */
export abstract class X87Stack extends X87Memory {
  /** FCMOV: ST(i) into ST(0), if a condition holds. */
  moveIf(condition: boolean, i: number): void {
    this.attempt(() => this.#moveIf(condition, i));
  }

  #moveIf(condition: boolean, i: number): void {
    const registers = this.registers;
    if (registers.isEmpty(0) || registers.isEmpty(i)) {
      this.stackFault(false, () => registers.write(0, indefinite));
    } else if (condition) {
      const { significand, signExponent } = registers.readBits(i);
      registers.writeBits(0, significand, signExponent);
    }
  }

  /** @returns false when the operation loads no constant */
  protected loadConstant(operation: PlainOperation): boolean {
    if (operation === 'ldz') {
      this.push(zero(false));
      return true;
    }
    const constant = constants[operation];
    if (constant === undefined) return false;
    const [significand, exponent] = constant;
    // Constants are rounded as the control word says, but always to 64 bits, and note nothing.
    const { value } = round(
      finite(false, significand, exponent),
      significand > 1n,
      extended,
      this.mode,
    );
    this.push(value);
    return true;
  }

  protected exchange(i: number): void {
    const registers = this.registers;
    for (const index of [0, i]) {
      if (registers.isEmpty(index)) {
        this.stackFault(false, () => registers.write(index, indefinite));
      }
    }
    const [a, b] = [registers.readBits(0), registers.readBits(i)];
    registers.writeBits(0, b.significand, b.signExponent);
    registers.writeBits(i, a.significand, a.signExponent);
  }

  protected duplicate(i: number): void {
    const registers = this.registers;
    const empty = registers.isEmpty(i);
    const { significand, signExponent } = registers.readBits(i);
    registers.rotate(-1);
    if (empty || !registers.isEmpty(0)) {
      this.stackFault(!empty, () => registers.write(0, indefinite));
    } else {
      registers.writeBits(0, significand, signExponent);
    }
  }

  protected freeAndPop(i: number): void {
    this.registers.mark(i, false);
    this.pop();
  }

  protected copyTo(i: number, pops: boolean): void {
    const registers = this.registers;
    if (registers.isEmpty(0)) {
      this.stackFault(false, () => registers.write(i, indefinite));
    } else {
      const { significand, signExponent } = registers.readBits(0);
      registers.writeBits(i, significand, signExponent);
    }
    if (pops) this.pop();
  }

  protected compareRegisters(operation: 'ucom' | 'ucomp' | 'compp' | 'ucompp', i: number): void {
    const registers = this.registers;
    const other = operation.endsWith('pp') ? 1 : i;
    if (registers.isEmpty(0) || registers.isEmpty(other)) {
      this.stackFault(false, () => this.setOrder(null));
    } else {
      this.compare(registers.read(0), registers.read(other), operation === 'compp');
    }
    if (operation !== 'ucom') this.pop();
    if (operation.endsWith('pp')) this.pop();
  }

  protected compareToFlags(operation: PlainOperation, i: number): number {
    const registers = this.registers;
    let result: -1 | 0 | 1 | null = null;
    if (registers.isEmpty(0) || registers.isEmpty(i)) this.stackFault(false, () => undefined);
    else result = this.ordered(registers.read(0), registers.read(i), operation.startsWith('comi'));
    if (operation.endsWith('p')) this.pop();
    if (result === null) return 0x45;
    return result < 0 ? 0x01 : result === 0 ? 0x40 : 0;
  }
}
