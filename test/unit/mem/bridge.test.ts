import { expect } from 'chai';
import { AddrRange, MaxAddr, PanicError } from '../../../src/base/index';
import {
  Bridge as BridgeModel,
  bridgeSchema,
  MemCmd,
  PacketFlag,
  PrintReqState,
} from '../../../src/mem/index';
import { EventFunctionWrapper, nodeClass } from '../../../src/sim/index';
import type { Simulation } from '../../../src/sim/index';
import {
  aClock,
  instantiated,
  IOXBar,
  messagesOf,
  SimpleMemory,
  System,
  SystemXBar,
  TestRequestor,
  TestResponder,
} from '../../support/memory';
import type { TestRequestorModel, TestResponderModel } from '../../support/memory';

const Bridge = nodeClass(BridgeModel, bridgeSchema);

interface Bench {
  readonly simulation: Simulation;
  readonly cpu: TestRequestorModel;
  readonly bridge: BridgeModel;
  readonly device: TestResponderModel;
}

/** A requestor, a bridge and a responder, with a clock of 1 GHz. */
function aBench(params: { delay?: string; reqSize?: number; respSize?: number } = {}): Bench {
  const system = new System({
    clkDomain: aClock(),
    memMode: 'timing',
    cpu: new TestRequestor(),
    bridge: new Bridge(params),
    device: new TestResponder({ range: new AddrRange(0, 0x1000) }),
  });
  system.cpu.port = system.bridge.cpuSidePort;
  system.device.port = system.bridge.memSidePort;
  const simulation = instantiated(system);
  return {
    simulation,
    cpu: system.cpu.simObject(),
    bridge: system.bridge.simObject(),
    device: system.device.simObject(),
  };
}

/** Does something at a tick. */
function at(simulation: Simulation, when: number, action: () => void): void {
  simulation.eventQueue.schedule(new EventFunctionWrapper(action, 'test'), when);
}

const LONG = 1_000_000;

