/**
 * The board: where the interrupt lines of devices lead. Source: gem5 `dev/platform.hh`,
 * `dev/x86/pc.{hh,cc}`.
 */
import { warnOnce } from '../base/index';
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

export const pcSchema = defineSchema('Pc', platformSchema, {
  description: 'A PC: interrupt lines lead to the interrupt controllers of the virtual machine',
});

/** What a virtual machine with interrupt controllers offers. */
interface InterruptControllers {
  hasKernelIRQChip(): boolean;
  setIRQLine(irq: number, high: boolean): void;
}

function hasInterruptControllers(vm: object | null): vm is InterruptControllers {
  return vm !== null && 'hasKernelIRQChip' in vm && 'setIRQLine' in vm;
}

/** A PC's board. Lines are numbered as the ISA bus has them, 4 for the first serial line. */
export class Pc extends Platform {
  static override readonly schema = pcSchema;

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
