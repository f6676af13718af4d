import { expect } from 'chai';
import { AddrRange, FatalError, PanicError } from '../../../src/base/index';
import { MemCmd, Packet, RequestFlag } from '../../../src/mem/index';
import { XBarAddressMap } from '../../../src/mem/xbarAddressMap';
import { InvalidPortID, NULL } from '../../../src/sim/index';
import type { Simulation, StatGroup } from '../../../src/sim/index';
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

interface Bench {
  readonly simulation: Simulation;
  readonly a: TestRequestorModel;
  readonly b: TestRequestorModel;
  readonly low: TestResponderModel;
  readonly high: TestResponderModel;
  readonly stats: StatGroup;
}

/** Two requestors and two responders around a crossbar. */
function aBench(
  bus: InstanceType<typeof SystemXBar> | InstanceType<typeof IOXBar> = new IOXBar(),
  args: { snooping?: boolean; memMode?: 'atomic' | 'timing' | 'atomic_noncaching' } = {},
): Bench {
  const system = new System({
    clkDomain: aClock(),
    memMode: args.memMode ?? 'timing',
    a: new TestRequestor(),
    b: new TestRequestor({ snooping: args.snooping ?? false }),
    low: new TestResponder({ range: new AddrRange(0, 0x1000) }),
    high: new TestResponder({ range: new AddrRange(0x1000, 0x2000) }),
    bus,
  });
  system.a.port = bus.cpuSidePorts;
  system.b.port = bus.cpuSidePorts;
  system.systemPort = bus.cpuSidePorts;
  system.low.port = bus.memSidePorts;
  system.high.port = bus.memSidePorts;
  let simulation: Simulation | undefined;
  messagesOf(() => (simulation = instantiated(system)));
  return {
    simulation: simulation!,
    a: system.a.simObject(),
    b: system.b.simObject(),
    low: system.low.simObject(),
    high: system.high.simObject(),
    stats: bus.simObject().stats,
  };
}

/** The value of a statistic with one number. */
const value = (stats: StatGroup, name: string): number =>
  (stats.resolveStat(name) as unknown as { total(): number }).total();

