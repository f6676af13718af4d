import { expect } from 'chai';
import { PanicError } from '../../../src/base/index';
import { MemCmd, Packet, PacketFlag, PacketQueue, Request } from '../../../src/mem/index';
import { DeferredPackets } from '../../../src/mem/deferredPackets';
import type { Simulation, SimObject } from '../../../src/sim/index';
import { aClock, instantiated, System } from '../../support/memory';

const aPacket = (addr: number, dueTick = 0): Packet => {
  const pkt = new Packet(new Request(addr, 4, 0, 1), MemCmd.ReadReq);
  pkt.allocate();
  pkt.dueTick = dueTick;
  return pkt;
};

describe('DeferredPackets', () => {
  /** The addresses in the order in which they would be sent. */
  const order = (list: DeferredPackets): number[] => {
    const addresses: number[] = [];
    while (list.length > 0) addresses.push(list.removeFirst().addr);
    return addresses;
  };

  it('goes by tick, and by the order of coming within one', () => {
    const list = new DeferredPackets();
    expect(list.insert(aPacket(1, 20), false)).to.equal(true);
    expect(list.insert(aPacket(2, 10), false)).to.equal(true);
    expect(list.insert(aPacket(3, 20), false)).to.equal(false);
    expect(list.insert(aPacket(4, 15), false)).to.equal(false);
    expect([list.first.addr, list.firstTick]).to.deep.equal([2, 10]);
    expect(order(list)).to.deep.equal([2, 4, 1, 3]);
    expect(() => list.first).to.throw(PanicError, 'no packet waits');
  });

  it('can keep the order of each address', () => {
    const list = new DeferredPackets();
    list.insert(aPacket(1, 20), true);
    list.insert(aPacket(2, 30), true);
    list.insert(aPacket(1, 10), true);
    list.insert(aPacket(3, 5), true);
    expect(order(list)).to.deep.equal([3, 1, 1, 2]);
  });

  it('finds packets for the same block', () => {
    const list = new DeferredPackets();
    list.insert(aPacket(0x104, 1), false);
    expect(list.checkConflict(aPacket(0x13c), 64)).to.equal(true);
    expect(list.checkConflict(aPacket(0x140), 64)).to.equal(false);
  });
});

describe('PacketQueue', () => {
  interface Bench {
    readonly simulation: Simulation;
    readonly queue: PacketQueue;
    readonly sent: string[];
    accept: boolean;
  }

  function aBench(): Bench {
    const system = new System({ clkDomain: aClock() });
    const simulation = instantiated(system);
    const owner: SimObject = system.simObject();
    const bench: Bench = {
      simulation,
      sent: [],
      accept: true,
      queue: new PacketQueue(owner, 'system.queue', pkt => {
        if (bench.accept) bench.sent.push(`${String(pkt.addr)}@${String(owner.curTick())}`);
        return bench.accept;
      }),
    };
    return bench;
  }

  it('sends each packet at its tick, one per tick', () => {
    const bench = aBench();
    bench.queue.schedSendTiming(aPacket(1), 100);
    bench.queue.schedSendTiming(aPacket(2), 50);
    bench.queue.schedSendTiming(aPacket(3), 100);
    expect(bench.queue.readyTime).to.equal(50);
    bench.simulation.simulate(1000);
    expect(bench.sent).to.deep.equal(['2@50', '1@100', '3@101']);
    expect(bench.queue.size).to.equal(0);
  });

  it('waits for the receiver, and then goes on at once', () => {
    const bench = aBench();
    bench.accept = false;
    bench.queue.schedSendTiming(aPacket(1), 100);
    bench.queue.schedSendTiming(aPacket(2), 110);
    bench.simulation.simulate(1000);
    bench.accept = true;
    bench.queue.retry();
    bench.simulation.simulate(1000);
    expect(bench.sent).to.deep.equal(['1@1000', '2@1001']);
    expect(() => bench.queue.retry()).to.throw(PanicError, 'not asked for');
  });

  it('drains when it is empty', () => {
    const bench = aBench();
    expect(bench.queue.drain()).to.equal('Drained');
    bench.queue.schedSendTiming(aPacket(1), 100);
    expect(bench.simulation.drainManager.tryDrain()).to.equal(false);
    expect(bench.simulation.simulate().cause).to.equal('Finished drain');
    expect(bench.sent).to.deep.equal(['1@100']);
  });

  it('refuses the past, express snoops, and more packets than can be right', () => {
    const bench = aBench();
    bench.simulation.simulate(10);
    expect(() => bench.queue.schedSendTiming(aPacket(1), 9)).to.throw(PanicError, 'which is past');
    const snoop = aPacket(1);
    snoop.flags = PacketFlag.EXPRESS_SNOOP;
    expect(() => bench.queue.schedSendTiming(snoop, 20)).to.throw(PanicError, 'cannot wait');
    const fill = (): void => {
      for (let i = 0; i < 1100; i++) bench.queue.schedSendTiming(aPacket(i), 100);
    };
    expect(fill).to.throw(PanicError, 'beyond 1024 packets');
  });
});