describe('Bridge', () => {
  it('adds its delay to an atomic access, rounded up to cycles', () => {
    const { cpu } = aBench({ delay: '2500ps' });
    // 3 cycles here, 5 ticks at the responder.
    expect(cpu.write(0x10, [1])).to.equal(3005);
  });

  it('passes functional accesses on', () => {
    const { cpu, device } = aBench();
    const pkt = cpu.readPacket(0x10, 4);
    cpu.port.sendFunctional(pkt);
    expect(device.port.received).to.deep.equal(['functional ReadReq [10:13]']);
    expect(pkt.isResponse()).to.equal(true);
  });

  it('announces all addresses unless told which', () => {
    const { bridge } = aBench();
    expect(bridge.params).to.have.property('ranges');
    const port = bridge.getPort('cpuSidePort', 0) as unknown as { getAddrRanges(): AddrRange[] };
    expect(port.getAddrRanges().map(String)).to.deep.equal([new AddrRange(0, MaxAddr).toString()]);
  });

  it('lets requests and responses through after its delay', () => {
    const { simulation, cpu, device } = aBench({ delay: '5ns' });
    const arrivals: number[] = [];
    cpu.sendAt(1000, cpu.readPacket(0x10, 4));
    for (let tick = 1500; tick < 20_000; tick += 1000) {
      at(simulation, tick, () => {
        if (device.port.pending.length === 0) return;
        arrivals.push(simulation.curTick());
        device.port.respond();
      });
    }
    simulation.simulate(LONG);
    expect(arrivals).to.deep.equal([6500]);
    // From the next clock edge on, 5 cycles.
    expect(cpu.port.journal).to.deep.equal(['sent@1000 ReadReq', 'resp@12000 ReadResp']);
  });

  it('pays for the header and payload of what it takes', () => {
    const { simulation, cpu, device } = aBench({ delay: '1ns' });
    const pkt = cpu.writePacket(0x10, [1]);
    pkt.headerDelay = 700;
    pkt.payloadDelay = 2000;
    cpu.sendAt(1000, pkt);
    simulation.simulate(4699 - simulation.curTick());
    expect(device.port.pending).to.have.length(0);
    simulation.simulate(2);
    expect(device.port.pending).to.have.length(1);
    expect([pkt.headerDelay, pkt.payloadDelay]).to.deep.equal([0, 0]);
  });

  it('keeps the order of requests', () => {
    const { simulation, cpu, device } = aBench({ delay: '3ns' });
    const slow = cpu.readPacket(0x10, 4);
    slow.payloadDelay = 5000;
    cpu.sendAt(1000, slow);
    cpu.sendAt(2000, cpu.readPacket(0x20, 4));
    simulation.simulate(LONG);
    expect(device.port.received).to.deep.equal(['ReadReq [10:13]', 'ReadReq [20:23]']);
  });

  it('refuses a request while its queue is full, and asks for it again', () => {
    const { simulation, cpu, device } = aBench({ reqSize: 1 });
    device.port.refuse = true;
    for (const addr of [0x10, 0x20]) cpu.sendAt(1000, cpu.readPacket(addr, 4));
    simulation.simulate(50_000);
    expect(cpu.port.journal).to.deep.equal(['sent@1000 ReadReq', 'refused@1000 ReadReq']);
    at(simulation, 60_000, () => {
      device.port.refuse = false;
      device.port.sendRetryReq();
    });
    simulation.simulate(LONG);
    expect(cpu.port.journal.slice(2)).to.deep.equal(['sent@60000 ReadReq']);
    expect(device.port.received).to.have.length(2);
  });

  it('refuses a request whose response would have no room, and only such a one', () => {
    const { simulation, cpu, device } = aBench({ respSize: 1 });
    cpu.sendAt(1000, cpu.readPacket(0x10, 4));
    cpu.sendAt(2000, cpu.writePacket(0x20, [1], MemCmd.WritebackDirty));
    cpu.sendAt(3000, cpu.readPacket(0x30, 4));
    simulation.simulate(50_000);
    expect(cpu.port.journal).to.deep.equal([
      'sent@1000 ReadReq',
      'sent@2000 WritebackDirty',
      'refused@3000 ReadReq',
    ]);
    at(simulation, 60_000, () => {
      device.port.respond();
    });
    simulation.simulate(LONG);
    expect(cpu.port.journal.slice(3)).to.deep.equal(['resp@60000 ReadResp', 'sent@60000 ReadReq']);
  });

  it('sends a response again that the requestor has refused', () => {
    const { simulation, cpu, device } = aBench();
    cpu.port.refuse = true;
    cpu.sendAt(1000, cpu.readPacket(0x10, 4));
    at(simulation, 10_000, () => {
      device.port.respond();
    });
    at(simulation, 20_000, () => {
      cpu.port.accept();
    });
    simulation.simulate(LONG);
    expect(cpu.port.journal.slice(1)).to.deep.equal([
      'refuses@10000 ReadResp',
      'resp@20000 ReadResp',
    ]);
  });

  it('lets functional reads see writes that are on their way', () => {
    const { simulation, cpu, device } = aBench({ delay: '10ns' });
    cpu.sendAt(1000, cpu.writePacket(0x10, [0xaa, 0xbb]));
    simulation.simulate(2000);
    const pkt = cpu.readPacket(0x11, 1);
    cpu.port.sendFunctional(pkt);
    expect([...pkt.data]).to.deep.equal([0xbb]);
    expect(pkt.isResponse()).to.equal(true);
    expect(device.port.received).to.deep.equal([]);
  });

  it('prints what waits in it below its name', () => {
    const { simulation, cpu } = aBench({ delay: '10ns' });
    cpu.sendAt(1000, cpu.writePacket(0x10, [0xaa]));
    simulation.simulate(2000);
    const lines: string[] = [];
    const pkt = cpu.readPacket(0x10, 1, MemCmd.PrintReq);
    pkt.pushSenderState(new PrintReqState(line => lines.push(line)));
    cpu.port.sendFunctional(pkt);
    expect(lines[0]).to.equal('system.bridge.cpu_side_port');
    expect(lines[1]).to.contain('WriteReq');
  });

  it('says whether it would take a request', () => {
    const { simulation, cpu, device } = aBench({ respSize: 1 });
    expect(cpu.port.tryTiming(cpu.readPacket(0x10, 4))).to.equal(true);
    cpu.sendAt(1000, cpu.readPacket(0x10, 4));
    simulation.simulate(10_000);
    expect(device.port.pending).to.have.length(1);
    expect(cpu.port.tryTiming(cpu.readPacket(0x10, 4))).to.equal(false);
  });

  it('is drained when every response has left', () => {
    const { simulation, cpu, device } = aBench({ delay: '5ns' });
    cpu.sendAt(1000, cpu.readPacket(0x10, 4));
    simulation.simulate(2000);
    at(simulation, 50_000, () => {
      device.port.respond();
    });
    simulation.drain();
    expect(cpu.port.journal.at(-1)).to.equal('resp@55000 ReadResp');
    expect(simulation.curTick()).to.equal(55_000);
  });

  it('is drained when a request without response has left', () => {
    const { simulation, cpu, device } = aBench({ delay: '5ns' });
    cpu.sendAt(1000, cpu.writePacket(0x10, [1], MemCmd.WritebackDirty));
    simulation.simulate(2000);
    simulation.drain();
    expect(device.port.received).to.have.length(1);
  });

  it('does not take part in the promises of caches', () => {
    const { cpu } = aBench();
    const pkt = cpu.readPacket(0x10, 4);
    pkt.flags |= PacketFlag.CACHE_RESPONDING;
    expect(() => cpu.port.sendAtomic(pkt)).to.throw(PanicError, 'a cache is responding');
    expect(() => cpu.port.sendTimingReq(pkt)).to.throw(PanicError, 'a cache is responding');
  });

  it('joins two crossbars, each routing its own addresses', () => {
    for (const memMode of ['atomic', 'timing'] as const) {
      const system = new System({
        clkDomain: aClock(),
        memMode,
        cpu: new TestRequestor(),
        membus: new SystemXBar(),
        memory: new SimpleMemory({ range: new AddrRange(0, 0x1000) }),
        bridge: new Bridge({ delay: '50ns', ranges: [new AddrRange(0x8000, 0x9000)] }),
        iobus: new IOXBar(),
        far: new SimpleMemory({ range: new AddrRange(0x8000, 0x9000) }),
      });
      system.cpu.port = system.membus.cpuSidePorts;
      system.systemPort = system.membus.cpuSidePorts;
      system.memory.port = system.membus.memSidePorts;
      system.bridge.cpuSidePort = system.membus.memSidePorts;
      system.bridge.memSidePort = system.iobus.cpuSidePorts;
      system.far.port = system.iobus.memSidePorts;
      let simulation: Simulation | undefined;
      messagesOf(() => (simulation = instantiated(system)));
      const cpu = system.cpu.simObject();
      if (memMode === 'atomic') {
        cpu.write(0x8004, [1, 2]);
      } else {
        cpu.sendAt(0, cpu.writePacket(0x8004, [1, 2]));
        simulation?.simulate(LONG);
        expect(cpu.port.responses).to.have.length(1);
      }
      expect(cpu.read(0x8004, 2)).to.deep.equal([1, 2]);
      expect(cpu.read(0x004, 2)).to.deep.equal([0, 0]);
      simulation?.dispose();
    }
  });
});
