import { expect } from 'chai';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AddrRange, FatalError, MaxTick, PanicError } from '../../../src/base/index';
import {
  MemCmd,
  MemoryAccess,
  Packet,
  PrintReqState,
  RequestFlag,
  type SystemThreadContext,
} from '../../../src/mem/index';
import type { Simulation } from '../../../src/sim/index';
import { restoreState, savedState } from '../../support/devices';
import {
  aClock,
  instantiated,
  IOXBar,
  SimpleMemory,
  System,
  TestRequestor,
  traceOf,
} from '../../support/memory';
import type { TestRequestorModel } from '../../support/memory';

type MemoryArgs = ConstructorParameters<typeof SimpleMemory>[0];

interface Bench {
  readonly simulation: Simulation;
  readonly cpu: TestRequestorModel;
  readonly memory: ReturnType<InstanceType<typeof SimpleMemory>['simObject']>;
  readonly system: ReturnType<InstanceType<typeof System>['simObject']>;
}

/** A requestor at the port of a memory. */
function aBench(args: MemoryArgs = {}): Bench {
  const system = new System({
    clkDomain: aClock(),
    cpu: new TestRequestor(),
    mem: new SimpleMemory({ range: '64KiB', ...args }),
    other: new TestRequestor(),
    bus: new IOXBar(),
  });
  system.cpu.port = system.mem.port;
  // A bus of its own, so that the system's port leads somewhere.
  system.systemPort = system.bus.cpuSidePorts;
  system.other.port = system.bus.cpuSidePorts;
  const simulation = instantiated(system);
  return {
    simulation,
    cpu: system.cpu.simObject(),
    memory: system.mem.simObject(),
    system: system.simObject(),
  };
}

/** A stand-in for a thread context; counts how often its monitor was cleared. */
class TestContext implements SystemThreadContext {
  contextId = -1;
  readonly sectionName = 'system.cpu.xc.0';
  cleared = 0;

  setContextId(id: number): void {
    this.contextId = id;
  }

  status(): 'Active' {
    return 'Active';
  }

  activate(): void {
    // Always active.
  }

  suspend(): void {
    // Always active.
  }

  clearExclusive(): void {
    this.cleared++;
  }
}

