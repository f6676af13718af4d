import { expect } from 'chai';
import { FatalError, resetWarnOnce } from '../../../src/base/index';
import type { Pc as PcModel } from '../../../src/dev/index';
import {
  System as SystemModel,
  systemSchema,
  type KvmVMHandle,
  type SystemParams,
} from '../../../src/mem/index';
import { nodeClass } from '../../../src/sim/index';
import { Pc } from '../../support/devices';
import { aClock, instantiated, messagesOf } from '../../support/memory';

/** A virtual machine that writes down what it is asked. */
class FakeVM implements KvmVMHandle {
  readonly journal: string[] = [];
  #hasChip = false;
  readonly #canHaveChip: boolean;

  constructor(canHaveChip = true) {
    this.#canHaveChip = canHaveChip;
  }

  setSystem(): void {
    // Nothing to know.
  }

  createIRQChip(): void {
    this.journal.push('chip');
    this.#hasChip = this.#canHaveChip;
  }

  createPIT(): void {
    this.journal.push('pit');
  }

  hasKernelIRQChip(): boolean {
    return this.#hasChip;
  }

  setIRQLine(irq: number, high: boolean): void {
    this.journal.push(`${String(irq)} ${high ? 'high' : 'low'}`);
  }
}

function aPc(
  vm: KvmVMHandle | null,
  kernelChips: 'none' | 'irqchip' | 'irqchip_pit' = 'none',
): PcModel {
  class VirtualSystem extends SystemModel {
    constructor(params: SystemParams) {
      super(params);
      if (vm !== null) this.setKvmVM(vm);
    }
  }
  const Node = nodeClass(VirtualSystem, systemSchema);
  const system = new Node({ clkDomain: aClock(), pc: new Pc({ kernelChips }) });
  instantiated(system);
  return system.pc.simObject();
}

describe('Pc', () => {
  beforeEach(resetWarnOnce);

  it('makes the chips that the script asks for', () => {
    const made = (['none', 'irqchip', 'irqchip_pit'] as const).map(kernelChips => {
      const vm = new FakeVM();
      aPc(vm, kernelChips);
      return vm.journal;
    });
    expect(made).to.deep.equal([[], ['chip'], ['chip', 'pit']]);
  });

  it('makes no timer where the kernel has no interrupt chip', () => {
    const vm = new FakeVM(false);
    aPc(vm, 'irqchip_pit');
    expect(vm.journal).to.deep.equal(['chip']);
  });

  it('needs a virtual machine for the chips', () => {
    expect(() => aPc(null, 'irqchip')).to.throw(FatalError, 'kvmVm = new KvmVM()');
  });

  it('leads interrupt lines to the chip of the virtual machine', () => {
    const vm = new FakeVM();
    const pc = aPc(vm, 'irqchip');
    pc.setInterruptLine(4, true);
    pc.setInterruptLine(4, false);
    expect(vm.journal).to.deep.equal(['chip', '4 high', '4 low']);
  });

  it('warns once where nobody takes interrupts', () => {
    for (const vm of [new FakeVM(), { setSystem: () => undefined }, null]) {
      resetWarnOnce();
      const pc = aPc(vm);
      const messages = messagesOf(() => {
        pc.setInterruptLine(4, false);
        pc.setInterruptLine(4, true);
        pc.setInterruptLine(4, true);
      });
      expect(messages).to.have.length(1);
      expect(messages[0]).to.contain('nobody takes interrupt 4');
    }
  });
});
