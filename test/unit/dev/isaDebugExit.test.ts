import { expect } from 'chai';
import { ioAddressBase } from '../../../src/arch/x86/index';
import { DEBUG_EXIT_CAUSE } from '../../../src/dev/index';
import { aDeviceBench, IsaDebugExit, restoreState, savedState } from '../../support/devices';

const PORT = ioAddressBase + 0xf4;

describe('IsaDebugExit', () => {
  it('ends the run with twice the value plus one', () => {
    for (const [value, code] of [
      [0, 1],
      [1, 3],
      [0x10, 0x21],
    ] as const) {
      const { simulation, cpu, device } = aDeviceBench(new IsaDebugExit());
      cpu.write(PORT, [value, 0, 0, 0]);
      const exit = simulation.simulate();
      expect([exit.cause, exit.code]).to.deep.equal([DEBUG_EXIT_CAUSE, code]);
      expect(device.value).to.equal(value);
    }
  });

  it('cuts the code to what a process can exit with, and keeps all of the value', () => {
    const { simulation, cpu, device } = aDeviceBench(new IsaDebugExit());
    cpu.write(PORT, [0xff, 0x12, 0x34, 0x80]);
    expect(simulation.simulate().code).to.equal(0xff);
    expect(device.value).to.equal(0x803412ff);
  });

  it('takes accesses of every size, and reads as 0', () => {
    const { simulation, cpu, device } = aDeviceBench(new IsaDebugExit());
    expect(cpu.read(PORT, 4)).to.deep.equal([0, 0, 0, 0]);
    expect(device.value).to.equal(null);
    cpu.write(PORT, [3]);
    expect(simulation.simulate().code).to.equal(7);
  });

  it('saves and restores the value', () => {
    const made = aDeviceBench(new IsaDebugExit());
    const restored = aDeviceBench(new IsaDebugExit());
    restoreState(restored.device, savedState(made.device));
    expect(restored.device.value).to.equal(null);
    made.cpu.write(PORT, [9]);
    restoreState(restored.device, savedState(made.device));
    expect(restored.device.value).to.equal(9);
  });
});
