/**
 * The board: where the interrupt lines of devices lead. Source: gem5 `dev/platform.hh`,
 * `dev/x86/pc.{hh,cc}`.
 */
import { fatal, warnOnce } from '../base/index';
import type { System } from '../mem/index';
import { defineSchema, param, Parent, SimObject, simObjectSchema } from '../sim/index';
import type { ParamsOf } from '../sim/index';

export const platformSchema = defineSchema('Platform', simObjectSchema, {
  description: 'Base class of boards: where the interrupt lines of devices lead',
  abstract: true,
  params: {
    system: param.SimObject<System>('System', Parent.any, 'system that the board carries'),
  },
});

/** Parameters of every board. */
export type PlatformParams = ParamsOf<typeof platformSchema>;

/** A board that devices are on. */
export abstract class Platform extends SimObject {
  static override readonly schema = platformSchema;
  declare readonly params: PlatformParams;

  /**
   * Drives an interrupt line.
   *
   * @param irq - its number on the board
   */
  abstract setInterruptLine(irq: number, high: boolean): void;
}

/** What is in the kernel of a PC's virtual machine. */
export const KERNEL_CHIPS = ['none', 'irqchip', 'irqchip_pit'] as const;

export const pcSchema = defineSchema('Pc', platformSchema, {
  description: 'A PC: interrupt lines lead to the interrupt controllers of the virtual machine',
  params: {
    kernelChips: param.Enum(
      'PcKernelChips',
      KERNEL_CHIPS,
      'none',
      'chips that KVM emulates: PICs, I/O APIC and local APICs, and with them the interval timer',
    ),
  },
});

/** Parameters of a `Pc`. */
export type PcParams = ParamsOf<typeof pcSchema>;

/** What a virtual machine with interrupt controllers offers. */
interface InterruptControllers {
  createIRQChip(): void;
  createPIT(): void;
  hasKernelIRQChip(): boolean;
  setIRQLine(irq: number, high: boolean): void;
}

function hasInterruptControllers(vm: object | null): vm is InterruptControllers {
  const names = ['createIRQChip', 'createPIT', 'hasKernelIRQChip', 'setIRQLine'];
  return vm !== null && names.every(name => name in vm);
}

/** A PC's board. Lines are numbered as the ISA bus has them, 4 for the first serial line. */
export class Pc extends Platform {
  static override readonly schema = pcSchema;
  declare readonly params: PcParams;

  /** The chips are saved by the virtual machine that has them. */
  override readonly mayStartFresh = true;

  /** Makes the chips: KVM wants them before the first vCPU. */
  override init(): void {
    super.init();
    const { kernelChips, system } = this.params;
    if (kernelChips === 'none') return;
    const vm = system.getKvmVM();
    if (!hasInterruptControllers(vm)) {
      fatal(
        `${this.name()}: only a virtual machine has kernelChips '${kernelChips}'; ` +
          `set ${system.name()}.kvmVm = new KvmVM()`,
      );
    }
    vm.createIRQChip();
    if (kernelChips === 'irqchip_pit' && vm.hasKernelIRQChip()) vm.createPIT();
  }

  override setInterruptLine(irq: number, high: boolean): void {
    const vm = this.params.system.getKvmVM();
    if (hasInterruptControllers(vm) && vm.hasKernelIRQChip()) {
      vm.setIRQLine(irq, high);
      return;
    }
    if (high) {
      warnOnce(
        `${this.name()}.setInterruptLine`,
        `${this.name()}: nobody takes interrupt ${String(irq)}: the system has no interrupt controller`,
      );
    }
  }
}
