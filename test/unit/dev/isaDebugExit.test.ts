import { expect } from 'chai';
import { ioAddressBase, RAX, RDI, RSI } from '../../../src/arch/x86/index';
import { PanicError } from '../../../src/base/index';
import { M5Op } from '../../../src/cpu/index';
import { DEBUG_EXIT_CAUSE } from '../../../src/dev/index';
import { MemCmd, Packet, Request } from '../../../src/mem/index';
import { aClock, instantiated, IOXBar, messagesOf, System } from '../../support/memory';
import { TestCPUNode } from '../cpu/testCPU';
import { aDeviceBench, IsaDebugExit, restoreState, savedState } from '../../support/devices';

const PORT = ioAddressBase + 0xf4;

/** A thread and an exit port, which a test writes to for the thread. */
function aThreadAndPort(m5ops: boolean) {
  const system = new System({
    clkDomain: aClock(),
    bus: new IOXBar(),
    cpu: new TestCPUNode(),
    exitPort: new IsaDebugExit({ m5ops }),
  });
  system.exitPort.pio = system.bus.memSidePorts;
  system.cpu.icachePort = system.bus.cpuSidePorts;
  system.cpu.dcachePort = system.bus.cpuSidePorts;
  system.systemPort = system.bus.cpuSidePorts;
  const simulation = instantiated(system);
  const device = system.exitPort.simObject();
  const write = (address: number, bytes: readonly number[], contextId: number): void => {
    const request = new Request(address, bytes.length, 0, 0);
    request.contextId = contextId;
    const pkt = new Packet(request, MemCmd.WriteReq);
    pkt.dataStatic(Uint8Array.from(bytes));
    device.write(pkt);
  };
  return { simulation, context: system.cpu.simObject().getContext(0), port: { write } };
}

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

  it('executes pseudo-instructions behind its port where it is told to', () => {
    const { simulation, context, port } = aThreadAndPort(true);
    const state = context.registers();
    state.setGpr(RDI, 20n);
    state.setGpr(RSI, 22n);
    port.write(PORT + 4, [M5Op.Sum, 0xff], context.contextId);
    expect(state.gpr(RAX)).to.equal(42n);
    port.write(PORT + 7, [M5Op.SwitchCpu], context.contextId);
    expect(simulation.simulate().cause).to.equal('switchcpu');
    const warnings = messagesOf(() => {
      port.write(PORT + 4, [M5Op.Sum], -1);
    });
    expect(warnings.join()).to.contain("only a CPU's thread");
  });

  it('has nothing behind its port else', () => {
    const { port } = aThreadAndPort(false);
    expect(() => {
      port.write(PORT + 4, [M5Op.Sum], 0);
    }).to.throw(PanicError);
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
