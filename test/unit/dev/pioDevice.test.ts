import { expect } from 'chai';
import { FatalError, PanicError } from '../../../src/base/index';
import { MemCmd } from '../../../src/mem/index';
import {
  aDeviceBench,
  BadAddr,
  BadDevice,
  IsaFake,
  restoreState,
  savedState,
} from '../../support/devices';
import {
  aClock,
  instantiated,
  IOXBar,
  messagesOf,
  System,
  TestRequestor,
} from '../../support/memory';

const BASE = 0x1000;

describe('PioDevice', () => {
  it('answers an atomic access after its latency', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE, pioLatency: '70ns' }));
    const pkt = cpu.readPacket(BASE, 1);
    expect(cpu.port.sendAtomic(pkt)).to.equal(70_000);
    expect(pkt.isResponse()).to.equal(true);
  });

  it('answers a timing access after its latency and that of the crossbar', () => {
    const device = new IsaFake({ pioAddr: BASE, pioLatency: '70ns' });
    const { simulation, cpu } = aDeviceBench(device, { memMode: 'timing' });
    cpu.sendAt(1000, cpu.readPacket(BASE, 1));
    simulation.simulate(1_000_000);
    const [sent, answered] = cpu.port.journal;
    expect(sent).to.equal('sent@1000 ReadReq');
    const tick = Number(/@(\d+)/.exec(answered ?? '')?.[1]);
    // 70 ns, 3 cycles to pass the request on, at least 2 for the response.
    expect(tick).to.be.within(76_000, 80_000);
  });

  it('does a functional access at once', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE, retData8: 0x5a }));
    const pkt = cpu.readPacket(BASE, 1);
    cpu.port.sendFunctional(pkt);
    expect(pkt.data[0]).to.equal(0x5a);
  });

  it('refuses what is neither a read nor a write', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE }));
    const pkt = cpu.readPacket(BASE, 1, MemCmd.FlushReq);
    expect(() => cpu.port.sendAtomic(pkt)).to.throw(PanicError, 'expects reads and writes');
  });
});

describe('IsaFake', () => {
  it('returns ones of every size unless told otherwise', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE }));
    for (const size of [1, 2, 4, 8]) {
      expect(cpu.read(BASE, size)).to.deep.equal(Array<number>(size).fill(0xff));
    }
  });

  it('returns the number set for each size', () => {
    const { cpu } = aDeviceBench(
      new IsaFake({ pioAddr: BASE, retData8: 1, retData16: 2, retData64: 0x8000_0000_0000_0003n }),
    );
    expect(cpu.read(BASE, 1)).to.deep.equal([1]);
    expect(cpu.read(BASE, 2)).to.deep.equal([2, 0]);
    expect(cpu.read(BASE, 8)).to.deep.equal([3, 0, 0, 0, 0, 0, 0, 0x80]);
  });

  it('keeps its data when written to, unless updateData is set', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE }));
    cpu.write(BASE, [7]);
    expect(cpu.read(BASE, 1)).to.deep.equal([0xff]);
  });

  it('returns what was last written in the same size with updateData', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE, updateData: true }));
    cpu.write(BASE, [7]);
    cpu.write(BASE + 4, [1, 2, 3, 4]);
    expect(cpu.read(BASE + 3, 1)).to.deep.equal([7]);
    expect(cpu.read(BASE, 4)).to.deep.equal([1, 2, 3, 4]);
  });

  it('saves and restores what it returns', () => {
    const made = aDeviceBench(new IsaFake({ pioAddr: BASE, updateData: true }));
    made.cpu.write(BASE, [0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88]);
    const other = aDeviceBench(new IsaFake({ pioAddr: BASE, updateData: true }));
    restoreState(other.device, savedState(made.device));
    expect(other.cpu.read(BASE, 8)[7]).to.equal(0x88);
  });

  it('warns about each access with warnAccess', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE, warnAccess: 'no such chip' }));
    const messages = messagesOf(() => {
      cpu.read(BASE, 2);
      cpu.write(BASE, [0x12]);
    });
    expect(messages).to.deep.equal([
      'warn: system.device: no such chip: read of 2 bytes at 0x1000',
      'warn: system.device: no such chip: write of 1 bytes at 0x1000, data 0x12',
    ]);
  });

  it('returns its byte over and over to accesses of odd sizes, and zeros where it plays memory', () => {
    const { cpu } = aDeviceBench(new IsaFake({ pioAddr: BASE, retData8: 0xab }));
    expect(cpu.read(BASE, 3)).to.deep.equal([0xab, 0xab, 0xab]);
    const memory = aDeviceBench(new IsaFake({ pioAddr: BASE, pioSize: 64, fakeMem: true }));
    expect(memory.cpu.read(BASE, 64)).to.deep.equal(Array<number>(64).fill(0));
  });

  it('refuses data beyond 64 bits', () => {
    expect(() => new IsaFake({ retData64: 1n << 64n })).to.throw(FatalError, 'whole number');
    expect(() => new IsaFake({ retData64: '0b2' })).to.throw(FatalError, 'whole number');
  });
});

describe('BadAddr', () => {
  it('answers for every address that nobody else has, with an error', () => {
    const system = new System({
      clkDomain: aClock(),
      bus: new IOXBar(),
      cpu: new TestRequestor(),
      device: new IsaFake({ pioAddr: BASE }),
      badaddr: new BadAddr(),
    });
    system.device.pio = system.bus.memSidePorts;
    system.badaddr.pio = system.bus.default;
    system.cpu.port = system.bus.cpuSidePorts;
    system.systemPort = system.bus.cpuSidePorts;
    instantiated(system);
    const cpu = system.cpu.simObject();
    for (const pkt of [cpu.readPacket(0xdead, 4), cpu.writePacket(0xdead, [1])]) {
      cpu.port.sendAtomic(pkt);
      expect(pkt.isError()).to.equal(true);
    }
    expect(cpu.read(BASE, 1)).to.deep.equal([0xff]);
  });
});

describe('BadDevice', () => {
  it('ends the simulation with its name when it is accessed', () => {
    const { cpu } = aDeviceBench(new BadDevice({ pioAddr: BASE, devicename: 'floppy disk' }));
    expect(() => cpu.read(BASE, 1)).to.throw(FatalError, 'reads 1 bytes at 0x1000 of the device');
    expect(() => cpu.write(BASE, [1])).to.throw(FatalError, 'floppy disk');
  });
});