describe('A crossbar by the atomic and functional protocols', () => {
  for (const [name, make] of [
    ['non-coherent', () => new IOXBar()],
    ['coherent', () => new SystemXBar()],
  ] as const) {
    it(`sends each access to the responder of its address (${name})`, () => {
      const { a, low, high } = aBench(make());
      expect(a.port.sendAtomic(a.readPacket(0xff8, 8))).to.equal(5);
      a.port.sendAtomic(a.readPacket(0x1000, 8));
      a.port.sendFunctional(a.readPacket(0x1008, 8));
      expect(low.port.received).to.deep.equal(['ReadReq [ff8:fff]']);
      expect(high.port.received).to.deep.equal([
        'ReadReq [1000:1007]',
        'functional ReadReq [1008:100f]',
      ]);
    });

    it(`has no way to addresses that nobody answers for (${name})`, () => {
      const { a } = aBench(make());
      const message = 'Unable to find destination for [0x2000:0x2004] on system.bus';
      expect(() => a.read(0x2000, 4)).to.throw(FatalError, message);
      expect(() => a.read(0xffe, 4)).to.throw(FatalError, 'Unable to find destination');
    });

    it(`counts packets and bytes by requestor and responder (${name})`, () => {
      const { simulation, a, b, stats } = aBench(make());
      simulation.simulate(1);
      a.read(0, 4);
      b.write(0x1000, [1, 2]);
      const counts = stats.resolveStat('pktCount') as unknown as {
        at(x: number, y: number): number;
      };
      const sizes = stats.resolveStat('pktSize') as unknown as { at(x: number, y: number): number };
      const commands = stats.resolveStat('transDist') as unknown as { at(i: number): number };
      expect([counts.at(0, 0), counts.at(0, 1), counts.at(1, 1)]).to.deep.equal([2, 0, 2]);
      expect([sizes.at(0, 0), sizes.at(1, 1)]).to.deep.equal([4, 2]);
      expect(
        [MemCmd.ReadReq, MemCmd.ReadResp, MemCmd.WriteReq, MemCmd.WriteResp].map(c =>
          commands.at(c),
        ),
      ).to.deep.equal([1, 1, 1, 1]);
    });
  }

  it('answers for the ranges of all its responders, interleaved ones merged', () => {
    const outer = new IOXBar();
    const inner = new IOXBar();
    const system = new System({
      clkDomain: aClock(),
      cpu: new TestRequestor(),
      outer,
      inner,
      mems: [0, 1].map(
        intlvMatch =>
          new SimpleMemory({ range: new AddrRange({ size: '8KiB', masks: [64], intlvMatch }) }),
      ),
      device: new TestResponder({ range: new AddrRange(0x10000, 0x10010) }),
    });
    system.cpu.port = outer.cpuSidePorts;
    system.systemPort = outer.cpuSidePorts;
    outer.memSidePorts = inner.cpuSidePorts;
    for (const memory of system.mems) memory.port = inner.memSidePorts;
    system.device.port = inner.memSidePorts;
    instantiated(system);
    const cpu = system.cpu.simObject();
    expect(cpu.port.getAddrRanges().map(String)).to.deep.equal([
      '[0x0:0x2000]',
      '[0x10000:0x10010]',
    ]);
    cpu.write(0x40, [1, 2]);
    cpu.write(0x80, [3, 4]);
    expect([...cpu.read(0x40, 2), ...cpu.read(0x80, 2)]).to.deep.equal([1, 2, 3, 4]);
    const writes = system.mems.map(memory => value(memory.simObject().stats, 'numWrites'));
    expect(writes).to.deep.equal([1, 1]);
  });

  it('follows a responder that changes its addresses', () => {
    const { a, low } = aBench();
    low.port.setRanges(new AddrRange(0x8000, 0x9000), new AddrRange(0xa000, 0xb000));
    a.read(0xa000, 1);
    expect(low.port.received).to.deep.equal(['ReadReq [a000:a000]']);
    expect(() => a.read(0, 1)).to.throw(FatalError, 'Unable to find destination');
    expect(a.port.getAddrRanges().map(String)).to.deep.equal([
      '[0x1000:0x2000]',
      '[0x8000:0x9000]',
      '[0xa000:0xb000]',
    ]);
  });

  it('refuses two responders for one address, and names both', () => {
    const { low } = aBench();
    expect(() => low.port.setRanges(new AddrRange(0x1800, 0x1801))).to.throw(
      FatalError,
      /two ports responding within range .*system\.low\.port and system\.high\.port/,
    );
  });

  it('refuses traffic before it knows all addresses', () => {
    const { a } = aBench();
    const ports = [a.port, a.port];
    const map = new XBarAddressMap(a, ports, InvalidPortID, false);
    expect(() => map.ranges).to.throw(PanicError, 'does not know all address ranges');
    expect(() => map.lookup(0, 1)).to.throw(PanicError, 'before it knew all address ranges');
    expect(map.update(0)).to.equal(false);
    expect(map.isComplete).to.equal(false);
  });

  it('sends what nobody answers for to the default port', () => {
    const bus = new IOXBar();
    const system = new System({
      clkDomain: aClock(),
      cpu: new TestRequestor(),
      low: new TestResponder({ range: new AddrRange(0, 0x1000) }),
      rest: new TestResponder({ range: new AddrRange(0, 0) }),
      bus,
    });
    system.cpu.port = bus.cpuSidePorts;
    system.systemPort = bus.cpuSidePorts;
    system.low.port = bus.memSidePorts;
    bus.default = system.rest.port;
    instantiated(system);
    const cpu = system.cpu.simObject();
    cpu.read(0x10, 1);
    cpu.read(0x123456, 1);
    expect(system.low.simObject().port.received).to.deep.equal(['ReadReq [10:10]']);
    expect(system.rest.simObject().port.received).to.deep.equal(['ReadReq [123456:123456]']);
  });

  it('can limit the default port to the range that it announces', () => {
    const bus = new IOXBar({ useDefaultRange: true });
    const system = new System({
      clkDomain: aClock(),
      cpu: new TestRequestor(),
      part: new TestResponder({ range: new AddrRange(0x100, 0x200) }),
      rest: new TestResponder({ range: new AddrRange(0, 0x1000) }),
      bus,
    });
    system.cpu.port = bus.cpuSidePorts;
    system.systemPort = bus.cpuSidePorts;
    system.part.port = bus.memSidePorts;
    bus.default = system.rest.port;
    instantiated(system);
    const cpu = system.cpu.simObject();
    expect(cpu.port.getAddrRanges().map(String)).to.deep.equal(['[0x0:0x1000]']);
    cpu.read(0x100, 1);
    cpu.read(0x200, 1);
    expect(system.part.simObject().port.received).to.have.length(1);
    expect(system.rest.simObject().port.received).to.have.length(1);
    expect(() => cpu.read(0x1000, 1)).to.throw(FatalError, 'Unable to find destination');
    const part = system.part.simObject().port;
    expect(() => part.setRanges(new AddrRange(0xf00, 0x1100))).to.throw(FatalError, 'not a subset');
  });

  it('needs a default port for a default range', () => {
    const bus = new IOXBar({ useDefaultRange: true });
    expect(() => aBench(bus)).to.throw(FatalError, 'default port is not connected');
  });
});

