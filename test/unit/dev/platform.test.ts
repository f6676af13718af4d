import { expect } from 'chai';
import { resetWarnOnce } from '../../../src/base/index';
import type { KvmVMHandle } from '../../../src/mem/index';
import { Pc } from '../../support/devices';
import { aClock, instantiated, messagesOf, System } from '../../support/memory';

/** A virtual machine with an interrupt chip, or without one. */
class FakeVM implements KvmVMHandle {
  readonly lines: string[] = [];
  readonly #hasChip: boolean;

  constructor(hasChip: boolean) {
    this.#hasChip = hasChip;
  }

  setSystem(): void {
    // Nothing to know.
  }

  hasKernelIRQChip(): boolean {
    return this.#hasChip;
  }

  setIRQLine(irq: number, high: boolean): void {
    this.lines.push(`${String(irq)} ${high ? 'high' : 'low'}`);
  }
}

function aPc(vm: KvmVMHandle | null) {
  const system = new System({ clkDomain: aClock(), pc: new Pc() });
  instantiated(system);
  if (vm !== null) system.simObject().setKvmVM(vm);
  return system.pc.simObject();
}

describe('Pc', () => {
  beforeEach(resetWarnOnce);

  it('leads interrupt lines to the chip of the virtual machine', () => {
    const vm = new FakeVM(true);
    const pc = aPc(vm);
    pc.setInterruptLine(4, true);
    pc.setInterruptLine(4, false);
    expect(vm.lines).to.deep.equal(['4 high', '4 low']);
  });

  it('warns once where nobody takes interrupts', () => {
    for (const vm of [new FakeVM(false), { setSystem: () => undefined }, null]) {
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