describe('SimpleMemory by the atomic protocol', () => {
  it('begins as zeros and keeps what is written', () => {
    const { cpu } = aBench();
    expect(cpu.read(0x100, 4)).to.deep.equal([0, 0, 0, 0]);
    cpu.write(0x100, [1, 2, 3, 4]);
    expect(cpu.read(0x0ff, 6)).to.deep.equal([0, 1, 2, 3, 4, 0]);
  });

  it('answers after its latency', () => {
    const { cpu } = aBench({ latency: '50ns' });
    expect(cpu.write(0, [1])).to.equal(50000);
  });

  it('adds a random part of the variance', () => {
    const { cpu } = aBench({ latency: '10ns', latencyVar: '5ns' });
    const latencies = Array.from({ length: 50 }, () => cpu.write(0, [1]));
    expect(Math.min(...latencies)).to.be.at.least(10000);
    expect(Math.max(...latencies)).to.be.at.most(15000);
    expect(new Set(latencies).size).to.be.greaterThan(10);
    const again = aBench({ latency: '10ns', latencyVar: '5ns' }).cpu;
    expect(Array.from({ length: 50 }, () => again.write(0, [1]))).to.deep.equal(latencies);
  });

  it('writes only enabled bytes', () => {
    const { cpu } = aBench();
    const pkt = cpu.writePacket(0, [1, 2, 3]);
    pkt.req.setByteEnable(Uint8Array.from([1, 0, 1]));
    cpu.port.sendAtomic(pkt);
    expect(cpu.read(0, 3)).to.deep.equal([1, 0, 3]);
  });

  it('leaves memory alone when it is not writeable', () => {
    const { cpu } = aBench({ writeable: false });
    cpu.write(0, [1]);
    expect(cpu.read(0, 1)).to.deep.equal([0]);
  });

  it('leaves the buffer alone when it stores nothing', () => {
    const { cpu, system } = aBench({ null: true });
    const pkt = cpu.readPacket(0, 2);
    pkt.data.set([7, 8]);
    cpu.port.sendAtomic(pkt);
    expect([...pkt.data]).to.deep.equal([7, 8]);
    expect(pkt.isResponse()).to.equal(true);
    expect(system.physicalMemory.storeFor(0)).to.equal(undefined);
    expect(system.isMemAddr(0)).to.equal(true);
  });

  it('swaps', () => {
    const { cpu } = aBench();
    cpu.write(8, [1, 2, 3, 4]);
    const pkt = cpu.writePacket(8, [5, 6, 7, 8], MemCmd.SwapReq);
    cpu.port.sendAtomic(pkt);
    expect([...pkt.data]).to.deep.equal([1, 2, 3, 4]);
    expect(pkt.cmdString()).to.equal('SwapResp');
    expect(cpu.read(8, 4)).to.deep.equal([5, 6, 7, 8]);
  });

  it('swaps on a condition only when memory holds the value', () => {
    const { cpu } = aBench();
    const swap = (condition: bigint, bytes: number[]): number[] => {
      const req = cpu.request(8, 4, RequestFlag.MEM_SWAP_COND);
      req.extraData = condition;
      const pkt = Packet.createWrite(req);
      pkt.dataStatic(Uint8Array.from(bytes));
      cpu.port.sendAtomic(pkt);
      return [...pkt.data];
    };
    cpu.write(8, [1, 0, 0, 0]);
    expect(swap(2n, [9, 9, 9, 9])).to.deep.equal([1, 0, 0, 0]);
    expect(cpu.read(8, 4)).to.deep.equal([1, 0, 0, 0]);
    expect(swap(1n, [9, 9, 9, 9])).to.deep.equal([1, 0, 0, 0]);
    expect(cpu.read(8, 4)).to.deep.equal([9, 9, 9, 9]);
    const odd = Packet.createWrite(cpu.request(8, 2, RequestFlag.MEM_SWAP_COND));
    odd.allocate();
    expect(() => cpu.port.sendAtomic(odd)).to.throw(PanicError, 'Invalid size');
  });

  it('does atomic operations in place', () => {
    const { cpu } = aBench();
    cpu.write(8, [41]);
    const req = cpu.request(8, 1, RequestFlag.ATOMIC_RETURN_OP);
    req.atomicOp = (bytes, offset) => {
      bytes[offset] = (bytes[offset] ?? 0) + 1;
    };
    const pkt = Packet.createWrite(req);
    pkt.allocate();
    cpu.port.sendAtomic(pkt);
    expect([...pkt.data]).to.deep.equal([41]);
    expect(cpu.read(8, 1)).to.deep.equal([42]);
  });

  it('panics on an access outside of it', () => {
    const { cpu } = aBench();
    expect(() => cpu.read(65535, 2)).to.throw(PanicError, 'not within system.mem');
  });

  it('counts by requestor what it does', () => {
    const { cpu, memory, simulation } = aBench();
    simulation.simulate(1);
    cpu.read(0, 4);
    cpu.write(0, [1, 2]);
    const fetch = new Packet(cpu.request(0, 8, RequestFlag.INST_FETCH), MemCmd.ReadReq);
    fetch.allocate();
    cpu.port.sendAtomic(fetch);
    const swap = cpu.writePacket(8, [5], MemCmd.SwapReq);
    cpu.port.sendAtomic(swap);
    const value = (name: string): number => {
      const stat = memory.stats.resolveStat(name) as unknown as { at(i: number): number };
      return stat.at(cpu.requestorId);
    };
    expect(
      ['numReads', 'numWrites', 'numOther', 'bytesRead', 'bytesInstRead', 'bytesWritten'].map(
        value,
      ),
    ).to.deep.equal([2, 1, 1, 12, 8, 2]);
  });

  it('traces what it does', () => {
    const { cpu } = aBench();
    MemoryAccess.enable();
    try {
      const lines = traceOf(() => {
        cpu.write(0x10, [0x34, 0x12]);
        cpu.read(0x10, 3);
      });
      expect(lines).to.deep.equal([
        '      0: system.mem: Write from cpu of size 2 on address 0x10 data 0x1234 C',
        '      0: system.mem: Read from cpu of size 3 on address 0x10 C',
        `      0: system.mem: 00000000  34 12 00 ${'   '.repeat(5)} ${'   '.repeat(8)}  4  `,
      ]);
    } finally {
      MemoryAccess.disable();
    }
  });
});