describe('A crossbar by the timing protocol', () => {
  it('adds its latencies to the packet, aligned to its clock', () => {
    const { simulation, a, low } = aBench(new IOXBar());
    const pkt = a.readPacket(0, 64);
    a.sendAt(10_300, pkt);
    simulation.simulate(11_000);
    // 700 ticks to the edge, then 2 + 1 cycles; a read request has no payload.
    expect([pkt.headerDelay, pkt.payloadDelay]).to.deep.equal([3700, 0]);
    pkt.headerDelay = 0;
    low.port.respond();
    // At 11000: 2 cycles for the header; 64 bytes take 4 cycles, which the neighbours pay.
    simulation.simulate(10_000);
    expect(a.port.journal).to.deep.equal(['sent@10300 ReadReq', 'resp@13000 ReadResp']);
    expect(pkt.payloadDelay).to.equal(4000);
  });

  it('occupies the way to a responder for as long as the payload takes', () => {
    const { simulation, a, b, low } = aBench(new IOXBar());
    const bytes = Array.from({ length: 64 }, () => 1);
    a.sendAt(10_000, a.writePacket(0, bytes));
    b.sendAt(10_100, b.writePacket(0x40, bytes));
    simulation.simulate(50_000);
    // One cycle for the header and four for the payload, from the edge at 11000 on.
    expect(b.port.journal).to.deep.equal(['refused@10100 WriteReq', 'sent@15000 WriteReq']);
    expect(low.port.received).to.have.length(2);
  });

  it('lets accesses to different responders pass at the same time', () => {
    const { simulation, a, b } = aBench(new IOXBar());
    a.sendAt(10_000, a.readPacket(0, 64));
    b.sendAt(10_100, b.readPacket(0x1000, 64));
    simulation.simulate(50_000);
    expect(b.port.journal).to.deep.equal(['sent@10100 ReadReq']);
  });

  it('lets those who wait go in the order of asking, the refused one first', () => {
    const { simulation, a, b, low } = aBench(new IOXBar());
    low.port.refuse = true;
    a.sendAt(10_000, a.readPacket(0, 4));
    b.sendAt(10_100, b.readPacket(0x40, 4));
    simulation.simulate(30_000);
    expect(low.port.received).to.deep.equal([]);
    low.port.refuse = false;
    low.port.sendRetryReq();
    simulation.simulate(30_000);
    expect(low.port.received).to.deep.equal(['ReadReq [0:3]', 'ReadReq [40:43]']);
    expect([a.port.journal, b.port.journal]).to.deep.equal([
      ['refused@10000 ReadReq', 'sent@30000 ReadReq'],
      ['refused@10100 ReadReq', 'sent@31000 ReadReq'],
    ]);
    expect(a.port.journal).to.have.length(2);
  });

  it('gives a refused packet the delays again that it had before', () => {
    const { simulation, a, low } = aBench(new IOXBar());
    low.port.refuse = true;
    const pkt = a.writePacket(0, [1]);
    pkt.headerDelay = 12;
    a.sendAt(10_000, pkt);
    simulation.simulate(20_000);
    expect([pkt.headerDelay, pkt.payloadDelay]).to.deep.equal([12, 0]);
  });

  it('keeps responses until their requestor takes them', () => {
    const { simulation, a, low } = aBench(new IOXBar());
    a.port.refuse = true;
    a.sendAt(10_000, a.readPacket(0, 4));
    simulation.simulate(12_000);
    expect(low.port.respond()).to.equal(true);
    simulation.simulate(20_000);
    expect(a.port.responses).to.deep.equal([]);
    a.port.accept();
    expect(a.port.responses).to.have.length(1);
  });

  it('shows functional accesses the responses that wait', () => {
    const { simulation, a, b, low } = aBench(new IOXBar());
    a.port.refuse = true;
    const pkt = a.readPacket(0, 4);
    a.sendAt(10_000, pkt);
    simulation.simulate(12_000);
    pkt.data.set([1, 2, 3, 4]);
    low.port.respond();
    const functional = b.readPacket(0, 4);
    b.port.sendFunctional(functional);
    expect([...functional.data]).to.deep.equal([1, 2, 3, 4]);
    expect(functional.isResponse()).to.equal(true);
    expect(low.port.received).to.have.length(1);
  });

  it('refuses a response that nobody waits for', () => {
    const { a, low } = aBench(new IOXBar());
    const pkt = a.readPacket(0, 4);
    pkt.makeResponse();
    expect(() => low.port.sendTimingResp(pkt)).to.throw(PanicError, 'nobody waits');
  });

  it('refuses delays that have lost their way', () => {
    const { simulation, a } = aBench(new IOXBar());
    const pkt = a.readPacket(0, 4);
    pkt.headerDelay = 999_000;
    a.sendAt(0, pkt);
    expect(() => simulation.simulate(10)).to.throw(PanicError, 'exceeds 1 us');
  });

  it('drains when no way is in use', () => {
    const { simulation, a } = aBench(new IOXBar());
    a.sendAt(10_000, a.readPacket(0, 4));
    simulation.simulate(10_500);
    expect(simulation.drainManager.tryDrain()).to.equal(false);
    expect(simulation.drainManager.undrained().map(object => object.name())).to.deep.equal([
      'system.bus.reqLayer0',
    ]);
    expect(simulation.simulate().cause).to.equal('Finished drain');
    expect(simulation.drainManager.tryDrain()).to.equal(true);
  });

  it('reports how long its ways were in use', () => {
    const { simulation, a, stats } = aBench(new IOXBar());
    simulation.simulate(1);
    a.sendAt(
      10_000,
      a.writePacket(
        0,
        Array.from({ length: 32 }, () => 0),
      ),
    );
    simulation.simulate(99_999);
    expect(value(stats, 'reqLayer0.occupancy')).to.equal(3000);
    expect(value(stats, 'reqLayer0.utilization')).to.be.closeTo(0.03, 1e-9);
    expect(value(stats, 'reqLayer1.occupancy')).to.equal(0);
  });
});