describe('Load-locked and store-conditional', () => {
  const access = (cpu: TestRequestorModel, context: number, addr: number, cmd: number): bigint => {
    const req = cpu.request(addr, 1);
    req.contextId = context;
    const pkt = new Packet(req, cmd);
    pkt.allocate();
    pkt.setUint(context + 100);
    cpu.port.sendAtomic(pkt);
    return req.extraData;
  };

  it('succeeds when nobody stored in between', () => {
    const { cpu } = aBench();
    access(cpu, 0, 0x100, MemCmd.LoadLockedReq);
    expect(access(cpu, 0, 0x104, MemCmd.StoreCondReq)).to.equal(1n);
    expect(cpu.read(0x104, 1)).to.deep.equal([100]);
    expect(access(cpu, 0, 0x104, MemCmd.StoreCondReq)).to.equal(0n);
  });

  it("fails after a store to the same 16 bytes, and clears the other thread's monitor", () => {
    const { cpu, system } = aBench();
    const contexts = [new TestContext(), new TestContext()];
    for (const context of contexts) system.registerThreadContext(context);
    access(cpu, 1, 0x100, MemCmd.LoadLockedReq);
    cpu.write(0x110, [1]);
    cpu.write(0x10f, [1]);
    expect(contexts.map(context => context.cleared)).to.deep.equal([0, 1]);
    expect(access(cpu, 1, 0x100, MemCmd.StoreCondReq)).to.equal(0n);
    expect(cpu.read(0x100, 1)).to.deep.equal([0]);
  });

  it('leaves the locks of others when it fails, and takes them when it succeeds', () => {
    const { cpu, system } = aBench();
    const contexts = [new TestContext(), new TestContext()];
    for (const context of contexts) system.registerThreadContext(context);
    access(cpu, 1, 0x100, MemCmd.LoadLockedReq);
    expect(access(cpu, 0, 0x100, MemCmd.StoreCondReq)).to.equal(0n);
    access(cpu, 0, 0x100, MemCmd.LoadLockedReq);
    expect(access(cpu, 0, 0x100, MemCmd.StoreCondReq)).to.equal(1n);
    expect(access(cpu, 1, 0x100, MemCmd.StoreCondReq)).to.equal(0n);
    expect(contexts.map(context => context.cleared)).to.deep.equal([0, 1]);
  });

  it('keeps one lock per thread', () => {
    const { cpu, memory } = aBench();
    access(cpu, 0, 0x100, MemCmd.LoadLockedReq);
    access(cpu, 0, 0x208, MemCmd.LoadLockedReq);
    expect(memory.lockedAddrList.locks).to.deep.equal([{ addr: 0x200, contextId: 0 }]);
    expect(access(cpu, 0, 0x100, MemCmd.StoreCondReq)).to.equal(0n);
  });
});

describe('SimpleMemory by the functional protocol', () => {
  it('reads and writes without counting', () => {
    const { cpu, memory } = aBench();
    cpu.port.sendFunctional(cpu.writePacket(4, [1, 2]));
    const pkt = cpu.readPacket(4, 2);
    cpu.port.sendFunctional(pkt);
    expect([...pkt.data]).to.deep.equal([1, 2]);
    expect(pkt.isResponse()).to.equal(true);
    expect(
      (memory.stats.resolveStat('numReads') as unknown as { total(): number }).total(),
    ).to.equal(0);
  });

  it('prints the byte at an address', () => {
    const { cpu } = aBench();
    cpu.write(4, [0xab]);
    const lines: string[] = [];
    const pkt = new Packet(cpu.request(4, 1), MemCmd.PrintReq);
    pkt.senderState = new PrintReqState(line => lines.push(line));
    cpu.port.sendFunctional(pkt);
    expect(lines).to.deep.equal(['system.mem', '  system.mem 0xab']);
  });

  it('sees and changes responses that wait', () => {
    const { simulation, cpu } = aBench({ bandwidth: '0B/s' });
    cpu.write(0, [1]);
    cpu.sendAt(10, cpu.readPacket(0, 1));
    simulation.simulate(1000);
    cpu.port.sendFunctional(cpu.writePacket(0, [2]));
    simulation.simulate(100000);
    expect(cpu.port.responses.map(pkt => [...pkt.data])).to.deep.equal([[2]]);
  });
});