describe('A coherent crossbar', () => {
  it('warns when nobody snoops', () => {
    const system = new System({
      clkDomain: aClock(),
      cpu: new TestRequestor(),
      mem: new SimpleMemory(),
      membus: new SystemXBar(),
    });
    system.cpu.port = system.membus.cpuSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    system.mem.port = system.membus.memSidePorts;
    expect(messagesOf(() => instantiated(system))).to.include(
      'warn: CoherentXBar system.membus has no snooping ports attached!',
    );
    const cpu = system.cpu.simObject();
    cpu.write(0x100, [1, 2, 3]);
    expect(cpu.read(0x100, 3)).to.deep.equal([1, 2, 3]);
  });

  it('takes the time of gem5 for a read of memory', () => {
    const system = new System({
      clkDomain: aClock(),
      memMode: 'timing',
      cpu: new TestRequestor(),
      mem: new SimpleMemory(),
      membus: new SystemXBar(),
    });
    system.cpu.port = system.membus.cpuSidePorts;
    system.systemPort = system.membus.cpuSidePorts;
    system.mem.port = system.membus.memSidePorts;
    let simulation: Simulation | undefined;
    messagesOf(() => (simulation = instantiated(system)));
    const cpu = system.cpu.simObject();
    cpu.sendAt(10_000, cpu.readPacket(0, 8));
    simulation!.simulate(1_000_000);
    // 3 + 4 cycles and 1 of the snoop filter, 30 ns, 2 cycles back.
    expect(cpu.port.journal).to.deep.equal(['sent@10000 ReadReq', 'resp@50000 ReadResp']);
  });

  it('shows requests to all snooping requestors but their own', () => {
    const bus = new SystemXBar({ snoopFilter: NULL });
    const { simulation, a, b, stats } = aBench(bus, { snooping: true, memMode: 'atomic' });
    simulation.simulate(1);
    a.write(0, [1]);
    b.write(0, [1]);
    a.port.sendFunctional(a.readPacket(0, 1));
    expect(b.port.journal).to.deep.equal(['snoop@1 WriteReq', 'functional-snoop@1 ReadReq']);
    expect(a.port.journal).to.deep.equal([]);
    const fanout = stats.resolveStat('snoopFanout') as unknown as {
      data(): { samples: number; sum: number };
    };
    expect([fanout.data().samples, fanout.data().sum]).to.deep.equal([2, 1]);
  });

  it('shows timing requests too', () => {
    const bus = new SystemXBar({ snoopFilter: NULL });
    const { simulation, a, b } = aBench(bus, { snooping: true });
    a.sendAt(1000, a.writePacket(0, [1]));
    b.sendAt(9000, b.writePacket(0, [1]));
    simulation.simulate(5000);
    expect(b.port.journal).to.deep.equal(['snoop@1000 WriteReq']);
    expect(a.port.journal).to.deep.equal(['sent@1000 WriteReq']);
  });

  it('shows nothing while caches are bypassed', () => {
    const bus = new SystemXBar({ snoopFilter: NULL });
    const { a, b } = aBench(bus, { snooping: true, memMode: 'atomic_noncaching' });
    a.write(0, [1]);
    a.port.sendFunctional(a.readPacket(0, 1));
    expect(b.port.journal).to.deep.equal([]);
  });

  it('asks only those whom its filter names', () => {
    const { a, b } = aBench(new SystemXBar(), { snooping: true, memMode: 'atomic' });
    a.write(0, [1]);
    expect(b.port.journal).to.deep.equal([]);
    // A read by a cache makes it a holder of the line.
    b.port.sendAtomic(b.readPacket(0, 64, MemCmd.ReadSharedReq));
    a.write(0x20, [1]);
    a.write(0x40, [1]);
    expect(b.port.journal).to.deep.equal(['snoop@0 WriteReq']);
    // Having evicted it, the cache need not be asked any more.
    b.port.sendAtomic(new Packet(b.request(0, 64), MemCmd.CleanEvict));
    a.write(0x20, [1]);
    expect(b.port.journal).to.deep.equal(['snoop@0 WriteReq']);
  });

  it('answers cache maintenance that need go no further', () => {
    const { a, low } = aBench(new SystemXBar(), { memMode: 'atomic' });
    const clean = (flags: number): Packet => {
      const pkt = new Packet(a.request(0, 64, flags), MemCmd.CleanSharedReq);
      a.port.sendAtomic(pkt);
      return pkt;
    };
    expect(clean(RequestFlag.DST_POC).cmdString()).to.equal('CleanSharedResp');
    expect(low.port.received).to.deep.equal([]);
    expect(clean(0).cmdString()).to.equal('CleanSharedResp');
    expect(low.port.received).to.deep.equal(['CleanSharedReq [0:3f]']);
  });

  it('answers cache maintenance in its own time by the timing protocol', () => {
    const { simulation, a, low } = aBench(new SystemXBar());
    a.sendAt(1000, new Packet(a.request(0, 64, RequestFlag.DST_POC), MemCmd.CleanSharedReq));
    simulation.simulate(100_000);
    expect(a.port.journal).to.deep.equal(['sent@1000 CleanSharedReq', 'resp@9000 CleanSharedResp']);
    expect(low.port.received).to.deep.equal([]);
  });

  it('lets an eviction end at the point of coherency', () => {
    const { a, low } = aBench(new SystemXBar(), { memMode: 'atomic_noncaching' });
    a.port.sendAtomic(new Packet(a.request(0, 64), MemCmd.CleanEvict));
    expect(low.port.received).to.deep.equal([]);
  });
});