describe('SimpleMemory by the timing protocol', () => {
  it('answers after its latency and the delays of the packet', () => {
    const { simulation, cpu } = aBench();
    const pkt = cpu.readPacket(0, 4);
    pkt.headerDelay = 7;
    pkt.payloadDelay = 3;
    cpu.sendAt(1000, pkt);
    simulation.simulate(100000);
    expect(cpu.port.journal).to.deep.equal(['sent@1000 ReadReq', 'resp@31010 ReadResp']);
    expect([pkt.headerDelay, pkt.payloadDelay]).to.deep.equal([0, 0]);
  });

  it('takes the next request when the bandwidth allows', () => {
    const { simulation, cpu } = aBench({ bandwidth: 1e9 });
    for (const addr of [0, 64, 128]) cpu.sendAt(addr, cpu.readPacket(addr, 64));
    simulation.simulate(1000000);
    const sent = cpu.port.journal
      .filter(line => line.startsWith('sent'))
      .map(line => parseInt(line.slice(5)));
    expect(sent).to.deep.equal([0, 64_000, 128_000]);
    expect(cpu.port.responses.map(pkt => pkt.addr)).to.deep.equal([0, 64, 128]);
  });

  it('is never busy when the bandwidth is 0, which means without limit', () => {
    const { simulation, cpu } = aBench({ bandwidth: '0B/s' });
    for (const addr of [0, 64, 128]) cpu.sendAt(5, cpu.readPacket(addr, 64));
    simulation.simulate(1000000);
    expect(cpu.port.journal.filter(line => line.startsWith('refused'))).to.deep.equal([]);
  });

  it('keeps the order of each address under random latencies', () => {
    const { simulation, cpu } = aBench({ latencyVar: '100ns', bandwidth: '0B/s' });
    for (let i = 0; i < 60; i++) cpu.sendAt(i * 1000, cpu.readPacket(64 * (i % 3), 4));
    const order: Packet[] = [];
    simulation.simulate(10_000_000);
    order.push(...cpu.port.responses);
    expect(order).to.have.length(60);
    expect(order.map(pkt => pkt.addr)).to.not.deep.equal(
      Array.from({ length: 60 }, (_, i) => 64 * (i % 3)),
    );
  });

  it('waits with responses that are refused', () => {
    const { simulation, cpu, memory } = aBench({ bandwidth: '0B/s' });
    cpu.port.refuse = true;
    for (const addr of [0, 64]) cpu.sendAt(addr, cpu.readPacket(addr, 4));
    simulation.simulate(100000);
    expect(cpu.port.responses).to.deep.equal([]);
    cpu.port.accept();
    simulation.simulate(1000);
    expect(cpu.port.responses.map(pkt => pkt.addr)).to.deep.equal([0, 64]);
    expect(() => memory.recvRespRetry()).to.throw(PanicError, 'not asked for');
  });

  it('needs no response for a writeback, and frees the way', () => {
    const { simulation, cpu } = aBench();
    cpu.sendAt(0, cpu.writePacket(0, [1], MemCmd.WritebackDirty));
    simulation.simulate(100000);
    expect(cpu.port.journal).to.deep.equal(['sent@0 WritebackDirty']);
    expect(cpu.read(0, 1)).to.deep.equal([1]);
  });

  it('drains when its responses are gone', () => {
    const { simulation, cpu, memory } = aBench();
    cpu.sendAt(10, cpu.readPacket(0, 4));
    simulation.simulate(100);
    expect(memory.drain()).to.equal('Draining');
    expect(simulation.drainManager.tryDrain()).to.equal(false);
    expect(simulation.simulate(MaxTick).cause).to.equal('Finished drain');
    expect(simulation.drainManager.tryDrain()).to.equal(true);
  });

  it('takes reads and writes only', () => {
    const { cpu } = aBench();
    const pkt = new Packet(cpu.request(0, 64), MemCmd.CleanEvict);
    expect(() => cpu.port.sendTimingReq(pkt)).to.throw(PanicError, 'only see reads and writes');
  });
});

describe('The image of a memory', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync('/dev/shm/image-');
    writeFileSync(join(directory, 'raw'), Uint8Array.from([1, 2, 3]));
    writeFileSync(
      join(directory, 'long'),
      Uint8Array.from({ length: 70 }, (_, i) => i),
    );
    writeFileSync(join(directory, 'elf'), Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 2]));
  });
  after(() => rmSync(directory, { recursive: true }));

  it('is its initial contents', () => {
    const { cpu } = aBench({
      range: new AddrRange({ start: 0x1000, size: 4096 }),
      imageFile: join(directory, 'raw'),
    });
    expect(cpu.read(0x1000, 4)).to.deep.equal([1, 2, 3, 0]);
  });

  it('is read in several pieces when it is big', () => {
    const size = (1 << 23) + 5;
    const path = join(directory, 'big');
    writeFileSync(path, new Uint8Array(size).fill(7).fill(9, size - 2));
    const { cpu } = aBench({ range: new AddrRange({ start: 0, size: 1 << 24 }), imageFile: path });
    expect(cpu.read(0, 2)).to.deep.equal([7, 7]);
    expect(cpu.read((1 << 23) - 1, 7)).to.deep.equal([7, 7, 7, 7, 9, 9, 0]);
  });

  it('is spread over the addresses of an interleaved memory', () => {
    const stripe = (intlvMatch: number): AddrRange =>
      new AddrRange({ start: 0, size: 256, masks: [64], intlvMatch });
    const system = new System({
      clkDomain: aClock(),
      even: new SimpleMemory({ range: stripe(0) }),
      odd: new SimpleMemory({ range: stripe(1), imageFile: join(directory, 'long') }),
      bus: new IOXBar(),
    });
    system.bus.memSidePorts = system.even.port;
    system.bus.memSidePorts = system.odd.port;
    system.systemPort = system.bus.cpuSidePorts;
    instantiated(system);
    const bytes = new Uint8Array(256);
    system.simObject().physicalMemory.readBytes(0, bytes);
    expect([...bytes.subarray(62, 67)]).to.deep.equal([0, 0, 0, 1, 2]);
    expect([...bytes.subarray(126, 129)]).to.deep.equal([62, 63, 0]);
    expect([...bytes.subarray(191, 199)]).to.deep.equal([0, 64, 65, 66, 67, 68, 69, 0]);
  });

  it('must exist, be raw, and fit', () => {
    const load = (args: MemoryArgs) => () => aBench(args);
    expect(load({ imageFile: join(directory, 'none') })).to.throw(
      FatalError,
      'none does not exist; check the path',
    );
    expect(load({ imageFile: join(directory, 'elf') })).to.throw(FatalError, 'is an ELF file');
    expect(load({ imageFile: join(directory, 'raw'), range: '2B' })).to.throw(
      FatalError,
      'not fit',
    );
    expect(load({ imageFile: join(directory, 'raw'), null: true })).to.throw(
      FatalError,
      'stores nothing',
    );
  });
});

describe('A memory that is to drain', () => {
  it('says what it waits for', () => {
    const { simulation, cpu } = aBench({ latency: '30ns' });
    for (const addr of [0, 64]) cpu.sendAt(0, cpu.readPacket(addr, 4));
    simulation.simulate(5000);
    expect(() => {
      simulation.drain({ ticks: 1000 });
    }).to.throw(/system\.mem \(2 responses to be sent, the first at tick 30000\)/);
    simulation.drain();
    expect(simulation.curTick()).to.be.greaterThan(30_000);
  });
});

describe('The latency of a memory', () => {
  it('that a script has set is in a checkpoint; that of the parameter is the new parameter’s', () => {
    const plain = aBench({ latency: '30ns' });
    const changed = aBench({ latency: '30ns' });
    changed.memory.setLatency(70_000);
    const latencyAfter = (saved: Bench): number => {
      const restored = aBench({ latency: '10ns' });
      restoreState(restored.memory, savedState(saved.memory));
      return restored.cpu.write(0, [1]);
    };
    expect([latencyAfter(plain), latencyAfter(changed)]).to.deep.equal([10_000, 70_000]);
  });
});
